//! Changes: the atoms of a plan, each a pure function on the estate with its undo beside it.
//!
//! What a change does stands in the file of its noun; here they are only listed and handed on.

use std::net::Ipv6Addr;

use serde::{Deserialize, Serialize};
use sixward_estate::{
    BalancerId, Block6, EndpointId, Estate, FamilyMode, FirewallId, Gateway, HostId, InterfaceId,
    LinkId, MachineTypeName, NetworkId, Route, RouteTableId, Rule, ServiceId, Subject, SubnetId,
    TransitRoute, TransitTableId, Tunnel, TunnelId,
};
use sixward_net::Ipv6Net;

use crate::{
    balancer, endpoint, firewall, gateway, host, interface, link, network, route, service, subnet,
    tunnel,
};

/// One thing that is done to the estate, in one call or a few that belong together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the fields are named as the nouns they hold")]
pub enum Change {
    /// A network gets an IPv6 block; the provider adds local routes and opens untouched firewalls.
    AddNetworkBlock { network: NetworkId, block: Block6 },
    /// A network gives an IPv6 block back.
    RemoveNetworkBlock { network: NetworkId, block: Block6 },
    /// A subnet gets its IPv6 block.
    AddSubnetBlock { subnet: SubnetId, net: Ipv6Net },
    /// A subnet gives its IPv6 block back.
    RemoveSubnetBlock { subnet: SubnetId, net: Ipv6Net },
    /// New interfaces of a subnet get an IPv6 address by themselves, or no longer do.
    SetAutoAssign { subnet: SubnetId, on: bool },
    /// A gateway is made and attached.
    CreateGateway { gateway: Gateway },
    /// A gateway is taken away.
    DeleteGateway { gateway: Gateway },
    /// A table gets a route.
    AddRoute { table: RouteTableId, route: Route },
    /// A table loses a route.
    RemoveRoute { table: RouteTableId, route: Route },
    /// An attachment of a transit hub carries IPv6, or no longer does.
    SetAttachmentV6 { link: LinkId, on: bool },
    /// A hub's table gets a route.
    AddTransitRoute {
        table: TransitTableId,
        route: TransitRoute,
    },
    /// A hub's table loses a route.
    RemoveTransitRoute {
        table: TransitTableId,
        route: TransitRoute,
    },
    /// A firewall gets a rule.
    AddRule { firewall: FirewallId, rule: Rule },
    /// A firewall loses a rule.
    RemoveRule { firewall: FirewallId, rule: Rule },
    /// A host is stopped, gets another machine type, and is started if it ran.
    SetMachineType {
        host: HostId,
        from: MachineTypeName,
        to: MachineTypeName,
    },
    /// An interface gets an address. `automatic`: the provider chooses, and `address` stands for it.
    AssignAddress {
        interface: InterfaceId,
        address: Ipv6Addr,
        automatic: bool,
    },
    /// An interface gives an address back.
    UnassignAddress {
        interface: InterfaceId,
        address: Ipv6Addr,
        automatic: bool,
    },
    /// A server and a relay are started, and the network routes their clients' prefix to the relay. Done
    /// on their hosts.
    OpenTunnel { tunnel: Tunnel },
    /// A server and a relay are stopped. Done on their hosts.
    CloseTunnel { tunnel: Tunnel },
    /// A host filters what comes through a tunnel by these rules, and then has its address in it. Done on
    /// the host; it draws some bits of the address itself, and `address` stands for it.
    JoinTunnel {
        interface: InterfaceId,
        tunnel: TunnelId,
        address: Ipv6Addr,
        rules: Vec<Rule>,
    },
    /// A host leaves a tunnel. Done on the host.
    LeaveTunnel {
        interface: InterfaceId,
        tunnel: TunnelId,
        address: Ipv6Addr,
        rules: Vec<Rule>,
    },
    /// A load balancer answers other families.
    SetBalancerFamily {
        balancer: BalancerId,
        from: FamilyMode,
        to: FamilyMode,
    },
    /// A managed service answers other families.
    SetServiceFamily {
        service: ServiceId,
        from: FamilyMode,
        to: FamilyMode,
    },
    /// An endpoint answers other families.
    SetEndpointFamily {
        endpoint: EndpointId,
        from: FamilyMode,
        to: FamilyMode,
    },
    /// The operating system of a host takes up its address. Done on the host.
    ConfigureGuest { host: HostId },
    /// The operating system of a host is put back as it was. Done on the host.
    RestoreGuest { host: HostId },
    /// The names of something get AAAA records beside their A records. Done in the zones.
    PublishNames {
        subject: Subject,
        addresses: Vec<Ipv6Addr>,
    },
    /// The AAAA records of something are withdrawn. Done in the zones.
    WithdrawNames {
        subject: Subject,
        addresses: Vec<Ipv6Addr>,
    },
}

/// A change does not fit the estate it is done to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ChangeError {
    /// What it is done to is not there.
    #[error("`{0}` is not in the estate")]
    Missing(Subject),
    /// What it would make is there already.
    #[error("`{0}` already has {1}")]
    Exists(Subject, String),
    /// What it would take away is not there.
    #[error("`{0}` does not have {1}")]
    Absent(Subject, String),
    /// What it would take away is still used.
    #[error("{1} of `{0}` is still in use")]
    InUse(Subject, String),
}

impl Change {
    /// Does it to the estate, together with what the provider does by itself.
    pub fn effect(&self, estate: &mut Estate) -> Result<(), ChangeError> {
        match self {
            Self::AddNetworkBlock { network, block } => network::add_block(estate, network, block),
            Self::RemoveNetworkBlock { network, block } => {
                network::remove_block(estate, network, block)
            }
            Self::AddSubnetBlock { subnet, net } => subnet::add_block(estate, subnet, *net),
            Self::RemoveSubnetBlock { subnet, net } => subnet::remove_block(estate, subnet, *net),
            Self::SetAutoAssign { subnet, on } => subnet::set_auto_assign(estate, subnet, *on),
            Self::CreateGateway { gateway } => gateway::create(estate, gateway),
            Self::DeleteGateway { gateway } => gateway::delete(estate, gateway),
            Self::AddRoute { table, route } => route::add(estate, table, route),
            Self::RemoveRoute { table, route } => route::remove(estate, table, route),
            Self::SetAttachmentV6 { link, on } => link::set_attachment_v6(estate, link, *on),
            Self::AddTransitRoute { table, route } => link::add_route(estate, table, route),
            Self::RemoveTransitRoute { table, route } => link::remove_route(estate, table, route),
            Self::AddRule { firewall, rule } => firewall::add(estate, firewall, rule),
            Self::RemoveRule { firewall, rule } => firewall::remove(estate, firewall, rule),
            Self::SetMachineType { host, from, to } => host::set_type(estate, host, from, to),
            Self::AssignAddress {
                interface, address, ..
            } => interface::assign(estate, interface, *address),
            Self::UnassignAddress {
                interface, address, ..
            } => interface::unassign(estate, interface, *address),
            Self::OpenTunnel { tunnel } => tunnel::open(estate, tunnel),
            Self::CloseTunnel { tunnel } => tunnel::close(estate, tunnel),
            Self::JoinTunnel {
                interface,
                tunnel,
                address,
                rules,
            } => tunnel::join(estate, interface, tunnel, *address, rules),
            Self::LeaveTunnel {
                interface, tunnel, ..
            } => tunnel::leave(estate, interface, tunnel),
            Self::SetBalancerFamily { balancer, from, to } => {
                balancer::set_family(estate, balancer, *from, *to)
            }
            Self::SetServiceFamily { service, from, to } => {
                service::set_family(estate, service, *from, *to)
            }
            Self::SetEndpointFamily { endpoint, from, to } => {
                endpoint::set_family(estate, endpoint, *from, *to)
            }
            // What happens inside hosts and zones is not part of this estate yet.
            Self::ConfigureGuest { .. }
            | Self::RestoreGuest { .. }
            | Self::PublishNames { .. }
            | Self::WithdrawNames { .. } => Ok(()),
        }
    }

    /// What the provider does by itself when this is done to `before`; it is ours to undo.
    pub fn side_effects(&self, before: &Estate) -> Vec<Self> {
        match self {
            Self::AddNetworkBlock { network, .. } => network::opened_firewalls(before, network),
            _ => Vec::new(),
        }
    }

    /// The way back, in the order in which the provider takes it.
    pub fn undo(&self, before: &Estate) -> Vec<Self> {
        let mut undo: Vec<_> = self
            .side_effects(before)
            .iter()
            .rev()
            .map(Self::inverse)
            .collect();
        undo.push(self.inverse());
        undo
    }

    /// The opposite, side effects aside.
    #[must_use]
    pub fn inverse(&self) -> Self {
        match self.clone() {
            Self::AddNetworkBlock { network, block } => Self::RemoveNetworkBlock { network, block },
            Self::RemoveNetworkBlock { network, block } => Self::AddNetworkBlock { network, block },
            Self::AddSubnetBlock { subnet, net } => Self::RemoveSubnetBlock { subnet, net },
            Self::RemoveSubnetBlock { subnet, net } => Self::AddSubnetBlock { subnet, net },
            Self::SetAutoAssign { subnet, on } => Self::SetAutoAssign { subnet, on: !on },
            Self::CreateGateway { gateway } => Self::DeleteGateway { gateway },
            Self::DeleteGateway { gateway } => Self::CreateGateway { gateway },
            Self::AddRoute { table, route } => Self::RemoveRoute { table, route },
            Self::RemoveRoute { table, route } => Self::AddRoute { table, route },
            Self::SetAttachmentV6 { link, on } => Self::SetAttachmentV6 { link, on: !on },
            Self::AddTransitRoute { table, route } => Self::RemoveTransitRoute { table, route },
            Self::RemoveTransitRoute { table, route } => Self::AddTransitRoute { table, route },
            Self::AddRule { firewall, rule } => Self::RemoveRule { firewall, rule },
            Self::RemoveRule { firewall, rule } => Self::AddRule { firewall, rule },
            Self::SetMachineType { host, from, to } => Self::SetMachineType {
                host,
                from: to,
                to: from,
            },
            Self::OpenTunnel { tunnel } => Self::CloseTunnel { tunnel },
            Self::CloseTunnel { tunnel } => Self::OpenTunnel { tunnel },
            Self::JoinTunnel {
                interface,
                tunnel,
                address,
                rules,
            } => Self::LeaveTunnel {
                interface,
                tunnel,
                address,
                rules,
            },
            Self::LeaveTunnel {
                interface,
                tunnel,
                address,
                rules,
            } => Self::JoinTunnel {
                interface,
                tunnel,
                address,
                rules,
            },
            Self::AssignAddress {
                interface,
                address,
                automatic,
            } => Self::UnassignAddress {
                interface,
                address,
                automatic,
            },
            Self::UnassignAddress {
                interface,
                address,
                automatic,
            } => Self::AssignAddress {
                interface,
                address,
                automatic,
            },
            Self::SetBalancerFamily { balancer, from, to } => Self::SetBalancerFamily {
                balancer,
                from: to,
                to: from,
            },
            Self::SetServiceFamily { service, from, to } => Self::SetServiceFamily {
                service,
                from: to,
                to: from,
            },
            Self::SetEndpointFamily { endpoint, from, to } => Self::SetEndpointFamily {
                endpoint,
                from: to,
                to: from,
            },
            Self::ConfigureGuest { host } => Self::RestoreGuest { host },
            Self::RestoreGuest { host } => Self::ConfigureGuest { host },
            Self::PublishNames { subject, addresses } => Self::WithdrawNames { subject, addresses },
            Self::WithdrawNames { subject, addresses } => Self::PublishNames { subject, addresses },
        }
    }
}
