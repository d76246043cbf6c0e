//! Hosts, and the machine types that decide whether they can have IPv6 at all.

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::table::item;
use crate::{HostId, MachineTypeName, NetworkId, Place};

/// A machine with an operating system: AWS instance, Azure VM, a server in a rack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Host {
    /// Its id.
    pub id: HostId,
    /// Its name; empty when it has none.
    #[serde(default, skip_serializing_if = "SmolStr::is_empty")]
    pub name: SmolStr,
    /// The network of its first interface.
    pub network: NetworkId,
    /// Its machine type; empty where there is no such thing.
    #[serde(default = "no_type", skip_serializing_if = "is_no_type")]
    pub machine_type: MachineTypeName,
    /// How its image is virtualized.
    #[serde(default)]
    pub virtualization: Virtualization,
    /// What it boots from.
    #[serde(default)]
    pub root_device: RootDevice,
    /// Whether it runs.
    pub state: HostState,
    /// The image it was made from; empty when the input does not say.
    #[serde(default, skip_serializing_if = "SmolStr::is_empty")]
    pub image: SmolStr,
    /// Its platform in the provider's words: `Linux/UNIX`, `Windows`.
    #[serde(default, skip_serializing_if = "SmolStr::is_empty")]
    pub platform: SmolStr,
    /// The scaling group that makes and ends it; empty when there is none.
    #[serde(default, skip_serializing_if = "SmolStr::is_empty")]
    pub scaling_group: SmolStr,
    /// It has an instance-store volume for certain (its image maps one).
    #[serde(default, skip_serializing_if = "crate::subnet::is_false")]
    pub ephemeral_disk: bool,
}

/// How an image is virtualized.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Virtualization {
    /// Hardware virtual machine.
    Hvm,
    /// Paravirtual (Xen PV).
    Paravirtual,
    /// The input does not say.
    #[default]
    Unknown,
}

/// What a host boots from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RootDevice {
    /// A volume of its own, which survives a stop.
    Volume,
    /// The machine's own disk: the host cannot be stopped, only ended.
    InstanceStore,
    /// The input does not say.
    #[default]
    Unknown,
}

/// Whether a host runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HostState {
    /// Running or about to.
    Running,
    /// Stopped or about to.
    Stopped,
}

/// What a machine type can do, as the provider says it in this estate's own input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MachineType {
    /// Its name and so its id.
    pub id: MachineTypeName,
    /// Where it was asked for.
    pub place: Place,
    /// It can have IPv6 addresses.
    pub v6: bool,
    /// How many on each interface.
    pub addresses6_per_interface: u16,
    /// It has disks that a stop erases.
    #[serde(default, skip_serializing_if = "crate::subnet::is_false")]
    pub instance_store: bool,
}

item!(Host => HostId, MachineType => MachineTypeName);

fn no_type() -> MachineTypeName {
    MachineTypeName::new("")
}

fn is_no_type(name: &MachineTypeName) -> bool {
    name.as_str().is_empty()
}
