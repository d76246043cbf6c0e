//! Why a question cannot be asked, and the way out.

use std::net::{IpAddr, Ipv6Addr};

use sixward_net::Family;

/// The question cannot be asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum QuestionError {
    /// `--to` without a port, or with one that is none.
    #[error("`--to {0}` names no port")]
    NoPort(String),
    /// `--from` with a port.
    #[error("`--from {0}` names a port")]
    PortOfSender(String),
    /// An address that is none.
    #[error("`{0}` is not an address")]
    Address(String),
    /// An IPv6 address before a port, without brackets.
    #[error("where the address in `--to {to}` ends is not clear")]
    Bare {
        /// As the user wrote it.
        to: String,
        /// The address, if the last colon is that of the port.
        address: Ipv6Addr,
    },
    /// Nothing of the estate has this name.
    #[error("nothing here is called `{name}`")]
    Unknown {
        /// The name.
        name: String,
        /// Names that are near to it.
        near: Vec<String>,
    },
    /// No interface has this address.
    #[error("no interface here has the address {0}")]
    Stranger(IpAddr),
    /// Several things have this name.
    #[error("`{name}` can be {count} things: {list}", count = fits.len(), list = listed(fits))]
    Several {
        /// The name.
        name: String,
        /// What it can be.
        fits: Vec<String>,
    },
    /// An address of one family where the other is asked for.
    #[error("{address} is an {family} address, and another family is asked for")]
    OtherFamily {
        /// The address.
        address: IpAddr,
        /// Its family.
        family: Family,
    },
    /// Both ends are outside.
    #[error("neither end is in the estate")]
    Outside,
    /// Both ends are the same.
    #[error("both ends are `{0}`")]
    Same(String),
}

impl QuestionError {
    pub(crate) fn hint(&self) -> String {
        match self {
            Self::NoPort(to) => {
                let name = without_port(to);
                format!(
                    "say `{name}:443` for TCP, `{name}:udp/53`, `{name}:icmp` or `{name}:proto/47`"
                )
            }
            Self::Bare { address, .. } => {
                format!("put it in brackets: `[{address}]:PORT`")
            }
            Self::PortOfSender(_) => "say it with `--from-port PORT`".to_owned(),
            Self::Address(_) => "an address is `10.0.0.7` or `[2001:db8::7]`".to_owned(),
            Self::Unknown { near, .. } if !near.is_empty() => {
                let names: Vec<_> = near.iter().map(|name| format!("`{name}`")).collect();
                format!("near to it: {}", names.join(", "))
            }
            Self::Unknown { .. } => {
                "an end is `internet`, the name or id of a host, an interface, a balancer, an \
                 endpoint or a service, an address of one, `site/LINK` or `foreign/NETWORK`"
                    .to_owned()
            }
            Self::Stranger(address) => match address {
                IpAddr::V4(address) => format!("an address outside is `internet/{address}`"),
                IpAddr::V6(address) => format!("an address outside is `internet/[{address}]`"),
            },
            Self::Several { .. } => "name one by its id".to_owned(),
            Self::OtherFamily { .. } => {
                "leave out `--family`, or name an end of that family".to_owned()
            }
            Self::Outside => "name a host, or an address of the estate, at one end".to_owned(),
            Self::Same(_) => "name two different ends".to_owned(),
        }
    }
}

/// What stands before something that was meant for a port.
fn without_port(to: &str) -> String {
    if let Ok(IpAddr::V6(address)) = to.parse() {
        return format!("[{address}]");
    }
    let is_port = |port: &str| {
        let number = port.starts_with(|letter: char| letter.is_ascii_digit());
        let words = ["tcp", "udp", "icmp", "proto"];
        port.is_empty() || number || words.iter().any(|word| port.starts_with(word))
    };
    match to.rsplit_once(':') {
        Some((name, port)) if is_port(port) => name.to_owned(),
        _ => to.to_owned(),
    }
}

/// So many are told.
const LISTED: usize = 6;

fn listed(fits: &[String]) -> String {
    let mut text = fits
        .iter()
        .take(LISTED)
        .cloned()
        .collect::<Vec<_>>()
        .join(", ");
    if fits.len() > LISTED {
        text.push_str(", …");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hint_keeps_the_name() {
        let names = [
            "web",
            "web:99999",
            "[2001:db8::7]:",
            "2001:db8::7",
            "arn:aws:1:app/shop",
        ];
        let want = [
            "web",
            "web",
            "[2001:db8::7]",
            "[2001:db8::7]",
            "arn:aws:1:app/shop",
        ];
        assert_eq!(names.map(without_port), want);
    }
}
