//! Rules of security groups and entries of network ACLs.

use sixward_estate::{Action, Direction, FirewallId, Remote, Rule};
use sixward_net::{IcmpMatch, IpNet, Ports, Traffic};

use super::Task;
use crate::aws::query::Call;

pub(super) fn add(firewall: &FirewallId, rule: &Rule) -> Result<Task, &'static str> {
    let Some(order) = rule.order else {
        let call = match rule.direction {
            Direction::Ingress => "AuthorizeSecurityGroupIngress",
            Direction::Egress => "AuthorizeSecurityGroupEgress",
        };
        let call = permission(call, firewall, rule)?;
        return Ok(Task::Call(call));
    };
    let call = entry("CreateNetworkAclEntry", firewall, rule, order)?;
    let action = match rule.action {
        Action::Allow => "allow",
        Action::Deny => "deny",
    };
    let call = call.with("RuleAction", action);
    let (protocol, call) = match rule.traffic {
        Traffic::All => (-1, call),
        Traffic::Tcp(ports) => (6, with_range(call, ports)),
        Traffic::Udp(ports) => (17, with_range(call, ports)),
        Traffic::Icmp(message) => (1, with_icmp(call, message)),
        Traffic::Icmp6(message) => (58, with_icmp(call, message)),
        Traffic::Protocol(number) => (i32::from(number), call),
    };
    let call = call.with("Protocol", &protocol.to_string());
    let call = match &rule.remote {
        Remote::Net(IpNet::V4(net)) => call.with("CidrBlock", &net.to_string()),
        Remote::Net(IpNet::V6(net)) => call.with("Ipv6CidrBlock", &net.to_string()),
        Remote::Firewall(_) | Remote::PrefixList(_) | Remote::Tag(_) => {
            return Err("an entry of a network ACL names a prefix only");
        }
    };
    Ok(Task::Call(call))
}

pub(super) fn remove(firewall: &FirewallId, rule: &Rule) -> Result<Task, &'static str> {
    let call = match (rule.order, rule.direction) {
        (Some(order), _) => entry("DeleteNetworkAclEntry", firewall, rule, order)?,
        (None, Direction::Ingress) => permission("RevokeSecurityGroupIngress", firewall, rule)?,
        (None, Direction::Egress) => permission("RevokeSecurityGroupEgress", firewall, rule)?,
    };
    Ok(Task::Call(call))
}

fn permission(
    operation: &'static str,
    group: &FirewallId,
    rule: &Rule,
) -> Result<Call, &'static str> {
    let (protocol, ports) = match rule.traffic {
        Traffic::All => ("-1".to_owned(), None),
        Traffic::Tcp(ports) => ("tcp".to_owned(), Some(range(ports))),
        Traffic::Udp(ports) => ("udp".to_owned(), Some(range(ports))),
        Traffic::Icmp(message) => ("icmp".to_owned(), Some(icmp(message))),
        Traffic::Icmp6(message) => ("icmpv6".to_owned(), Some(icmp(message))),
        Traffic::Protocol(number) => (number.to_string(), None),
    };
    let field = |name: &str| format!("IpPermissions.1.{name}");
    let mut call = Call::new("ec2", operation)
        .with("GroupId", group.as_str())
        .with(&field("IpProtocol"), &protocol);
    if let Some((first, last)) = ports {
        call = call
            .with(&field("FromPort"), &first.to_string())
            .with(&field("ToPort"), &last.to_string());
    }
    let (list, name, remote) = match &rule.remote {
        Remote::Net(IpNet::V4(net)) => ("IpRanges", "CidrIp", net.to_string()),
        Remote::Net(IpNet::V6(net)) => ("Ipv6Ranges", "CidrIpv6", net.to_string()),
        Remote::Firewall(id) => ("Groups", "GroupId", id.to_string()),
        Remote::PrefixList(id) => ("PrefixListIds", "PrefixListId", id.to_string()),
        Remote::Tag(_) => return Err("AWS has no service tags"),
    };
    call = call.with(&field(&format!("{list}.1.{name}")), &remote);
    if !rule.note.is_empty() && operation.starts_with("Authorize") {
        call = call.with(&field(&format!("{list}.1.Description")), &rule.note);
    }
    Ok(call)
}

fn entry(
    operation: &'static str,
    list: &FirewallId,
    rule: &Rule,
    order: u32,
) -> Result<Call, &'static str> {
    // CreateNetworkAclEntry: "The range 32767 to 65535 is reserved for internal use".
    if order > 32766 {
        return Err("the number of the entry is AWS's own");
    }
    Ok(Call::new("ec2", operation)
        .with("NetworkAclId", list.as_str())
        .with("Egress", &(rule.direction == Direction::Egress).to_string())
        .with("RuleNumber", &order.to_string()))
}

fn with_range(call: Call, ports: Ports) -> Call {
    let (first, last) = range(ports);
    call.with("PortRange.From", &first.to_string())
        .with("PortRange.To", &last.to_string())
}

fn with_icmp(call: Call, message: IcmpMatch) -> Call {
    let (kind, code) = icmp(message);
    call.with("Icmp.Type", &kind.to_string())
        .with("Icmp.Code", &code.to_string())
}

fn range(ports: Ports) -> (i32, i32) {
    (ports.first().into(), ports.last().into())
}

/// Type and code; -1 is all of them.
fn icmp(message: IcmpMatch) -> (i32, i32) {
    match message {
        IcmpMatch::Any => (-1, -1),
        IcmpMatch::Type(kind) => (kind.into(), -1),
        IcmpMatch::Code(kind, code) => (kind.into(), code.into()),
    }
}
