"""moto with the provider's own rules, the ones that a migration to IPv6 runs into.

moto answers with true wire XML and keeps state, but it accepts almost anything and leaves
out what the provider does by itself. A plan that is wrong would pass against it. This
overlay patches the rules in, one file per noun, and changes nothing in moto's files:

    dispatch       every EC2 call: DryRun, client tokens, pages
    network        VPC prefixes and what associating one sets off
    subnet         which prefix a subnet may have, and when it may go
    route          one route per destination
    gateway        NAT gateways, public addresses
    firewall       network ACLs and security groups
    interface      who may have an IPv6 address, and which
    balancer       load balancers for both families
    endpoint       the address type of VPC endpoints
    link           static routes of transit gateways
    service        the network type of databases
    zone           AAAA records
    template       CloudFormation types for IPv6
    host           what may change on a running instance
    pool           pools of one's own addresses
    public_access  VPC Block Public Access
    eventual       a cloud that takes its time, when it is asked to
    bucket         conditional writes

The rules are written from the EC2 API reference and the VPC user guide; where neither gives
the error's wording, the comment beside it says so. It is a test peer: not the provider, and
no proof of what the provider does.
"""

from . import (
    balancer,
    bucket,
    dispatch,
    endpoint,
    eventual,
    firewall,
    gateway,
    host,
    interface,
    link,
    network,
    pool,
    public_access,
    route,
    service,
    subnet,
    template,
    zone,
)

_PARTS = (
    dispatch,
    network,
    subnet,
    route,
    gateway,
    firewall,
    interface,
    host,
    balancer,
    endpoint,
    link,
    service,
    zone,
    template,
    pool,
    public_access,
    bucket,
)
_installed = False


def install(slow: bool = False) -> None:
    """Patch moto in this process, once."""
    global _installed
    if _installed:
        return
    for part in _PARTS:
        part.install()
    if slow:
        eventual.install()
    _installed = True
