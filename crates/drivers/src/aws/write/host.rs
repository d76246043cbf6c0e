//! Instance types: stop, change, start, from wherever an instance stands.
//!
//! EC2 user guide, "Change the instance type": only a stopped instance takes another one. What ran
//! before runs afterwards, also when the type is refused: nobody asked for a host that is down.

use sixward_apply::{Fault, FaultClass};
use sixward_estate::{Estate, HostId, HostState};

use super::act;
use crate::aws::client::Client;
use crate::aws::cloud::LOOKS;
use crate::aws::known;
use crate::aws::query::Call;

/// An instance as it is now.
struct Now {
    kind: String,
    state: String,
}

pub(super) async fn retype(
    client: &Client,
    host: &HostId,
    to: &str,
    before: &Estate,
) -> Result<(), Fault> {
    let now = look(client, host).await?;
    let known = before.hosts.get(host).map(|host| host.state);
    let ran = known.unwrap_or(now.host_state()) == HostState::Running;
    if now.kind == to {
        return if ran {
            start(client, host, now).await
        } else {
            Ok(())
        };
    }
    let now = stop(client, host, now).await?;
    let call = Call::new("ec2", "ModifyInstanceAttribute").with("InstanceId", host.as_str());
    let changed = act(client, &call.with("InstanceType.Value", to)).await;
    // After a lost answer it is looked first; after a refusal the old type runs on.
    let unknown = |fault: &Fault| fault.class == FaultClass::Unknown;
    if changed.as_ref().is_err_and(unknown) || !ran {
        return changed;
    }
    changed.and(start(client, host, now).await)
}

async fn stop(client: &Client, host: &HostId, mut now: Now) -> Result<Now, Fault> {
    if matches!(now.state.as_str(), "running" | "pending") {
        act(client, &about("StopInstances", host)).await?;
        now = look(client, host).await?;
    }
    stopped(client, host, now).await
}

/// An instance that is stopping can neither be changed nor started.
async fn stopped(client: &Client, host: &HostId, mut now: Now) -> Result<Now, Fault> {
    for attempt in 1..=LOOKS {
        if now.state == "stopped" {
            return Ok(now);
        }
        tokio::time::sleep(client.pace.pause(attempt)).await;
        now = look(client, host).await?;
    }
    let text = format!("{host} is {} and does not stop", now.state);
    Err(Fault::new(FaultClass::Busy, text))
}

async fn start(client: &Client, host: &HostId, now: Now) -> Result<(), Fault> {
    if matches!(now.state.as_str(), "running" | "pending") {
        return Ok(());
    }
    stopped(client, host, now).await?;
    act(client, &about("StartInstances", host)).await
}

fn about(operation: &'static str, host: &HostId) -> Call {
    Call::new("ec2", operation).with_list("InstanceId", &[host.as_str()])
}

async fn look(client: &Client, host: &HostId) -> Result<Now, Fault> {
    let call = Call::new("ec2", "DescribeInstances")
        .with("Filter.1.Name", "instance-id")
        .with_list("Filter.1.Value", &[host.as_str()]);
    let answer = client.call(&call, &()).await.map_err(known::after)?;
    let reservations = answer.items("Reservations").iter();
    let mut instances = reservations.flat_map(|it| it.items("Instances"));
    let now = instances.next().and_then(|it| {
        Some(Now {
            kind: it.text("InstanceType")?.to_owned(),
            state: it.get("State")?.text("Name")?.to_owned(),
        })
    });
    let gone = || Fault::new(FaultClass::Refused, format!("{host} is not there"));
    now.filter(|now| !matches!(now.state.as_str(), "terminated" | "shutting-down"))
        .ok_or_else(gone)
}

impl Now {
    fn host_state(&self) -> HostState {
        match self.state.as_str() {
            "running" | "pending" => HostState::Running,
            _ => HostState::Stopped,
        }
    }
}
