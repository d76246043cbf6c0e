//! The provider's words for our nouns: who runs VPCs wants to read of VPCs.

use sixward_estate::{Provider, Subject};

/// Noun, one, many.
type Row = (&'static str, &'static str, &'static str);

const AWS: &[Row] = &[
    ("network", "VPC", "VPCs"),
    ("firewall-group", "security group", "security groups"),
    ("firewall-list", "network ACL", "network ACLs"),
    ("firewall", "security group", "security groups"),
    ("host", "instance", "instances"),
    ("interface", "network interface", "network interfaces"),
    ("transit", "transit gateway", "transit gateways"),
    (
        "transit-table",
        "transit gateway route table",
        "transit gateway route tables",
    ),
    (
        "transit-attachment",
        "transit gateway attachment",
        "transit gateway attachments",
    ),
    ("endpoint", "VPC endpoint", "VPC endpoints"),
    (
        "peering",
        "VPC peering connection",
        "VPC peering connections",
    ),
    (
        "egress-only-gateway",
        "egress-only internet gateway",
        "egress-only internet gateways",
    ),
    (
        "vpn-gateway",
        "virtual private gateway",
        "virtual private gateways",
    ),
    ("machine-type", "instance type", "instance types"),
];

const AZURE: &[Row] = &[
    ("network", "VNet", "VNets"),
    (
        "firewall-ordered",
        "network security group",
        "network security groups",
    ),
    (
        "firewall",
        "network security group",
        "network security groups",
    ),
    ("host", "VM", "VMs"),
    ("machine-type", "VM size", "VM sizes"),
    ("endpoint", "private endpoint", "private endpoints"),
    ("peering", "VNet peering", "VNet peerings"),
];

const PLAIN: &[Row] = &[
    ("network", "network", "networks"),
    ("subnet", "subnet", "subnets"),
    ("route-table", "route table", "route tables"),
    ("gateway", "gateway", "gateways"),
    ("link", "link", "links"),
    ("call", "call", "calls"),
    ("address", "address", "addresses"),
    ("transit-route", "transit route", "transit routes"),
    ("internet-gateway", "internet gateway", "internet gateways"),
    ("nat-gateway", "NAT gateway", "NAT gateways"),
    (
        "egress-only-gateway",
        "egress-only gateway",
        "egress-only gateways",
    ),
    ("vpn-gateway", "VPN gateway", "VPN gateways"),
    ("firewall-group", "firewall", "firewalls"),
    ("firewall-list", "subnet firewall", "subnet firewalls"),
    ("firewall-ordered", "firewall", "firewalls"),
    ("host", "host", "hosts"),
    ("interface", "interface", "interfaces"),
    ("balancer", "load balancer", "load balancers"),
    ("target-group", "target group", "target groups"),
    ("service", "managed service", "managed services"),
    ("endpoint", "endpoint", "endpoints"),
    ("peering", "peering", "peerings"),
    ("transit", "transit hub", "transit hubs"),
    (
        "transit-attachment",
        "transit attachment",
        "transit attachments",
    ),
    (
        "transit-table",
        "transit route table",
        "transit route tables",
    ),
    ("vpn", "VPN connection", "VPN connections"),
    ("prefix-list", "prefix list", "prefix lists"),
    ("machine-type", "machine type", "machine types"),
];

/// The nouns of a headline, in its order.
pub const HEADLINE: [&str; 19] = [
    "network",
    "subnet",
    "route-table",
    "internet-gateway",
    "nat-gateway",
    "egress-only-gateway",
    "vpn-gateway",
    "firewall-group",
    "firewall-list",
    "firewall-ordered",
    "host",
    "interface",
    "balancer",
    "service",
    "endpoint",
    "peering",
    "transit",
    "transit-attachment",
    "vpn",
];

/// The provider's word for one or many of a noun; the noun itself when there is none.
pub fn noun(provider: Provider, noun: &str, count: usize) -> String {
    let own: &[Row] = match provider {
        Provider::Aws => AWS,
        Provider::Azure => AZURE,
        Provider::Other => &[],
    };
    let row = own.iter().chain(PLAIN).find(|(name, _, _)| *name == noun);
    match row {
        Some((_, one, many)) => (if count == 1 { *one } else { *many }).to_owned(),
        None => noun.replace('-', " "),
    }
}

/// `3 VPCs`.
pub fn count(provider: Provider, name: &str, count: usize) -> String {
    format!("{} {}", number(count), noun(provider, name, count))
}

/// `1,240`.
pub fn number(number: usize) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// `security group sg-1 (web)`.
pub fn subject(provider: Provider, subject: &Subject) -> String {
    // All of them: their listing is missing.
    if subject.id == "*" {
        return noun(provider, firewall_aware(subject), 2);
    }
    let noun = noun(provider, firewall_aware(subject), 1);
    format!("{noun} {}", named(subject))
}

/// `sg-1 (web)`; a long id only by the part that tells things apart: `app/shop/50dc6c49`.
pub fn named(subject: &Subject) -> String {
    let id = short(&subject.id);
    if subject.name.is_empty() || (id != subject.id && id.contains(subject.name.as_str())) {
        id.to_owned()
    } else {
        format!("{id} ({})", subject.name)
    }
}

/// Of `arn:aws:elasticloadbalancing:eu-1:1:loadbalancer/app/shop/50dc6c49` what follows the account.
fn short(id: &str) -> &str {
    let mut parts = id.splitn(6, ':');
    match (parts.next(), parts.nth(4)) {
        (Some("arn"), Some(own)) => own.strip_prefix("loadbalancer/").unwrap_or(own),
        _ => id,
    }
}

/// A subject's noun. AWS says by the id which of its firewalls, gateways and links one is.
pub fn firewall_aware(subject: &Subject) -> &str {
    by_id(&subject.noun, &subject.id)
}

fn by_id<'a>(noun: &'a str, id: &str) -> &'a str {
    let kind = id.split('-').next().unwrap_or_default();
    match (noun, kind) {
        ("firewall", "acl") => "firewall-list",
        ("gateway", "igw") => "internet-gateway",
        ("gateway", "eigw") => "egress-only-gateway",
        ("gateway", "nat") => "nat-gateway",
        ("gateway", "vgw") => "vpn-gateway",
        ("link", "pcx") => "peering",
        ("link", "tgw") => "transit-attachment",
        ("link", "vpn") => "vpn",
        _ => noun,
    }
}

/// A sentence in the provider's words: `host/i-1 (db)` within it becomes `instance i-1 (db)`.
pub fn spoken(provider: Provider, text: &str) -> String {
    let words = text.split(' ').map(|word| match word.split_once('/') {
        Some((name, id)) if is_noun(name) => {
            let id = short(id);
            format!("{} {id}", noun(provider, by_id(name, id), 1))
        }
        _ => word.to_owned(),
    });
    words.collect::<Vec<_>>().join(" ")
}

fn is_noun(word: &str) -> bool {
    AWS.iter().chain(PLAIN).any(|(noun, _, _)| *noun == word)
}

/// The provider's own name.
pub fn provider(provider: Provider) -> &'static str {
    match provider {
        Provider::Aws => "AWS",
        Provider::Azure => "Azure",
        Provider::Other => "hand-written",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped() {
        let grouped = [0, 12, 123, 1_240, 1_234_567].map(number);
        assert_eq!(grouped, ["0", "12", "123", "1,240", "1,234,567"]);
    }

    #[test]
    fn paths_are_spoken() {
        let spoken = spoken(
            Provider::Aws,
            "may host/i-1 (db) reach firewall/acl-2 at 10.0.0.0/8?",
        );
        assert_eq!(
            spoken,
            "may instance i-1 (db) reach network ACL acl-2 at 10.0.0.0/8?"
        );
    }

    #[test]
    fn an_id_says_more_than_the_noun() {
        let said = |noun, id, name| subject(Provider::Aws, &Subject::new(noun, id, name));
        assert_eq!(said("gateway", "nat-1", "out"), "NAT gateway nat-1 (out)");
        assert_eq!(said("link", "pcx-1", ""), "VPC peering connection pcx-1");
        let arn = "arn:aws:elasticloadbalancing:eu-1:1:loadbalancer/app/shop/50dc6c49";
        assert_eq!(
            said("balancer", arn, "shop"),
            "load balancer app/shop/50dc6c49"
        );
    }

    #[test]
    fn a_network_is_what_its_owner_calls_it() {
        assert_eq!(count(Provider::Aws, "network", 3), "3 VPCs");
        assert_eq!(count(Provider::Azure, "network", 1), "1 VNet");
        assert_eq!(count(Provider::Other, "odd-thing", 2), "2 odd thing");
    }
}
