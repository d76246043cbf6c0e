//! NATs of six kinds, as the kernel makes them by nftables: the mapping by translation, the filter by the
//! forward chain.

use std::io::Write;
use std::process::{Command, Stdio};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// One port for all partners, open to everybody.
    Cone,
    /// The same, open to addresses that were called.
    Address,
    /// Masquerade on a router that drops what it does not expect.
    Port,
    /// Masquerade on a router that takes it for its own.
    Masquerade,
    /// Another port for each partner.
    Symmetric,
    /// The same, from all ports.
    Random,
    /// As `Port`, with another port outside than any before: a router after a restart.
    Moved,
    /// No UDP at all.
    Closed,
}

impl Kind {
    pub(crate) const ALL: [Self; 6] = [
        Self::Cone,
        Self::Address,
        Self::Port,
        Self::Masquerade,
        Self::Symmetric,
        Self::Random,
    ];

    /// The rules of the router whose public address ends in `1N` and whose client is 192.168.N.2.
    fn rules(self, number: u8) -> String {
        let public = format!("203.0.113.1{number}");
        let inside = format!("192.168.{number}.2");
        let into = format!("iifname eth4 udp dport 1024-65535 dnat to {inside}");
        let snat = format!("oifname eth4 ip protocol udp snat to {public}");
        let out = "iifname lan accept; ct state established,related accept;";
        let remember = "iifname lan meta l4proto udp update @seen { ip daddr timeout 60s }; \
            iifname lan accept; iifname eth4 ip saddr @seen accept;";
        let moved = format!("{snat}:50000");
        let (before, after, forward) = match self {
            Self::Cone => (into.as_str(), snat.as_str(), "accept;"),
            Self::Address => (into.as_str(), snat.as_str(), remember),
            Self::Port | Self::Masquerade => ("", "oifname eth4 masquerade", out),
            Self::Moved => ("", moved.as_str(), out),
            Self::Symmetric => ("", "oifname eth4 masquerade random", out),
            Self::Random => ("", "oifname eth4 masquerade fully-random", out),
            Self::Closed => (
                "",
                "oifname eth4 masquerade",
                "meta l4proto udp drop; accept;",
            ),
        };
        let own = if self == Self::Masquerade {
            "accept"
        } else {
            "drop"
        };
        format!(
            "flush ruleset
            table ip nat {{
              set seen {{ type ipv4_addr; flags dynamic,timeout; timeout 60s; }}
              chain before {{ type nat hook prerouting priority dstnat; {before}; }}
              chain after {{ type nat hook postrouting priority srcnat; {after}; }}
              chain forward {{ type filter hook forward priority filter; policy drop; {forward} }}
              chain own {{ type filter hook input priority filter; policy {own};
                ct state established,related accept; ip protocol icmp accept; iifname lan accept; }}
            }}
            "
        )
        .replace("; ;", ";")
        .replace("dstnat; ; }", "dstnat; }")
    }

    /// Makes the router of this kind.
    pub(crate) fn rule(self, router: &str, number: u8) {
        let mut nft = Command::new("ip")
            .args(["netns", "exec", router])
            .args(["nft", "-f", "-"])
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        let rules = self.rules(number);
        nft.stdin
            .take()
            .unwrap()
            .write_all(rules.as_bytes())
            .unwrap();
        assert!(nft.wait().unwrap().success(), "{rules}");
    }
}
