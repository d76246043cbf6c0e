//! What `explain` is asked: from where, to where, in which states.

use std::net::{IpAddr, Ipv6Addr};
use std::str::FromStr;

use sixward_net::Family;

use crate::probe::Probe;

/// A question about one flow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// Who sends, as the user wrote it.
    pub from: String,
    /// Whom to, and to which port, as the user wrote it.
    pub to: String,
    /// The port that it is sent from.
    pub from_port: u16,
    /// Which families.
    pub families: Families,
    /// In which states.
    pub after: After,
}

/// Which families are asked about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Families {
    /// IPv4.
    V4,
    /// IPv6.
    V6,
    /// Both, or that of an address that is named.
    #[default]
    Both,
}

/// Which states of a plan are asked about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum After {
    /// Before the plan, and at its end.
    #[default]
    BeforeAndEnd,
    /// After a step; 0 is before the first.
    Step(u32),
    /// After the last step.
    End,
}

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

/// An end as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Written {
    /// The internet, or an address of it.
    Internet(Option<IpAddr>),
    /// A site behind a link.
    Site(String, Option<IpAddr>),
    /// A network on the far side of a peering.
    Foreign(String, Option<IpAddr>),
    /// An address of an interface.
    Address(IpAddr),
    /// A name or an id.
    Name(String),
}

impl Question {
    /// The first port of the range that IANA leaves to senders (RFC 6335 section 6).
    pub const FROM_PORT: u16 = 49152;

    /// A question in both families, before the plan and at its end.
    pub fn new(from: impl Into<String>, to: impl Into<String>) -> Self {
        Self {
            from: from.into(),
            to: to.into(),
            from_port: Self::FROM_PORT,
            families: Families::default(),
            after: After::default(),
        }
    }

    /// Who sends.
    pub(crate) fn sender(&self) -> Result<Written, QuestionError> {
        let has_port = self.from.rsplit_once(':').is_some_and(|(name, port)| {
            let port: Result<Probe, ()> = port.parse();
            !name.contains(':') && port.is_ok()
        });
        if has_port {
            return Err(QuestionError::PortOfSender(self.from.clone()));
        }
        self.from.parse()
    }

    /// Who receives, and what.
    pub(crate) fn receiver(&self) -> Result<(Written, Probe), QuestionError> {
        let no_port = || QuestionError::NoPort(self.to.clone());
        // The colons of an address without brackets are not taken for that of a port.
        let (name, port) = match self.to.rsplit_once(':') {
            Some(parts) if self.to.parse::<IpAddr>().is_err() => parts,
            _ => return Err(no_port()),
        };
        let probe = port.parse().map_err(|()| no_port())?;
        let written: Written = name.parse()?;
        match written.address() {
            Some(IpAddr::V6(address)) if !name.ends_with(']') => {
                let to = self.to.clone();
                Err(QuestionError::Bare { to, address })
            }
            _ => Ok((written, probe)),
        }
    }
}

impl Written {
    /// The address in it.
    fn address(&self) -> Option<IpAddr> {
        match self {
            Self::Internet(at) | Self::Site(_, at) | Self::Foreign(_, at) => *at,
            Self::Address(at) => Some(*at),
            Self::Name(_) => None,
        }
    }
}

impl FromStr for Written {
    type Err = QuestionError;

    fn from_str(text: &str) -> Result<Self, QuestionError> {
        let (word, rest) = match text.split_once('/') {
            Some((word, rest)) => (word, Some(rest)),
            None => (text, None),
        };
        match (word, rest) {
            ("internet", None) => Ok(Self::Internet(None)),
            ("internet", Some(rest)) => Ok(Self::Internet(Some(address(rest)?))),
            ("site", Some(rest)) => {
                let (id, at) = end_and_address(rest)?;
                Ok(Self::Site(id, at))
            }
            ("foreign", Some(rest)) => {
                let (id, at) = end_and_address(rest)?;
                Ok(Self::Foreign(id, at))
            }
            _ if text.starts_with('[') || text.parse::<IpAddr>().is_ok() => {
                Ok(Self::Address(address(text)?))
            }
            _ => Ok(Self::Name(text.to_owned())),
        }
    }
}

fn end_and_address(text: &str) -> Result<(String, Option<IpAddr>), QuestionError> {
    match text.split_once('/') {
        Some((id, at)) => Ok((id.to_owned(), Some(address(at)?))),
        None => Ok((text.to_owned(), None)),
    }
}

/// An address, IPv6 in brackets or without.
fn address(text: &str) -> Result<IpAddr, QuestionError> {
    let bare = text
        .strip_prefix('[')
        .and_then(|text| text.strip_suffix(']'));
    bare.unwrap_or(text)
        .parse()
        .map_err(|_| QuestionError::Address(text.to_owned()))
}

impl FromStr for After {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "end" => Ok(Self::End),
            _ => text
                .parse()
                .map(Self::Step)
                .map_err(|_| "say the number of a step, or `end`"),
        }
    }
}

impl Families {
    /// The families in order.
    pub(crate) fn list(self) -> &'static [Family] {
        match self {
            Self::V4 => &[Family::V4],
            Self::V6 => &[Family::V6],
            Self::Both => &[Family::V4, Family::V6],
        }
    }
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

    fn check(to: &str, want: &str) {
        let question = Question::new("web", to);
        let said = match question.receiver() {
            Ok((end, probe)) => format!("{end:?} {probe}"),
            Err(error) => error.to_string(),
        };
        assert_eq!(said, want);
    }

    #[test]
    fn ports_are_read() {
        check("web:443", "Name(\"web\") tcp/443");
        check("web:tcp/443", "Name(\"web\") tcp/443");
        check("web:udp/53", "Name(\"web\") udp/53");
        check("web:icmp", "Name(\"web\") icmp echo");
        check("web:proto/47", "Name(\"web\") protocol 47");
        check("web:proto/6", "`--to web:proto/6` names no port");
        check("web:0", "`--to web:0` names no port");
        check("web", "`--to web` names no port");
    }

    #[test]
    fn addresses_are_read() {
        check("10.0.0.7:80", "Address(10.0.0.7) tcp/80");
        check("[2001:db8::7]:80", "Address(2001:db8::7) tcp/80");
        check("2001:db8::7", "`--to 2001:db8::7` names no port");
        check(
            "internet/[2001:db8::7]:80",
            "Internet(Some(2001:db8::7)) tcp/80",
        );
        check(
            "site/vpn-1/192.0.2.7:80",
            "Site(\"vpn-1\", Some(192.0.2.7)) tcp/80",
        );
        check("internet/web:80", "`web` is not an address");
        check(
            "internet/2001:db8::7:443",
            "where the address in `--to internet/2001:db8::7:443` ends is not clear",
        );
    }

    #[test]
    fn a_long_id_is_a_name() {
        let arn = "arn:aws:elasticloadbalancing:eu-1:1:loadbalancer/app/shop/50dc6c49";
        check(&format!("{arn}:443"), &format!("Name(\"{arn}\") tcp/443"));
        assert_eq!(
            Question::new(arn, "x:1").sender(),
            Ok(Written::Name(arn.to_owned()))
        );
    }

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

    #[test]
    fn a_sender_has_no_port_in_its_name() {
        let question = Question::new("web:443", "db:5432");
        assert_eq!(
            question.sender(),
            Err(QuestionError::PortOfSender("web:443".to_owned()))
        );
    }
}
