//! Addresses of network interfaces.

use std::net::Ipv6Addr;

use sixward_estate::InterfaceId;

use super::Task;
use crate::aws::query::Call;

pub(super) fn assign(interface: &InterfaceId, address: Ipv6Addr, automatic: bool) -> Task {
    let call = about("AssignIpv6Addresses", interface);
    Task::Call(if automatic {
        call.with("Ipv6AddressCount", "1")
    } else {
        call.with_list("Ipv6Addresses", &[&address.to_string()])
    })
}

pub(super) fn unassign(interface: &InterfaceId, address: Ipv6Addr) -> Task {
    let call = about("UnassignIpv6Addresses", interface);
    Task::Call(call.with_list("Ipv6Addresses", &[&address.to_string()]))
}

fn about(operation: &'static str, interface: &InterfaceId) -> Call {
    Call::new("ec2", operation).with("NetworkInterfaceId", interface.as_str())
}
