#!/usr/bin/env python3
"""Writes data/machine-types.tsv: what each AWS machine type can do, as far as IPv6 asks.

Why: a folder of dumps seldom holds `describe-instance-types`, yet a host's type decides
whether it can have an IPv6 address at all and what it loses by changing type.

Source: getmoto/moto (Apache-2.0), moto/ec2/resources/instance_types.json: the answers of the
real DescribeInstanceTypes call, merged over regions.

Run by hand with the file of a newer moto and its commit:

    crates/assess/gen/machine_types.py instance_types.json COMMIT DATE
"""

import json
import pathlib
import sys

TABLE = pathlib.Path(__file__).resolve().parent.parent / "data" / "machine-types.tsv"

HEADER = """\
# What each AWS machine type can do, as far as IPv6 asks. Sorted by name.
# Source: moto/ec2/resources/instance_types.json of getmoto/moto at {commit}
# ({date}), real DescribeInstanceTypes answers. Licence: Apache-2.0.
# Written by crates/assess/gen/machine_types.py; do not edit.
# name\tipv6\tipv6-per-interface\tinstance-store\thypervisor\tvirtualization\tvcpus\tmemory-mib\tcurrent\tarchitectures
"""


def yes(value):
    return "yes" if value else "no"


def row(name, machine):
    network = machine["NetworkInfo"]
    return "\t".join(
        [
            name,
            yes(network["Ipv6Supported"]),
            str(network["Ipv6AddressesPerInterface"]),
            yes(machine["InstanceStorageSupported"]),
            machine.get("Hypervisor") or "none",
            ",".join(sorted(machine["SupportedVirtualizationTypes"])),
            str(machine["VCpuInfo"]["DefaultVCpus"]),
            str(machine["MemoryInfo"]["SizeInMiB"]),
            yes(machine["CurrentGeneration"]),
            ",".join(sorted(machine["ProcessorInfo"]["SupportedArchitectures"])),
        ]
    )


def main():
    source, commit, date = sys.argv[1:]
    machines = json.loads(pathlib.Path(source).read_text())
    rows = [row(name, machines[name]) for name in sorted(machines)]
    TABLE.write_text(HEADER.format(commit=commit, date=date) + "\n".join(rows) + "\n")


main()
