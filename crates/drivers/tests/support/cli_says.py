"""Prints what the aws CLI prints for every dump that is named, as {path: text or null}.

    cli_says.py PATH...        (the endpoint from AWS_ENDPOINT_URL)

A path is what the product names a dump: us-east-1/ec2-describe-vpcs.json, with `--<id>` for a
call about one thing. `null` where the CLI fails. The CLI is loaded once: that costs more than
a call does; and it alone is loaded: boto3 beside it would bring a newer model.
"""

import contextlib
import io
import json
import os
import pathlib
import sys
import urllib.parse

from awscli.clidriver import create_clidriver

ABOUT = {
    "describe-listeners": "--load-balancer-arn",
    "describe-target-health": "--target-group-arn",
    "get-managed-prefix-list-entries": "--prefix-list-id",
    "get-transit-gateway-route-table-associations": "--transit-gateway-route-table-id",
    "get-transit-gateway-route-table-propagations": "--transit-gateway-route-table-id",
    "search-transit-gateway-routes": "--transit-gateway-route-table-id",
}


class Cli:
    """The real one, in this process."""

    def __init__(self):
        self.driver = create_clidriver()

    def says(self, words: list) -> str | None:
        # AWS_ENDPOINT_URL alone does not do: this CLI ignores it for rds.
        words = [*words, "--endpoint-url", os.environ["AWS_ENDPOINT_URL"], "--output", "json"]
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(io.StringIO()):
            code = self.driver.main(words)
        return printed.getvalue() if code == 0 else None

    def command(self, path: str) -> list:
        name, _, about = pathlib.PurePosixPath(path).name.removesuffix(".json").partition("--")
        service, operation = name.split("-", 1)
        words = [service, operation]
        if about:
            words += [ABOUT[operation], urllib.parse.unquote(about)]
        if operation == "describe-instance-types":
            words += ["--instance-types", *self.instance_types()]
        if operation == "search-transit-gateway-routes":
            words += ["--filters", "Name=type,Values=static,propagated"]
        return words

    def instance_types(self) -> list:
        query = "Reservations[].Instances[].InstanceType"
        return sorted(set(json.loads(self.says(["ec2", "describe-instances", "--query", query]))))


def main(paths: list) -> None:
    cli = Cli()
    json.dump({path: cli.says(cli.command(path)) for path in paths}, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1:])
