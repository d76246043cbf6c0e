//! Instance types.

use sixward_estate::{HostId, HostState, MachineTypeName};

use super::line::{Context, Line};
use super::shell::Noun;

pub(super) fn set_type(context: &Context<'_>, host: &HostId, to: &MachineTypeName) -> Line {
    let known = context.plan.before.hosts.get(host);
    // One that stood still is not started: the script may have been cut off, the owner may not.
    let state = match known.map(|host| host.state) {
        Some(HostState::Stopped) => "stopped",
        Some(HostState::Running) | None => "running",
    };
    let args = [host.to_string(), to.to_string(), state.to_owned()];
    Line::set(Noun::Host, "instance_type", args)
}
