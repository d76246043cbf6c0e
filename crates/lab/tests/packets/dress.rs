//! What the random estates get beside what those of `prove`'s tests have: lists that let connections pass and
//! nothing else.

use proptest::prelude::*;
use sixward_estate::{Estate, FirewallKind};
use sixward_net::{Ports, Traffic};

/// What varies.
#[derive(Debug, Clone)]
pub(crate) struct Dress {
    /// Lists let pass TCP instead of everything: words that packets are too large are dropped.
    tcp_only: bool,
}

pub(crate) fn dresses() -> impl Strategy<Value = Dress> {
    prop::bool::weighted(0.3).prop_map(|tcp_only| Dress { tcp_only })
}

impl Dress {
    pub(crate) fn put_on(&self, mut estate: Estate) -> Estate {
        if self.tcp_only {
            tcp_only(&mut estate);
        }
        estate
    }
}

fn tcp_only(estate: &mut Estate) {
    let ids: Vec<_> = estate.firewalls.iter().map(|it| it.id.clone()).collect();
    for id in ids {
        let list = estate.firewalls.get_mut(&id).unwrap();
        if list.kind == FirewallKind::List {
            let all = list.rules.iter_mut();
            for rule in all.filter(|rule| rule.traffic == Traffic::All) {
                rule.traffic = Traffic::Tcp(Ports::ALL);
            }
        }
    }
}
