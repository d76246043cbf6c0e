"""A cloud that takes its time (--slow): what was asked for is seen a few looks later.

The provider's API is eventually consistent (EC2 API guide, "Eventual consistency"): a thing that was
made may not be listed at once, and states pass through others. Time here is looks, not seconds, so
that a test reads the same each time:

- a VPC's prefix is `associating`, and no subnet can have a part of it (that it is refused, and how, is a
  guess);
- an instance is `stopping` before it is stopped and `pending` before it runs, and in between it can
  be neither started nor changed;
- an egress-only gateway is not listed.
"""

from moto.ec2.models.instances import Instance, InstanceBackend
from moto.ec2.models.internet_gateways import EgressOnlyInternetGatewayBackend
from moto.ec2.models.vpcs import VPC
from moto.ec2.responses import EC2Response

from .refusal import refusal

LOOKS = 2


def _settles(thing, name: str) -> bool:
    """One more look; whether there were enough."""
    left = getattr(thing, name, 0)
    setattr(thing, name, left - 1)
    return left <= 0


def _prefixes() -> None:
    associate = VPC.associate_vpc_cidr_block
    shown = VPC.ipv6_cidr_block_association_set.fget

    def associate_slowly(self, cidr_block, amazon_provided_ipv6_cidr_block=False, *args, **kwargs):
        entry = associate(self, cidr_block, amazon_provided_ipv6_cidr_block, *args, **kwargs)
        if amazon_provided_ipv6_cidr_block:
            entry["cidr_block_state"]["state"] = "associating"
            self._slow_looks = LOOKS
        return entry

    def shown_slowly(self):
        answer = shown(self)
        for entry in self._cidr_block_association_set.values():
            if entry["cidr_block_state"]["state"] == "associating":
                # A copy was printed: this is what the next look sees.
                state = "associated" if _settles(self, "_slow_looks") else "associating"
                entry["cidr_block_state"] = {**entry["cidr_block_state"], "state": state}
        return answer

    VPC.associate_vpc_cidr_block = associate_slowly
    VPC.ipv6_cidr_block_association_set = property(shown_slowly)


def _instances() -> None:
    stop, start, describe = Instance.stop, Instance.start, EC2Response.describe_instances
    start_all = InstanceBackend.start_instances

    def stop_slowly(self, *args, **kwargs):
        previous = stop(self, *args, **kwargs)
        self._state.name, self._state.code, self._slow_looks = "stopping", 64, LOOKS
        return previous

    def start_slowly(self, *args, **kwargs):
        previous = start(self, *args, **kwargs)
        self._state.name, self._state.code, self._slow_looks = "pending", 0, LOOKS
        return previous

    def start_checked(self, instance_ids):
        for instance in self.get_multi_instances_by_id(instance_ids):
            if instance.state == "stopping":
                raise refusal(
                    "IncorrectInstanceState",
                    f"The instance '{instance.id}' is not in a state from which it can be started.",
                )
        return start_all(self, instance_ids)

    def describe_slowly(self):
        answer = describe(self)
        for reservation in answer.result["Reservations"]:
            for instance in reservation.instances:
                if instance.state in ("stopping", "pending") and _settles(instance, "_slow_looks"):
                    stops = instance.state == "stopping"
                    instance._state.name, instance._state.code = (
                        ("stopped", 80) if stops else ("running", 16)
                    )
        return answer

    Instance.stop, Instance.start = stop_slowly, start_slowly
    InstanceBackend.start_instances = start_checked
    EC2Response.describe_instances = describe_slowly


def _gateways() -> None:
    backend = EgressOnlyInternetGatewayBackend
    create, describe = (
        backend.create_egress_only_internet_gateway,
        backend.describe_egress_only_internet_gateways,
    )

    def create_unseen(self, *args, **kwargs):
        gateway = create(self, *args, **kwargs)
        gateway._slow_looks = LOOKS
        return gateway

    def describe_seen(self, *args, **kwargs):
        return [it for it in describe(self, *args, **kwargs) if _settles(it, "_slow_looks")]

    backend.create_egress_only_internet_gateway = create_unseen
    backend.describe_egress_only_internet_gateways = describe_seen


def install() -> None:
    _prefixes()
    _instances()
    _gateways()
