//! Network interfaces, each as its kind looks: those of servers, and those that a service
//! has made for itself.

use std::io;

use serde_json::{Value, json};

use super::folder::Folder;
use super::link::attachment_id;
use super::{dns_name, gateway, moment, public_dns_name};
use crate::model::{Interface, Model, OWNER, Role, Vpc};

pub(super) fn write(folder: &mut Folder, model: &Model) -> io::Result<()> {
    let interfaces = model.vpcs.iter().flat_map(|vpc| {
        let before = std::iter::once(None).chain(vpc.interfaces.iter().map(Some));
        vpc.interfaces
            .iter()
            .zip(before)
            .map(|(it, before)| interface(model, vpc, it, before))
    });
    folder.list(
        "ec2-describe-network-interfaces",
        "NetworkInterfaces",
        interfaces,
    )
}

/// What an interface says of itself wherever it is listed, here and under its instance.
pub(super) fn facts(model: &Model, vpc: &Vpc, interface: &Interface) -> Value {
    let mut address = json!({
        "Primary": true,
        "PrivateDnsName": dns_name(interface.address),
        "PrivateIpAddress": interface.address,
    });
    let mut facts = json!({
        "Description": manner(model, vpc, interface).description,
        "Groups": groups(vpc, interface),
        "InterfaceType": manner(model, vpc, interface).kind,
        "Ipv6Addresses": [],
        "MacAddress": mac(interface.number),
        "NetworkInterfaceId": interface.id,
        "OwnerId": OWNER,
        "PrivateDnsName": dns_name(interface.address),
        "PrivateIpAddress": interface.address,
        "SourceDestCheck": !matches!(interface.role, Role::Nat | Role::Transit | Role::Balancer(_)),
        "Status": if matches!(interface.role, Role::Loose) { "available" } else { "in-use" },
        "SubnetId": vpc.subnets[interface.subnet].id,
        "VpcId": vpc.id,
    });
    if let Some(association) = association(model, interface) {
        address["Association"] = association.clone();
        facts["Association"] = association;
    }
    facts["PrivateIpAddresses"] = json!([address]);
    facts
}

pub(super) fn groups(vpc: &Vpc, interface: &Interface) -> Vec<Value> {
    let groups = interface.groups.iter().map(|&place| &vpc.groups[place]);
    groups
        .map(|group| json!({"GroupId": group.id, "GroupName": group.name}))
        .collect()
}

/// The attachment as the instance shows it, which leaves out who it is attached to.
pub(super) fn attachment(model: &Model, interface: &Interface) -> Value {
    json!({
        "AttachTime": moment(interface.number),
        "AttachmentId": model.ids.of("eni-attach", interface.number),
        "DeleteOnTermination": true,
        "DeviceIndex": u8::from(matches!(interface.role, Role::Second)),
        "NetworkCardIndex": 0,
        "Status": "attached",
    })
}

fn interface(model: &Model, vpc: &Vpc, interface: &Interface, before: Option<&Interface>) -> Value {
    let mut value = facts(model, vpc, interface);
    let manner = manner(model, vpc, interface);
    value["AvailabilityZone"] = vpc.subnets[interface.subnet].zone.name().into();
    value["RequesterManaged"] = manner.requester.is_some().into();
    value["TagSet"] = json!([]);
    if let Some(requester) = manner.requester {
        value["RequesterId"] = requester.into();
    }
    let instance = match interface.role {
        Role::Loose => return value,
        Role::Server(_) => Some(interface.number),
        Role::Second => before.map(|server| server.number),
        _ => None,
    };
    value["Attachment"] = match instance {
        Some(instance) => attached_to_instance(model, interface, instance),
        None => json!({
            "AttachmentId": model.ids.of("ela-attach", interface.number),
            "DeleteOnTermination": false,
            "DeviceIndex": 1,
            "InstanceOwnerId": "amazon-aws",
            "Status": "attached",
        }),
    };
    value
}

fn attached_to_instance(model: &Model, interface: &Interface, instance: u32) -> Value {
    let mut attachment = attachment(model, interface);
    attachment["InstanceId"] = model.ids.of("i", instance).into();
    attachment["InstanceOwnerId"] = OWNER.into();
    attachment
}

fn association(model: &Model, interface: &Interface) -> Option<Value> {
    let public = interface.public?;
    let mut association = json!({
        "IpOwnerId": if matches!(interface.role, Role::Balancer(_)) { "amazon-elb" } else { "amazon" },
        "PublicDnsName": public_dns_name(public.address),
        "PublicIp": public.address,
    });
    if public.elastic {
        association["AllocationId"] = model.ids.of("eipalloc", interface.number).into();
        association["AssociationId"] = model.ids.of("eipassoc", interface.number).into();
        association["IpOwnerId"] = OWNER.into();
    }
    Some(association)
}

/// What tells one kind of interface from another.
struct Manner {
    kind: &'static str,
    description: String,
    requester: Option<&'static str>,
}

fn manner(model: &Model, vpc: &Vpc, interface: &Interface) -> Manner {
    let (kind, description, requester) = match interface.role {
        Role::Server(_) | Role::Second => ("interface", String::new(), None),
        Role::Loose => ("interface", "left over".to_owned(), None),
        Role::Nat => {
            let gateway = gateway::nat_gateway_id(model, vpc);
            (
                "nat_gateway",
                format!("Interface for NAT Gateway {gateway}"),
                Some("062328495474"),
            )
        }
        Role::Transit => {
            let attachment = attachment_id(model, vpc);
            let text = format!("Network Interface for Transit Gateway Attachment {attachment}");
            ("transit_gateway", text, Some("783723658311"))
        }
        Role::Balancer(place) => {
            let balancer = &vpc.balancers[place];
            let (kind, path) = if balancer.public {
                ("interface", "app")
            } else {
                ("network_load_balancer", "net")
            };
            (
                kind,
                format!("ELB {path}/{}/{}", balancer.name, balancer.digits),
                Some("amazon-elb"),
            )
        }
        Role::Database(_) => (
            "interface",
            "RDSNetworkInterface".to_owned(),
            Some("amazon-rds"),
        ),
        Role::Function => {
            let digits = model.ids.digits("function", interface.number);
            let text = format!(
                "AWS Lambda VPC ENI-worker-{}-{digits}",
                interface.number % 40
            );
            ("lambda", text, Some("AROAEXAMPLELAMBDA:000000000000"))
        }
    };
    Manner {
        kind,
        description,
        requester,
    }
}

fn mac(number: u32) -> String {
    let [a, b, c, d] = number.to_be_bytes();
    format!("0a:{:02x}:{a:02x}:{b:02x}:{c:02x}:{d:02x}", d ^ 0x5a)
}
