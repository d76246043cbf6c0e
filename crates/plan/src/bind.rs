//! Bindings: what the provider chose, in place of what stood for it in the plan.
//!
//! A plan is made before the provider has given a block, an address or an id. Once it has, the changes
//! that are left are bound: the same changes, with the real values.

use std::collections::BTreeMap;
use std::net::Ipv6Addr;

use serde::{Deserialize, Serialize};
use sixward_estate::{
    Block6, Destination, Gateway, GatewayId, Remote, Route, RouteTarget, Rule, TransitRoute,
};
use sixward_net::{IpNet, Ipv6Net, symbol};

use crate::{Change, Step};

/// What is known by now of what the provider chooses.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Bindings {
    /// The block that a network got, by the placeholder that stood for it.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub blocks: BTreeMap<Ipv6Net, Block6>,
    /// The address that an interface got by itself, by the one that stood for it.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub addresses: BTreeMap<Ipv6Addr, Ipv6Addr>,
    /// The id that a gateway got, by the one that stood for it.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub gateways: BTreeMap<GatewayId, GatewayId>,
}

impl Bindings {
    /// Whether nothing is bound.
    pub fn is_empty(&self) -> bool {
        self.blocks.is_empty() && self.addresses.is_empty() && self.gateways.is_empty()
    }

    /// Takes over what others say.
    pub fn extend(&mut self, others: Self) {
        self.blocks.extend(others.blocks);
        self.addresses.extend(others.addresses);
        self.gateways.extend(others.gateways);
    }

    /// The same prefix within the real block.
    pub fn net(&self, net: Ipv6Net) -> Ipv6Net {
        // Placeholders do not overlap: the one around it is the last that does not begin behind it.
        let around = self.blocks.range(..=net).next_back();
        let bound = around.and_then(|(from, to)| symbol::rebase(net, *from, to.net));
        bound.unwrap_or(net)
    }

    /// The same address within the real block, or the one that the provider chose.
    pub fn address(&self, address: Ipv6Addr) -> Ipv6Addr {
        let chosen = self.addresses.get(&address);
        chosen
            .copied()
            .unwrap_or_else(|| self.net(address.into()).addr())
    }

    /// The gateway's id as the provider gave it.
    pub fn gateway(&self, id: &GatewayId) -> GatewayId {
        self.gateways.get(id).unwrap_or(id).clone()
    }

    fn any_net(&self, net: IpNet) -> IpNet {
        match net {
            IpNet::V4(_) => net,
            IpNet::V6(net) => self.net(net).into(),
        }
    }

    fn block(&self, block: Block6) -> Block6 {
        self.blocks.get(&block.net).cloned().unwrap_or(block)
    }

    fn route(&self, route: Route) -> Route {
        let destination = match route.destination {
            Destination::Net(net) => Destination::Net(self.any_net(net)),
            list @ Destination::PrefixList(_) => list,
        };
        let target = match route.target {
            RouteTarget::Gateway(id) => RouteTarget::Gateway(self.gateway(&id)),
            target => target,
        };
        Route {
            destination,
            target,
            ..route
        }
    }

    fn rule(&self, rule: Rule) -> Rule {
        let remote = match rule.remote {
            Remote::Net(net) => Remote::Net(self.any_net(net)),
            remote => remote,
        };
        Rule { remote, ..rule }
    }

    fn transit_route(&self, route: TransitRoute) -> TransitRoute {
        TransitRoute {
            destination: self.any_net(route.destination),
            ..route
        }
    }
}

impl Change {
    /// The same change with what is known by now.
    #[must_use]
    pub fn bound(&self, to: &Bindings) -> Self {
        if to.is_empty() {
            return self.clone();
        }
        match self.clone() {
            Self::AddNetworkBlock { network, block } => Self::AddNetworkBlock {
                network,
                block: to.block(block),
            },
            Self::RemoveNetworkBlock { network, block } => Self::RemoveNetworkBlock {
                network,
                block: to.block(block),
            },
            Self::AddSubnetBlock { subnet, net } => Self::AddSubnetBlock {
                subnet,
                net: to.net(net),
            },
            Self::RemoveSubnetBlock { subnet, net } => Self::RemoveSubnetBlock {
                subnet,
                net: to.net(net),
            },
            Self::CreateGateway { gateway } => Self::CreateGateway {
                gateway: Gateway {
                    id: to.gateway(&gateway.id),
                    ..gateway
                },
            },
            Self::DeleteGateway { gateway } => Self::DeleteGateway {
                gateway: Gateway {
                    id: to.gateway(&gateway.id),
                    ..gateway
                },
            },
            Self::AddRoute { table, route } => Self::AddRoute {
                table,
                route: to.route(route),
            },
            Self::RemoveRoute { table, route } => Self::RemoveRoute {
                table,
                route: to.route(route),
            },
            Self::AddTransitRoute { table, route } => Self::AddTransitRoute {
                table,
                route: to.transit_route(route),
            },
            Self::RemoveTransitRoute { table, route } => Self::RemoveTransitRoute {
                table,
                route: to.transit_route(route),
            },
            Self::AddRule { firewall, rule } => Self::AddRule {
                firewall,
                rule: to.rule(rule),
            },
            Self::RemoveRule { firewall, rule } => Self::RemoveRule {
                firewall,
                rule: to.rule(rule),
            },
            Self::AssignAddress {
                interface,
                address,
                automatic,
            } => Self::AssignAddress {
                interface,
                address: to.address(address),
                automatic,
            },
            Self::UnassignAddress {
                interface,
                address,
                automatic,
            } => Self::UnassignAddress {
                interface,
                address: to.address(address),
                automatic,
            },
            Self::PublishNames { subject, addresses } => Self::PublishNames {
                subject,
                addresses: addresses.into_iter().map(|it| to.address(it)).collect(),
            },
            Self::WithdrawNames { subject, addresses } => Self::WithdrawNames {
                subject,
                addresses: addresses.into_iter().map(|it| to.address(it)).collect(),
            },
            unbound @ (Self::SetAutoAssign { .. }
            | Self::SetAttachmentV6 { .. }
            | Self::SetMachineType { .. }
            | Self::SetBalancerFamily { .. }
            | Self::SetServiceFamily { .. }
            | Self::SetEndpointFamily { .. }
            | Self::ConfigureGuest { .. }
            | Self::RestoreGuest { .. }) => unbound,
        }
    }
}

impl Step {
    /// The same step with what is known by now.
    #[must_use]
    pub fn bound(&self, to: &Bindings) -> Self {
        let all = |changes: &[Change]| changes.iter().map(|it| it.bound(to)).collect();
        Self {
            change: self.change.bound(to),
            side_effects: all(&self.side_effects),
            undo: all(&self.undo),
            ..self.clone()
        }
    }
}
