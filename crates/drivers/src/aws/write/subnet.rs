//! Blocks of subnets, and their switch for new interfaces.

use sixward_estate::SubnetId;
use sixward_net::Ipv6Net;

use super::{GiveBack, Task};
use crate::aws::query::Call;

pub(super) fn add_block(subnet: &SubnetId, net: Ipv6Net) -> Task {
    let call = Call::new("ec2", "AssociateSubnetCidrBlock").with("SubnetId", subnet.as_str());
    Task::Call(call.with("Ipv6CidrBlock", &net.to_string()))
}

pub(super) fn remove_block(subnet: &SubnetId, net: Ipv6Net) -> Task {
    Task::GiveBack(GiveBack {
        look: Call::new("ec2", "DescribeSubnets")
            .with("Filter.1.Name", "subnet-id")
            .with_list("Filter.1.Value", &[subnet.as_str()]),
        list: "Subnets",
        net,
        operation: "DisassociateSubnetCidrBlock",
    })
}

pub(super) fn set_auto_assign(subnet: &SubnetId, on: bool) -> Task {
    let call = Call::new("ec2", "ModifySubnetAttribute").with("SubnetId", subnet.as_str());
    Task::Call(call.with("AssignIpv6AddressOnCreation.Value", &on.to_string()))
}
