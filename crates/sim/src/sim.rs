//! The cloud itself: an estate, what it chose so far, and what it is like.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::net::Ipv6Addr;

use serde::{Deserialize, Serialize};
use sixward_apply::{Driver, Fault, Flow, Order, Scope};
use sixward_estate::{Block6, Estate, FirewallId, GatewayId, InterfaceId, NetworkId, SmolStr};
use sixward_plan::Change;

use crate::{Call, Quotas, call, chance, network};

/// A cloud in memory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sim {
    pub(crate) estate: Estate,
    pub(crate) seed: u64,
    /// How often it chose something.
    pub(crate) chosen: u64,
    #[serde(default)]
    pub(crate) habits: Habits,
    #[serde(default)]
    pub(crate) quotas: Quotas,
    /// Gateways by the tokens that they were made with.
    #[serde(default)]
    pub(crate) tokens: BTreeMap<SmolStr, GatewayId>,
    /// Interfaces that get a public address when their host is started.
    #[serde(default)]
    pub(crate) lends: BTreeSet<InterfaceId>,
    /// What will happen after some more reads.
    #[serde(default)]
    pub(crate) coming: Vec<Coming>,
    /// The estate as it was at the last reads, the oldest first.
    #[serde(skip)]
    past: VecDeque<Estate>,
    #[serde(skip)]
    reads: u64,
    /// All IPv6 addresses of interfaces; none when somebody else may have changed some.
    #[serde(skip)]
    taken: Option<BTreeSet<Ipv6Addr>>,
}

/// What a cloud is like.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Habits {
    /// A read shows the estate as it was this many reads before.
    pub lag: usize,
    /// Each read is behind by another number of reads, `lag` at most: an old state comes back.
    pub wavers: bool,
    /// A network's new block is not there before so many reads.
    pub associating: u32,
    /// Firewalls that a network's new block opens, although by the documentation it does not.
    pub opens_too: BTreeSet<FirewallId>,
}

/// Something that was begun and is not there yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Coming {
    reads: u32,
    what: What,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum What {
    /// A network's block.
    Block(NetworkId, Block6),
    /// A call that nobody waits for any more.
    Call {
        token: SmolStr,
        change: Change,
        before: Box<Estate>,
        call: Call,
    },
}

impl Sim {
    /// A cloud that holds an estate. What it chooses depends on the seed.
    pub fn new(estate: Estate, seed: u64) -> Self {
        let quotas = Quotas::of(&estate);
        Self {
            estate,
            seed,
            chosen: 0,
            habits: Habits::default(),
            quotas,
            tokens: BTreeMap::new(),
            lends: BTreeSet::new(),
            coming: Vec::new(),
            past: VecDeque::new(),
            reads: 0,
            taken: None,
        }
    }

    /// The same with these habits.
    #[must_use]
    pub fn habits(self, habits: Habits) -> Self {
        Self { habits, ..self }
    }

    /// The same with these quotas.
    #[must_use]
    pub fn quotas(self, quotas: Quotas) -> Self {
        Self { quotas, ..self }
    }

    /// What is there, whatever a read shows.
    pub fn estate(&self) -> &Estate {
        &self.estate
    }

    /// Somebody else changes something.
    pub fn change(&mut self, change: impl FnOnce(&mut Estate)) {
        change(&mut self.estate);
        self.taken = None;
    }

    /// All IPv6 addresses of interfaces.
    pub(crate) fn taken(&mut self) -> &mut BTreeSet<Ipv6Addr> {
        let interfaces = &self.estate.interfaces;
        self.taken.get_or_insert_with(|| {
            let addresses = interfaces.iter().flat_map(|it| &it.addresses6);
            addresses.copied().collect()
        })
    }

    /// All that was begun happens, and from now on reads show what is there.
    pub fn settle(&mut self) {
        while !self.coming.is_empty() {
            self.ripen();
        }
        self.past.clear();
    }

    /// A number that nobody foresees.
    pub(crate) fn choose(&mut self) -> u64 {
        self.chosen += 1;
        chance::number(self.seed, self.chosen)
    }

    /// Whether something holds now, or does by what is still known somewhere.
    pub(crate) fn anywhere(&self, holds: impl Fn(&Estate) -> bool) -> bool {
        holds(&self.estate) || self.behind().any(holds)
    }

    /// Whether something holds now and by all that is still known somewhere.
    pub(crate) fn everywhere(&self, holds: impl Fn(&Estate) -> bool) -> bool {
        holds(&self.estate) && self.behind().all(holds)
    }

    fn behind(&self) -> impl Iterator<Item = &Estate> {
        let known = if self.habits.lag > 0 {
            self.past.len()
        } else {
            0
        };
        self.past.iter().take(known)
    }

    /// How many blocks a network is about to get.
    pub(crate) fn associating(&self, id: &NetworkId) -> usize {
        let coming = self.coming.iter();
        coming
            .filter(|it| matches!(&it.what, What::Block(network, _) if network == id))
            .count()
    }

    /// A network's block will be there, or is.
    pub(crate) fn associate(&mut self, id: &NetworkId, block: Block6) -> Result<(), Fault> {
        if self.habits.associating == 0 {
            return network::associated(self, id, block);
        }
        self.coming.push(Coming {
            reads: self.habits.associating,
            what: What::Block(id.clone(), block),
        });
        Ok(())
    }

    /// A call that arrives after some more reads.
    pub(crate) fn later(&mut self, order: &Order, call: Call, reads: u32) {
        self.coming.push(Coming {
            reads,
            what: What::Call {
                token: order.token.clone(),
                change: order.change.clone(),
                before: Box::new(order.before.clone()),
                call,
            },
        });
    }

    fn ripen(&mut self) {
        for mut it in std::mem::take(&mut self.coming) {
            it.reads = it.reads.saturating_sub(1);
            if it.reads > 0 {
                self.coming.push(it);
                continue;
            }
            // Nobody is told whether it went well.
            let _ = match it.what {
                What::Block(network, block) => network::associated(self, &network, block),
                What::Call {
                    token,
                    change,
                    before,
                    call,
                } => {
                    let order = Order {
                        token,
                        change,
                        before: *before,
                    };
                    call::make(self, &order, &call)
                }
            };
        }
    }

    /// What a read shows now.
    pub(crate) fn look(&mut self) -> Estate {
        self.ripen();
        self.reads += 1;
        self.past.push_back(self.estate.clone());
        while self.past.len() > self.habits.lag + 1 {
            self.past.pop_front();
        }
        let oldest = self.past.len() - 1;
        let behind = if self.habits.wavers {
            let number = chance::number(!self.seed, self.reads);
            usize::try_from(number % (oldest as u64 + 1)).unwrap_or(oldest)
        } else {
            oldest
        };
        let shown = self.past.get(oldest - behind);
        shown.unwrap_or(&self.estate).clone()
    }
}

impl Driver for Sim {
    fn by_hand(&self, _: &Change) -> Option<&'static str> {
        None
    }

    fn discover(&mut self) -> Result<Estate, Fault> {
        Ok(self.look())
    }

    fn read(&mut self, scope: &Scope) -> Result<Estate, Fault> {
        Ok(scope.cut(&self.look()))
    }

    fn make(&mut self, orders: &[Order], told: &mut dyn FnMut(usize, Result<(), Fault>) -> Flow) {
        for (at, order) in orders.iter().enumerate() {
            let mut made = 0;
            let mut answer = Ok(());
            while let (Ok(()), Some(next)) = (&answer, call::next(self, order, made)) {
                made += 1;
                answer = call::make(self, order, &next);
            }
            if told(at, answer) == Flow::Stop {
                return;
            }
        }
    }

    fn pause(&mut self, _: u32) {}
}
