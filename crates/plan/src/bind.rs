//! Bindings: what the provider chose, in place of what stood for it in the plan.
//!
//! A plan is made before the provider has given a block, an address or an id. Once it has, the changes
//! that are left are bound: the same changes, with the real values.

use std::collections::BTreeMap;
use std::net::Ipv6Addr;

use serde::{Deserialize, Serialize};
use sixward_estate::{Block6, Destination, GatewayId, Remote, Route, RouteTarget, Rule};
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

    fn any_net(&self, net: &mut IpNet) {
        if let IpNet::V6(net6) = net {
            *net = self.net(*net6).into();
        }
    }

    fn route(&self, route: &mut Route) {
        if let Destination::Net(net) = &mut route.destination {
            self.any_net(net);
        }
        if let RouteTarget::Gateway(id) = &mut route.target {
            *id = self.gateway(id);
        }
    }

    fn rule(&self, rule: &mut Rule) {
        if let Remote::Net(net) = &mut rule.remote {
            self.any_net(net);
        }
    }
}

impl Change {
    /// The same change with what is known by now.
    #[must_use]
    pub fn bound(&self, to: &Bindings) -> Self {
        let mut change = self.clone();
        if !to.is_empty() {
            change.bind(to);
        }
        change
    }

    fn bind(&mut self, to: &Bindings) {
        match self {
            Self::AddNetworkBlock { block, .. } | Self::RemoveNetworkBlock { block, .. } => {
                if let Some(chosen) = to.blocks.get(&block.net) {
                    block.clone_from(chosen);
                }
            }
            Self::AddSubnetBlock { net, .. } | Self::RemoveSubnetBlock { net, .. } => {
                *net = to.net(*net);
            }
            Self::CreateGateway { gateway } | Self::DeleteGateway { gateway } => {
                gateway.id = to.gateway(&gateway.id);
            }
            Self::AddRoute { route, .. } | Self::RemoveRoute { route, .. } => to.route(route),
            Self::AddTransitRoute { route, .. } | Self::RemoveTransitRoute { route, .. } => {
                to.any_net(&mut route.destination);
            }
            Self::AddRule { rule, .. } | Self::RemoveRule { rule, .. } => to.rule(rule),
            Self::AssignAddress { address, .. } | Self::UnassignAddress { address, .. } => {
                *address = to.address(*address);
            }
            Self::PublishNames { addresses, .. } | Self::WithdrawNames { addresses, .. } => {
                for address in addresses {
                    *address = to.address(*address);
                }
            }
            Self::JoinTunnel { rules, .. } | Self::LeaveTunnel { rules, .. } => {
                for rule in rules {
                    to.rule(rule);
                }
            }
            Self::OpenTunnel { .. }
            | Self::CloseTunnel { .. }
            | Self::SetAutoAssign { .. }
            | Self::SetAttachmentV6 { .. }
            | Self::SetMachineType { .. }
            | Self::SetBalancerFamily { .. }
            | Self::SetServiceFamily { .. }
            | Self::SetEndpointFamily { .. }
            | Self::ConfigureGuest { .. }
            | Self::RestoreGuest { .. } => {}
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
