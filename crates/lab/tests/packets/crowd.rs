//! So many nodes that they are made on several processors at a time.

use std::net::Ipv4Addr;

use sixward_estate::{HostId, InterfaceId, InterfaceOwner};
use sixward_lab::{Carries, Flow, Lab, Layout, NodeId, Prober, Seen};

use crate::given;

const MANY: u8 = 200;

pub(crate) fn stands() {
    let mut estate = given::estate("aws-two-tier");
    let db = InterfaceId::new("eni-0b22b22b22b22b22b");
    let like = estate.interfaces.get(&db).unwrap().clone();
    for number in 20..20 + MANY {
        let mut another = like.clone();
        another.id = InterfaceId::new(format!("eni-{number}"));
        another.owner = InterfaceOwner::Managed("another".into());
        another.addresses4[0].address = Ipv4Addr::new(10, 0, 1, number);
        estate.interfaces.insert(another);
    }
    let lab = Lab::make(Layout::of(&estate)).unwrap();
    let mut prober = Prober::new(&lab).unwrap();
    for number in 20..20 + MANY {
        let flow = |port| Flow {
            from: NodeId::Host(HostId::new("i-0a11a11a11a11a11a")),
            source: Ipv4Addr::new(10, 0, 0, 10).into(),
            destination: Ipv4Addr::new(10, 0, 1, number).into(),
            carries: Carries::Tcp(None, port),
        };
        let open = prober.try_flow(&flow(3306)).unwrap();
        assert!(matches!(open, Seen::Answered(_)), "{number}: {open:?}");
        let shut = prober.try_flow(&flow(22)).unwrap();
        assert!(matches!(shut, Seen::Dropped(_)), "{number}: {shut:?}");
    }
}
