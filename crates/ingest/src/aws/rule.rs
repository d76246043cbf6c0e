//! Protocols and ports as security groups and network ACLs write them.
//!
//! `EC2 API IpPermission`: "use -1 to specify all protocols"; for ICMP the ports are type and code, and
//! "if you specify all ICMP types, you must specify all codes". Protocols other than TCP, UDP and ICMP
//! have no ports, whatever is written there.

use sixward_net::{IcmpMatch, Ports, Traffic};

/// The traffic of a rule, or why there is none such.
pub(super) fn traffic(
    protocol: &str,
    from: Option<i64>,
    to: Option<i64>,
) -> Result<Traffic, String> {
    match protocol {
        "-1" | "all" => Ok(Traffic::All),
        "tcp" | "6" => ports(from, to).map(Traffic::Tcp),
        "udp" | "17" => ports(from, to).map(Traffic::Udp),
        "icmp" | "1" => icmp(from, to).map(Traffic::Icmp),
        "icmpv6" | "58" => icmp(from, to).map(Traffic::Icmp6),
        number => match number.parse() {
            Ok(number) => Ok(Traffic::Protocol(number)),
            Err(_) => Err(format!("protocol `{protocol}` is not known")),
        },
    }
}

/// A range that is open at an end goes to the end of all ports.
fn ports(from: Option<i64>, to: Option<i64>) -> Result<Ports, String> {
    let (from, to) = (from.unwrap_or(-1), to.unwrap_or(-1));
    let first = if from == -1 { 0 } else { from };
    let last = if to == -1 { i64::from(u16::MAX) } else { to };
    let range = u16::try_from(first).ok().zip(u16::try_from(last).ok());
    range
        .and_then(|(first, last)| Ports::new(first, last))
        .ok_or_else(|| format!("ports {from} to {to} are no range"))
}

fn icmp(kind: Option<i64>, code: Option<i64>) -> Result<IcmpMatch, String> {
    let (kind, code) = (kind.unwrap_or(-1), code.unwrap_or(-1));
    let byte = |number: i64, what: &str| {
        u8::try_from(number).map_err(|_| format!("ICMP {what} {number} does not exist"))
    };
    match (kind, code) {
        (-1, -1) => Ok(IcmpMatch::Any),
        (-1, code) => Err(format!("ICMP code {code} has no type")),
        (kind, -1) => Ok(IcmpMatch::Type(byte(kind, "type")?)),
        (kind, code) => Ok(IcmpMatch::Code(byte(kind, "type")?, byte(code, "code")?)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn protocols_and_ports() {
        for (protocol, from, to, want) in [
            ("-1", None, None, "all"),
            ("-1", Some(22), Some(22), "all"),
            ("tcp", Some(443), Some(443), "tcp/443"),
            ("6", Some(0), Some(65535), "tcp"),
            ("tcp", None, None, "tcp"),
            ("tcp", Some(-1), Some(-1), "tcp"),
            ("tcp", Some(-1), Some(50), "tcp/0-50"),
            ("udp", Some(30), Some(-1), "udp/30-65535"),
            ("icmp", Some(-1), Some(-1), "icmp"),
            ("icmp", Some(8), Some(-1), "icmp/8"),
            ("1", Some(3), Some(4), "icmp/3/4"),
            ("icmpv6", None, None, "icmpv6"),
            ("58", Some(2), Some(0), "icmpv6/2/0"),
            ("50", Some(1), Some(2), "protocol/50"),
            ("tcp", Some(22), Some(21), "ports 22 to 21 are no range"),
            (
                "tcp",
                Some(22),
                Some(65536),
                "ports 22 to 65536 are no range",
            ),
            ("icmp", Some(-1), Some(9), "ICMP code 9 has no type"),
            ("icmp", Some(256), Some(0), "ICMP type 256 does not exist"),
            ("256", None, None, "protocol `256` is not known"),
            ("ethernet", None, None, "protocol `ethernet` is not known"),
        ] {
            let got = traffic(protocol, from, to).map_or_else(|why| why, |got| got.to_string());
            assert_eq!(got, want, "{protocol} {from:?} {to:?}");
        }
    }
}
