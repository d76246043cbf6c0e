//! The control thread's hold on the packet thread: orders, and a bell that wakes it.

use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::sync::mpsc::Sender;

use sixward_teredo::Time;

use crate::carrier::Order;

pub(crate) struct Helm<M> {
    orders: Sender<Order<M>>,
    bell: Arc<OwnedFd>,
}

impl<M> Clone for Helm<M> {
    fn clone(&self) -> Self {
        Self {
            orders: self.orders.clone(),
            bell: Arc::clone(&self.bell),
        }
    }
}

impl<M> Helm<M> {
    pub(crate) fn new(orders: Sender<Order<M>>, bell: OwnedFd) -> Self {
        let bell = Arc::new(bell);
        Self { orders, bell }
    }

    /// Has the packet thread do this to its machine.
    pub(crate) fn order(&self, order: impl FnOnce(&mut M, Time) + Send + 'static) {
        if self.orders.send(Box::new(order)).is_ok() {
            // The counter cannot be full: each read empties it.
            let _ = rustix::io::write(&self.bell, &1_u64.to_ne_bytes());
        }
    }
}
