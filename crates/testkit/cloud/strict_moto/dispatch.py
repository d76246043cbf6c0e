"""What holds for every EC2 call, whatever it does: DryRun, client tokens, pages.

moto leaves these to each operation and most forget them: with DryRun=true it really creates
VPCs and gateways, a repeated client token makes a second gateway, and MaxResults is ignored.
"""

import base64

from moto.core.responses import ActionResult, BaseResponse
from moto.core.utils import get_pagination_model, get_service_model, get_value
from moto.ec2.exceptions import DryRunClientError
from moto.ec2.responses import EC2Response

from .refusal import refusal


def _params(response: EC2Response) -> dict:
    return dict(response.params or {})


def _refuse(response: EC2Response, error: Exception):
    status, headers, body = response.serialized(ActionResult(error))
    headers["status"] = str(status)
    return status, headers, body


def call_action(self: EC2Response):
    """Around moto's own dispatch; the checks come first, so nothing has happened yet."""
    params = _params(self)
    # "Checks whether you have the required permissions for the action, without actually
    # making the request, and provides an error response."
    if str(params.get("DryRun", "")).lower() == "true":
        return _refuse(self, DryRunClientError())

    token = params.pop("ClientToken", None)
    if token is None:
        return BaseResponse.call_action(self)
    # Kept on the backend: /moto-api/reset empties it together with what it created.
    answered = self.ec2_backend.__dict__.setdefault("_answered_tokens", {})
    action = self._get_action()
    request = repr(sorted(params.items(), key=lambda item: item[0]))
    before = answered.get((action, token))
    if before is None:
        status, headers, body = BaseResponse.call_action(self)
        if int(status) < 300 and int(headers.get("status", 200)) < 300:
            answered[(action, token)] = (request, (status, dict(headers), body))
        return status, headers, body
    if before[0] != request:
        # The API reference's error for a token that comes back with another request.
        return _refuse(
            self,
            refusal(
                "IdempotentParameterMismatch",
                f"The client token '{token}' was used before with other parameters.",
            ),
        )
    return before[1]


def _bounds(action: str) -> tuple[int, int]:
    """What the service model says of this action's MaxResults."""
    shape = get_service_model("ec2").operation_model(action).input_shape
    limits = shape.members["MaxResults"].metadata if "MaxResults" in shape.members else {}
    return limits.get("min", 1), limits.get("max", 1000)


def _excludes_ids(action: str) -> bool:
    """Some actions say of MaxResults that it cannot be specified together with their
    IDs parameter "in the same request" (or call); others say nothing, and allow it here."""
    shape = get_service_model("ec2").operation_model(action).input_shape
    said = shape.members["MaxResults"].documentation if "MaxResults" in shape.members else ""
    return "in the same request" in said or "in the same call" in said


def _page(action: str, params: dict, result: dict) -> dict:
    """The part of `result` that this call asks for."""
    model = get_pagination_model("ec2").get(action)
    if not model or not isinstance(result, dict):
        return result
    key = model["result_key"]
    if not isinstance(key, str) or not isinstance(get_value(result, key, None), (list, tuple)):
        return result
    limit, token = params.get("MaxResults"), params.get("NextToken")
    if limit is None and token is None:
        return result
    if _excludes_ids(action) and any(name.endswith("Ids") and params[name] for name in params):
        raise refusal(
            "InvalidParameterCombination",
            "The parameter maxResults cannot be used with a list of IDs.",
        )
    start = 0
    if token is not None:
        try:
            start = int(base64.urlsafe_b64decode(token).decode().removeprefix(f"{action}:"))
        except ValueError:
            raise refusal("InvalidNextToken", "The token is invalid.") from None
    items = list(result[key])
    if limit is None:
        end = len(items)
    else:
        low, high = _bounds(action)
        if not low <= int(limit) <= high:
            raise refusal(
                "InvalidParameterValue",
                f"Value ( {limit} ) for parameter maxResults is invalid. "
                f"Expecting a value between {low} and {high}.",
            )
        end = start + int(limit)
    page = {**result, key: items[start:end], "NextToken": None}
    if end < len(items):
        page["NextToken"] = base64.urlsafe_b64encode(f"{action}:{end}".encode()).decode()
    return page


def serialized(self: EC2Response, action_result: ActionResult):
    """Cuts the answer to the page asked for on its way out."""
    result = action_result.result
    if not isinstance(result, Exception):
        try:
            paged = _page(self._get_action(), _params(self), result)
        except Exception as error:  # a refusal: answered like any other
            if not hasattr(error, "code"):
                raise
            status, headers, body = BaseResponse.serialized(self, ActionResult(error))
            headers["status"] = str(status)
            return status, headers, body
        if paged is not result:
            action_result = ActionResult(paged)
    return BaseResponse.serialized(self, action_result)


def _describe_all_instances(self: EC2Response) -> ActionResult:
    """moto pages reservations by itself, 100 at a time and with a token of its own;
    the general rule above does it for every action alike."""
    filters = self._filters_from_querystring()
    ids = self._get_param("InstanceIds", [])
    if ids:
        reservations = self.ec2_backend.get_reservations_by_instance_ids(ids, filters=filters)
    else:
        reservations = self.ec2_backend.describe_instances(filters=filters)
    return ActionResult({"Reservations": reservations})


def install() -> None:
    EC2Response.call_action = call_action
    EC2Response.serialized = serialized
    EC2Response.describe_instances = _describe_all_instances
