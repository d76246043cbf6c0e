//! Which calls read a part of the estate: what the scope names, and what those items are put together
//! from, so that a part is to the byte what the whole would show of it.
//!
//! Things are asked for by filters, never by ids: a filter leaves out what is not there, and an id that is
//! not there is an error.

use std::collections::BTreeSet;
use std::fmt::Display;

use sixward_apply::Scope;
use sixward_estate::ServiceId;

use super::inventory;
use super::json::Json;
use super::query::Call;

/// EC2 takes two hundred values in one filter.
const VALUES: usize = 200;

/// The calls that need nothing but the scope.
pub(super) fn calls(scope: &Scope) -> Vec<Call> {
    let mut calls = Vec::new();
    let mut ec2 = |operation, filter, values: Vec<String>| {
        calls.extend(filtered(operation, filter, &values));
    };
    ec2("DescribeVpcs", "vpc-id", texts(&scope.networks));

    // A subnet says neither its route table nor its network ACL: they say that they hold for it.
    let subnets = texts(&scope.subnets);
    ec2("DescribeSubnets", "subnet-id", subnets.clone());
    ec2(
        "DescribeRouteTables",
        "association.subnet-id",
        subnets.clone(),
    );
    ec2("DescribeNetworkAcls", "association.subnet-id", subnets);

    let tables = texts(&scope.route_tables);
    ec2("DescribeRouteTables", "route-table-id", tables);
    let networks = texts(&scope.route_tables_of);
    ec2("DescribeRouteTables", "vpc-id", networks);

    let (groups, lists) = (scope.firewalls.iter().map(ToString::to_string))
        .partition(|id: &String| id.starts_with("sg-"));
    ec2("DescribeSecurityGroups", "group-id", groups);
    ec2("DescribeNetworkAcls", "network-acl-id", lists);
    let networks = texts(&scope.firewalls_of);
    ec2("DescribeSecurityGroups", "vpc-id", networks.clone());
    ec2("DescribeNetworkAcls", "vpc-id", networks);

    let links = texts(&scope.links);
    let attachment = "transit-gateway-attachment-id";
    ec2(
        "DescribeTransitGatewayAttachments",
        attachment,
        links.clone(),
    );
    ec2("DescribeTransitGatewayVpcAttachments", attachment, links);
    let tables = texts(&scope.transit_tables);
    let table = "transit-gateway-route-table-id";
    ec2("DescribeTransitGatewayRouteTables", table, tables);

    let interface = "network-interface-id";
    let interfaces = texts(&scope.interfaces);
    ec2("DescribeNetworkInterfaces", interface, interfaces);
    let hosts = texts(&scope.interfaces_of);
    ec2("DescribeNetworkInterfaces", "attachment.instance-id", hosts);
    ec2("DescribeInstances", "instance-id", texts(&scope.hosts));

    let endpoints = texts(&scope.endpoints);
    ec2("DescribeVpcEndpoints", "vpc-endpoint-id", endpoints.clone());
    // A gateway endpoint does not say which prefix list stands for it: a route does.
    ec2("DescribeRouteTables", "route.gateway-id", endpoints);

    if !scope.gateways_of.is_empty() {
        // No filter of this call knows networks.
        calls.push(Call::new("ec2", "DescribeEgressOnlyInternetGateways"));
    }
    let balancers = scope.balancers.iter().filter(|id| is_arn(id.as_str()));
    calls.extend(balancers.map(|id| {
        Call::new("elbv2", "DescribeLoadBalancers").about("LoadBalancerArns.member.1", id.as_str())
    }));
    calls.extend(databases(scope));
    calls
}

/// The calls that an answer gives cause for.
pub(super) fn follow_ups(call: &Call, answer: &Json) -> Vec<Call> {
    let of = |list, id| -> Vec<String> {
        let ids: BTreeSet<&str> = answer
            .items(list)
            .iter()
            .filter_map(|item| item.text(id))
            .collect();
        ids.into_iter().map(str::to_owned).collect()
    };
    let hubs = "TransitGatewayVpcAttachments";
    match (call.service, call.operation) {
        // Whether a public address is held decides what a stop and start costs.
        ("ec2", "DescribeNetworkInterfaces") => filtered(
            "DescribeAddresses",
            "network-interface-id",
            &of("NetworkInterfaces", "NetworkInterfaceId"),
        ),
        // Which tables learn from an attachment only the tables say.
        ("ec2", "DescribeTransitGatewayVpcAttachments")
            if call.asks("transit-gateway-attachment-id") =>
        {
            filtered(
                "DescribeTransitGatewayRouteTables",
                "transit-gateway-id",
                &of(hubs, "TransitGatewayId"),
            )
        }
        ("ec2", "DescribeTransitGatewayRouteTables") if call.asks("transit-gateway-id") => {
            let ids = of("TransitGatewayRouteTables", "TransitGatewayRouteTableId");
            let calls = ids.iter().map(|id| {
                Call::new("ec2", "GetTransitGatewayRouteTablePropagations")
                    .about("TransitGatewayRouteTableId", id)
            });
            calls.collect()
        }
        // What a table learns follows from what is attached, and the blocks of that.
        ("ec2", "DescribeTransitGatewayRouteTables") => {
            let mut calls = inventory::follow_ups(call, answer);
            let ids = of("TransitGatewayRouteTables", "TransitGatewayId");
            for operation in [
                "DescribeTransitGatewayAttachments",
                "DescribeTransitGatewayVpcAttachments",
            ] {
                calls.extend(filtered(operation, "transit-gateway-id", &ids));
            }
            calls
        }
        ("ec2", "DescribeTransitGatewayVpcAttachments") => {
            filtered("DescribeVpcs", "vpc-id", &of(hubs, "VpcId"))
        }
        ("elbv2", "DescribeLoadBalancers") => inventory::follow_ups(call, answer),
        // What a subnet group allows, its services are allowed.
        ("rds", "DescribeDBInstances" | "DescribeDBClusters") => subnet_groups(answer),
        _ => Vec::new(),
    }
}

/// Instances and clusters are told apart by their ARNs; so is which of them a cluster is made of.
fn databases(scope: &Scope) -> Vec<Call> {
    let of = |kind: &str| -> Vec<String> {
        let ids = scope.services.iter().map(ServiceId::as_str);
        let ids = ids.filter(|id| is_arn(id) && id.contains(kind));
        ids.map(str::to_owned).collect()
    };
    let mut calls = Vec::new();
    for (operation, filter, ids) in [
        ("DescribeDBInstances", "db-instance-id", of(":db:")),
        ("DescribeDBClusters", "db-cluster-id", of(":cluster:")),
        // A cluster stands where its members stand.
        ("DescribeDBInstances", "db-cluster-id", of(":cluster:")),
    ] {
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        if !ids.is_empty() {
            let call = Call::new("rds", operation).with("Filters.Filter.1.Name", filter);
            calls.push(call.in_batches("Filters.Filter.1.Values.Value", &ids, VALUES));
        }
    }
    calls
}

fn subnet_groups(answer: &Json) -> Vec<Call> {
    let instances = answer.items("DBInstances").iter();
    let clusters = answer.items("DBClusters").iter();
    let names: BTreeSet<&str> = instances
        .filter_map(|it| it.get("DBSubnetGroup")?.text("DBSubnetGroupName"))
        .chain(clusters.filter_map(|it| it.text("DBSubnetGroup")))
        .collect();
    let calls = names
        .into_iter()
        .map(|name| Call::new("rds", "DescribeDBSubnetGroups").about("DBSubnetGroupName", name));
    calls.collect()
}

fn filtered(operation: &'static str, filter: &str, values: &[String]) -> Vec<Call> {
    if values.is_empty() {
        return Vec::new();
    }
    let values: Vec<&str> = values.iter().map(String::as_str).collect();
    let call = Call::new("ec2", operation).with("Filter.1.Name", filter);
    vec![call.in_batches("Filter.1.Value", &values, VALUES)]
}

fn texts<T: Display>(ids: &BTreeSet<T>) -> Vec<String> {
    ids.iter().map(ToString::to_string).collect()
}

fn is_arn(id: &str) -> bool {
    id.starts_with("arn:")
}
