//! Kinds of changes, to count steps by.

use sixward_plan::Change;

/// The kind of a change in a word or two.
pub(crate) fn kind(change: &Change) -> &'static str {
    match change {
        Change::AddNetworkBlock { .. } => "network block",
        Change::RemoveNetworkBlock { .. } => "network block given back",
        Change::AddSubnetBlock { .. } => "subnet block",
        Change::RemoveSubnetBlock { .. } => "subnet block given back",
        Change::SetAutoAssign { .. } => "auto-assign",
        Change::CreateGateway { .. } => "gateway",
        Change::DeleteGateway { .. } => "gateway deleted",
        Change::AddRoute { .. } => "route",
        Change::RemoveRoute { .. } => "route removed",
        Change::SetAttachmentV6 { .. } => "attachment",
        Change::AddTransitRoute { .. } => "transit route",
        Change::RemoveTransitRoute { .. } => "transit route removed",
        Change::AddRule { .. } => "rule",
        Change::RemoveRule { .. } => "rule removed",
        Change::SetMachineType { .. } => "machine type",
        Change::AssignAddress { .. } => "address",
        Change::UnassignAddress { .. } => "address given back",
        Change::SetBalancerFamily { .. } => "balancer",
        Change::SetServiceFamily { .. } => "service",
        Change::SetEndpointFamily { .. } => "endpoint",
        Change::OpenTunnel { .. } => "tunnel",
        Change::CloseTunnel { .. } => "tunnel closed",
        Change::JoinTunnel { .. } => "tunnel joined",
        Change::LeaveTunnel { .. } => "tunnel left",
        Change::ConfigureGuest { .. } => "guest",
        Change::RestoreGuest { .. } => "guest restored",
        Change::PublishNames { .. } => "name",
        Change::WithdrawNames { .. } => "name withdrawn",
    }
}
