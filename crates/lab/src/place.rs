//! Where a lab's nodes are, for whoever wants to look round.

use std::io;
use std::os::fd::{AsFd, AsRawFd};
use std::process::{self, Child, Command, ExitStatus, Output};
use std::sync::Arc;

use nix::sched::{CloneFlags, unshare};

use crate::client::room;
use crate::kernel::{Lab, LabError, Namespace};
use crate::layout::NodeId;

/// Where a node of a lab is found from outside, while it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The node.
    pub node: NodeId,
    /// A command that goes there.
    pub command: String,
}

impl Lab {
    /// Where each node is, for whoever wants to look round.
    pub fn places(&self) -> Vec<Place> {
        let pid = process::id();
        let place = |(node, space): (NodeId, Arc<Namespace>)| Place {
            node,
            command: format!(
                "nsenter -t {pid} -U --preserve-credentials --net=/proc/{pid}/fd/{}",
                space.as_fd().as_raw_fd()
            ),
        };
        self.spaces().into_iter().map(place).collect()
    }

    /// Runs a command at a node, in a room of its own: its `/etc` and `/run` are empty but for what a resolver
    /// reads, nothing that it writes there is seen outside, and when it ends so does all that it began. For programs
    /// that set up a machine.
    pub fn run_apart(&self, node: &NodeId, command: &mut Command) -> Result<Output, LabError> {
        let begun = room::within(|| {
            // Who is the first in a process namespace takes all others along.
            unshare(CloneFlags::CLONE_NEWPID)?;
            let begun = self.inside(node, || command.spawn());
            begun.map_err(io::Error::other)
        });
        let waited = begun.and_then(Child::wait_with_output);
        waited.map_err(|source| LabError::Space {
            at: node.to_string(),
            source,
        })
    }

    /// Runs a command at a node, with this process's input and output, until it ends.
    pub fn run(&self, node: &NodeId, command: &mut Command) -> Result<ExitStatus, LabError> {
        // A child is where the thread is that began it.
        let child = self.inside(node, || command.spawn())?;
        let waited = { child }.wait();
        waited.map_err(|source| LabError::Space {
            at: node.to_string(),
            source,
        })
    }
}
