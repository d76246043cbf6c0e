//! What the packet thread needs of a state machine: the client and the relay are one to it.

use sixward_teredo::{Arrival, Client, Inbound, Outbound, Output, Relay, Time};

use crate::status;

pub(crate) trait Machine: Send + 'static {
    fn inbound(&mut self, now: Time, arrival: Arrival, datagram: &mut [u8]) -> Inbound;
    fn outbound(&mut self, now: Time, packet: &[u8]) -> Outbound;
    fn due(&self) -> Option<Time>;
    fn tick(&mut self, now: Time);
    fn output(&mut self) -> Option<Output>;
    fn status(&self, now: Time) -> serde_json::Value;
}

impl Machine for Client {
    fn inbound(&mut self, now: Time, arrival: Arrival, datagram: &mut [u8]) -> Inbound {
        self.from_udp(now, arrival, datagram)
    }

    fn outbound(&mut self, now: Time, packet: &[u8]) -> Outbound {
        self.from_tun(now, packet)
    }

    fn due(&self) -> Option<Time> {
        Client::due(self)
    }

    fn tick(&mut self, now: Time) {
        Client::tick(self, now);
    }

    fn output(&mut self) -> Option<Output> {
        Client::output(self)
    }

    fn status(&self, now: Time) -> serde_json::Value {
        status::of_client(self, now)
    }
}

impl Machine for Relay {
    fn inbound(&mut self, now: Time, arrival: Arrival, datagram: &mut [u8]) -> Inbound {
        self.from_udp(now, arrival, datagram)
    }

    fn outbound(&mut self, now: Time, packet: &[u8]) -> Outbound {
        self.from_tun(now, packet)
    }

    fn due(&self) -> Option<Time> {
        Relay::due(self)
    }

    fn tick(&mut self, now: Time) {
        Relay::tick(self, now);
    }

    fn output(&mut self) -> Option<Output> {
        Relay::output(self)
    }

    fn status(&self, _: Time) -> serde_json::Value {
        status::of_relay(self)
    }
}
