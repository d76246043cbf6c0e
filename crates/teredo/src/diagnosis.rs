//! What stands between this host and the IPv4 internet, found out without a tunnel and without an
//! address (RFC 4380 sections 5.2.1 and 5.2.7). Whether strangers get in is asked from a socket of its own,
//! because the answer makes a plain Linux router choose another port for it from then on (Q5), and before
//! anything goes to the server's other address, because that is the only stranger there is.

mod hairpin;
mod lifetime;
mod question;
mod reach;
mod verdict;

pub use reach::{Far, Reach};
pub use verdict::{Lifetime, Ports, Verdict};

use std::collections::{BTreeMap, VecDeque};
use std::net::{Ipv4Addr, SocketAddrV4};
use std::time::Duration;

use crate::arrival::PORT;
use crate::client::{Server, Why};
use crate::packet::Packet;
use crate::random::{Chance, Random};
use crate::reject::Reject;
use crate::secret::Secret;
use crate::server::Side;
use crate::surroundings::Surroundings;
use crate::time::Time;
use hairpin::Hairpin;
use lifetime::Watch;
use question::Question;

/// What is to be found out.
#[derive(Debug, Clone)]
pub struct Ask {
    /// The server that is asked.
    pub server: Server,
    /// This host's address on the way there.
    pub local: Ipv4Addr,
    /// The networks around.
    pub surroundings: Surroundings,
    /// What proves the client to the server and back.
    pub secret: Option<Secret>,
    /// How long the server has for its first answer; later ones are measured by it.
    pub patience: Duration,
    /// How often it is asked.
    pub tries: u8,
    /// Up to which silence the life of a mapping is watched; it takes that long.
    pub lifetime: Option<Duration>,
}

impl Ask {
    /// The defaults.
    pub fn new(server: Server, local: Ipv4Addr) -> Self {
        Self {
            server,
            local,
            surroundings: Surroundings::default(),
            secret: None,
            patience: Duration::from_secs(2),
            tries: 3,
            lifetime: None,
        }
    }

    /// How many UDP sockets are needed.
    pub fn doors(&self) -> usize {
        if self.lifetime.is_some() {
            FIRST_WATCHED + usize::from(lifetime::STEPS)
        } else {
            FIRST_WATCHED
        }
    }
}

/// The socket that is compared at both servers, the one that is called from outside by the first, and
/// the one that strangers are asked to.
const COMPARED: usize = 0;
const CALLED: usize = 1;
const OPEN: usize = 2;
/// From here on each socket is for one silence.
const FIRST_WATCHED: usize = 3;

/// A datagram to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// From which socket.
    pub door: usize,
    /// To where.
    pub to: SocketAddrV4,
    /// What.
    pub bytes: Vec<u8>,
}

#[derive(Debug)]
enum Stage {
    /// The server, from three sockets.
    Server,
    /// The first two sockets call one another by their places outside.
    Hairpin(Hairpin),
    /// Whether a stranger gets in.
    Cone,
    /// The other address: from the socket that is compared, and from the one at which strangers knocked.
    Other,
    /// How long a mapping lives in silence.
    Lifetime(Watch),
    Done,
}

/// The questions, one after the other.
#[derive(Debug)]
pub struct Diagnosis {
    ask: Ask,
    chance: Chance,
    doors: Vec<SocketAddrV4>,
    stage: Stage,
    questions: Vec<Question>,
    patience: Duration,
    rtt: Option<Duration>,
    /// What each server saw of each socket, latest.
    origins: BTreeMap<(usize, Side), SocketAddrV4>,
    /// Whether the server's other address got in before it was called.
    strangers: bool,
    hairpin: Option<bool>,
    lifetime: Option<Lifetime>,
    refused: Option<Why>,
    out: VecDeque<Sent>,
}

impl Diagnosis {
    /// With so many sockets as [`Ask::doors`] says, at these ports.
    pub fn new(ask: Ask, ports: impl IntoIterator<Item = u16>, random: Box<dyn Random>) -> Self {
        let doors = ports
            .into_iter()
            .map(|port| SocketAddrV4::new(ask.local, port));
        Self {
            doors: doors.collect(),
            chance: Chance::new(random),
            stage: Stage::Server,
            questions: Vec::new(),
            patience: ask.patience,
            rtt: None,
            origins: BTreeMap::new(),
            strangers: false,
            hairpin: None,
            lifetime: None,
            refused: None,
            out: VecDeque::new(),
            ask,
        }
    }

    /// Begins.
    pub fn start(&mut self, now: Time) {
        for door in [COMPARED, CALLED, OPEN] {
            self.put_question(now, door, Side::Primary, false);
        }
    }

    /// A datagram has come to one of the sockets.
    pub fn from_udp(&mut self, now: Time, door: usize, from: SocketAddrV4, datagram: &[u8]) {
        // What nobody asked for is no news.
        let _ = self.take(now, door, from, datagram);
        self.settle(now);
    }

    fn take(
        &mut self,
        now: Time,
        door: usize,
        from: SocketAddrV4,
        datagram: &[u8],
    ) -> Result<(), Reject> {
        let packet = Packet::read(datagram)?;
        if packet.is_bubble() {
            match &mut self.stage {
                Stage::Hairpin(hairpin) => hairpin.take(door, &packet)?,
                Stage::Lifetime(watch) => watch.take(door, &packet)?,
                _ => {}
            }
            return Ok(());
        }
        self.answered(now, door, from, &packet)
    }

    /// When [`Diagnosis::tick`] has something to do.
    pub fn due(&self) -> Option<Time> {
        let own = match &self.stage {
            Stage::Hairpin(hairpin) => Some(hairpin.due()),
            Stage::Lifetime(watch) if self.questions.is_empty() => watch.due(),
            _ => None,
        };
        let questions = self.questions.iter().map(|question| question.again);
        questions.chain(own).min()
    }

    /// Time has passed.
    pub fn tick(&mut self, now: Time) {
        self.repeat_questions(now);
        self.settle(now);
    }

    /// What is to be sent.
    pub fn output(&mut self) -> Option<Sent> {
        self.out.pop_front()
    }

    /// Whether all is found out.
    pub fn is_done(&self) -> bool {
        matches!(self.stage, Stage::Done)
    }

    /// Goes on to what comes next, as soon as nothing of this stage is waited for.
    fn settle(&mut self, now: Time) {
        while self.questions.is_empty() {
            let next = match &mut self.stage {
                Stage::Server => Some(self.placed(now)),
                Stage::Hairpin(_) => self.call(now),
                Stage::Cone => Some(self.knocked(now)),
                Stage::Other => Some(self.watch(now)),
                Stage::Lifetime(_) => self.watched(now),
                Stage::Done => None,
            };
            let Some(next) = next else { return };
            self.stage = next;
        }
    }

    /// The server has told where we are, or is silent.
    fn placed(&mut self, now: Time) -> Stage {
        let Some(own) = self.origins.get(&(COMPARED, Side::Primary)) else {
            self.refused.get_or_insert(Why::PrimarySilent);
            return Stage::Done;
        };
        // The answers to come take as long as the one that came, and a little.
        if let Some(rtt) = self.rtt {
            self.patience = (rtt * 4).clamp(LEAST, self.ask.patience);
        }
        if self.doors.get(COMPARED) == Some(own) {
            return Stage::Done;
        }
        let called = self.origins.get(&(CALLED, Side::Primary));
        match called {
            Some(called) => Stage::Hairpin(Hairpin::new(now, *own, *called, self.chance.nonce())),
            None => self.ask_strangers(now),
        }
    }

    fn ask_strangers(&mut self, now: Time) -> Stage {
        self.put_question(now, OPEN, Side::Primary, true);
        Stage::Cone
    }

    /// Strangers have knocked. Now they are called.
    fn knocked(&mut self, now: Time) -> Stage {
        for door in [COMPARED, OPEN] {
            if self.ask.server.secondary.is_some() {
                self.put_question(now, door, Side::Secondary, false);
            }
        }
        Stage::Other
    }

    fn send(&mut self, door: usize, to: SocketAddrV4, bytes: Vec<u8>) {
        self.out.push_back(Sent { door, to, bytes });
    }

    fn place_of(&self, side: Side) -> Option<SocketAddrV4> {
        let address = match side {
            Side::Primary => Some(self.ask.server.primary),
            Side::Secondary => self.ask.server.secondary,
        };
        address.map(|address| SocketAddrV4::new(address, PORT))
    }
}

/// No answer is waited for shorter: a busy machine is not a closed NAT.
const LEAST: Duration = Duration::from_millis(500);
