//! The estate as files, one for each `aws <service> describe-<things>` that an engineer
//! would run, with the fields that the real answers have. The printers follow the nouns of
//! the other crates: where is a route printed? In `route.rs`.

mod balancer;
mod database;
mod firewall;
mod folder;
mod gateway;
mod host;
mod interface;
mod link;
mod network;
mod route;
mod subnet;

use std::io;
use std::path::Path;

use serde_json::{Value, json};

use crate::model::{self, OWNER, REGION};
use crate::scale::Scale;
use folder::Folder;

/// What came to the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written {
    /// Files.
    pub files: u32,
    /// Bytes of all files.
    pub bytes: u64,
}

/// Writes an estate of that scale below `dir`, one folder for its region. The same scale
/// and seed give the same bytes.
pub fn write_aws(dir: &Path, scale: Scale, seed: u64) -> io::Result<Written> {
    let model = model::model(scale, seed)?;
    let mut folder = Folder::create(&dir.join(REGION))?;
    network::write(&mut folder, &model)?;
    subnet::write(&mut folder, &model)?;
    gateway::write(&mut folder, &model)?;
    route::write(&mut folder, &model)?;
    firewall::write(&mut folder, &model)?;
    interface::write(&mut folder, &model)?;
    host::write(&mut folder, &model)?;
    link::write(&mut folder, &model)?;
    balancer::write(&mut folder, &model)?;
    database::write(&mut folder, &model)?;
    Ok(folder.written())
}

/// Everything has a name and says who pays for it.
fn tags(name: &str, number: u32) -> Value {
    let team = ["network", "web", "data", "platform", "billing"][number as usize % 5];
    json!([
        {"Key": "Name", "Value": name},
        {"Key": "Environment", "Value": if number.is_multiple_of(3) { "production" } else { "staging" }},
        {"Key": "Team", "Value": team},
        {"Key": "CostCenter", "Value": format!("cc-{}", 1000 + number % 40)},
    ])
}

/// A time as the tool prints it, some time in 2024.
fn moment(number: u32) -> String {
    let (month, day) = (1 + number % 12, 1 + number / 12 % 28);
    let (hour, minute, second) = (number % 24, number * 7 % 60, number * 13 % 60);
    format!("2024-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}+00:00")
}

fn arn(service: &str, thing: &str) -> String {
    format!("arn:aws:{service}:{REGION}:{OWNER}:{thing}")
}

/// The internal name of an address; the public one likewise.
fn dns_name(address: std::net::Ipv4Addr) -> String {
    format!("ip-{}.ec2.internal", dashed(address))
}

fn public_dns_name(address: std::net::Ipv4Addr) -> String {
    format!("ec2-{}.compute-1.amazonaws.com", dashed(address))
}

fn dashed(address: std::net::Ipv4Addr) -> String {
    address.to_string().replace('.', "-")
}
