//! Every change as the call it takes: the text, and each parameter as AWS spells it.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use sixward_apply::Scope;
use sixward_estate::*;
use sixward_net::{IcmpMatch, Ports, Traffic, symbol};

use super::super::shapes::Table;
use super::super::{inventory, look};
use super::*;

/// The names that botocore spells, made by `gen/aws_shapes.py`.
#[derive(Deserialize)]
struct Parameters {
    operations: BTreeMap<String, BTreeSet<String>>,
}

fn all() -> Vec<Change> {
    let net = "2001:db8:0:1a::/64".parse().unwrap();
    let block = |net, source| Block6 { net, source };
    let planned = symbol::placeholder(0, 56);
    let network = || NetworkId::new("vpc-1");
    let provider = |group: &str| BlockSource::Provider {
        border_group: group.into(),
    };
    let mut changes = Vec::new();
    for block in [
        block(planned, provider("us-west-2-lax-1")),
        block(planned, BlockSource::Ipam("ipam-pool-1".into())),
        block(net, BlockSource::Pool("ipv6pool-ec2-1".into())),
    ] {
        let network = network();
        changes.push(Change::AddNetworkBlock { network, block });
    }
    changes.push(Change::AddSubnetBlock {
        subnet: SubnetId::new("subnet-1"),
        net,
    });
    changes.push(Change::SetAutoAssign {
        subnet: SubnetId::new("subnet-1"),
        on: true,
    });
    let gateway = Gateway {
        id: GatewayId::new("eigw-1"),
        name: SmolStr::default(),
        network: Some(network()),
        kind: GatewayKind::EgressOnly,
    };
    changes.push(Change::CreateGateway { gateway });
    changes.extend(routes());
    changes.extend(rules());
    changes.push(Change::SetAttachmentV6 {
        link: LinkId::new("tgw-attach-1"),
        on: true,
    });
    for target in [
        TransitTarget::Link(LinkId::new("tgw-attach-1")),
        TransitTarget::Nowhere,
    ] {
        let route = TransitRoute {
            destination: net.into(),
            target,
            origin: RouteOrigin::Static,
            state: RouteState::Active,
        };
        let table = TransitTableId::new("tgw-rtb-1");
        changes.push(Change::AddTransitRoute { table, route });
    }
    for automatic in [false, true] {
        changes.push(Change::AssignAddress {
            interface: InterfaceId::new("eni-1"),
            address: "2001:db8:0:1a::5".parse().unwrap(),
            automatic,
        });
    }
    let (from, to) = (FamilyMode::V4, FamilyMode::Dual);
    changes.push(Change::SetBalancerFamily {
        balancer: BalancerId::new("arn:aws:elasticloadbalancing:us-east-1:1:loadbalancer/app/a/1"),
        from,
        to,
    });
    for kind in ["db", "cluster"] {
        let service = ServiceId::new(format!("arn:aws:rds:us-east-1:123456789012:{kind}:orders"));
        changes.push(Change::SetServiceFamily { service, from, to });
    }
    changes.push(Change::SetEndpointFamily {
        endpoint: EndpointId::new("vpce-1"),
        from,
        to,
    });
    let back: Vec<_> = changes.iter().map(Change::inverse).collect();
    changes.extend(back);
    changes
}

fn routes() -> impl Iterator<Item = Change> {
    let targets = [
        RouteTarget::Gateway(GatewayId::new("igw-1")),
        RouteTarget::Gateway(GatewayId::new("vgw-1")),
        RouteTarget::Gateway(GatewayId::new("nat-1")),
        RouteTarget::Gateway(GatewayId::new("eigw-1")),
        RouteTarget::Link(LinkId::new("pcx-1")),
        RouteTarget::Transit(TransitId::new("tgw-1")),
        RouteTarget::Interface(InterfaceId::new("eni-1")),
        RouteTarget::Host(HostId::new("i-1")),
        RouteTarget::Endpoint(EndpointId::new("vpce-1")),
    ];
    targets.into_iter().map(|target| Change::AddRoute {
        table: RouteTableId::new("rtb-1"),
        route: Route {
            destination: sixward_net::ANY6.into(),
            target,
            origin: RouteOrigin::Static,
            state: RouteState::Active,
        },
    })
}

fn rules() -> Vec<Change> {
    let group = FirewallId::new("sg-1");
    let list = FirewallId::new("acl-1");
    let any = || Remote::from(sixward_net::ANY6);
    let https = Traffic::Tcp(Ports::new(443, 444).unwrap());
    let echo = Traffic::Icmp6(IcmpMatch::Code(128, 0));
    let mut changes = Vec::new();
    for (firewall, order, traffic, remote) in [
        (&group, None, https, any()),
        (&group, None, echo, any()),
        (&group, None, Traffic::All, Remote::Firewall(group.clone())),
        (
            &group,
            None,
            Traffic::Protocol(47),
            Remote::PrefixList(PrefixListId::new("pl-1")),
        ),
        (&list, Some(101), https, any()),
        (&list, Some(102), echo, any()),
        (&list, Some(103), Traffic::All, any()),
    ] {
        for direction in [Direction::Ingress, Direction::Egress] {
            let rule = Rule {
                direction,
                order,
                action: Action::Allow,
                traffic,
                remote: remote.clone(),
                note: "why".into(),
            };
            let firewall = firewall.clone();
            changes.push(Change::AddRule { firewall, rule });
        }
    }
    changes
}

#[test]
fn every_parameter_is_one_of_the_calls() {
    let calls = all().into_iter().flat_map(|change| {
        let task = task(&change, "token");
        match task.unwrap_or_else(|why| panic!("{change:?}: {why}")) {
            Task::Call(call) => vec![call],
            Task::GiveBack(block) => {
                let give_back = Call::new("ec2", block.operation).with("AssociationId", "a-1");
                vec![block.look, give_back]
            }
            Task::Retype { .. } => vec![],
        }
    });
    let mut calls: Vec<_> = calls.collect();
    let mut scope = Scope::of(&all());
    scope.hosts.insert(HostId::new("i-1"));
    scope.interfaces_of.insert(HostId::new("i-1"));
    calls.extend(look::calls(&scope));
    calls.extend(inventory::roots());
    let known: Parameters =
        serde_json::from_str(include_str!("../../data/aws-parameters.json")).unwrap();
    for call in &calls {
        let operation = format!("{}:{}", call.service, call.operation);
        let names = &known.operations[&operation];
        let given = call.parameters.iter().chain(call.batches.iter().flatten());
        for (name, _) in given {
            let spelled: Vec<_> = name
                .split('.')
                .map(|part| {
                    if part.parse::<u32>().is_ok() {
                        "N"
                    } else {
                        part
                    }
                })
                .collect();
            assert!(names.contains(&spelled.join(".")), "{operation}: {name}");
        }
    }
    let write: BTreeSet<_> = calls.iter().map(|call| call.operation).collect();
    assert!(write.contains("DeleteTransitGatewayRoute") && write.contains("ModifyDBCluster"));
}

#[test]
fn calls_are_as_the_cli_would_send_them() {
    let table = Table::embedded().unwrap();
    let text = |change: &Change| match task(change, "token-1").unwrap() {
        Task::Call(call) => {
            let entry = table.entry(call.service, call.operation).unwrap();
            call.body(entry, &Vec::new(), None)
        }
        other => format!("{other:?}"),
    };
    let listed: Vec<_> = rules().iter().step_by(2).map(text).collect();
    assert_eq!(
        listed[1],
        "Action=AuthorizeSecurityGroupIngress&Version=2016-11-15&GroupId=sg-1\
         &IpPermissions.1.IpProtocol=icmpv6&IpPermissions.1.FromPort=128&IpPermissions.1.ToPort=0\
         &IpPermissions.1.Ipv6Ranges.1.CidrIpv6=%3A%3A%2F0\
         &IpPermissions.1.Ipv6Ranges.1.Description=why"
    );
    assert_eq!(
        listed[5],
        "Action=CreateNetworkAclEntry&Version=2016-11-15&NetworkAclId=acl-1&Egress=false\
         &RuleNumber=102&RuleAction=allow&Icmp.Type=128&Icmp.Code=0&Protocol=58\
         &Ipv6CidrBlock=%3A%3A%2F0"
    );
    let revoke = text(&rules()[0].inverse());
    assert!(!revoke.contains("Description"), "{revoke}");
    let restart = Change::SetMachineType {
        host: HostId::new("i-1"),
        from: MachineTypeName::new("m3.large"),
        to: MachineTypeName::new("m5.large"),
    };
    assert!(text(&restart).starts_with("Retype"));
}

#[test]
fn what_no_call_does_is_for_a_person() {
    let rule = |order, remote| Rule {
        direction: Direction::Ingress,
        order,
        action: Action::Allow,
        traffic: Traffic::All,
        remote,
        note: SmolStr::default(),
    };
    let any = || Remote::from(sixward_net::ANY6);
    let firewall = |id: &str| FirewallId::new(id);
    let (from, to) = (FamilyMode::V4, FamilyMode::Dual);
    let own = Block6 {
        net: "fd00::/48".parse().unwrap(),
        source: BlockSource::Own,
    };
    let chosen = Block6 {
        net: "2001:db8::/56".parse().unwrap(),
        source: BlockSource::Provider {
            border_group: SmolStr::default(),
        },
    };
    let network = || NetworkId::new("vpc-1");
    let host = HostId::new("i-1");
    let classic = BalancerId::new("old-elb");
    let lambda = ServiceId::new("arn:aws:lambda:us-east-1:123456789012:function:f");
    let (acl, sg) = (firewall("acl-1"), firewall("sg-1"));
    let tag = Remote::Tag("AzureCloud".into());
    for (change, why) in [
        (Change::ConfigureGuest { host }, "the operating system"),
        (
            Change::AddNetworkBlock {
                network: network(),
                block: own,
            },
            "from a pool only",
        ),
        (
            Change::AddNetworkBlock {
                network: network(),
                block: chosen,
            },
            "has this one no more",
        ),
        (
            Change::SetBalancerFamily {
                balancer: classic,
                from,
                to,
            },
            "first generation",
        ),
        (
            Change::SetServiceFamily {
                service: lambda,
                from,
                to,
            },
            "kind of service",
        ),
        (
            Change::AddRule {
                firewall: acl.clone(),
                rule: rule(Some(32768), any()),
            },
            "AWS's own",
        ),
        (
            Change::AddRule {
                firewall: acl,
                rule: rule(Some(1), Remote::Firewall(sg.clone())),
            },
            "a prefix only",
        ),
        (
            Change::AddRule {
                firewall: sg,
                rule: rule(None, tag),
            },
            "no service tags",
        ),
    ] {
        let said = task(&change, "").unwrap_err();
        assert!(said.contains(why), "{said}");
    }
}
