//! Places and flows that the catalogue of rules has no number for.

use std::fs;
use std::path::Path;

use expect_test::expect;
use proptest::prelude::*;
use sixward_estate::{
    Action, Destination, Direction, Endpoint, EndpointId, EndpointKind, Estate, FamilyMode,
    FirewallId, FirewallKind, Interface, LinkId, LinkKind, NetworkId, PrefixList, PrefixListId,
    Provider, RouteOrigin, RouteTarget, SmolStr, SubnetId, TransitId,
};
use sixward_net::Family;
use sixward_prove::trace::{Outcome, Tracer};
use sixward_prove::{End, L4};

use crate::given::{
    APP4, DB4, OUT4, WEB4, WEB4_PUBLIC, add, clear, estate, firewall, hub, net, numbered, outcome,
    packet, peer, place, put, route, subnet, tcp, to_gateway, to_link, trace, verdict,
};

/// One network's NAT gateway serves another: the hub's own subnet has the route to it.
#[test]
fn nat_for_another_network_over_a_hub() {
    let mut estate = estate();
    hub(&mut estate);
    let tgw = || RouteTarget::Transit(TransitId::new("tgw"));
    put(
        &mut estate,
        "faraway",
        net("0.0.0.0/0"),
        tgw(),
        RouteOrigin::Static,
    );
    let first = estate.transit_tables.iter().next().unwrap().id.clone();
    let table = estate.transit_tables.get_mut(&first).unwrap();
    let mut default = table.routes[0].clone();
    default.destination = "0.0.0.0/0".parse().unwrap();
    default.target = sixward_estate::TransitTarget::Link(LinkId::new("att-net"));
    table.routes.push(default);
    let trace = trace(&estate, "app", APP4, OUT4, tcp(443));
    expect![[r#"
        v4  tcp 40000>443 10.9.0.10 -> 198.51.100.7
          ->  app         sends
          ->  sg-app      allow egress all to 0.0.0.0/0
          ->  acl-far     egress 100 allow all to 0.0.0.0/0
          ->  rt-faraway  route 0.0.0.0/0 to tgw
          ->  acl-far     ingress 100 allow all from 0.0.0.0/0
          ->  att-far     passes
          ->  tgw-rt      route 0.0.0.0/0 to att-net
          ->  att-net     passes
          ->  acl-net     egress 100 allow all to 0.0.0.0/0
          ->  rt-priv     route 0.0.0.0/0 to nat
          ->  acl-net     ingress 100 allow all from 0.0.0.0/0
          ->  nat         translates to: tcp 40000>443 10.0.0.99 -> 198.51.100.7
          ->  acl-net     egress 100 allow all to 0.0.0.0/0
          ->  rt-pub      route 0.0.0.0/0 to igw
          ->  igw         translates to: tcp 40000>443 203.0.113.99 -> 198.51.100.7
          ->  internet    receives
          <-  internet    sends
          <-  igw         translates to: tcp 443>40000 198.51.100.7 -> 10.0.0.99
          <-  acl-net     ingress 100 allow all from 0.0.0.0/0
          <-  nat         translates to: tcp 443>40000 198.51.100.7 -> 10.9.0.10
          <-  acl-net     egress 100 allow all to 0.0.0.0/0
          <-  rt-pub      route 10.9.0.0/16 to tgw
          <-  acl-net     ingress 100 allow all from 0.0.0.0/0
          <-  att-net     passes
          <-  tgw-rt      route 10.9.0.0/16 to att-far
          <-  att-far     passes
          <-  faraway     directly, within the subnet
          <-  app         allow ingress of an answer
          <-  app         receives
        delivered to internet"#]]
    .assert_eq(&trace.to_string());
}

#[test]
fn a_service_by_its_gateway_endpoint() {
    let mut estate = estate();
    estate.prefix_lists.insert(PrefixList {
        id: PrefixListId::new("pl-s3"),
        name: SmolStr::default(),
        place: place(),
        family: Family::V4,
        managed: true,
        max_entries: None,
        entries: Some(vec!["52.216.0.0/15".parse().unwrap()]),
    });
    estate.endpoints.insert(Endpoint {
        id: EndpointId::new("vpce"),
        name: SmolStr::default(),
        network: NetworkId::new("net"),
        service: SmolStr::new("s3"),
        family: FamilyMode::V4,
        kind: EndpointKind::Gateway {
            route_tables: Vec::new(),
            prefix_list: Some(PrefixListId::new("pl-s3")),
        },
    });
    let by_list = Destination::PrefixList(PrefixListId::new("pl-s3"));
    let to = RouteTarget::Endpoint(EndpointId::new("vpce"));
    put(&mut estate, "priv", by_list, to, RouteOrigin::Static);
    let service = "delivered to the provider's service at endpoint/vpce";
    assert_eq!(verdict(&estate, "db", DB4, "52.216.1.1"), service);
    assert_eq!(verdict(&estate, "db", DB4, OUT4), "delivered to internet");
    // Unknown entries are public all the same: they are in no network's block.
    estate.prefix_lists.for_each_mut(|list| list.entries = None);
    assert_eq!(
        verdict(&estate, "db", DB4, OUT4),
        "undetermined: prefix-list/pl-s3"
    );
    assert_eq!(verdict(&estate, "db", DB4, WEB4), "delivered to web");
    estate.prefix_lists.for_each_mut(|list| {
        list.entries = Some(vec!["52.216.0.0/15".parse().unwrap()]);
    });
    clear(&mut estate, "acl-net", Direction::Ingress);
    assert_eq!(
        verdict(&estate, "db", DB4, "52.216.1.1"),
        "answer dropped: no ingress rule matches"
    );
}

#[test]
fn a_peered_network_that_is_not_in_the_estate() {
    let mut estate = estate();
    peer(&mut estate);
    let pcx = LinkId::new("pcx");
    let LinkKind::Peering { accepter, .. } = &mut estate.links.get_mut(&pcx).unwrap().kind else {
        panic!("no peering");
    };
    accepter.network = NetworkId::new("theirs");
    accepter.blocks4 = vec!["10.50.0.0/16".parse().unwrap()];
    route(&mut estate, "priv", "10.50.0.0/15", to_link("pcx"));
    assert_eq!(
        verdict(&estate, "db", DB4, "10.50.0.1"),
        "delivered to foreign network theirs"
    );
    let no_further = "dropped: not between these two networks";
    assert_eq!(verdict(&estate, "db", DB4, "10.51.0.1"), no_further);
    let theirs = End::Foreign(NetworkId::new("theirs"));
    let inbound = Tracer::new(&estate).trace(&theirs, packet("10.50.0.1", DB4, tcp(22)));
    assert_eq!(inbound.outcome.to_string(), "delivered to db");
    let inbound = Tracer::new(&estate).trace(&theirs, packet("10.50.0.1", WEB4, tcp(22)));
    assert_eq!(
        inbound.outcome.to_string(),
        "dropped: not an address of the internet"
    );
}

/// Ordered firewalls keep state, on interfaces and on subnets.
#[test]
fn ordered_firewalls() {
    let mut estate = estate();
    estate
        .networks
        .for_each_mut(|it| it.place.provider = Provider::Other);
    let (ingress, egress) = (Direction::Ingress, Direction::Egress);
    for id in ["host", "edge"] {
        firewall(&mut estate, id, "net", FirewallKind::Ordered);
        add(
            &mut estate,
            id,
            numbered(ingress, 100, Action::Allow, "tcp/443", "10.0.0.0/8"),
        );
    }
    add(
        &mut estate,
        "host",
        numbered(ingress, 90, Action::Deny, "all", "10.0.0.77/32"),
    );
    let db = estate
        .interfaces
        .get_mut(&sixward_estate::InterfaceId::new("db"))
        .unwrap();
    db.firewalls = vec![FirewallId::new("host")];
    let subnet = estate.subnets.get_mut(&SubnetId::new("priv")).unwrap();
    subnet.firewall = Some(FirewallId::new("edge"));
    assert_eq!(verdict(&estate, "web", WEB4, DB4), "delivered to db");
    assert_eq!(
        outcome(&estate, "web", WEB4, DB4, tcp(22)),
        "dropped: no ingress rule matches"
    );
    assert_eq!(
        verdict(&estate, "db", DB4, WEB4),
        "dropped: no egress rule matches"
    );
    add(
        &mut estate,
        "host",
        numbered(egress, 100, Action::Allow, "all", "0.0.0.0/0"),
    );
    add(
        &mut estate,
        "edge",
        numbered(egress, 100, Action::Allow, "all", "0.0.0.0/0"),
    );
    assert_eq!(verdict(&estate, "db", DB4, WEB4), "delivered to web");
}

#[test]
fn azure_is_not_guessed() {
    let mut estate = estate();
    estate
        .networks
        .for_each_mut(|it| it.place.provider = Provider::Azure);
    assert_eq!(
        verdict(&estate, "web", WEB4, DB4),
        "undetermined: network/net"
    );
    assert_eq!(
        verdict(&estate, "internet", OUT4, WEB4_PUBLIC),
        "undetermined: network/net"
    );
}

/// Only the echo is answered; of other messages the packet alone counts.
#[test]
fn icmp_messages_go_one_way() {
    let mut estate = estate();
    clear(&mut estate, "acl-net", Direction::Egress);
    let unreachable = L4::Icmp { kind: 3, code: 4 };
    assert_eq!(
        outcome(&estate, "internet", OUT4, WEB4_PUBLIC, unreachable),
        "delivered to web"
    );
    let echo = L4::Icmp { kind: 8, code: 0 };
    assert_eq!(
        outcome(&estate, "internet", OUT4, WEB4_PUBLIC, echo),
        "answer dropped: no egress rule matches"
    );
}

#[test]
fn two_tables_that_send_to_one_another() {
    let mut estate = estate();
    hub(&mut estate);
    subnet(
        &mut estate,
        "gone",
        "far",
        "10.9.7.0/24",
        "2600:1f18:0:907::/64",
    );
    estate.subnets.remove(&SubnetId::new("gone"));
    let tgw = RouteTarget::Transit(TransitId::new("tgw"));
    put(
        &mut estate,
        "faraway",
        net("10.9.7.0/24"),
        tgw,
        RouteOrigin::Static,
    );
    assert_eq!(
        verdict(&estate, "db", DB4, "10.9.7.1"),
        "dropped: it goes round in circles"
    );
}

/// Any packet between any two addresses of real estates has an outcome that its hops agree with.
#[test]
fn real_estates_have_an_answer_to_everything() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ingest/tests/estates");
    let mut pairs = 0;
    for entry in fs::read_dir(root).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            pairs += trace_all(&crate::batfish::read_folder(&path));
        }
    }
    assert!(pairs > 300, "{pairs}");
}

fn trace_all(estate: &Estate) -> usize {
    let tracer = Tracer::new(estate);
    let addresses = |it: &Interface| {
        let of4 = it
            .addresses4
            .iter()
            .flat_map(|own| [Some(own.address), own.public]);
        of4.flatten()
            .map(|address| address.to_string())
            .collect::<Vec<_>>()
    };
    let mut pairs = 0;
    for from in &estate.interfaces {
        let Some(source) = from.addresses4.first() else {
            continue;
        };
        let end = End::Interface(from.id.clone());
        let to = estate.interfaces.iter().flat_map(addresses);
        for to in to.chain(["8.8.8.8".to_owned(), "10.0.0.2".to_owned()]) {
            let trace = tracer.trace(&end, packet(&source.address.to_string(), &to, tcp(443)));
            let agrees = match &trace.outcome {
                Outcome::Delivered(_) | Outcome::Service(_) => trace.arrives(),
                Outcome::Dropped(_) | Outcome::Undetermined(_) => {
                    !trace.arrives() || !trace.back.is_empty()
                }
            };
            assert!(agrees, "{trace}");
            pairs += 1;
        }
    }
    pairs
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever a packet carries, the fixture's estate has an answer, and the same one twice.
    #[test]
    fn any_packet_has_one_answer(bytes in any::<u32>(), kind in any::<u8>(), code in any::<u8>()) {
        let estate = estate();
        let tracer = Tracer::new(&estate);
        let to = std::net::Ipv4Addr::from(bytes).to_string();
        for l4 in [L4::Icmp { kind, code }, L4::Other(kind), tcp(u16::from(code))] {
            let packet = packet(DB4, &to, l4);
            let from = crate::given::end("db");
            prop_assert_eq!(tracer.trace(&from, packet), tracer.trace(&from, packet));
        }
    }
}

#[test]
fn a_gateway_of_another_network_is_not_used() {
    let mut estate = estate();
    put(
        &mut estate,
        "faraway",
        net("0.0.0.0/0"),
        to_gateway("igw"),
        RouteOrigin::Static,
    );
    assert_eq!(
        verdict(&estate, "app", APP4, OUT4),
        "dropped: not attached to this network"
    );
}
