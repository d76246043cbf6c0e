//! F1 to F8: filters, one test each.

use sixward_estate::{
    Action, Direction, FirewallKind, GatewayKind, PrefixList, PrefixListId, Remote, Rule, SmolStr,
    SubnetId,
};
use sixward_net::Family;
use sixward_prove::L4;

use crate::given::{
    APP4, APP6, DB4, DB6, OUT4, OUT6, WEB4, WEB4_PUBLIC, WEB6, add, clear, end, estate, firewall,
    gateway, hub, interface, numbered, outcome, packet, peer, place, route, rule, tcp, to_gateway,
    to_link, verdict,
};

const INGRESS: Direction = Direction::Ingress;
const EGRESS: Direction = Direction::Egress;

#[test]
fn f1_any_rule_of_any_group_allows_and_nothing_else_does() {
    let mut estate = estate();
    clear(&mut estate, "sg-db", INGRESS);
    assert_eq!(
        verdict(&estate, "web", WEB4, DB4),
        "dropped: no ingress rule of sg-db"
    );
    firewall(&mut estate, "sg-more", "net", FirewallKind::Group);
    add(
        &mut estate,
        "sg-more",
        rule(INGRESS, "tcp/443", "10.0.0.0/24"),
    );
    interface(&mut estate, "db")
        .firewalls
        .push(sixward_estate::FirewallId::new("sg-more"));
    assert_eq!(verdict(&estate, "web", WEB4, DB4), "delivered to db");
    assert_eq!(
        outcome(&estate, "web", WEB4, DB4, tcp(80)),
        "dropped: no ingress rule of sg-db, sg-more"
    );
    clear(&mut estate, "sg-web", EGRESS);
    assert_eq!(
        verdict(&estate, "web", WEB4, DB4),
        "dropped: no egress rule of sg-web"
    );
}

#[test]
fn f2_a_reference_means_private_addresses_of_both_families() {
    let mut estate = estate();
    clear(&mut estate, "sg-db", INGRESS);
    add(&mut estate, "sg-db", rule(INGRESS, "tcp/443", "sg-web"));
    assert_eq!(verdict(&estate, "web", WEB4, DB4), "delivered to db");
    assert_eq!(verdict(&estate, "web", WEB6, DB6), "delivered to db");
    // To a member's public address it says nothing.
    clear(&mut estate, "sg-web", INGRESS);
    clear(&mut estate, "sg-web", EGRESS);
    add(&mut estate, "sg-web", rule(EGRESS, "all", "sg-web"));
    assert_eq!(
        verdict(&estate, "web", WEB4, WEB4_PUBLIC),
        "dropped: no egress rule of sg-web"
    );
}

#[test]
fn f2_a_reference_reaches_over_a_peering_and_not_surely_over_a_hub() {
    let mut peered = estate();
    clear(&mut peered, "sg-app", INGRESS);
    add(&mut peered, "sg-app", rule(INGRESS, "all", "sg-db"));
    let mut hubbed = peered.clone();
    peer(&mut peered);
    route(&mut peered, "priv", "10.9.0.0/16", to_link("pcx"));
    route(&mut peered, "faraway", "10.0.0.0/16", to_link("pcx"));
    assert_eq!(verdict(&peered, "db", DB4, APP4), "delivered to app");
    hub(&mut hubbed);
    assert_eq!(
        verdict(&hubbed, "db", DB4, APP4),
        "undetermined: transit/tgw"
    );
    assert_eq!(
        verdict(&hubbed, "web", WEB6, APP6),
        "dropped: no ingress rule of sg-app"
    );
}

/// The provider promises memberships over a peering. It says nothing of packets that go to a peer over
/// the internet or a hub.
#[test]
fn f2_a_reference_is_not_sure_when_the_packet_goes_another_way_than_the_peering() {
    let mut over_internet = estate();
    clear(&mut over_internet, "sg-app", INGRESS);
    add(&mut over_internet, "sg-app", rule(INGRESS, "all", "sg-web"));
    peer(&mut over_internet);
    gateway(&mut over_internet, "igw-far", "far", GatewayKind::Internet);
    route(&mut over_internet, "faraway", "::/0", to_gateway("igw-far"));
    let mut by_address = over_internet.clone();
    assert_eq!(
        verdict(&over_internet, "web", WEB6, APP6),
        "undetermined: firewall/sg-app"
    );
    add(&mut by_address, "sg-app", rule(INGRESS, "all", "::/0"));
    assert_eq!(verdict(&by_address, "web", WEB6, APP6), "delivered to app");
    // The sender's own rule is as uncertain.
    clear(&mut by_address, "sg-web", EGRESS);
    add(&mut by_address, "sg-web", rule(EGRESS, "all", "sg-app"));
    assert_eq!(
        verdict(&by_address, "web", WEB6, APP6),
        "undetermined: firewall/sg-web"
    );
    let mut over_hub = estate();
    clear(&mut over_hub, "sg-app", INGRESS);
    add(&mut over_hub, "sg-app", rule(INGRESS, "all", "sg-db"));
    peer(&mut over_hub);
    hub(&mut over_hub);
    assert_eq!(
        verdict(&over_hub, "db", DB4, APP4),
        "undetermined: firewall/sg-app"
    );
}

#[test]
fn f3_the_remote_gives_the_family_and_the_protocol_the_ports() {
    let mut estate = estate();
    clear(&mut estate, "sg-db", INGRESS);
    add(&mut estate, "sg-db", rule(INGRESS, "all", "0.0.0.0/0"));
    assert_eq!(verdict(&estate, "web", WEB4, DB4), "delivered to db");
    assert_eq!(
        verdict(&estate, "web", WEB6, DB6),
        "dropped: no ingress rule of sg-db"
    );
    add(&mut estate, "sg-db", rule(INGRESS, "icmpv6/128", "::/0"));
    add(&mut estate, "sg-db", rule(INGRESS, "protocol/50", "::/0"));
    let echo = L4::Icmp6 { kind: 128, code: 0 };
    assert_eq!(outcome(&estate, "web", WEB6, DB6, echo), "delivered to db");
    let too_big = L4::Icmp6 { kind: 2, code: 0 };
    assert_eq!(
        outcome(&estate, "web", WEB6, DB6, too_big),
        "dropped: no ingress rule of sg-db"
    );
    assert_eq!(
        outcome(&estate, "web", WEB6, DB6, L4::Other(50)),
        "delivered to db"
    );
}

#[test]
fn f3_a_prefix_list_of_unknown_entries_decides_only_where_nothing_else_allows() {
    let mut estate = estate();
    clear(&mut estate, "sg-db", INGRESS);
    estate.prefix_lists.insert(PrefixList {
        id: PrefixListId::new("pl"),
        name: SmolStr::default(),
        place: place(),
        family: Family::V4,
        managed: false,
        max_entries: None,
        entries: None,
    });
    let by_list = Rule {
        remote: Remote::PrefixList(PrefixListId::new("pl")),
        ..rule(INGRESS, "tcp/443", "0.0.0.0/0")
    };
    add(&mut estate, "sg-db", by_list);
    assert_eq!(
        verdict(&estate, "web", WEB4, DB4),
        "undetermined: prefix-list/pl"
    );
    assert_eq!(
        verdict(&estate, "web", WEB6, DB6),
        "dropped: no ingress rule of sg-db"
    );
    add(
        &mut estate,
        "sg-db",
        rule(INGRESS, "tcp/443", "10.0.0.10/32"),
    );
    assert_eq!(verdict(&estate, "web", WEB4, DB4), "delivered to db");
}

#[test]
fn f4_groups_let_answers_pass() {
    let mut estate = estate();
    clear(&mut estate, "sg-web", INGRESS);
    clear(&mut estate, "sg-db", EGRESS);
    assert_eq!(verdict(&estate, "web", WEB4, DB4), "delivered to db");
    assert_eq!(verdict(&estate, "web", WEB6, DB6), "delivered to db");
    assert_eq!(
        outcome(&estate, "web", WEB6, DB6, L4::Other(50)),
        "delivered to db"
    );
    assert_eq!(
        verdict(&estate, "db", DB4, WEB4),
        "dropped: no egress rule of sg-db"
    );
}

#[test]
fn f5_the_resolver_and_the_metadata_are_not_filtered() {
    let mut estate = estate();
    clear(&mut estate, "sg-web", EGRESS);
    clear(&mut estate, "acl-net", EGRESS);
    let service = "delivered to the provider's service at network/net";
    for to in ["10.0.0.2", "169.254.169.254", "169.254.169.253"] {
        assert_eq!(verdict(&estate, "web", WEB4, to), service);
    }
    assert_eq!(verdict(&estate, "web", WEB6, "fd00:ec2::253"), service);
    assert_eq!(
        verdict(&estate, "web", WEB4, "10.0.0.3"),
        "dropped: no egress rule of sg-web"
    );
}

#[test]
fn f6_the_lowest_number_of_a_list_decides_and_each_family_has_its_own_end() {
    let mut estate = estate();
    add(
        &mut estate,
        "acl-net",
        numbered(INGRESS, 90, Action::Deny, "tcp/443", "10.0.0.0/24"),
    );
    assert_eq!(
        verdict(&estate, "web", WEB4, DB4),
        "dropped: ingress 90 deny tcp/443 from 10.0.0.0/24"
    );
    assert_eq!(
        outcome(&estate, "web", WEB4, DB4, tcp(80)),
        "delivered to db"
    );
    add(
        &mut estate,
        "acl-net",
        numbered(INGRESS, 80, Action::Allow, "tcp", "10.0.0.10/32"),
    );
    assert_eq!(verdict(&estate, "web", WEB4, DB4), "delivered to db");
    firewall(&mut estate, "acl-own", "net", FirewallKind::List);
    for direction in [INGRESS, EGRESS] {
        add(
            &mut estate,
            "acl-own",
            numbered(direction, 100, Action::Allow, "all", "0.0.0.0/0"),
        );
    }
    let subnet = estate.subnets.get_mut(&SubnetId::new("priv")).unwrap();
    subnet.firewall = Some(sixward_estate::FirewallId::new("acl-own"));
    assert_eq!(verdict(&estate, "web", WEB4, DB4), "delivered to db");
    assert_eq!(
        verdict(&estate, "web", WEB6, DB6),
        "dropped: no ingress rule matches"
    );
}

#[test]
fn f7_a_list_must_let_the_answer_to_the_source_port_pass() {
    let mut estate = estate();
    clear(&mut estate, "acl-net", EGRESS);
    add(
        &mut estate,
        "acl-net",
        numbered(EGRESS, 100, Action::Allow, "tcp/443", "0.0.0.0/0"),
    );
    add(
        &mut estate,
        "acl-net",
        numbered(EGRESS, 110, Action::Allow, "tcp/32768-61000", "0.0.0.0/0"),
    );
    let from = |source| L4::Tcp {
        source,
        destination: 443,
    };
    assert_eq!(
        outcome(&estate, "web", WEB4, DB4, from(40000)),
        "delivered to db"
    );
    assert_eq!(
        outcome(&estate, "web", WEB4, DB4, from(1024)),
        "answer dropped: no egress rule matches"
    );
}

/// The gateway chooses the port that the answer comes to, and the list of its subnet looks at it.
#[test]
fn f7_a_port_that_a_nat_gateway_chooses_is_not_guessed() {
    let mut estate = estate();
    clear(&mut estate, "acl-net", INGRESS);
    add(
        &mut estate,
        "acl-net",
        numbered(INGRESS, 100, Action::Allow, "tcp", "10.0.0.0/16"),
    );
    add(
        &mut estate,
        "acl-net",
        numbered(INGRESS, 110, Action::Allow, "tcp/32768-61000", "0.0.0.0/0"),
    );
    assert_eq!(
        verdict(&estate, "db", DB4, OUT4),
        "undetermined: gateway/nat"
    );
    add(
        &mut estate,
        "acl-net",
        numbered(INGRESS, 120, Action::Allow, "tcp/1024-65535", "0.0.0.0/0"),
    );
    assert_eq!(verdict(&estate, "db", DB4, OUT4), "delivered to internet");
}

/// A list that names TCP only lets flows work until a packet is too big for a link.
#[test]
fn f8_lists_must_let_packet_too_big_pass() {
    let mut estate = estate();
    clear(&mut estate, "sg-db", INGRESS);
    let hears = |estate: &sixward_estate::Estate, source: &str, to: &str| {
        let tracer = sixward_prove::trace::Tracer::new(estate);
        let packet = packet(source, to, tcp(443));
        let word = tracer.too_big(&end("db"), packet).unwrap();
        word.outcome.to_string()
    };
    assert_eq!(hears(&estate, DB6, OUT6), "delivered to db");
    assert_eq!(hears(&estate, DB4, OUT4), "delivered to db", "through NAT");
    assert_eq!(hears(&estate, DB6, WEB6), "delivered to db");
    clear(&mut estate, "acl-net", INGRESS);
    add(
        &mut estate,
        "acl-net",
        numbered(INGRESS, 100, Action::Allow, "tcp", "::/0"),
    );
    assert_eq!(verdict(&estate, "db", DB6, OUT6), "delivered to internet");
    assert_eq!(
        hears(&estate, DB6, OUT6),
        "dropped: no ingress rule matches"
    );
    add(
        &mut estate,
        "acl-net",
        numbered(INGRESS, 110, Action::Allow, "icmpv6/2/0", "::/0"),
    );
    assert_eq!(hears(&estate, DB6, OUT6), "delivered to db");
}
