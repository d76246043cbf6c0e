//! What IPv4 traffic is in IPv6: everything but ICMP is itself, and ICMP messages become those of
//! ICMPv6 that say the same (RFC 7915 sections 4.2 and 5.2).

use super::traffic::Grid;
use super::{Intervals, Steps, TrafficSet};

/// Messages of ICMP and those of ICMPv6 that say the same, by type.
const TYPES: [(u8, u8); 5] = [(8, 128), (0, 129), (3, 1), (11, 3), (12, 4)];

/// ICMPv6 messages without which IPv6 does not work, or which never leave a link: errors (1 to 4),
/// multicast listeners (130 to 132, 143) and neighbours (133 to 137) (RFC 4890 section 4.3).
const VITAL: [(u8, u8); 4] = [(1, 4), (130, 132), (133, 137), (143, 143)];

impl TrafficSet {
    /// The IPv6 traffic that IPv4 traffic of this set asks for: what has an exact twin.
    #[must_use]
    pub fn image_at_least(&self) -> Self {
        let echo = &TYPES[..2];
        Self {
            icmp: none(),
            icmp6: translated(&self.icmp, echo),
            ..self.clone()
        }
    }

    /// The most that IPv6 traffic may be where IPv4 traffic is this set. Who lets all of ICMP pass may
    /// let all of ICMPv6 pass; echo is apart from that, as lists drop requests whose replies they drop.
    #[must_use]
    pub fn image_at_most(&self) -> Self {
        let all = Intervals::all();
        let echo = Steps::on(8, 8, true, false).zip(&Steps::on(0, 0, true, false), |a, b| *a || *b);
        let open = self.icmp.zip(&echo, |codes, echo| *echo || *codes == all);
        let icmp6 = if open == Steps::constant(true) {
            let [request, reply] = [8, 0].map(|kind| self.icmp.get(kind));
            let known = Steps::on(128, 128, Some(request), None);
            let known = known.zip(&Steps::on(129, 129, Some(reply), None), |a, b| a.or(*b));
            known.map(|codes| codes.unwrap_or(&all).clone())
        } else {
            translated(&self.icmp, &TYPES)
        };
        Self {
            icmp: Steps::constant(all),
            icmp6,
            ..self.clone()
        }
    }

    /// The IPv6 traffic of this set that somebody may object to: without ICMPv6 that must pass, and
    /// without ICMP, which is nothing in IPv6.
    #[must_use]
    pub fn without_vital6(&self) -> Self {
        let vital = Intervals::ranges(VITAL);
        let vital = vital.steps();
        let icmp6 = self.icmp6.zip(vital, |codes, vital| match vital {
            true => Intervals::empty(),
            false => codes.clone(),
        });
        Self {
            icmp: none(),
            icmp6,
            ..self.clone()
        }
    }

    /// The traffic of this set that a NAT gateway does not translate: neither TCP nor UDP nor echo.
    #[must_use]
    pub fn without_translated(&self) -> Self {
        let echo = Intervals::ranges([(128, 129)]);
        let icmp6 = self.icmp6.zip(echo.steps(), |codes, echo| match echo {
            true => Intervals::empty(),
            false => codes.clone(),
        });
        Self {
            tcp: Steps::constant(Intervals::empty()),
            udp: Steps::constant(Intervals::empty()),
            icmp: none(),
            icmp6,
            other: self.other.clone(),
        }
    }
}

fn none() -> Grid<u8> {
    Steps::constant(Intervals::empty())
}

fn translated(icmp: &Grid<u8>, types: &[(u8, u8)]) -> Grid<u8> {
    types.iter().fold(none(), |grid, (from, to)| {
        let mut codes = icmp.get(*from).clone();
        // Codes of errors are numbered differently: all or none.
        if *from == 3 || *from == 11 || *from == 12 {
            codes = if codes.is_empty() {
                codes
            } else {
                Intervals::all()
            };
        }
        let one = Steps::on(*to, *to, codes, Intervals::empty());
        grid.zip(&one, Intervals::union)
    })
}
