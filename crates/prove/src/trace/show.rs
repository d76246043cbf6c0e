//! A trace as text: one decision a line, places in one column, decisions in the next.

use std::fmt;

use sixward_estate::{Action, Rule, Subject, TransitTarget};
use sixward_net::Family;

use super::{Cause, Decision, Hop, Outcome, Trace};

impl fmt::Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let family = match self.packet.family() {
            Family::V4 => "v4",
            Family::V6 => "v6",
        };
        writeln!(f, "{family}  {}", self.packet)?;
        let hops = self.forward.iter().chain(&self.back);
        let width = hops.map(|hop| place(&hop.at).chars().count()).max();
        let width = width.unwrap_or(0);
        for hop in &self.forward {
            writeln!(f, "  ->  {:width$}  {}", place(&hop.at), line(hop))?;
        }
        for hop in &self.back {
            writeln!(f, "  <-  {:width$}  {}", place(&hop.at), line(hop))?;
        }
        write!(f, "{}", self.outcome)
    }
}

/// The id, and the name a person gave; two things may well have one name.
fn place(at: &Subject) -> String {
    match (at.name.as_str(), at.id.as_str()) {
        (_, "") => at.noun.to_string(),
        ("", id) => id.to_owned(),
        (name, id) if name == id => id.to_owned(),
        (name, id) => format!("{id} ({name})"),
    }
}

fn line(hop: &Hop) -> String {
    match &hop.what {
        Decision::Translated(_) => format!("{}: {}", hop.what, hop.packet),
        what => what.to_string(),
    }
}

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sent => f.pad("sends"),
            Self::Allowed(rule) => show_rule(f, rule),
            Self::Tracked(direction) => write!(f, "allow {direction} of an answer"),
            Self::Routed(route) => write!(f, "route {} to {}", route.destination, route.target),
            Self::Switched(route) => match &route.target {
                TransitTarget::Link(link) => {
                    write!(f, "route {} to {link}", route.destination)
                }
                TransitTarget::Nowhere => {
                    write!(f, "route {} to nowhere", route.destination)
                }
            },
            Self::Direct => f.pad("directly, within the subnet"),
            Self::Translated(_) => f.pad("translates to"),
            Self::Passed => f.pad("passes"),
            Self::Delivered => f.pad("receives"),
            Self::Dropped(cause) => write!(f, "drops: {cause}"),
            Self::Undetermined => f.pad("not known"),
        }
    }
}

fn show_rule(f: &mut fmt::Formatter<'_>, rule: &Rule) -> fmt::Result {
    match (rule.order, rule.action) {
        // An ordered rule says its action itself.
        (Some(_), _) => write!(f, "{rule}"),
        (None, Action::Allow) => write!(f, "allow {rule}"),
        (None, Action::Deny) => write!(f, "deny {rule}"),
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotOwnSource => f.pad("the source is not its own"),
            Self::NotForwarding => f.pad("it does not forward for others"),
            Self::NoRule {
                direction,
                firewalls,
            } => {
                write!(f, "no {direction} rule of")?;
                for (index, firewall) in firewalls.iter().enumerate() {
                    write!(f, "{} {firewall}", if index == 0 { "" } else { "," })?;
                }
                Ok(())
            }
            Self::Denied(rule) => show_rule(f, rule),
            Self::ImplicitDeny(direction) => write!(f, "no {direction} rule matches"),
            Self::NoRoute => f.pad("no route"),
            Self::Blackhole => f.pad("the route leads nowhere"),
            Self::NoSubnet => f.pad("the address is in no subnet"),
            Self::Nobody => f.pad("nobody has the address"),
            Self::NotTransitive => f.pad("not between these two networks"),
            Self::Detached => f.pad("not attached to this network"),
            Self::NoPublicAddress => f.pad("the source has no public address"),
            Self::NotCarried => f.pad("does not carry this family or protocol"),
            Self::OwnSubnet => f.pad("does not serve its own subnet"),
            Self::NoSession => f.pad("nothing inside began this"),
            Self::Locked => f.pad("public access is locked"),
            Self::NoZone => f.pad("no interface of the hub in the sender's zone"),
            Self::NoTable => f.pad("the attachment has no table"),
            Self::NotRoutable => f.pad("not an address of the internet"),
            Self::NotOurs => f.pad("nothing here has the address"),
            Self::Estranged => f.pad("the answer is not taken for one"),
            Self::Loop => f.pad("it goes round in circles"),
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Delivered(end) => write!(f, "delivered to {end}"),
            Self::Service(at) => write!(f, "delivered to the provider's service at {at}"),
            Self::Dropped(cause) => write!(f, "dropped: {cause}"),
            Self::Undetermined(at) => write!(f, "undetermined: {at}"),
        }
    }
}
