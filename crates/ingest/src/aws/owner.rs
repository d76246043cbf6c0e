//! Whose an interface is, when it is no instance's: the provider says so only in a description.
//!
//! The forms are those that EC2 writes, collected from real dumps: `ELB app/name/hash`, `Interface for
//! NAT Gateway nat-1`, `VPC Endpoint Interface vpce-1`, `AWS Lambda VPC ENI-name-uuid`, `ES domain`. What
//! names no item of the estate stays in the provider's words.

use std::collections::BTreeMap;

use sixward_estate::{
    BalancerId, BalancerKind, EndpointId, EndpointKind, Estate, GatewayId, GatewayKind, Interface,
    InterfaceId, InterfaceOwner, NetworkId, Service, ServiceId,
};

use super::interface::FoundInterface;
use super::place::arn;

/// What descriptions can name.
#[derive(Debug)]
pub(super) struct Owners {
    /// By `app/name/hash`.
    balancers: BTreeMap<String, BalancerId>,
    classics: BTreeMap<(NetworkId, String), BalancerId>,
    gateways: BTreeMap<InterfaceId, GatewayId>,
    endpoints: BTreeMap<InterfaceId, EndpointId>,
    /// By network, kind and name.
    services: BTreeMap<(NetworkId, String), Vec<(ServiceId, String)>>,
}

impl Owners {
    pub(super) fn new(estate: &Estate) -> Self {
        let mut owners = Self {
            balancers: BTreeMap::new(),
            classics: BTreeMap::new(),
            gateways: BTreeMap::new(),
            endpoints: BTreeMap::new(),
            services: BTreeMap::new(),
        };
        owners.add_balancers(estate);
        owners.add_interfaces(estate);
        for service in &estate.services {
            if let Some(network) = service.network.clone() {
                let named = (service.id.clone(), service.name.to_string());
                owners
                    .services
                    .entry((network, service.kind.to_string()))
                    .or_default()
                    .push(named);
            }
        }
        owners
    }

    fn add_balancers(&mut self, estate: &Estate) {
        for balancer in &estate.balancers {
            let id = balancer.id.clone();
            if balancer.kind == BalancerKind::Classic {
                let name = balancer.name.to_string();
                self.classics.insert((balancer.network.clone(), name), id);
            } else if let Some(arn) = arn(balancer.id.as_str()) {
                let tail = arn
                    .resource
                    .strip_prefix("loadbalancer/")
                    .unwrap_or(arn.resource);
                self.balancers.insert(tail.to_owned(), id);
            }
        }
    }

    fn add_interfaces(&mut self, estate: &Estate) {
        for gateway in &estate.gateways {
            if let GatewayKind::Nat { addresses, .. } = &gateway.kind {
                let interfaces = addresses
                    .iter()
                    .filter_map(|address| address.interface.clone());
                self.gateways
                    .extend(interfaces.map(|id| (id, gateway.id.clone())));
            }
        }
        for endpoint in &estate.endpoints {
            if let EndpointKind::Interface { interfaces, .. } = &endpoint.kind {
                self.endpoints.extend(
                    interfaces
                        .iter()
                        .map(|id| (id.clone(), endpoint.id.clone())),
                );
            }
        }
    }

    /// Whose the interface is.
    pub(super) fn owner(&self, found: &FoundInterface, estate: &Estate) -> InterfaceOwner {
        if let Some(host) = &found.host {
            return InterfaceOwner::Host(host.clone());
        }
        let interface = &found.interface;
        if let Some(id) = self.gateways.get(&interface.id) {
            return InterfaceOwner::Gateway(id.clone());
        }
        if let Some(id) = self.endpoints.get(&interface.id) {
            return InterfaceOwner::Endpoint(id.clone());
        }
        if found.words.is_empty() {
            return InterfaceOwner::Nobody;
        }
        let named = self.named(interface, &found.words, estate);
        named.unwrap_or_else(|| InterfaceOwner::Managed(found.words.clone()))
    }

    fn named(&self, interface: &Interface, words: &str, estate: &Estate) -> Option<InterfaceOwner> {
        if let Some(name) = words.strip_prefix("ELB ") {
            let classic = || {
                self.classics
                    .get(&(interface.network.clone(), name.to_owned()))
            };
            let id = self.balancers.get(name).or_else(classic)?;
            return Some(InterfaceOwner::Balancer(id.clone()));
        }
        if let Some(id) = words.strip_prefix("Interface for NAT Gateway ") {
            let id = GatewayId::new(id);
            return estate
                .gateways
                .contains(&id)
                .then_some(InterfaceOwner::Gateway(id));
        }
        if let Some(id) = words.strip_prefix("VPC Endpoint Interface ") {
            let id = EndpointId::new(id);
            return estate
                .endpoints
                .contains(&id)
                .then_some(InterfaceOwner::Endpoint(id));
        }
        self.service(interface, words, estate)
            .map(InterfaceOwner::Service)
    }

    fn service(&self, interface: &Interface, words: &str, estate: &Estate) -> Option<ServiceId> {
        if let Some(rest) = words.strip_prefix("AWS Lambda VPC ENI-") {
            return self.by_name(interface, "lambda", |name| {
                rest.strip_prefix(name)
                    .is_some_and(|rest| rest.starts_with('-'))
            });
        }
        if let Some(domain) = words.strip_prefix("ES ") {
            return self.by_name(interface, "opensearch", |name| name == domain);
        }
        if let Some(cluster) = words.strip_prefix("ElastiCache ") {
            return self.by_name(interface, "elasticache-cluster", |name| name == cluster);
        }
        match words {
            "RDSNetworkInterface" => self.only(interface, &["rds-instance"], estate),
            "RedshiftNetworkInterface" => self.only(interface, &["redshift"], estate),
            _ => None,
        }
    }

    /// The one whose name the description begins with; the longest name where several do.
    fn by_name(
        &self,
        interface: &Interface,
        kind: &str,
        is: impl Fn(&str) -> bool,
    ) -> Option<ServiceId> {
        let services = self
            .services
            .get(&(interface.network.clone(), kind.to_owned()))?;
        let named = services.iter().filter(|(_, name)| is(name));
        named
            .max_by_key(|(id, name)| (name.len(), id))
            .map(|(id, _)| id.clone())
    }

    /// The only service of a kind that may be in the interface's subnet under its firewalls: the
    /// description names none, and of two nobody knows which.
    fn only(&self, interface: &Interface, kinds: &[&str], estate: &Estate) -> Option<ServiceId> {
        let of_kind = |kind: &&str| {
            self.services
                .get(&(interface.network.clone(), (*kind).to_owned()))
        };
        let services = kinds.iter().filter_map(of_kind).flatten();
        let services = services.filter_map(|(id, _)| estate.services.get(id));
        let mut fitting = services.filter(|service| fits(interface, service));
        let first = fitting.next()?;
        fitting.next().is_none().then(|| first.id.clone())
    }
}

fn fits(interface: &Interface, service: &Service) -> bool {
    service.subnets.contains(&interface.subnet) && service.firewalls == interface.firewalls
}
