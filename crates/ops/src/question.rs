//! What `explain` is asked: from where, to where, in which states.

mod mistake;
mod written;

use std::net::IpAddr;
use std::str::FromStr;

use sixward_net::Family;

use crate::probe::Probe;

pub use mistake::QuestionError;
pub(crate) use written::Written;

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
    fn a_sender_has_no_port_in_its_name() {
        let question = Question::new("web:443", "db:5432");
        assert_eq!(
            question.sender(),
            Err(QuestionError::PortOfSender("web:443".to_owned()))
        );
    }
}
