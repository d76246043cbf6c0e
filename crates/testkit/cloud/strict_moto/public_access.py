"""VPC Block Public Access: off unless switched on. moto has none of it.

It cuts a VPC off whatever routes and filters say, so a proof that does not read it is wrong.
"""

import datetime

from moto.core.responses import ActionResult
from moto.ec2.responses import EC2Response
from moto.moto_api._internal import mock_random

from .refusal import refusal

_NEVER = datetime.datetime(1970, 1, 1)


def _held(self: EC2Response) -> dict:
    # On the backend, so that /moto-api/reset empties it.
    return self.ec2_backend.__dict__.setdefault(
        "_public_access", {"mode": "off", "since": _NEVER, "exclusions": {}}
    )


def _options(self: EC2Response) -> ActionResult:
    held = _held(self)
    return ActionResult(
        {
            "VpcBlockPublicAccessOptions": {
                "AwsAccountId": self.current_account,
                "AwsRegion": self.region,
                "State": "default-state" if held["since"] == _NEVER else "update-complete",
                "InternetGatewayBlockMode": held["mode"],
                "LastUpdateTimestamp": held["since"],
                "ManagedBy": "account",
                "ExclusionsAllowed": "allowed",
            }
        }
    )


def _modify_options(self: EC2Response) -> ActionResult:
    mode = self._get_param("InternetGatewayBlockMode")
    if mode not in ("off", "block-bidirectional", "block-ingress"):
        raise refusal("InvalidParameterValue", f"Invalid block mode '{mode}'.")
    _held(self).update(mode=mode, since=datetime.datetime(2026, 1, 1))
    return _options(self)


def _create_exclusion(self: EC2Response) -> ActionResult:
    vpc_id, subnet_id = self._get_param("VpcId"), self._get_param("SubnetId")
    if bool(vpc_id) == bool(subnet_id):
        raise refusal("InvalidParameterCombination", "Name either a VPC or a subnet.")
    if vpc_id:
        target = f"vpc/{self.ec2_backend.get_vpc(vpc_id).id}"
    else:
        target = f"subnet/{self.ec2_backend.get_subnet(subnet_id).id}"
    exclusion = {
        "ExclusionId": f"vpcbpa-exclude-{mock_random.get_random_hex(17)}",
        "InternetGatewayExclusionMode": self._get_param("InternetGatewayExclusionMode"),
        "ResourceArn": f"arn:aws:ec2:{self.region}:{self.current_account}:{target}",
        "State": "create-complete",
    }
    _held(self)["exclusions"][exclusion["ExclusionId"]] = exclusion
    return ActionResult({"VpcBlockPublicAccessExclusion": exclusion})


def _delete_exclusion(self: EC2Response) -> ActionResult:
    exclusion = _held(self)["exclusions"].pop(self._get_param("ExclusionId"), None)
    if exclusion is None:
        raise refusal("InvalidVpcBlockPublicAccessExclusionId.NotFound", "No such exclusion.")
    return ActionResult({"VpcBlockPublicAccessExclusion": {**exclusion, "State": "delete-complete"}})


def _exclusions(self: EC2Response) -> ActionResult:
    wanted = self._get_param("ExclusionIds", [])
    found = [e for id, e in _held(self)["exclusions"].items() if not wanted or id in wanted]
    return ActionResult({"VpcBlockPublicAccessExclusions": found})


def install() -> None:
    EC2Response.describe_vpc_block_public_access_options = _options
    EC2Response.modify_vpc_block_public_access_options = _modify_options
    EC2Response.create_vpc_block_public_access_exclusion = _create_exclusion
    EC2Response.delete_vpc_block_public_access_exclusion = _delete_exclusion
    EC2Response.describe_vpc_block_public_access_exclusions = _exclusions
