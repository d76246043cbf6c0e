//! The worked example of the provider's guide (Amazon VPC User Guide: Migrating to IPv6), with all flows
//! that the guide speaks of: the very table that a shell prototype passed.

use std::net::IpAddr;

use sixward_estate::{Estate, HostId, InterfaceId};
use sixward_lab::{Carries, Flow, Lab, Layout, NodeId, Prober, Seen};

use crate::given;

const WEB: &str = "i-0a11a11a11a11a11a";
const DB: &str = "i-0b22b22b22b22b22b";
const WEB4: &str = "10.0.0.10";
const DB4: &str = "10.0.1.10";
const WEB_PUBLIC: &str = "198.51.100.2";
const NAT_PUBLIC: &str = "198.51.100.1";
const ADMIN4: &str = "203.0.113.123";
const OTHER4: &str = "203.0.113.200";
const ADMIN6: &str = "2001:db8:ffff::123";
const OTHER6: &str = "2001:db8:ffff::200";

/// What is expected of a flow: that it is answered, and whom the receiver sees; or who drops it.
enum Expect<'a> {
    Seen(&'a str),
    Dropped(&'a str),
}
use Expect::{Dropped, Seen as From};

/// Before: IPv4 as it is, and no IPv6 at all.
pub(crate) fn as_given() {
    let estate = given::estate("aws-two-tier");
    let lab = Lab::make(Layout::of(&estate)).unwrap();
    let mut prober = Prober::new(&lab).unwrap();
    flows4(&mut prober);
    let none = try_flow(&mut prober, WEB, "2001:db8::1", OTHER6, 80);
    assert_eq!(none, Seen::NoWay, "a host without IPv6 sends none");
}

/// After the plan: both families.
pub(crate) fn dual_stack() {
    let plan = given::planned("aws-two-tier");
    let mut estate = plan.before.clone();
    for step in &plan.steps {
        step.change.effect(&mut estate).unwrap();
    }
    let lab = Lab::make(Layout::of(&estate)).unwrap();
    let mut prober = Prober::new(&lab).unwrap();
    flows4(&mut prober);
    let (web, db) = (
        address6(&estate, "eni-0a11a11a11a11a11a"),
        address6(&estate, "eni-0b22b22b22b22b22b"),
    );
    let (web, db) = (web.as_str(), db.as_str());
    let group = "sg-11aa22bb11aa22bb1";
    let table = [
        ("", OTHER6, web, 80, From(OTHER6)),
        ("", OTHER6, web, 443, From(OTHER6)),
        // Which IPv6 prefix the administrator comes from is not answered yet.
        ("", ADMIN6, web, 22, Dropped(group)),
        ("", OTHER6, web, 22, Dropped(group)),
        // By the internet gateway into the private subnet: the group of the database drops it.
        ("", OTHER6, db, 3306, Dropped("sg-33cc44dd33cc44dd3")),
        ("", ADMIN6, db, 22, Dropped("sg-33cc44dd33cc44dd3")),
        (DB, db, OTHER6, 443, From(db)),
        (WEB, web, OTHER6, 443, From(web)),
        (WEB, web, db, 3306, From(web)),
        (WEB, web, db, 22, Dropped("sg-33cc44dd33cc44dd3")),
        (DB, db, web, 8080, From(db)),
    ];
    check(&mut prober, &table);
}

fn flows4(prober: &mut Prober) {
    let group = "sg-11aa22bb11aa22bb1";
    let table = [
        ("", OTHER4, WEB_PUBLIC, 80, From(OTHER4)),
        ("", OTHER4, WEB_PUBLIC, 443, From(OTHER4)),
        ("", ADMIN4, WEB_PUBLIC, 22, From(ADMIN4)),
        ("", OTHER4, WEB_PUBLIC, 22, Dropped(group)),
        ("", OTHER4, WEB_PUBLIC, 8080, Dropped(group)),
        (WEB, WEB4, OTHER4, 443, From(WEB_PUBLIC)),
        (DB, DB4, OTHER4, 443, From(NAT_PUBLIC)),
        ("", OTHER4, NAT_PUBLIC, 22, Dropped("nat-0dd11dd11dd11dd11")),
        (WEB, WEB4, DB4, 3306, From(WEB4)),
        (WEB, WEB4, DB4, 22, Dropped("sg-33cc44dd33cc44dd3")),
        (DB, DB4, WEB4, 8080, From(DB4)),
        // By its own public address: seen as that, and so not a member of any group.
        (WEB, WEB4, WEB_PUBLIC, 80, From(WEB_PUBLIC)),
    ];
    check(prober, &table);
}

fn check(prober: &mut Prober, table: &[(&str, &str, &str, u16, Expect<'_>)]) {
    let mut wrong = Vec::new();
    for (from, source, destination, port, expect) in table {
        let seen = try_flow(prober, from, source, destination, *port);
        let right = match (expect, &seen) {
            (From(source), Seen::Answered(Some(seen))) => seen.to_string() == *source,
            (Dropped(by), Seen::Dropped(drop)) => drop.by == *by && !drop.unknown,
            _ => false,
        };
        if !right {
            wrong.push(format!("{from} {source} -> {destination}:{port}: {seen:?}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

fn try_flow(prober: &mut Prober, from: &str, source: &str, to: &str, port: u16) -> Seen {
    let from = match from {
        "" => NodeId::Internet,
        host => NodeId::Host(HostId::new(host)),
    };
    let address = |text: &str| text.parse::<IpAddr>().unwrap();
    prober
        .try_flow(&Flow {
            from,
            source: address(source),
            destination: address(to),
            carries: Carries::Tcp(None, port),
        })
        .unwrap()
}

fn address6(estate: &Estate, interface: &str) -> String {
    let interface = estate.interfaces.get(&InterfaceId::new(interface)).unwrap();
    interface.addresses6[0].to_string()
}
