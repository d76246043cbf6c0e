"""The network type of databases: every one has one, IPv4 unless it is said otherwise."""

from moto.rds.models import DBInstance


def install() -> None:
    # moto takes it when it is modified and shows it then; one that never was has none.
    DBInstance.network_type = "IPV4"
