//! What decides a breach, and what would mend it: where the two ways of the witness part.

use sixward_estate::{Direction, Estate, Subject, SubnetId};

use super::Kind;
use crate::trace::{Cause, Decision, Hop, Outcome, Trace};

/// So many things that are not known are named.
const SHOWN: usize = 6;

/// The two ways of a witness.
pub(crate) struct Sides<'a> {
    /// The state that is looked at, where something may be undetermined in it.
    pub(crate) state: Option<&'a Estate>,
    pub(crate) kind: Kind,
    /// In the state that is looked at.
    pub(crate) path: Option<&'a Trace>,
    /// Of what it is measured by.
    pub(crate) yardstick: Option<&'a Trace>,
    pub(crate) undetermined: &'a [Subject],
    pub(crate) sure: bool,
}

/// What decides, and what to do.
#[expect(clippy::struct_field_names, reason = "it is what mends")]
pub(crate) struct Mend {
    pub(crate) decided_by: Option<Subject>,
    pub(crate) decision: String,
    pub(crate) mend: String,
}

pub(crate) fn mend(sides: &Sides<'_>) -> Mend {
    if !sides.sure {
        return unknown(sides);
    }
    let found = match sides.kind {
        Kind::Exposed | Kind::Gained => opened(sides),
        _ => closed(sides),
    };
    found.unwrap_or_else(|| Mend {
        decided_by: None,
        decision: String::new(),
        mend: "leave the step out, or go back to the state before it".to_owned(),
    })
}

/// Something lets pass what the yardstick drops: the same kind of place on the open way.
fn opened(sides: &Sides<'_>) -> Option<Mend> {
    let path = sides.path?;
    let drop = sides.yardstick.and_then(dropped);
    let Some((at, cause)) = drop else {
        let hop = path.forward.iter().rev().find(|hop| is_group_rule(hop))?;
        return Some(take_out(hop));
    };
    let hops = || path.forward.iter().chain(&path.back);
    match cause {
        Cause::NoRule { direction, .. } => {
            let rule = hops().find(|hop| is_group_rule(hop) && goes(hop, *direction))?;
            Some(take_out(rule))
        }
        Cause::Denied(_) | Cause::ImplicitDeny(_) => {
            let same = hops().find(|hop| is_rule(hop) && hop.at.id == at.id);
            let list = same.or_else(|| hops().find(|hop| is_list_rule(hop)))?;
            Some(Mend {
                mend: format!(
                    "give the IPv6 side of {} the same rules as its IPv4 side, before addresses are assigned",
                    list.at
                ),
                ..decided(list)
            })
        }
        Cause::NoPublicAddress | Cause::NotRoutable | Cause::NotOurs | Cause::NoSession => {
            let rule = path.forward.iter().rev().find(|hop| is_group_rule(hop))?;
            let inward = path.back.iter().find(|hop| is_route(hop));
            let route = inward.or_else(|| path.forward.iter().find(|hop| is_route(hop)))?;
            let Decision::Routed(out) = &route.what else {
                return None;
            };
            let way = match inward {
                Some(_) => format!(
                    "lead {} of {} to an egress-only gateway",
                    out.destination, route.at
                ),
                None => format!("take {} out of {}", out.destination, route.at),
            };
            Some(Mend {
                mend: format!("{way}, or take `{}` out of {}", rule.what, rule.at),
                ..decided(rule)
            })
        }
        _ => {
            let route = hops().find(|hop| is_route(hop))?;
            Some(Mend {
                mend: format!("take the route out of {}: IPv4 has no such way", route.at),
                ..decided(route)
            })
        }
    }
}

/// Something drops what the yardstick lets pass.
fn closed(sides: &Sides<'_>) -> Option<Mend> {
    let path = sides.path?;
    let hop = path
        .forward
        .iter()
        .chain(&path.back)
        .rfind(|hop| matches!(hop.what, Decision::Dropped(_)))?;
    let Decision::Dropped(cause) = &hop.what else {
        return None;
    };
    let answer = path.back.iter().any(|it| it == hop);
    let what = if answer { "the answer" } else { "the packet" };
    let mend = match cause {
        Cause::NoRule { direction, .. } => format!(
            "allow {direction} of {} in one of the firewalls of {}",
            path.packet.l4, hop.at
        ),
        Cause::Denied(_) | Cause::ImplicitDeny(_) => {
            format!("let {what} pass in {}: a list keeps no state", hop.at)
        }
        Cause::NoRoute | Cause::Blackhole => {
            let to = hop.packet.destination;
            format!("add a route for {what} to {to} in {}", hop.at)
        }
        _ => format!("give {what} a way at {}", hop.at),
    };
    Some(Mend {
        mend,
        ..decided(hop)
    })
}

fn unknown(sides: &Sides<'_>) -> Mend {
    let shown = sides.undetermined.iter().take(SHOWN);
    let name = |it: &Subject| {
        sides
            .state
            .map_or_else(|| it.to_string(), |at| lacking(at, it))
    };
    let mut names: Vec<_> = shown.map(name).collect();
    if let more @ 1.. = sides.undetermined.len().saturating_sub(SHOWN) {
        names.push(format!("{more} more"));
    }
    Mend {
        decided_by: sides.undetermined.first().cloned(),
        decision: "it is not known what this does with the flow".to_owned(),
        mend: format!("make known what these do: {}", names.join(", ")),
    }
}

/// What the input says too little of: a subnet is known as well as its table and its list.
fn lacking(state: &Estate, subject: &Subject) -> String {
    let id = SubnetId::new(subject.id.clone());
    let subnet = (subject.noun == "subnet").then(|| state.subnets.get(&id));
    let Some(subnet) = subnet.flatten() else {
        return subject.to_string();
    };
    let main = || {
        let mut tables = state.route_tables.iter();
        tables.any(|table| table.main && table.network == subnet.network)
    };
    let table = subnet.route_table.as_ref();
    let table = table.map_or_else(main, |id| state.route_tables.contains(id));
    let list = subnet.firewall.as_ref();
    let list = list.is_some_and(|id| state.firewalls.contains(id));
    match (table, list) {
        (false, false) => format!("the route table and the list of {subject}"),
        (false, true) => format!("the route table of {subject}"),
        (true, false) => format!("the list of {subject}"),
        (true, true) => subject.to_string(),
    }
}

fn take_out(hop: &Hop) -> Mend {
    Mend {
        mend: format!(
            "take `{}` out of {}, or name in it who has this over IPv4",
            hop.what, hop.at
        ),
        ..decided(hop)
    }
}

fn decided(hop: &Hop) -> Mend {
    Mend {
        decided_by: Some(hop.at.clone()),
        decision: hop.what.to_string(),
        mend: String::new(),
    }
}

/// Where the yardstick's packet, or its answer, is dropped.
pub(crate) fn dropped(trace: &Trace) -> Option<(&Subject, &Cause)> {
    let hops = trace.forward.iter().chain(&trace.back);
    let drop = hops.rev().find_map(|hop| match &hop.what {
        Decision::Dropped(cause) => Some((&hop.at, cause)),
        _ => None,
    });
    drop.filter(|_| matches!(trace.outcome, Outcome::Dropped(_)))
}

fn is_rule(hop: &Hop) -> bool {
    matches!(hop.what, Decision::Allowed(_))
}

fn is_group_rule(hop: &Hop) -> bool {
    matches!(&hop.what, Decision::Allowed(rule) if rule.order.is_none())
}

fn is_list_rule(hop: &Hop) -> bool {
    matches!(&hop.what, Decision::Allowed(rule) if rule.order.is_some())
}

fn is_route(hop: &Hop) -> bool {
    matches!(hop.what, Decision::Routed(_))
}

fn goes(hop: &Hop, direction: Direction) -> bool {
    matches!(&hop.what, Decision::Allowed(rule) if rule.direction == direction)
}
