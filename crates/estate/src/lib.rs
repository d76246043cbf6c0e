//! The estate: what is there, in words that no provider owns.
//!
//! Provider words stop at `ingest`, `emit` and `drivers`; here a VPC and a `VNet` are both a
//! [`Network`]. A broken estate still loads: ids may dangle, and whoever follows one says so in a
//! [`Finding`]. Everything is ordered, so that the same estate is always the same bytes.
//!
//! Each noun has one file, and every other crate uses the same file name for its part of it.

mod balancer;
mod digest;
mod endpoint;
mod estate;
mod finding;
mod firewall;
mod gateway;
mod host;
mod id;
mod index;
pub mod intent;
mod interface;
mod link;
mod network;
mod place;
mod route;
mod service;
mod snapshot;
mod subnet;
mod table;
mod tunnel;

pub use balancer::{Balancer, BalancerKind, Exposure, Listener, Target, TargetGroup, TargetKind};
pub use endpoint::{Endpoint, EndpointKind};
pub use estate::{Estate, Gap};
pub use finding::{Code, Finding, Severity, Subject};
pub use firewall::{Action, Direction, Firewall, FirewallKind, PrefixList, Remote, Rule};
pub use gateway::{Gateway, GatewayKind, NatAddress, PublicAddress};
pub use host::{Host, HostState, MachineType, RootDevice, Virtualization};
pub use id::{
    AddressId, BalancerId, EndpointId, FirewallId, GatewayId, HostId, InterfaceId, LinkId,
    MachineTypeName, NetworkId, PrefixListId, RouteTableId, ServiceId, SubnetId, TargetGroupId,
    TransitId, TransitTableId, TunnelId,
};
pub use index::Index;
pub use interface::{Interface, InterfaceOwner, Private4};
pub use link::{
    Attachment, Link, LinkKind, PeerSide, Transit, TransitRoute, TransitTable, TransitTarget,
};
pub use network::{Block6, BlockSource, Network, PublicAccess, PublicAccessMode};
pub use place::{Place, Provider};
pub use route::{Destination, Route, RouteOrigin, RouteState, RouteTable, RouteTarget};
pub use service::{FamilyMode, Service};
pub use snapshot::{Snapshot, SnapshotError, read_snapshot, write_snapshot, write_snapshot_to};
pub use subnet::Subnet;
pub use table::{Item, Table};
pub use tunnel::{Mouth, Tunnel};

pub use smol_str::SmolStr;
