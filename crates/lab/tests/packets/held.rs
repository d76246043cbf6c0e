//! Connections over a change of rules: groups keep in mind what they let begin, but for what everybody may send where
//! everything may be answered.

use sixward_estate::{Direction, FirewallKind, HostId};
use sixward_lab::{Carries, Flow, Lab, Layout, NodeId, Prober, Seen};

use crate::given;

pub(crate) fn rules_go() {
    let mut estate = given::estate("aws-two-tier");
    let mut lab = Lab::make(Layout::of(&estate)).unwrap();
    let mut prober = Prober::new(&lab).unwrap();
    let mut hold = |from: NodeId, source: &str, to: &str, port| {
        let flow = Flow {
            from,
            source: source.parse().unwrap(),
            destination: to.parse().unwrap(),
            carries: Carries::Tcp(None, port),
        };
        prober.hold(&flow).unwrap().unwrap()
    };
    let everybodys = hold(NodeId::Internet, "203.0.113.200", "198.51.100.2", 80);
    let web = NodeId::Host(HostId::new("i-0a11a11a11a11a11a"));
    let named = hold(web, "10.0.0.10", "10.0.1.10", 3306);
    for open in [&everybodys, &named] {
        assert_eq!(prober.is_open(open).unwrap(), Seen::Answered(None));
    }
    let ids: Vec<_> = estate.firewalls.iter().map(|it| it.id.clone()).collect();
    for id in ids {
        let group = estate.firewalls.get_mut(&id).unwrap();
        if group.kind == FirewallKind::Group {
            group
                .rules
                .retain(|rule| rule.direction != Direction::Ingress);
        }
    }
    lab.change(Layout::of(&estate)).unwrap();
    prober.follow(&lab).unwrap();
    let seen = prober.is_open(&everybodys).unwrap();
    assert!(
        matches!(&seen, Seen::Dropped(drop) if drop.why == "no ingress rule matches"),
        "{seen:?}"
    );
    assert_eq!(prober.is_open(&named).unwrap(), Seen::Answered(None));
}
