//! Clients of the internet: one of each kind of connection that people have.
//!
//! [`super::NodeId::Internet`] answers for everybody and so is nobody in particular. Who asks for a name and takes
//! one of its addresses needs addresses of its own: they decide the order of what it is told (RFC 6724).

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use sixward_net::{ANY4, ANY6, Family, IpNet, Ipv4Net, Ipv6Net};

use super::{Hop, Layout, NodeId, Port, TABLE_MAIN};

/// What the internet carries.
const WIDTH: u32 = 1500;

/// The families that a client has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// Both.
    Dual,
    /// IPv4 alone, as most who are not on a phone.
    V4,
    /// IPv6 alone.
    V6,
}

impl Reach {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Dual, Self::V4, Self::V6];

    /// Its address in a family.
    pub fn address(self, family: Family) -> Option<IpAddr> {
        let mut all = self.addresses().into_iter().map(|net| net.addr());
        all.find(|address| address.is_ipv4() == (family == Family::V4))
    }

    fn addresses(self) -> Vec<IpNet> {
        let number = match self {
            Self::Dual => 1_u8,
            Self::V4 => 2,
            Self::V6 => 3,
        };
        let v4 = Ipv4Addr::new(192, 0, 2, 240 + number);
        let v6 = Ipv6Addr::new(0x2001, 0xdb8, 0xffff, 0xc1, 0, 0, 0, number.into());
        let v4 = (self != Self::V6).then(|| Ipv4Net::new_assert(v4, 32).into());
        let v6 = (self != Self::V4).then(|| Ipv6Net::new_assert(v6, 128).into());
        v4.into_iter().chain(v6).collect()
    }
}

impl Layout {
    /// Puts clients onto the internet.
    pub fn clients(&mut self) {
        for reach in Reach::ALL {
            let id = NodeId::Client(reach);
            let port = Port::new("eth0");
            let far = Port::new(format!("client-{}", reach.word()));
            self.wire(
                (id.clone(), port.clone()),
                (NodeId::Internet, far.clone()),
                WIDTH,
            );
            for net in reach.addresses() {
                let any = if net.addr().is_ipv4() {
                    IpNet::from(ANY4)
                } else {
                    ANY6.into()
                };
                let node = self.node(id.clone());
                node.address(port.clone(), net);
                node.route(TABLE_MAIN, any, Hop::Over(port.clone()));
                let internet = self.node(NodeId::Internet);
                internet.route(TABLE_MAIN, net, Hop::Over(far.clone()));
            }
        }
    }
}

impl Reach {
    fn word(self) -> &'static str {
        match self {
            Self::Dual => "dual",
            Self::V4 => "v4",
            Self::V6 => "v6",
        }
    }
}

impl fmt::Display for Reach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Dual => "dual-stack",
            Self::V4 => "IPv4-only",
            Self::V6 => "IPv6-only",
        })
    }
}
