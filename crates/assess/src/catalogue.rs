//! What providers' products can do: machine types, managed services, quotas.
//!
//! Facts are data, each file with its source and date at its head (`data/`). They are read once per
//! assessment. What the estate's own provider said (`describe-instance-types`) wins over the table.

mod machine;
mod quota;
mod service;

use sixward_estate::{Estate, MachineTypeName};

pub use machine::{Machine, MachineSpec};
pub use quota::{Quota, Quotas};
pub use service::{HowChanged, ServiceKind, ServiceKinds};

use machine::Machines;

/// All of it, ready to be asked.
#[derive(Debug, Clone)]
pub struct Catalogue {
    /// Kinds of managed services.
    pub services: ServiceKinds,
    /// Quotas.
    pub quotas: Quotas,
    machines: Machines,
}

impl Catalogue {
    /// The catalogue that is part of the program.
    pub fn new() -> Self {
        Self {
            services: ServiceKinds::new(),
            quotas: Quotas::new(),
            machines: Machines::new(),
        }
    }

    /// What a machine type can do; nothing when neither the estate nor the table knows it.
    pub fn machine(&self, estate: &Estate, name: &MachineTypeName) -> Option<Machine> {
        let spec = self.spec(name);
        match estate.machine_types.get(name) {
            Some(own) => Some(Machine {
                v6: own.v6,
                addresses6: own.addresses6_per_interface,
                instance_store: own.instance_store,
                spec,
            }),
            None => spec.map(|spec| Machine {
                v6: spec.v6,
                addresses6: spec.addresses6,
                instance_store: spec.instance_store,
                spec: Some(spec),
            }),
        }
    }

    /// What the table says of a machine type.
    pub fn spec(&self, name: &MachineTypeName) -> Option<MachineSpec> {
        self.machines.get(name.as_str())
    }

    /// The type that a host of this type changes to; nothing when none is known that is big enough.
    pub fn successor(&self, name: &MachineTypeName, paravirtual: bool) -> Option<MachineSpec> {
        self.machines.successor(name.as_str(), paravirtual)
    }
}

impl Default for Catalogue {
    fn default() -> Self {
        Self::new()
    }
}
