"""What may change on a running instance, and which instance types speak IPv6."""

from moto.ec2.models.instance_types import INSTANCE_TYPES
from moto.ec2.models.instances import Instance, InstanceBackend

from .refusal import refusal

_modify = InstanceBackend.modify_instance_attribute
_prep_nics = Instance.prep_nics


def require_ipv6(instance_type: str) -> None:
    """Refuses a type whose data says that it has no IPv6 (m3.large and its generation)."""
    known = INSTANCE_TYPES.get(instance_type)
    if known is not None and not known["NetworkInfo"].get("Ipv6Supported", False):
        raise refusal(
            "UnsupportedOperation", f"IPv6 addresses are not supported on {instance_type}"
        )


def _modify_checked(self, instance_id, key, value):
    instance = self.get_instance(instance_id)
    if key == "instance_type":
        # ModifyInstanceAttribute: "To modify some attributes, the instance must be stopped."
        if instance.state != "stopped":
            raise refusal(
                "IncorrectInstanceState",
                f"The instance '{instance_id}' is not in the 'stopped' state.",
            )
        if value not in INSTANCE_TYPES:
            raise refusal(
                "InvalidParameterValue",
                f"Invalid value '{value}' for InstanceType.",
            )
        if any(nic.ipv6_addresses for nic in instance.nics.values()):
            require_ipv6(value)
    return _modify(self, instance_id, key, value)


def _prep_nics_checked(self: Instance, nic_spec, *args, **kwargs):
    """An IPv6 address at launch needs a type that has IPv6, whether the request asks for it
    or the subnet hands it out."""
    subnet = self.ec2_backend.get_subnet(self.subnet_id) if self.subnet_id else None
    if kwargs.get("ipv6_address_count") or (
        subnet is not None and subnet.assign_ipv6_address_on_creation
    ):
        require_ipv6(self.instance_type)
    return _prep_nics(self, nic_spec, *args, **kwargs)


def _ipv6_address(self: Instance) -> str | None:
    """Instances[].Ipv6Address: the first one of the primary interface."""
    primary = self.nics.get(0)
    return primary.ipv6_addresses[0] if primary is not None and primary.ipv6_addresses else None


def install() -> None:
    InstanceBackend.modify_instance_attribute = _modify_checked
    Instance.prep_nics = _prep_nics_checked
    Instance.ipv6_address = property(_ipv6_address)
