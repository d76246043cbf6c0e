//! The control thread's hold on the packet thread: orders, and a bell that wakes it.

use std::os::fd::OwnedFd;
use std::sync::mpsc::Sender;

use sixward_teredo::Time;

use crate::carrier::Order;

pub(crate) struct Helm<M> {
    pub(crate) orders: Sender<Order<M>>,
    pub(crate) bell: OwnedFd,
}

impl<M> Helm<M> {
    /// Has the packet thread do this to its machine.
    pub(crate) fn order(&self, order: impl FnOnce(&mut M, Time) + Send + 'static) {
        if self.orders.send(Box::new(order)).is_ok() {
            // The counter cannot be full: each read empties it.
            let _ = rustix::io::write(&self.bell, &1_u64.to_ne_bytes());
        }
    }
}
