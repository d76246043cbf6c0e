#!/usr/bin/env python3
"""Writes data/aws-shapes.json: how the answers of the AWS calls we make become JSON;
and data/aws-parameters.json: how the parameters of the calls are spelled.

Why: `aws ... --output json` prints an XML answer by the shapes of botocore's published
model (service-2.json). With those shapes, and no more, live discovery prints the same
JSON, so that a folder of dumps and a live account go through one parser.

Source: the botocore (Apache-2.0) that the aws CLI carries within it, `service-2.json` and
`paginators-1.json` as its own loader and parser read them (botocore/parsers.py,
botocore/paginate.py).

Run by hand after adding an operation or upgrading the CLI, with the Python that
`cargo xtask tools` installs it into:

    target/tools/venv/bin/python crates/drivers/gen/aws_shapes.py            # writes the table
    target/tools/venv/bin/python crates/drivers/gen/aws_shapes.py --check    # is it stale?
"""

import json
import pathlib
import sys

import awscli
from awscli import botocore
from awscli.botocore import exceptions, session, xform_name

DATA = pathlib.Path(__file__).resolve().parent.parent / "data"
TABLE = DATA / "aws-shapes.json"
# How the parameters of the calls are spelled; tests hold our calls against it.
PARAMETERS = DATA / "aws-parameters.json"

OPERATIONS = {
    "ec2": """
        DescribeAddresses DescribeAvailabilityZones DescribeCustomerGateways
        DescribeEgressOnlyInternetGateways DescribeInstanceTypes DescribeInstances
        DescribeInternetGateways DescribeIpv6Pools DescribeManagedPrefixLists
        DescribeNatGateways DescribeNetworkAcls DescribeNetworkInterfaces
        DescribeRouteTables DescribeSecurityGroups DescribeSubnets
        DescribeTransitGatewayAttachments DescribeTransitGatewayRouteTables
        DescribeTransitGatewayVpcAttachments DescribeTransitGateways
        DescribeVpcBlockPublicAccessExclusions DescribeVpcBlockPublicAccessOptions
        DescribeVpcEndpoints DescribeVpcPeeringConnections DescribeVpcs
        DescribeVpnConnections DescribeVpnGateways GetManagedPrefixListEntries
        GetTransitGatewayRouteTableAssociations GetTransitGatewayRouteTablePropagations
        SearchTransitGatewayRoutes

        AssignIpv6Addresses AssociateSubnetCidrBlock AssociateVpcCidrBlock
        AuthorizeSecurityGroupEgress AuthorizeSecurityGroupIngress
        CreateEgressOnlyInternetGateway CreateNetworkAclEntry CreateRoute
        CreateTransitGatewayRoute DeleteEgressOnlyInternetGateway DeleteNetworkAclEntry
        DeleteRoute DeleteTransitGatewayRoute DisassociateSubnetCidrBlock
        DisassociateVpcCidrBlock ModifyInstanceAttribute ModifySubnetAttribute
        ModifyTransitGatewayVpcAttachment ModifyVpcEndpoint RevokeSecurityGroupEgress
        RevokeSecurityGroupIngress StartInstances StopInstances UnassignIpv6Addresses
    """,
    "elasticache": "DescribeCacheClusters DescribeReplicationGroups",
    "elb": "DescribeLoadBalancers",
    "elbv2": """
        DescribeListeners DescribeLoadBalancers DescribeTargetGroups DescribeTargetHealth

        SetIpAddressType
    """,
    "rds": """
        DescribeDBClusters DescribeDBInstances DescribeDBSubnetGroups

        ModifyDBCluster ModifyDBInstance
    """,
    "sts": "GetCallerIdentity",
}

# Paged by the service though botocore has no paginator for them: the CLI prints one page.
PAGED_BY_US = {
    ("ec2", "DescribeVpcBlockPublicAccessExclusions"): {
        "input_token": "NextToken",
        "output_token": "NextToken",
        "result_key": "VpcBlockPublicAccessExclusions",
    },
}

# One word per way of printing a leaf; what is marked sensitive is never printed.
LEAVES = {
    "string": "string",
    "character": "string",
    "blob": "string",
    "integer": "integer",
    "long": "integer",
    "float": "float",
    "double": "float",
    "boolean": "boolean",
    "timestamp": "timestamp",
}


class Service:
    """One service's part of the table; shapes are collected as operations reach them."""

    def __init__(self, models, name):
        self.name = name
        self.model = models.get_service_model(name)
        loader = models.get_component("data_loader")
        try:
            self.paginators = loader.load_service_model(name, "paginators-1")["pagination"]
        except exceptions.UnknownServiceError:
            self.paginators = {}
        self.shapes = {}

    def table(self, operations):
        printed = {name: self.operation(name) for name in sorted(operations)}
        return {
            "id": self.model.service_id,
            "version": self.model.api_version,
            "endpoint": self.model.endpoint_prefix,
            "signing": self.model.signing_name,
            "operations": printed,
            "shapes": {name: self.shapes[name] for name in sorted(self.shapes)},
        }

    def operation(self, name):
        output = self.model.operation_model(name).output_shape
        entry = {"command": xform_name(name, "-"), "output": self.output(output)}
        if output is not None and (wrapper := output.serialization.get("resultWrapper")):
            entry["wrapper"] = wrapper
        if pages := self.paginators.get(name) or PAGED_BY_US.get((self.name, name)):
            entry["pages"] = self.pages(name, pages)
        return entry

    def output(self, shape):
        """Some operations answer with nothing that the model knows."""
        if shape is not None:
            return self.reach(shape)
        self.shapes["Nothing"] = []
        return "Nothing"

    @staticmethod
    def pages(name, pages):
        assert isinstance(pages["result_key"], str), name
        assert not pages.get("non_aggregate_keys"), name
        entry = {"in": pages["input_token"], "out": pages["output_token"], "list": pages["result_key"]}
        if more := pages.get("more_results"):
            entry["more"] = more
        return entry

    def reach(self, shape):
        """The name under which `shape` is referred to; composites are added to the table."""
        if shape.metadata.get("sensitive"):
            return "secret"
        if shape.type_name in LEAVES:
            return LEAVES[shape.type_name]
        assert shape.name not in LEAVES and shape.name != "secret", shape.name
        if shape.name not in self.shapes:
            self.shapes[shape.name] = None  # a recursive shape refers to itself
            self.shapes[shape.name] = self.composite(shape)
        return shape.name

    def composite(self, shape):
        if shape.type_name == "list":
            return self.reach(shape.member)
        if shape.type_name == "map":
            return {
                "key": shape.key.serialization.get("name", "key"),
                "value": shape.value.serialization.get("name", "value"),
                "of": self.reach(shape.value),
            }
        assert shape.type_name == "structure", (shape.name, shape.type_name)
        return [self.member(name, member) for name, member in shape.members.items()]

    def member(self, name, shape):
        """[name in JSON, element name in XML, shape]."""
        # No answer of ours has a list without an element of its own (S3 and SQS do), nor a
        # member in an attribute: the reader has no code for them.
        assert not shape.serialization.get("flattened"), (shape.name, name)
        assert not shape.serialization.get("xmlAttribute"), (shape.name, name)
        return [name, shape.serialization.get("name", name), self.reach(shape)]


def table():
    models = session.get_session()
    return {
        "about": "How AWS answers become the JSON that the aws CLI prints. "
        "Generated by gen/aws_shapes.py; do not edit.",
        "source": f"botocore {botocore.__version__} of awscli {awscli.__version__}: service-2.json, paginators-1.json",
        "license": "Apache-2.0, Copyright Amazon.com, Inc. or its affiliates",
        "services": {
            name: Service(models, name).table(operations.split())
            for name, operations in sorted(OPERATIONS.items())
        },
    }


def spelled(shape, prefix, ec2):
    """The names of all leaves of an input, as serialize.py of botocore spells them: `Rules.N.Port`."""
    if shape.type_name == "structure":
        for key, member in shape.members.items():
            said = member.serialization
            name = said.get("name", key)
            if ec2:
                name = said["queryName"] if "queryName" in said else name[0].upper() + name[1:]
            yield from spelled(member, f"{prefix}.{name}" if prefix else name, ec2)
    elif shape.type_name == "list":
        said = shape.member.serialization.get("name", "member")
        yield from spelled(shape.member, f"{prefix}.N" if ec2 else f"{prefix}.{said}.N", ec2)
    elif shape.type_name != "map":
        yield prefix


def parameters():
    models = session.get_session()
    said = {}
    for service, operations in sorted(OPERATIONS.items()):
        model = models.get_service_model(service)
        for name in sorted(operations.split()):
            shape = model.operation_model(name).input_shape
            said[f"{service}:{name}"] = sorted(spelled(shape, "", service == "ec2"))
    return {
        "about": "How AWS spells the parameters of the calls we make. Generated by gen/aws_shapes.py; do not edit.",
        "source": f"botocore {botocore.__version__} of awscli {awscli.__version__}: service-2.json",
        "license": "Apache-2.0, Copyright Amazon.com, Inc. or its affiliates",
        "operations": said,
    }


def text(value, depth=0):
    """JSON with one shape or operation a line, so that an upgrade reads well as a diff."""
    if depth > 3 or not isinstance(value, dict):
        return json.dumps(value, separators=(",", ":"))
    pad = " " * (depth + 1)
    rows = [f"{pad}{json.dumps(key)}:{text(item, depth + 1)}" for key, item in value.items()]
    return "{\n" + ",\n".join(rows) + "\n" + " " * depth + "}"


def main():
    for file, content in [(TABLE, table()), (PARAMETERS, parameters())]:
        fresh = text(content) + "\n"
        if "--check" not in sys.argv[1:]:
            file.write_text(fresh, encoding="utf-8")
        elif file.read_text(encoding="utf-8") != fresh:
            sys.exit(f"{file} is stale: run {sys.argv[0]}")


if __name__ == "__main__":
    main()
