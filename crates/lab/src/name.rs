//! Names: what clients of the internet are told when they ask for one.
//!
//! An estate says nothing of its zones yet, so a lab has names of its own, under `.test` (RFC 6761): one for each
//! host that the internet reaches. Its A record is there from the beginning, its AAAA record comes and goes with the
//! steps that publish and withdraw it. A load balancer's name is the provider's: it follows the balancer. As with any
//! authoritative server all records of a name are answered, whoever asks; the client decides.

mod answer;
mod server;

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv6Addr};

use sixward_estate::{Balancer, BalancerId, Estate, Exposure, Host, HostId, SmolStr};
use sixward_plan::{Change, Plan};

pub use server::{Answerer, SERVERS};

/// The top of the lab's own names (RFC 6761).
const TOP: &str = "test";

/// What each name answers in one state.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names {
    records: BTreeMap<SmolStr, Record>,
    /// AAAA records of hosts that stand.
    published: BTreeMap<SmolStr, BTreeSet<Ipv6Addr>>,
}

/// One name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Who is meant.
    pub of: Named,
    /// All its addresses.
    pub addresses: BTreeSet<IpAddr>,
}

/// Who has a name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Named {
    /// A host.
    Host(HostId),
    /// A load balancer.
    Balancer(BalancerId),
}

impl Names {
    /// The names before a plan is begun. Which AAAA records there are today nobody says: those that a step is to
    /// publish are not there yet, and a host that has both families already is taken for published.
    pub fn before(plan: &Plan) -> Self {
        let mut names = Self::default();
        let awaited: BTreeSet<_> = plan
            .steps
            .iter()
            .filter_map(|step| match &step.change {
                Change::PublishNames { subject, .. } => Some(&subject.id),
                _ => None,
            })
            .collect();
        for interface in &plan.before.interfaces {
            if let Some(host) = interface.host()
                && !awaited.contains(&SmolStr::new(host.as_str()))
                && !interface.addresses6.is_empty()
            {
                let own = names.published.entry(host.as_str().into()).or_default();
                own.extend(&interface.addresses6);
            }
        }
        names.follow(&plan.before);
        names
    }

    /// Takes in a change of zones; others it does not concern.
    pub fn made(&mut self, change: &Change) {
        match change {
            Change::PublishNames { subject, addresses } => {
                let own = self.published.entry(subject.id.as_str().into());
                own.or_default().extend(addresses);
            }
            Change::WithdrawNames { subject, addresses } => {
                if let Some(own) = self.published.get_mut(subject.id.as_str()) {
                    own.retain(|address| !addresses.contains(address));
                }
            }
            _ => {}
        }
    }

    /// Takes in what an estate has become. Zones do not look whether an address is still there.
    pub fn follow(&mut self, estate: &Estate) {
        self.records.clear();
        for host in &estate.hosts {
            self.host(host, estate);
        }
        for balancer in &estate.balancers {
            if balancer.exposure == Exposure::Internet {
                self.balancer(balancer, estate);
            }
        }
    }

    /// All names in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Record)> {
        let all = self.records.iter();
        all.map(|(name, record)| (name.as_str(), record))
    }

    /// What a name answers, whatever its case; none when there is no such name.
    pub fn addresses(&self, name: &str) -> Option<&BTreeSet<IpAddr>> {
        let name = name.trim_end_matches('.').to_ascii_lowercase();
        Some(&self.records.get(name.as_str())?.addresses)
    }

    fn host(&mut self, host: &Host, estate: &Estate) {
        let own = estate.interfaces.iter();
        let own = own.filter(|interface| interface.host() == Some(&host.id));
        let pairs = own.flat_map(|interface| &interface.addresses4);
        let mut addresses: BTreeSet<IpAddr> =
            pairs.filter_map(|pair| Some(pair.public?.into())).collect();
        if addresses.is_empty() {
            // Whom the internet does not reach today has no name there.
            return;
        }
        let published = self.published.get(host.id.as_str());
        addresses.extend(published.into_iter().flatten().copied().map(IpAddr::from));
        let mut alike = estate.hosts.iter().filter(|other| other.name == host.name);
        let label = if alike.nth(1).is_some() {
            String::new()
        } else {
            label(&host.name)
        };
        let label = if label.is_empty() {
            host.id.to_string()
        } else {
            label
        };
        let of = Named::Host(host.id.clone());
        self.insert(&format!("{label}.{TOP}"), of, addresses);
    }

    fn balancer(&mut self, balancer: &Balancer, estate: &Estate) {
        let own = estate.interfaces.iter().filter(|interface| {
            interface.owner == sixward_estate::InterfaceOwner::Balancer(balancer.id.clone())
        });
        let mut addresses = BTreeSet::new();
        for interface in own {
            let publics = interface.addresses4.iter().filter_map(|pair| pair.public);
            addresses.extend(publics.map(IpAddr::from));
            if balancer.family.has_v6() {
                addresses.extend(interface.addresses6.iter().copied().map(IpAddr::from));
            }
        }
        if addresses.is_empty() {
            return;
        }
        let name = match (balancer.dns_name.as_str(), label(&balancer.name)) {
            ("", label) if label.is_empty() => return,
            ("", label) => format!("{label}.{TOP}"),
            (name, _) => name.to_ascii_lowercase(),
        };
        self.insert(&name, Named::Balancer(balancer.id.clone()), addresses);
    }

    fn insert(&mut self, name: &str, of: Named, addresses: BTreeSet<IpAddr>) {
        let record = Record { of, addresses };
        self.records.entry(name.into()).or_insert(record);
    }
}

/// A name as a label: letters, digits and hyphens (RFC 1123).
fn label(name: &str) -> String {
    let plain = name.to_ascii_lowercase();
    let plain: String = plain
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .take(63)
        .collect();
    plain.trim_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::label;

    #[test]
    fn a_label_is_what_dns_takes() {
        assert_eq!(label("Web (blue)"), "web--blue");
        assert_eq!(label("--"), "");
        assert_eq!(label(&"a".repeat(80)).len(), 63);
    }
}
