//! X8: one way over a link and none back.

use expect_test::expect;
use sixward_estate::{
    Attachment, Estate, InterfaceId, Link, LinkId, LinkKind, NetworkId, RouteOrigin, RouteState,
    RouteTarget, SmolStr, SubnetId, Transit, TransitId, TransitRoute, TransitTable, TransitTableId,
    TransitTarget,
};

use crate::given::{before, estate, interface, peer, place, route, table, told, told_of};

const NET: &str = "2600:1f18:0:100::/56";
const FAR: &str = "2600:1f18:0:900::/56";

/// Both sides have all routes of IPv4, and `net` has that of IPv6.
fn half() -> (Estate, RouteTarget) {
    let mut now = estate();
    let link = peer(&mut now, "far");
    route(&mut now, "pub", "10.9.0.0/16", link.clone());
    route(&mut now, "faraway", "10.0.0.0/16", link.clone());
    route(&mut now, "pub", FAR, link.clone());
    (now, link)
}

#[test]
fn a_peering_with_one_way() {
    let (mut now, link) = half();
    expect![[r#"
        warning hazard/half-open route-table/rt-faraway
          it has no IPv6 route for what comes to it or should pass it over a link: such connections hang, and do not fail
            subnet/pub to subnet/faraway over pcx"#]].assert_eq(&told_of(&now));
    route(&mut now, "faraway", NET, link);
    assert_eq!(told_of(&now), "");
}

#[test]
fn a_peering_without_addresses_on_one_side() {
    let (mut now, _) = half();
    interface(&mut now, "app").addresses6.clear();
    assert_eq!(told_of(&now), "");
}

#[test]
fn a_peering_that_is_half_open_over_ipv4_too() {
    let (mut now, _) = half();
    let mut was = before(&now);
    table(&mut was, "faraway").routes.clear();
    assert_eq!(told(&was, &now), "");
    table(&mut now, "faraway").routes.clear();
    assert_eq!(told_of(&now), "");
}

/// An appliance may let the answer pass over IPv4, or not.
#[test]
fn a_peering_whose_way_back_is_not_known() {
    let (mut now, _) = half();
    let mut was = before(&now);
    table(&mut was, "faraway").routes.clear();
    let appliance = RouteTarget::Interface(InterfaceId::new("app"));
    route(&mut was, "faraway", "0.0.0.0/0", appliance.clone());
    let told_then = told(&was, &now);
    assert!(
        told_then.starts_with("note hazard/half-open route-table/rt-faraway"),
        "{told_then}"
    );
    route(&mut now, "faraway", "::/0", appliance);
    assert_eq!(told(&was, &now), "");
}

#[test]
fn the_other_side_is_not_in_the_estate() {
    let mut now = estate();
    let link = peer(&mut now, "theirs");
    route(&mut now, "pub", "2600:1f18:0:a00::/56", link);
    expect![[r#"
        note hazard/half-open link/pcx
          IPv6 routes lead over it, and its other side is not in the estate: whether there is a way back is not known
            route-table/rt-pub"#]].assert_eq(&told_of(&now));
}

/// A hub between `net` (from `priv`) and `far`, with the routes of both families.
fn hub() -> Estate {
    let mut now = estate();
    now.transits.insert(Transit {
        id: TransitId::new("tgw"),
        name: SmolStr::default(),
        place: place(),
    });
    for (network, subnet) in [("net", "priv"), ("far", "faraway")] {
        now.links.insert(Link {
            id: LinkId::new(format!("att-{network}")),
            name: SmolStr::default(),
            kind: LinkKind::Transit(Attachment {
                transit: TransitId::new("tgw"),
                network: Some(NetworkId::new(network)),
                other: SmolStr::default(),
                subnets: vec![SubnetId::new(subnet)],
                v6: false,
                table: Some(TransitTableId::new("tgw-rt")),
                propagates_to: vec![TransitTableId::new("tgw-rt")],
            }),
        });
    }
    let switch = |(destination, network): (&str, &str)| TransitRoute {
        destination: destination.parse().unwrap(),
        target: TransitTarget::Link(LinkId::new(format!("att-{network}"))),
        origin: RouteOrigin::Static,
        state: RouteState::Active,
    };
    let routes = [
        ("10.0.0.0/16", "net"),
        ("10.9.0.0/16", "far"),
        (NET, "net"),
        (FAR, "far"),
    ];
    now.transit_tables.insert(TransitTable {
        id: TransitTableId::new("tgw-rt"),
        transit: TransitId::new("tgw"),
        routes: routes.into_iter().map(switch).collect(),
    });
    let to_hub = || RouteTarget::Transit(TransitId::new("tgw"));
    for to in ["10.9.0.0/16", FAR] {
        route(&mut now, "priv", to, to_hub());
    }
    for to in ["10.0.0.0/16", NET] {
        route(&mut now, "faraway", to, to_hub());
    }
    now
}

#[test]
fn a_hub_with_all_routes() {
    assert_eq!(told_of(&hub()), "");
}

#[test]
fn a_network_at_a_hub_without_a_way_back() {
    let mut now = hub();
    table(&mut now, "faraway").routes.pop();
    expect![[r#"
        warning hazard/half-open route-table/rt-faraway
          it has no IPv6 route for what comes to it or should pass it over a link: such connections hang, and do not fail
            subnet/priv to subnet/faraway over tgw"#]].assert_eq(&told_of(&now));
    interface(&mut now, "app").addresses6.clear();
    assert_eq!(told_of(&now), "");
}

#[test]
fn a_hub_that_has_not_learnt_a_network() {
    let mut now = hub();
    now.transit_tables.for_each_mut(|table| {
        table
            .routes
            .retain(|route| route.destination.to_string() != FAR);
    });
    let told = told_of(&now);
    assert!(
        told.starts_with("warning hazard/half-open transit-table/tgw-rt"),
        "{told}"
    );
    // The provider propagates it as soon as the attachment carries IPv6.
    let far = now.links.get_mut(&LinkId::new("att-far")).unwrap();
    if let LinkKind::Transit(attachment) = &mut far.kind {
        attachment.v6 = true;
    }
    assert_eq!(told_of(&now), "");
}

/// What IPv4 is kept apart by, IPv6 may be kept apart by.
#[test]
fn a_hub_that_keeps_networks_apart() {
    let mut now = hub();
    now.transit_tables.for_each_mut(|table| {
        table
            .routes
            .retain(|route| route.destination.to_string() == "10.0.0.0/16");
    });
    let was = before(&now);
    let told = told(&was, &now);
    assert!(!told.contains("to subnet/priv over"), "{told}");
}
