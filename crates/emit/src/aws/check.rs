//! A command that shows whether a change has been done, for a person who wants to see for herself.

use sixward_estate::Provider;
use sixward_plan::{Change, Plan};

use super::shell::quote;
use crate::place::place_of;

/// The command; none where the aws CLI cannot show it.
pub fn check(change: &Change, plan: &Plan) -> Option<String> {
    let place = place_of(&plan.before, change)?;
    if place.provider != Provider::Aws {
        return None;
    }
    let look = look(change, plan)?;
    let region = if place.region.is_empty() {
        String::new()
    } else {
        format!(" --region {}", quote(&place.region))
    };
    Some(format!("aws{region} {look}"))
}

fn look(change: &Change, plan: &Plan) -> Option<String> {
    Some(match change {
        Change::AddNetworkBlock { network, .. } | Change::RemoveNetworkBlock { network, .. } => {
            format!(
                "ec2 describe-vpcs --vpc-ids {network} --query 'Vpcs[].Ipv6CidrBlockAssociationSet[]'"
            )
        }
        Change::AddSubnetBlock { subnet, .. }
        | Change::RemoveSubnetBlock { subnet, .. }
        | Change::SetAutoAssign { subnet, .. } => {
            let vpc = &plan.before.subnets.get(subnet)?.network;
            format!(
                "ec2 describe-subnets --filters Name=vpc-id,Values={vpc} --output text --query 'Subnets[].[SubnetId,Ipv6CidrBlockAssociationSet[].Ipv6CidrBlock|[0],AssignIpv6AddressOnCreation]'"
            )
        }
        Change::CreateGateway { .. } | Change::DeleteGateway { .. } => {
            "ec2 describe-egress-only-internet-gateways".to_owned()
        }
        Change::AddRoute { table, .. } | Change::RemoveRoute { table, .. } => format!(
            "ec2 describe-route-tables --route-table-ids {table} --query 'RouteTables[].Routes[?DestinationIpv6CidrBlock]'"
        ),
        Change::SetAttachmentV6 { link, .. } => format!(
            "ec2 describe-transit-gateway-vpc-attachments --transit-gateway-attachment-ids {link} --query 'TransitGatewayVpcAttachments[].Options'"
        ),
        Change::AddTransitRoute { table, .. } | Change::RemoveTransitRoute { table, .. } => {
            format!(
                "ec2 search-transit-gateway-routes --transit-gateway-route-table-id {table} --filters Name=type,Values=static"
            )
        }
        Change::AddRule { firewall, rule } | Change::RemoveRule { firewall, rule } => {
            match rule.order {
                Some(_) => format!(
                    "ec2 describe-network-acls --network-acl-ids {firewall} --query 'NetworkAcls[].Entries[?Ipv6CidrBlock]'"
                ),
                None => format!(
                    "ec2 describe-security-group-rules --filters Name=group-id,Values={firewall} --query 'SecurityGroupRules[?CidrIpv6]'"
                ),
            }
        }
        Change::SetMachineType { host, .. } => format!(
            "ec2 describe-instances --instance-ids {host} --query 'Reservations[].Instances[].[InstanceType,State.Name]'"
        ),
        Change::AssignAddress { interface, .. } | Change::UnassignAddress { interface, .. } => {
            let subnet = &plan.before.interfaces.get(interface)?.subnet;
            format!(
                "ec2 describe-network-interfaces --filters Name=subnet-id,Values={subnet} --query 'NetworkInterfaces[].[NetworkInterfaceId,Ipv6Addresses[].Ipv6Address]'"
            )
        }
        Change::SetBalancerFamily { balancer, .. } => format!(
            "elbv2 describe-load-balancers --load-balancer-arns {balancer} --query 'LoadBalancers[].[IpAddressType,DNSName]'"
        ),
        Change::SetEndpointFamily { endpoint, .. } => format!(
            "ec2 describe-vpc-endpoints --vpc-endpoint-ids {endpoint} --query 'VpcEndpoints[].[IpAddressType,State]'"
        ),
        Change::SetServiceFamily { .. }
        | Change::OpenTunnel { .. }
        | Change::CloseTunnel { .. }
        | Change::JoinTunnel { .. }
        | Change::LeaveTunnel { .. }
        | Change::ConfigureGuest { .. }
        | Change::RestoreGuest { .. }
        | Change::PublishNames { .. }
        | Change::WithdrawNames { .. } => return None,
    })
}
