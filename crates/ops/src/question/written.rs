//! An end as it is written, before anybody looks whom it means.

use std::net::IpAddr;
use std::str::FromStr;

use super::QuestionError;

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

impl Written {
    /// The address in it.
    pub(crate) fn address(&self) -> Option<IpAddr> {
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
