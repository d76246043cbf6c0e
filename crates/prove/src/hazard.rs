//! Hazards: ways in which IPv6 opens, loses or goes round what IPv4 had, each a check by name.
//!
//! The exact proof says *that* two families differ; a hazard says which well-known mistake it is, what
//! it does and what mends it. It looks at one state that a plan passes through; the IPv4 of the estate
//! before the first step is the yardstick. `docs/concepts/hazards.md` tells of each, and of what is
//! left to the proof.
//!
//! Of severities: a *blocker* passes packets over IPv6 now that IPv4 does not pass; a *warning* does so
//! as soon as addresses are there, or loses or goes round something; a *note* is worth knowing.

mod admit;
mod group;
mod internal;
mod link;
mod list;
mod live;
mod lock;
mod middle;
mod report;
mod route;
mod scene;
mod source;
mod transit;
mod tunnel;
mod way;

use sixward_estate::{Code, Estate, Finding};

use scene::{Scene, Side};

/// X1: IPv4 leaves by something that lets nobody begin outside, IPv6 by the internet gateway.
pub const LETS_IN: Code = Code::new("hazard/lets-in");
/// X2: a rule for everyone reaches hosts that only the lack of a public IPv4 address hides.
pub const EXPOSED: Code = Code::new("hazard/exposed");
/// X3: the IPv6 side of a list on subnets is open where its IPv4 side is not.
pub const LIST_OPENED: Code = Code::new("hazard/list-opened");
/// X4: a rule that names a group passes over IPv6 what lists or routes stop over IPv4.
pub const GROUP_GOES_LIVE: Code = Code::new("hazard/group-goes-live");
/// X5: a rule names a public address of this estate, and its IPv6 twin not the hosts behind it.
pub const OWN_ADDRESS: Code = Code::new("hazard/own-address");
/// X6: a rule names an internal IPv4 block that no one IPv6 prefix stands for.
pub const INTERNAL_BLOCK: Code = Code::new("hazard/internal-block");
/// X7: a route by a list of IPv4 prefixes, whose IPv6 takes another way.
pub const LISTED_V4_ONLY: Code = Code::new("hazard/listed-v4-only");
/// X8: IPv6 finds the way over a link and no way back.
pub const HALF_OPEN: Code = Code::new("hazard/half-open");
/// X9: an exclusion from a lock on public access lets IPv6 in where IPv4 reached nobody.
pub const LOCK_EXCLUSION: Code = Code::new("hazard/lock-exclusion");
/// X10: IPv4 goes through something that may inspect it, and IPv6 goes round it.
pub const BYPASS: Code = Code::new("hazard/bypass");
/// X11: a tunnel's own packets do not pass.
pub const TUNNEL_CUT: Code = Code::new("hazard/tunnel-cut");
/// A list lets IPv6 out and not the word in that a packet is too big.
pub const PACKET_TOO_BIG: Code = Code::new("hazard/packet-too-big");

/// The estate before the first step, indexed once for all states that come after it.
#[derive(Debug)]
pub struct Yardstick<'a>(Side<'a>);

/// The hazards of a state, gravest first. `before` is the estate before the first step, whose IPv4 is
/// the yardstick; `now` any state since then, itself among them.
pub fn hazards(before: &Estate, now: &Estate) -> Vec<Finding> {
    Yardstick::new(before).hazards(now)
}

impl<'a> Yardstick<'a> {
    /// The estate before the first step.
    pub fn new(before: &'a Estate) -> Self {
        Self(Side::new(before))
    }

    /// The hazards of a state since then, gravest first.
    pub fn hazards(&self, now: &Estate) -> Vec<Finding> {
        let scene = Scene::new(&self.0, now);
        let mut found = Vec::new();
        route::find(&scene, &mut found);
        lock::find(&scene, &mut found);
        list::find(&scene, &mut found);
        group::find(&scene, &mut found);
        live::find(&scene, &mut found);
        source::find(&scene, &mut found);
        internal::find(&scene, &mut found);
        let mut ends = link::OneWay::default();
        link::find(&scene, &mut ends);
        transit::find(&scene, &mut ends);
        ends.tell(&mut found);
        tunnel::find(now, &mut found);
        found.sort();
        found
    }
}
