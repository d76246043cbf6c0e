//! A lab's nodes for those who work in them: their namespaces, and their ports there.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use super::{Lab, LabError, Space};
use crate::layout::{End, NodeId};

impl Lab {
    /// A port's number and name in its namespace.
    pub(crate) fn device(&self, end: &End) -> Result<(u32, String), LabError> {
        let made = self.port(&end.node, &end.port)?;
        Ok((made.index, made.name.clone()))
    }

    /// Does something in a node's namespace.
    pub(crate) fn inside<T>(
        &self,
        id: &NodeId,
        work: impl FnOnce() -> io::Result<T>,
    ) -> Result<T, LabError> {
        let done = self.standing(id)?.space.within(&self.home, work);
        done.map_err(|source| LabError::Space {
            at: id.to_string(),
            source,
        })
    }

    /// The namespaces, for those who send packets from them.
    pub(crate) fn spaces(&self) -> BTreeMap<NodeId, Arc<Space>> {
        let nodes = self.nodes.iter();
        nodes
            .map(|(id, standing)| (id.clone(), Arc::clone(&standing.space)))
            .collect()
    }
}
