//! Clients go to a name: before it has an AAAA record, with one that serves, and with one that does not.

use std::net::IpAddr;

use sixward_estate::{Direction, Estate, FirewallId, HostId, InterfaceId, Remote};
use sixward_lab::{
    Answerer, Cost, Habit, LIMIT, Lab, Layout, Names, NodeId, Reach, Services, Visit, Visited,
    has_curl, visit,
};
use sixward_plan::{Change, Plan};

use crate::given;

const WEB: &str = "i-0a11a11a11a11a11a";
const GROUP: &str = "sg-11aa22bb11aa22bb1";
const A: &str = "198.51.100.2";

/// Before the plan IPv4 alone, after it IPv6 for whoever has it; and at once, whoever comes.
pub(crate) fn take_what_serves() {
    let plan = given::planned("aws-two-tier");
    let world = World::new(&plan, &plan.end());
    let v4 = Visited::Reached(address(A), Cost::Nothing);
    assert_eq!(world.go(Reach::Dual), [v4; 3]);
    assert_eq!(world.go(Reach::V4), [v4; 3]);
    // The name has no address that such a client can use: it is told so at once.
    assert_eq!(world.go(Reach::V6), [Visited::Lost(Cost::Nothing); 3]);
    world.publish(&plan);
    let v6 = Visited::Reached(world.aaaa.into(), Cost::Nothing);
    assert_eq!(world.go(Reach::Dual), [v6; 3]);
    assert_eq!(world.go(Reach::V6), [v6; 3]);
    let still = world.go(Reach::V4);
    let [Visited::Reached(own, _), ..] = still else {
        panic!("{still:?}");
    };
    assert_eq!(own, address(A), "who has no IPv6 takes what it took");
    assert!(still.iter().all(|it| *it == v4), "{still:?}");
}

/// Connections come about, and word that packets are too large does not arrive: nobody has a page, and nobody goes to
/// another address.
pub(crate) fn have_no_page() {
    let plan = given::made("naive-too-big");
    let world = World::at(&plan, &plan.end(), ("i-0a400001", "eni-0a400001", 443));
    let v4 = Visited::Reached(address("198.51.100.40"), Cost::Nothing);
    assert_eq!(world.go(Reach::Dual), [v4; 3]);
    world.publish(&plan);
    let stalled = Visited::Stalled(world.aaaa.into(), Cost::Seconds(LIMIT.as_secs()));
    assert_eq!(world.go(Reach::Dual), [stalled; 3]);
}

/// The group knows nothing of IPv6, and the name says it is there: a filter drops, and says nothing.
pub(crate) fn wait_for_what_does_not() {
    let plan = given::planned("aws-two-tier");
    let mut end = plan.end();
    let group = FirewallId::new(GROUP);
    let rules = end.firewalls.get(&group).unwrap().clone();
    for rule in rules.rules(Direction::Ingress) {
        if matches!(rule.remote, Remote::Net(net) if net.addr().is_ipv6()) {
            let change = Change::RemoveRule {
                firewall: group.clone(),
                rule: rule.clone(),
            };
            change.effect(&mut end).unwrap();
        }
    }
    let world = World::new(&plan, &end);
    world.publish(&plan);
    let after = |cost| Visited::Reached(address(A), cost);
    let limit = Cost::Seconds(LIMIT.as_secs());
    let want = [after(Cost::Tries), after(limit), Visited::Lost(limit)];
    assert_eq!(world.go(Reach::Dual), want);
    assert_eq!(world.go(Reach::V4), [after(Cost::Nothing); 3]);
}

struct World {
    lab: Lab,
    names: Answerer,
    door: (NodeId, u16),
    aaaa: std::net::Ipv6Addr,
}

impl World {
    fn new(plan: &Plan, estate: &Estate) -> Self {
        Self::at(plan, estate, (WEB, "eni-0a11a11a11a11a11a", 80))
    }

    /// With a service at a port of a host.
    fn at(plan: &Plan, estate: &Estate, (host, interface, port): (&str, &str, u16)) -> Self {
        assert!(
            has_curl(),
            "`curl` is missing: `cargo xtask tools` says how to have it"
        );
        let mut layout = Layout::rehearsed(estate);
        layout.clients();
        let lab = Lab::make(layout).unwrap();
        let names = Answerer::start(&lab, Names::before(plan)).unwrap();
        let interface = InterfaceId::new(interface);
        let aaaa = estate.interfaces.get(&interface).unwrap().addresses6[0];
        let door = (NodeId::Host(HostId::new(host)), port);
        Self {
            lab,
            names,
            door,
            aaaa,
        }
    }

    fn publish(&self, plan: &Plan) {
        let mut published = 0;
        for step in &plan.steps {
            published += usize::from(matches!(step.change, Change::PublishNames { .. }));
            self.names.change(|names| {
                names.made(&step.change);
                names.follow(&plan.end());
            });
        }
        assert_eq!(published, 1);
    }

    fn go(&self, reach: Reach) -> [Visited; 3] {
        let services = Services::open(&self.lab, std::slice::from_ref(&self.door)).unwrap();
        let visits = Habit::ALL.map(|habit| Visit {
            reach,
            habit,
            name: "web.test".into(),
            port: self.door.1,
            large: true,
        });
        let visited = visit(&self.lab, &visits).unwrap();
        drop(services);
        visited.try_into().unwrap()
    }
}

fn address(text: &str) -> IpAddr {
    text.parse().unwrap()
}
