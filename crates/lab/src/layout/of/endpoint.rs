//! Services behind gateway endpoints: whatever a table sends there is the service's, and its answers come home.
//!
//! AWS PrivateLink: Gateway endpoints. Interface endpoints have interfaces like any other's.

use sixward_estate::{Endpoint, EndpointKind, Network};

use super::{INSIDE, Maker, over};
use crate::layout::{NodeId, Port, TABLE_MAIN};

/// Whether an endpoint is a node of its own.
pub(super) fn is_built(endpoint: &Endpoint) -> bool {
    matches!(endpoint.kind, EndpointKind::Gateway { .. })
}

impl<'a> Maker<'a> {
    /// The endpoints that a network's router has ports to.
    pub(super) fn endpoints_of(
        &self,
        network: &Network,
    ) -> impl Iterator<Item = &'a Endpoint> + use<'a> {
        let all = self.estate.endpoints.iter();
        let network = network.id.clone();
        all.filter(move |it| it.network == network && is_built(it))
    }

    pub(super) fn endpoints(&mut self, network: &Network) {
        for endpoint in self.endpoints_of(network) {
            let id = NodeId::Service(endpoint.id.clone());
            let port = Port::new(endpoint.id.as_str());
            let near = (NodeId::Network(network.id.clone()), port.clone());
            self.layout.wire(near, (id.clone(), port), INSIDE);
            let blocks = Self::blocks(network);
            let node = self.layout.node(id);
            super::internet::everybody(node);
            for block in blocks {
                node.route(TABLE_MAIN, block, over(endpoint.id.as_str()));
            }
        }
    }
}
