//! Whether this host is in a managed network, where a tunnel that nobody ordered would go round the
//! operator's filters (RFC 5991 appendix A: Windows asks for a domain controller). Linux has no such
//! notion; here a network is managed when its DNS domain, as DHCP or the operator put it into
//! resolv.conf(5), is one that was named, or lies in the Kerberos realm that this host has joined.

use std::fs;

/// Domains that mean "managed".
#[derive(Debug, Clone)]
pub(crate) struct Domains(Vec<String>);

const RESOLVER: &str = "/etc/resolv.conf";
const KERBEROS: &str = "/etc/krb5.conf";
/// Without it the host has joined nothing.
const KEYS: &str = "/etc/krb5.keytab";

impl Domains {
    /// Those that were named, and the realm.
    pub(crate) fn new(named: &[String]) -> Self {
        let mut domains: Vec<_> = named.iter().map(|name| plain(name)).collect();
        if fs::exists(KEYS).unwrap_or(false) {
            let text = fs::read_to_string(KERBEROS).unwrap_or_default();
            domains.extend(realm(&text));
        }
        Self(domains)
    }

    /// Whether the network is managed now; by which domain.
    pub(crate) fn manages(&self) -> Option<String> {
        let text = fs::read_to_string(RESOLVER).unwrap_or_default();
        self.manages_by(&text)
    }

    fn manages_by(&self, resolver: &str) -> Option<String> {
        let found = searched(resolver).find(|searched| {
            self.0.iter().any(|domain| {
                let before = searched.strip_suffix(domain.as_str());
                before.is_some_and(|before| before.is_empty() || before.ends_with('.'))
            })
        });
        found.filter(|found| !found.is_empty())
    }
}

/// Lower case, without dots at either end.
fn plain(domain: &str) -> String {
    domain.trim_matches('.').to_ascii_lowercase()
}

/// The domains that names are looked up in: resolv.conf(5), the last `search` or `domain` line holds.
fn searched(resolver: &str) -> impl Iterator<Item = String> {
    let mut lines = resolver.lines().filter_map(|line| {
        let (key, rest) = line.trim().split_once(char::is_whitespace)?;
        ["search", "domain"].contains(&key).then_some(rest)
    });
    let last = lines.next_back().unwrap_or_default();
    last.split_whitespace().map(plain)
}

/// krb5.conf(5).
fn realm(kerberos: &str) -> Option<String> {
    kerberos.lines().find_map(|line| {
        let (key, realm) = line.split_once('=')?;
        (key.trim() == "default_realm").then(|| plain(realm.trim()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_and_what_lies_in_it_is_managed() {
        let domains = Domains::new(&["Corp.Example.".to_owned()]);
        for (resolver, by) in [
            ("search corp.example", Some("corp.example")),
            (
                "nameserver 192.0.2.1\nsearch home.arpa de.CORP.example.\n",
                Some("de.corp.example"),
            ),
            ("domain corp.example", Some("corp.example")),
            ("search notcorp.example", None),
            ("search corp.example\nsearch home.arpa", None),
            ("# search corp.example", None),
            ("", None),
            ("search .", None),
        ] {
            assert_eq!(domains.manages_by(resolver).as_deref(), by, "{resolver}");
        }
    }

    #[test]
    fn a_host_that_joined_nothing_is_managed_by_nothing() {
        assert_eq!(Domains(vec![]).manages_by("search corp.example"), None);
        let kerberos = "[libdefaults]\n  default_realm = CORP.EXAMPLE\n[realms]";
        assert_eq!(realm(kerberos).as_deref(), Some("corp.example"));
    }
}
