//! Why a packet goes no further: one value for each rule, and a counter for each value. The grouping
//! follows the drop reasons of the Windows service; letters and numbers are those of the conformance
//! list (`docs/reference/teredo.md`).

use std::fmt;

macro_rules! rejects {
    ($($(#[doc = $doc:literal])+ $name:ident = $text:literal,)+) => {
        /// The rule that dropped a packet.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Reject { $($(#[doc = $doc])+ $name,)+ }

        impl Reject {
            /// All of them, in the order of the counters.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// The counter's name in a status or a metric.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => $text,)+ }
            }
        }
    };
}

rejects! {
    /// F1: neither an IPv6 packet nor an indication before one.
    NotIpv6 = "not-ipv6",
    /// F5: shorter than its own headers say.
    Truncated = "truncated",
    /// F4: an origin indication before the authentication.
    OriginFirst = "origin-before-authentication",
    /// F10: a trailer that says "drop me if you do not know me".
    UnknownTrailer = "unknown-trailer",
    /// X11: an alternate address trailer with a bad length, a port of zero or no unicast address.
    BadAlternate = "bad-alternate-address",
    /// Z1: a routing header that still wants to go somewhere.
    RoutingHeader = "routing-header",
    /// F12: congestion marked on the outside of a packet that cannot carry the mark.
    Congestion = "congestion-experienced",
    /// V5, Q3: a wrong ICMPv6 checksum.
    BadChecksum = "bad-checksum",
    /// V5, Q3: a solicitation or an advertisement that was routed.
    BadHopLimit = "bad-hop-limit",
    /// V2: an IPv4 source that is no global unicast address.
    SourceNotGlobal = "source-not-global",
    /// P4, V13, L1: a Teredo address whose embedded IPv4 address is no global unicast address.
    TargetNotGlobal = "target-not-global",
    /// V3: a server forwards bubbles and ICMPv6 only.
    NotForwarded = "not-bubble-nor-icmpv6",
    /// V15: ICMPv6 too large for a test of connectivity.
    TooLarge = "too-large",
    /// V4: a solicitation from an address that is not link-local, or not to all routers.
    BadSolicitation = "bad-solicitation",
    /// V6, R11: the place in the address is not the place it came from.
    MappingMismatch = "mapping-mismatch",
    /// V7: from a native source to a client of another server.
    ForeignClient = "foreign-client",
    /// V12: an IPv6 destination that is not global.
    DestinationNotGlobal = "destination-not-global",
    /// V16, Z5: it would come back to us, or claims to come from us.
    Loop = "loop",
    /// V18: more from one source than the server reflects.
    RateLimited = "rate-limited",
    /// V19: the service has ended.
    Sunset = "sunset",
    /// S1: the nonce is not the one we sent.
    BadNonce = "bad-nonce",
    /// S2, S4: no authentication where one is due.
    NoAuthentication = "no-authentication",
    /// S3, S4: an authentication that is wrong.
    BadAuthentication = "bad-authentication",
    /// S6: the server wants another key.
    KeyExpired = "key-expired",
    /// Q3: an advertisement without origin indication, or of an origin that cannot be.
    BadOrigin = "bad-origin",
    /// Q3: an advertisement that breaks a rule of RFC 4861, or advertises another prefix.
    BadAdvertisement = "bad-advertisement",
    /// Q3: an advertisement that nobody waits for.
    Unsolicited = "unsolicited-advertisement",
    /// R1: not for our address.
    WrongDestination = "wrong-destination",
    /// R9: a link-local source never reaches the tunnel.
    LinkLocalSource = "link-local-source",
    /// R10, Z6: a source that cannot be on the other side of the tunnel.
    BadSource = "bad-source",
    /// R11: neither address nor nonce prove that this comes from the peer.
    UnprovedPeer = "unproved-peer",
    /// L3: from a client that we did not speak to.
    UnknownPeer = "unknown-peer",
    /// Z2: the peer's embedded address is in a network that we are attached to.
    AttachedNetwork = "attached-network",
    /// P10, L4: from or to an address that is not served here.
    NotServed = "not-served",
    /// Multicast and other destinations that no tunnel carries.
    NoUnicast = "no-unicast",
    /// D2, D3: a discovery bubble that did not come by multicast, from here, or at all wanted.
    BadDiscovery = "bad-discovery",
    /// No address yet, or none any more.
    NotQualified = "not-qualified",
    /// P5: the peer did not answer; packets to it are refused for a while.
    Unreachable = "unreachable",
    /// P7: the waiting packets are too many or too large.
    QueueFull = "queue-full",
    /// P2, L2: waited, and the answer did not come.
    Expired = "expired",
    /// P8: too many peers, or too many new ones in too short a time.
    TooManyPeers = "too-many-peers",
    /// R8, Z3: too many tests asked for by strangers.
    TooManyTests = "too-many-tests",
    /// What is produced faster than the caller takes it away.
    OutputFull = "output-full",
}

impl fmt::Display for Reject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// How often each rule dropped a packet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counters([u64; Reject::ALL.len()]);

impl Counters {
    /// How often this rule did.
    pub fn of(&self, reject: Reject) -> u64 {
        self.0.get(reject as usize).copied().unwrap_or_default()
    }

    /// Every rule with its number.
    pub fn all(&self) -> impl Iterator<Item = (Reject, u64)> + '_ {
        Reject::ALL.iter().copied().zip(self.0.iter().copied())
    }

    /// What was dropped in all.
    pub fn sum(&self) -> u64 {
        self.0
            .iter()
            .fold(0, |sum, count| sum.saturating_add(*count))
    }

    pub(crate) fn count(&mut self, reject: Reject) -> Reject {
        self.add(reject, 1);
        reject
    }

    pub(crate) fn add(&mut self, reject: Reject, times: u64) {
        if let Some(count) = self.0.get_mut(reject as usize) {
            *count = count.saturating_add(times);
        }
    }
}

impl Default for Counters {
    fn default() -> Self {
        Self([0; Reject::ALL.len()])
    }
}
