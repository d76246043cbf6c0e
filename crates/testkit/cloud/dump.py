"""Writes what the aws CLI prints for every call that the product reads.

    dump.py DIRECTORY          (the endpoint from AWS_ENDPOINT_URL)

Loading the CLI costs more than a call does, so this loads the real one once and gives it one
command line after the other; what it prints is what `aws` prints. Files are named
<region>/<service>-<operation>.json, with `--<id>` before the ending for a call about one
thing, `/` and `:` of that id percent-encoded.
"""

import contextlib
import io
import json
import os
import pathlib
import sys

from awscli.clidriver import create_clidriver

REGION = os.environ.get("AWS_DEFAULT_REGION", "us-east-1")

ONCE = {
    "ec2": [
        "describe-vpcs",
        "describe-subnets",
        "describe-route-tables",
        "describe-internet-gateways",
        "describe-egress-only-internet-gateways",
        "describe-nat-gateways",
        "describe-vpn-gateways",
        "describe-vpn-connections",
        "describe-customer-gateways",
        "describe-vpc-peering-connections",
        "describe-transit-gateways",
        "describe-transit-gateway-attachments",
        "describe-transit-gateway-vpc-attachments",
        "describe-transit-gateway-route-tables",
        "describe-vpc-endpoints",
        "describe-security-groups",
        "describe-network-acls",
        "describe-network-interfaces",
        "describe-addresses",
        "describe-instances",
        "describe-managed-prefix-lists",
        "describe-vpc-block-public-access-options",
    ],
    "elbv2": ["describe-load-balancers", "describe-target-groups"],
    "elb": ["describe-load-balancers"],
    "rds": ["describe-db-instances", "describe-db-subnet-groups"],
}

# Asked once for each thing that another answer lists.
PER_ID = [
    ("elbv2", "describe-load-balancers", "LoadBalancers", "LoadBalancerArn",
     "describe-listeners", "--load-balancer-arn"),
    ("elbv2", "describe-target-groups", "TargetGroups", "TargetGroupArn",
     "describe-target-health", "--target-group-arn"),
]


class Dump:
    """One CLI, and where its answers go."""

    def __init__(self, directory: str):
        self.directory = pathlib.Path(directory) / REGION
        self.directory.mkdir(parents=True, exist_ok=True)
        self.cli = create_clidriver()

    def ask(self, service: str, operation: str, *arguments: str, about: str = "") -> dict:
        # AWS_ENDPOINT_URL alone does not do: this CLI ignores it for rds.
        endpoint = ["--endpoint-url", os.environ["AWS_ENDPOINT_URL"]]
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            code = self.cli.main(
                [service, operation, *arguments, *endpoint, "--output", "json"]
            )
        if code != 0:
            raise SystemExit(f"aws {service} {operation} failed with {code}")
        tail = "--" + about.replace("/", "%2F").replace(":", "%3A") if about else ""
        # Where there is nothing to print the CLI prints nothing at all.
        text = printed.getvalue()
        (self.directory / f"{service}-{operation}{tail}.json").write_text(text)
        return json.loads(text or "{}")


def main(directory: str) -> None:
    dump = Dump(directory)
    answers = {
        (service, operation): dump.ask(service, operation)
        for service, operations in ONCE.items()
        for operation in operations
    }
    for service, listed_by, key, id_key, operation, flag in PER_ID:
        for thing in answers[(service, listed_by)].get(key, []):
            dump.ask(service, operation, flag, thing[id_key], about=thing[id_key])


if __name__ == "__main__":
    main(sys.argv[1])
