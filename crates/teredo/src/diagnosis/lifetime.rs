//! How long a mapping lives in silence (RFC 4380 section 5.2.7), many silences at once: each has a socket
//! of its own, and after its time a bubble is sent there by way of the server. Nothing of ours goes out
//! of that socket meanwhile.

use std::collections::VecDeque;
use std::net::SocketAddrV4;
use std::time::Duration;

use sixward_net::Teredo;

use super::{COMPARED, Diagnosis, FIRST_WATCHED, Lifetime, Stage};
use crate::packet::{self, Bubble, Packet, Trailers};
use crate::reject::Reject;
use crate::server::Side;
use crate::time::Time;

/// Silences, in equal steps up to the longest.
pub(super) const STEPS: u8 = 8;
const CALLS: u8 = 3;

#[derive(Debug)]
pub(super) struct Watch {
    /// When the last mapping was made; none while they are being made.
    begun: Option<Time>,
    /// Which socket is called after which silence.
    left: VecDeque<(usize, Duration)>,
    /// The one that is being called: first when, then next when, and how often.
    calling: Option<(Time, Time, u8)>,
    nonce: [u8; 4],
    /// Where the calling socket is now: its own mapping may have died as well.
    caller: Option<SocketAddrV4>,
    /// The socket that heard its call.
    heard: Option<usize>,
    lived: Duration,
}

impl Watch {
    pub(super) fn due(&self) -> Option<Time> {
        let (_, silence) = self.left.front()?;
        match self.calling {
            Some((_, next, _)) => Some(next),
            None => self.begun.map(|begun| begun + *silence),
        }
    }

    pub(super) fn take(&mut self, door: usize, packet: &Packet<'_>) -> Result<(), Reject> {
        let nonce = Trailers::read(packet.trailers)?.nonce;
        if nonce.is_some_and(|nonce| packet::same(&nonce, &self.nonce)) {
            self.heard = Some(door);
        }
        Ok(())
    }

    pub(super) fn caller_at(&mut self, place: SocketAddrV4) {
        self.caller = Some(place);
    }
}

impl Diagnosis {
    /// Makes a mapping for each silence, if that is wanted.
    pub(super) fn watch(&mut self, now: Time) -> Stage {
        let Some(most) = self.ask.lifetime else {
            return Stage::Done;
        };
        let mut left = VecDeque::new();
        for step in 0..STEPS {
            let door = FIRST_WATCHED.saturating_add(usize::from(step));
            let part = u32::from(step).saturating_add(1);
            left.push_back((door, most * part / u32::from(STEPS)));
            self.put_question(now, door, Side::Primary, false);
        }
        Stage::Lifetime(Watch {
            begun: None,
            left,
            calling: None,
            nonce: self.chance.nonce(),
            caller: None,
            heard: None,
            lived: Duration::ZERO,
        })
    }

    /// What is next: a call, or the end.
    pub(super) fn watched(&mut self, now: Time) -> Option<Stage> {
        let Stage::Lifetime(watch) = &mut self.stage else {
            return None;
        };
        let begun = *watch.begun.get_or_insert(now);
        let Some(&(door, silence)) = watch.left.front() else {
            return Some(self.lived(None));
        };
        let asked = self.origins.get(&(door, Side::Primary)).copied();
        if watch.heard == Some(door) || asked.is_none() {
            if let Some((first, _, _)) = watch.calling.take() {
                watch.lived = first.since(begun);
            }
            watch.left.pop_front();
            return self.watched(now);
        }
        match watch.calling {
            Some((_, next, _)) if next > now => None,
            Some((first, _, CALLS..)) => {
                let silent = first.since(begun);
                Some(self.lived(Some(silent)))
            }
            // The server is silent, and of the mapping nothing is known.
            Some(_) if watch.caller.is_none() => Some(Stage::Done),
            Some((first, _, calls)) => {
                watch.calling = Some((first, now + self.patience, calls.saturating_add(1)));
                self.call_by_server(door);
                None
            }
            None if begun + silence > now => None,
            None => {
                watch.calling = Some((now, now, 0));
                watch.caller = None;
                self.put_question(now, COMPARED, Side::Primary, false);
                None
            }
        }
    }

    fn call_by_server(&mut self, door: usize) {
        let Stage::Lifetime(watch) = &self.stage else {
            return;
        };
        let nonce = watch.nonce;
        let to = self.origins.get(&(door, Side::Primary)).copied();
        let Some((from, to)) = watch.caller.zip(to) else {
            return;
        };
        let server = self.ask.server.primary;
        let [source, destination] = [from, to].map(|client| {
            let teredo = Teredo {
                server,
                flags: 0,
                client,
            };
            teredo.address()
        });
        let bytes = packet::bubble(&Bubble {
            source,
            destination,
            trailers: Trailers {
                nonce: Some(nonce),
                ..Trailers::default()
            },
        });
        if let Some(to) = self.place_of(Side::Primary) {
            self.send(COMPARED, to, bytes);
        }
    }

    fn lived(&mut self, dead: Option<Duration>) -> Stage {
        if let Stage::Lifetime(watch) = &self.stage {
            self.lifetime = Some(Lifetime {
                at_least: watch.lived,
                below: dead,
            });
        }
        Stage::Done
    }
}
