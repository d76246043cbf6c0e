//! Which calls are made: one of each kind, then those that ask about an object found.

use super::json::Json;
use super::query::Call;

/// A call asks for no page size unless an unpaged answer is known to time out on large
/// accounts; EC2 then sends everything at once.
const LARGE: [&str; 3] = [
    "DescribeInstances",
    "DescribeNetworkInterfaces",
    "DescribeSecurityGroups",
];
/// EC2 takes a hundred instance types in one request.
const TYPES: usize = 100;
const ROOTS: [(&str, &str); 33] = [
    ("ec2", "DescribeAddresses"),
    ("ec2", "DescribeAvailabilityZones"),
    ("ec2", "DescribeCustomerGateways"),
    ("ec2", "DescribeEgressOnlyInternetGateways"),
    ("ec2", "DescribeInstances"),
    ("ec2", "DescribeInternetGateways"),
    ("ec2", "DescribeIpv6Pools"),
    ("ec2", "DescribeManagedPrefixLists"),
    ("ec2", "DescribeNatGateways"),
    ("ec2", "DescribeNetworkAcls"),
    ("ec2", "DescribeNetworkInterfaces"),
    ("ec2", "DescribeRouteTables"),
    ("ec2", "DescribeSecurityGroups"),
    ("ec2", "DescribeSubnets"),
    ("ec2", "DescribeTransitGatewayAttachments"),
    ("ec2", "DescribeTransitGatewayRouteTables"),
    ("ec2", "DescribeTransitGatewayVpcAttachments"),
    ("ec2", "DescribeTransitGateways"),
    ("ec2", "DescribeVpcBlockPublicAccessExclusions"),
    ("ec2", "DescribeVpcBlockPublicAccessOptions"),
    ("ec2", "DescribeVpcEndpoints"),
    ("ec2", "DescribeVpcPeeringConnections"),
    ("ec2", "DescribeVpcs"),
    ("ec2", "DescribeVpnConnections"),
    ("ec2", "DescribeVpnGateways"),
    ("elasticache", "DescribeCacheClusters"),
    ("elasticache", "DescribeReplicationGroups"),
    ("elb", "DescribeLoadBalancers"),
    ("elbv2", "DescribeLoadBalancers"),
    ("elbv2", "DescribeTargetGroups"),
    ("rds", "DescribeDBClusters"),
    ("rds", "DescribeDBInstances"),
    ("rds", "DescribeDBSubnetGroups"),
];

/// Who the credentials belong to.
pub(crate) fn identity() -> Call {
    Call::new("sts", "GetCallerIdentity")
}

/// The calls that need nothing to be known.
pub(crate) fn roots() -> impl Iterator<Item = Call> {
    ROOTS.into_iter().map(|(service, operation)| {
        let call = Call::new(service, operation);
        if LARGE.contains(&operation) {
            call.with("MaxResults", "1000")
        } else {
            call
        }
    })
}

/// The calls that the answer to `call` gives cause for.
pub(crate) fn follow_ups(call: &Call, answer: &Json) -> Vec<Call> {
    match (call.service, call.operation) {
        ("ec2", "DescribeInstances") => instance_types(answer),
        ("ec2", "DescribeManagedPrefixLists") => {
            each(answer, "PrefixLists", "PrefixListId", |id| {
                vec![Call::new("ec2", "GetManagedPrefixListEntries").about("PrefixListId", id)]
            })
        }
        ("ec2", "DescribeTransitGatewayRouteTables") => each(
            answer,
            "TransitGatewayRouteTables",
            "TransitGatewayRouteTableId",
            route_table,
        ),
        ("elbv2", "DescribeLoadBalancers") => {
            each(answer, "LoadBalancers", "LoadBalancerArn", |id| {
                vec![Call::new("elbv2", "DescribeListeners").about("LoadBalancerArn", id)]
            })
        }
        ("elbv2", "DescribeTargetGroups") => each(answer, "TargetGroups", "TargetGroupArn", |id| {
            vec![Call::new("elbv2", "DescribeTargetHealth").about("TargetGroupArn", id)]
        }),
        _ => Vec::new(),
    }
}

fn each(answer: &Json, list: &str, id: &str, calls: impl Fn(&str) -> Vec<Call>) -> Vec<Call> {
    answer
        .items(list)
        .iter()
        .filter_map(|item| item.text(id))
        .flat_map(calls)
        .collect()
}

fn route_table(id: &str) -> Vec<Call> {
    let about = |operation| Call::new("ec2", operation).about("TransitGatewayRouteTableId", id);
    vec![
        about("GetTransitGatewayRouteTableAssociations"),
        about("GetTransitGatewayRouteTablePropagations"),
        // The search insists on a filter: these are all the types there are.
        about("SearchTransitGatewayRoutes")
            .with("Filter.1.Name", "type")
            .with_list("Filter.1.Value", &["static", "propagated"]),
    ]
}

/// Only the types in use: all of them are thousands.
fn instance_types(answer: &Json) -> Vec<Call> {
    let reservations = answer.items("Reservations").iter();
    let instances = reservations.flat_map(|reservation| reservation.items("Instances"));
    let mut types: Vec<&str> = instances
        .filter_map(|instance| instance.text("InstanceType"))
        .collect();
    types.sort_unstable();
    types.dedup();
    if types.is_empty() {
        return Vec::new();
    }
    vec![Call::new("ec2", "DescribeInstanceTypes").in_batches("InstanceType", &types, TYPES)]
}

#[cfg(test)]
mod tests {
    use super::super::shapes::Table;
    use super::*;

    fn object(members: &[(&str, Json)]) -> Json {
        Json::Object(
            members
                .iter()
                .map(|(name, value)| ((*name).to_owned(), value.clone()))
                .collect(),
        )
    }

    #[test]
    fn every_call_is_in_the_table() {
        let table = Table::embedded().unwrap();
        let answer = object(&[(
            "TransitGatewayRouteTables",
            Json::List(vec![object(&[(
                "TransitGatewayRouteTableId",
                Json::Text("tgw-rtb-1".into()),
            )])]),
        )]);
        let tables = follow_ups(
            &Call::new("ec2", "DescribeTransitGatewayRouteTables"),
            &answer,
        );
        assert_eq!(tables.len(), 3);
        for call in roots().chain(tables).chain([identity()]) {
            assert!(
                table.entry(call.service, call.operation).is_some(),
                "{call:?}"
            );
        }
    }

    #[test]
    fn only_the_instance_types_in_use_are_asked_about() {
        let instance = |kind: &str| object(&[("InstanceType", Json::Text(kind.into()))]);
        let reservation = object(&[(
            "Instances",
            Json::List(vec![
                instance("t3.micro"),
                instance("m5.large"),
                instance("t3.micro"),
            ]),
        )]);
        let answer = object(&[("Reservations", Json::List(vec![reservation]))]);
        let calls = follow_ups(&Call::new("ec2", "DescribeInstances"), &answer);
        assert_eq!(calls.len(), 1);
        assert_eq!(calls[0].batches[0].len(), 2);
        assert!(follow_ups(&Call::new("ec2", "DescribeInstances"), &object(&[])).is_empty());
    }
}
