//! What a balancer speaks to behind a flow, target by target, traced like any flow.

use std::collections::BTreeMap;

use sixward_estate::{Estate, Interface, InterfaceOwner, Subject};
use sixward_plan::Symbols;
use sixward_prove::behind::{Behind, Call, Lack, Leg, Serving};
use sixward_prove::trace::{Outcome, Tracer};
use sixward_prove::{End, L4, Packet};

use super::too_big_answer;
use crate::end::{Party, Unseated, carriers};
use crate::report::{FlowRow, LegEnds, LegRow, Verdict};

/// A balancer speaks on behalf of others at most this often: to another balancer.
const DEEPEST: usize = 1;

/// Who is behind the balancers of a state.
pub(super) struct Legs<'a> {
    estate: &'a Estate,
    tracer: &'a Tracer<'a>,
    behind: Behind<'a>,
    symbols: &'a Symbols,
}

/// A leg with what becomes of it.
struct Walked {
    leg: Leg,
    row: FlowRow,
    from: Subject,
    to: Option<Subject>,
}

/// What a balancer's interface does with a flow that it gets.
enum Fate {
    /// It serves it; those that it does not reach are named.
    Served(Vec<Subject>),
    /// Nobody serves it, or nobody can say.
    Not(Unseated),
}

impl<'a> Legs<'a> {
    pub(super) fn new(estate: &'a Estate, tracer: &'a Tracer<'a>, symbols: &'a Symbols) -> Self {
        Self {
            estate,
            tracer,
            behind: Behind::new(estate),
            symbols,
        }
    }

    /// The legs behind a receiver that is a balancer, those that go the same way told once.
    pub(super) fn rows(&self, to: &Party, l4: L4) -> Vec<LegRow> {
        let nodes = self.nodes(to).into_iter();
        let walked = nodes.flat_map(|node| self.walked(node, l4, 0));
        let mut kinds: Vec<LegRow> = Vec::new();
        let mut known = BTreeMap::new();
        for it in walked {
            let ends = LegEnds {
                from: it.from.clone(),
                target: it.leg.target.clone(),
            };
            let at = known.entry(it.kind()).or_insert(kinds.len());
            match kinds.get_mut(*at) {
                Some(kind) => kind.alike.push(ends),
                None => kinds.push(LegRow {
                    group: it.leg.group,
                    ends,
                    alike: Vec::new(),
                    flow: it.row,
                }),
            }
        }
        kinds
    }

    /// A flow to an interface, by what is behind that, if it is a balancer's.
    pub(super) fn judge(&self, row: &mut FlowRow, to: &End, client: (&End, Packet)) {
        let End::Interface(id) = to else { return };
        let Some(node) = self.estate.interfaces.get(id) else {
            return;
        };
        if let Some(fate) = self.fate(node, client.1.l4, Some(client), 0) {
            settle(row, fate);
        }
    }

    /// A flow to a balancer whose address is not known, by what is behind all its interfaces.
    pub(super) fn judge_unseated(&self, row: &mut FlowRow, to: &Party, l4: L4) {
        let nodes = self.nodes(to).into_iter();
        let fates: Vec<_> = nodes
            .filter_map(|node| self.fate(node, l4, None, 0))
            .collect();
        let closed = |fate: &Fate| matches!(fate, Fate::Not(it) if !it.open);
        if fates.iter().all(closed)
            && let Some(fate) = fates.into_iter().next()
        {
            settle(row, fate);
        }
    }

    /// The interfaces of a balancer that a party stands for.
    fn nodes(&self, to: &Party) -> Vec<&'a Interface> {
        let all = self.estate.interfaces.iter();
        let nodes: Vec<_> = match to {
            Party::Owner(owner) => all.filter(|it| it.owner == *owner).collect(),
            Party::Interface(id) => self.estate.interfaces.get(id).into_iter().collect(),
            Party::Address(address) => carriers(self.estate, *address).collect(),
            Party::Internet(_) | Party::Site(..) | Party::Foreign(..) => Vec::new(),
        };
        let own = |it: &&Interface| matches!(it.owner, InterfaceOwner::Balancer(_));
        nodes.into_iter().filter(own).collect()
    }

    /// The legs of an interface, and those of balancers that are its targets.
    fn walked(&self, node: &Interface, l4: L4, depth: usize) -> Vec<Walked> {
        let Serving::Legs(legs) = self.behind.serving(node, l4) else {
            return Vec::new();
        };
        let walked = legs.into_iter().flat_map(|leg| {
            let next = self.next(&leg, depth);
            let further = next.map(|(next, l4)| self.walked(next, l4, depth + 1));
            let mut all = vec![self.walk(node, leg)];
            all.extend(further.into_iter().flatten());
            all
        });
        walked.collect()
    }

    fn walk(&self, node: &Interface, leg: Leg) -> Walked {
        let from = Party::Interface(node.id.clone()).subject(self.estate);
        let (row, to) = match &leg.call {
            Err(lack) => (FlowRow::unseated(leg.family, unseated(lack)), None),
            Ok(Call::Provider) => (FlowRow::by_provider(leg.family), None),
            Ok(Call::Packet { from, packet, to }) => {
                let trace = self.tracer.trace(from, *packet);
                let there = self.tracer.too_big(from, *packet);
                let back = too_big_answer(self.tracer, &trace);
                let end = match &trace.outcome {
                    Outcome::Delivered(end) => end,
                    _ => from,
                };
                let wanted = to.as_ref().unwrap_or(end);
                let too_big = [there.as_ref(), back.as_ref()];
                let row = FlowRow::new(&trace, wanted, too_big, self.symbols);
                let to = match to {
                    Some(End::Interface(id)) => {
                        Some(Party::Interface(id.clone()).subject(self.estate))
                    }
                    _ => None,
                };
                (row, to)
            }
        };
        Walked { leg, row, from, to }
    }

    /// What an interface does with a flow of a client; nothing when it is no balancer's.
    fn fate(
        &self,
        node: &Interface,
        l4: L4,
        client: Option<(&End, Packet)>,
        depth: usize,
    ) -> Option<Fate> {
        let balancer = self.behind.balancer(node)?;
        let by = Party::Owner(InterfaceOwner::Balancer(balancer.id.clone())).subject(self.estate);
        let legs = match self.behind.serving(node, l4) {
            Serving::Itself => return None,
            Serving::Refused => {
                let why = "does not listen there".to_owned();
                let open = false;
                return Some(Fate::Not(Unseated { by, why, open }));
            }
            Serving::Unknown(lack) => return Some(Fate::Not(unseated(&lack))),
            Serving::Legs(legs) => legs,
        };
        let mut lost = Vec::new();
        let mut doubt = None;
        let mut serves = false;
        for leg in legs {
            let target = leg.target.clone();
            match self.leg(node, leg, client, depth) {
                Ok(()) => serves = true,
                Err(Some(why)) => {
                    lost.push(target);
                    doubt.get_or_insert(why);
                }
                Err(None) => lost.push(target),
            }
        }
        Some(match doubt {
            _ if serves => Fate::Served(lost),
            Some(why) => Fate::Not(why),
            None => Fate::Not(Unseated {
                by,
                why: "reaches none of its targets".to_owned(),
                open: false,
            }),
        })
    }

    /// Whether a leg serves; otherwise what nobody knows, if that is why.
    fn leg(
        &self,
        node: &Interface,
        leg: Leg,
        client: Option<(&End, Packet)>,
        depth: usize,
    ) -> Result<(), Option<Unseated>> {
        let next = self.next(&leg, depth);
        let row = self.walk(node, leg.clone()).row;
        let open = |why: &str, by: Subject| {
            let why = why.to_owned();
            Err(Some(Unseated {
                by,
                why,
                open: true,
            }))
        };
        match row.verdict {
            Verdict::Passes => {}
            Verdict::Undetermined => {
                return open(&row.why, row.by.unwrap_or(leg.target));
            }
            _ => return Err(None),
        }
        if leg.crosses {
            return open(
                "may not be chosen from another zone: that is not read",
                leg.target,
            );
        }
        if leg.keeps_client && !self.lets_client_in(&leg, client) {
            let why = "may see the client's own address, which its filters may not let in";
            return open(why, leg.target);
        }
        let further = next.and_then(|(next, l4)| self.fate(next, l4, None, depth + 1));
        match further {
            Some(Fate::Not(why)) => Err(Some(why).filter(|it| it.open)),
            Some(Fate::Served(_)) | None => Ok(()),
        }
    }

    /// Whether a target surely takes a packet that still has the client's address: one of the other
    /// family cannot have it.
    fn lets_client_in(&self, leg: &Leg, client: Option<(&End, Packet)>) -> bool {
        let (Some((from, sent)), Ok(Call::Packet { packet, .. })) = (client, &leg.call) else {
            return false;
        };
        let direct = Packet {
            source: sent.source,
            ..*packet
        };
        sent.family() != leg.family || self.tracer.trace(from, direct).works()
    }

    /// The balancer's interface that a leg leads to.
    fn next(&self, leg: &Leg, depth: usize) -> Option<(&'a Interface, L4)> {
        let Ok(Call::Packet { packet, to, .. }) = &leg.call else {
            return None;
        };
        let Some(End::Interface(id)) = to else {
            return None;
        };
        let next = self.estate.interfaces.get(id)?;
        self.behind.balancer(next)?;
        (depth < DEEPEST).then_some((next, packet.l4))
    }
}

impl Walked {
    /// What legs that go the same way have in common.
    fn kind(&self) -> Vec<String> {
        let name = |at: &Subject| {
            if *at == self.from {
                "from".to_owned()
            } else if Some(at) == self.to.as_ref() || *at == self.leg.target {
                "to".to_owned()
            } else {
                at.to_string()
            }
        };
        let row = &self.row;
        let head = [
            self.leg.group.to_string(),
            format!("{} {:?} {}", row.family, row.verdict, row.why),
            row.by.as_ref().map(name).unwrap_or_default(),
        ];
        let hops = row.hops.iter();
        let hops = hops.map(|hop| format!("{:?} {} {}", hop.way, name(&hop.at), hop.what));
        let deaf = row.deaf.iter().map(|deaf| format!("{deaf:?}"));
        head.into_iter().chain(hops).chain(deaf).collect()
    }
}

/// What is behind a balancer decides a flow that arrives, or may arrive.
fn settle(row: &mut FlowRow, fate: Fate) {
    let open = matches!(row.verdict, Verdict::Passes | Verdict::Undetermined);
    match fate {
        Fate::Served(lost) if row.verdict == Verdict::Passes && !lost.is_empty() => {
            let names: Vec<_> = lost.iter().map(called).collect();
            row.why = format!("but not for sure on to {}", names.join(", "));
        }
        Fate::Not(why) if open && (row.verdict == Verdict::Passes || !why.open) => {
            row.verdict = if why.open {
                Verdict::Undetermined
            } else {
                Verdict::Dropped
            };
            row.answer = false;
            row.by = Some(why.by);
            row.why = why.why;
        }
        _ => {}
    }
}

fn called(at: &Subject) -> String {
    match at.name.as_str() {
        "" => at.id.to_string(),
        name => format!("{} ({name})", at.id),
    }
}

fn unseated(lack: &Lack) -> Unseated {
    Unseated {
        by: lack.by.clone(),
        why: lack.why.to_owned(),
        open: lack.open,
    }
}
