//! Names: the system's resolver is asked, once for each family. So `/etc/hosts` and what else the machine
//! is set to counts, as it does for any program here.

use std::net::IpAddr;
use std::time::{Duration, Instant};

use dns_lookup::{AddrFamily, AddrInfoHints, SockType, getaddrinfo};
use sixward_net::Family;

use crate::Target;
use crate::row::{Name, micros};

/// What a target's host is, IPv6 first, as clients prefer it (RFC 6724, RFC 8305).
pub(crate) async fn resolve(target: &Target, patience: Duration) -> Vec<Name> {
    let families = [Family::V6, Family::V4];
    let asked = families.into_iter();
    let asked = asked.filter(|family| target.family.is_none_or(|only| only == *family));
    let literal = target.host.trim_matches(['[', ']']).parse().ok();
    let known = target.addresses.clone();
    let known = known.or_else(|| literal.map(|address| vec![address]));
    if let Some(known) = known {
        return asked.filter_map(|family| given(&known, family)).collect();
    }
    let asked = asked.map(|family| ask(&target.host, family, patience));
    futures_util::future::join_all(asked).await
}

/// Nothing was asked: an address needs no name.
fn given(known: &[IpAddr], family: Family) -> Option<Name> {
    let addresses = known.iter().copied().filter(|it| is(*it, family));
    let addresses: Vec<_> = addresses.collect();
    (!addresses.is_empty()).then_some(Name {
        family,
        addresses,
        micros: None,
        fault: None,
    })
}

async fn ask(host: &str, family: Family, patience: Duration) -> Name {
    let host = host.to_owned();
    let start = Instant::now();
    let answer = tokio::task::spawn_blocking(move || look_up(&host, family));
    let answer = match tokio::time::timeout(patience, answer).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(_)) => Err("the resolver broke".to_owned()),
        Err(_) => Err(format!("no answer in {} ms", patience.as_millis())),
    };
    let micros = Some(micros(start.elapsed()));
    let (addresses, fault) = match answer {
        Ok(addresses) => (addresses, None),
        Err(fault) => (Vec::new(), Some(fault)),
    };
    Name {
        family,
        addresses,
        micros,
        fault,
    }
}

fn look_up(host: &str, family: Family) -> Result<Vec<IpAddr>, String> {
    let hints = AddrInfoHints {
        socktype: SockType::Stream.into(),
        address: match family {
            Family::V4 => AddrFamily::Inet.into(),
            Family::V6 => AddrFamily::Inet6.into(),
        },
        ..AddrInfoHints::default()
    };
    let said = |error| {
        let error = std::io::Error::from(error).to_string();
        error.rsplit(": ").next().unwrap_or_default().to_lowercase()
    };
    let found = getaddrinfo(Some(host), None, Some(hints)).map_err(said)?;
    let mut addresses: Vec<_> = found
        .filter_map(|info| Some(info.ok()?.sockaddr.ip()))
        .filter(|address| is(*address, family))
        .collect();
    addresses.dedup();
    Ok(addresses)
}

fn is(address: IpAddr, family: Family) -> bool {
    address.is_ipv4() == (family == Family::V4)
}
