//! Instances, and the images, types and scaling groups that say more of them.

use std::collections::BTreeMap;

use serde::Deserialize;
use sixward_estate::{
    Host, HostId, HostState, MachineType, MachineTypeName, NetworkId, RootDevice, SmolStr,
    Virtualization,
};

use super::file::Raw;
use super::interface::RawInterface;
use super::merge::Trouble;
use super::place;
use super::stock::{Intake, Stock};
use super::value::{List, Maybe, Number, State, Tag, Text, name, tag};
use crate::report::Report;
use crate::subject::found;

#[derive(Debug, Default, Deserialize)]
#[serde(
    default,
    rename_all = "PascalCase",
    expecting = "a reservation",
    bound(deserialize = "'de: 'a")
)]
pub(super) struct RawReservation<'a> {
    instances: List<RawInstance<'a>>,
}

/// An instance as the API describes it.
#[derive(Debug, Default, Deserialize)]
#[serde(
    default,
    rename_all = "PascalCase",
    expecting = "an instance",
    bound(deserialize = "'de: 'a")
)]
pub(super) struct RawInstance<'a> {
    instance_id: Text<'a>,
    vpc_id: Text<'a>,
    instance_type: Text<'a>,
    virtualization_type: Text<'a>,
    root_device_type: Text<'a>,
    state: State<'a>,
    image_id: Text<'a>,
    platform: Text<'a>,
    platform_details: Text<'a>,
    network_interfaces: List<RawInterface<'a>>,
    tags: List<Tag<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(
    default,
    rename_all = "PascalCase",
    expecting = "an image",
    bound(deserialize = "'de: 'a")
)]
pub(super) struct RawImage<'a> {
    image_id: Text<'a>,
    virtualization_type: Text<'a>,
    root_device_type: Text<'a>,
    block_device_mappings: List<RawDisk<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(
    default,
    rename_all = "PascalCase",
    expecting = "a disk",
    bound(deserialize = "'de: 'a")
)]
struct RawDisk<'a> {
    virtual_name: Text<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(
    default,
    rename_all = "PascalCase",
    expecting = "a scaling group",
    bound(deserialize = "'de: 'a")
)]
pub(super) struct RawScalingGroup<'a> {
    auto_scaling_group_name: Text<'a>,
    instances: List<RawMember<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(
    default,
    rename_all = "PascalCase",
    expecting = "an instance",
    bound(deserialize = "'de: 'a")
)]
struct RawMember<'a> {
    instance_id: Text<'a>,
}

/// An instance type as the API describes it.
#[derive(Debug, Default, Deserialize)]
#[serde(
    default,
    rename_all = "PascalCase",
    expecting = "an instance type",
    bound(deserialize = "'de: 'a")
)]
pub(super) struct RawMachineType<'a> {
    instance_type: Text<'a>,
    instance_storage_supported: Option<bool>,
    network_info: Maybe<RawNetworkInfo>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase", expecting = "network info")]
struct RawNetworkInfo {
    ipv6_supported: Option<bool>,
    ipv6_addresses_per_interface: Number,
}

/// An instance; its network may be known by its interface only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FoundHost {
    host: Host,
}

/// What an image says of its instances.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FoundImage {
    id: SmolStr,
    virtualization: Virtualization,
    root_device: RootDevice,
    ephemeral_disk: bool,
}

found! { FoundHost { host: Host } }
found! { FoundImage { id } as "image" }

impl<'de> Raw<'de> for RawReservation<'de> {
    fn take(self, intake: &mut Intake) {
        for instance in self.instances {
            instance.take(intake);
        }
    }
}

impl<'de> Raw<'de> for RawInstance<'de> {
    fn take(mut self, intake: &mut Intake) {
        let running = match &*self.state {
            "terminated" | "shutting-down" => return,
            state => !matches!(state, "stopped" | "stopping"),
        };
        if self.instance_id.is_empty() || self.vpc_id.is_empty() {
            return intake.incomplete("instances");
        }
        let id = HostId::new(self.instance_id.small());
        for interface in std::mem::take(&mut self.network_interfaces) {
            interface.take_of_host(&id, intake);
        }
        let platform = self.platform_details.given().or(self.platform.given());
        let host = Host {
            id,
            name: name(&self.tags),
            network: NetworkId::new(self.vpc_id.small()),
            machine_type: MachineTypeName::new(self.instance_type.small()),
            virtualization: virtualization(&self.virtualization_type),
            root_device: root_device(&self.root_device_type),
            state: if running {
                HostState::Running
            } else {
                HostState::Stopped
            },
            image: self.image_id.small(),
            platform: SmolStr::new(platform.unwrap_or_default()),
            scaling_group: tag(&self.tags, "aws:autoscaling:groupName"),
            ephemeral_disk: false,
        };
        intake
            .stock
            .hosts
            .insert(&intake.source, FoundHost { host }, Trouble::default());
    }
}

fn virtualization(text: &str) -> Virtualization {
    match text {
        "hvm" => Virtualization::Hvm,
        "paravirtual" => Virtualization::Paravirtual,
        _ => Virtualization::Unknown,
    }
}

fn root_device(text: &str) -> RootDevice {
    match text {
        "ebs" => RootDevice::Volume,
        "instance-store" => RootDevice::InstanceStore,
        _ => RootDevice::Unknown,
    }
}

impl<'de> Raw<'de> for RawImage<'de> {
    fn take(self, intake: &mut Intake) {
        if self.image_id.is_empty() {
            return intake.incomplete("images");
        }
        let mut disks = self.block_device_mappings.iter();
        let image = FoundImage {
            id: self.image_id.small(),
            virtualization: virtualization(&self.virtualization_type),
            root_device: root_device(&self.root_device_type),
            ephemeral_disk: disks.any(|disk| disk.virtual_name.starts_with("ephemeral")),
        };
        intake
            .stock
            .images
            .insert(&intake.source, image, Trouble::default());
    }
}

impl<'de> Raw<'de> for RawScalingGroup<'de> {
    fn take(self, intake: &mut Intake) {
        for id in self
            .instances
            .iter()
            .filter_map(|member| member.instance_id.given())
        {
            let group = self.auto_scaling_group_name.small();
            intake.stock.scales(HostId::new(id), group);
        }
    }
}

impl<'de> Raw<'de> for RawMachineType<'de> {
    fn take(self, intake: &mut Intake) {
        // Without network info nothing is known of IPv6.
        let Some(v6) = self.network_info.ipv6_supported else {
            return intake.incomplete("instance types");
        };
        let addresses = self.network_info.ipv6_addresses_per_interface.0;
        let kind = MachineType {
            id: MachineTypeName::new(self.instance_type.small()),
            place: place::place("", ""),
            v6,
            addresses6_per_interface: addresses.and_then(|n| u16::try_from(n).ok()).unwrap_or(0),
            instance_store: self.instance_storage_supported == Some(true),
        };
        intake
            .stock
            .machine_types
            .insert(&intake.source, kind, Trouble::default());
    }
}

/// The hosts, with what images and scaling groups say of them.
pub(super) fn build(stock: &mut Stock, report: &mut Report) -> Vec<Host> {
    let images = std::mem::take(&mut stock.images).settle(report, |_, _| {});
    let images: BTreeMap<&str, &FoundImage> = images
        .iter()
        .map(|image| (image.id.as_str(), image))
        .collect();
    let hosts = std::mem::take(&mut stock.hosts).settle(report, |_, _| {});
    let hosts = hosts.into_iter().map(|FoundHost { mut host }| {
        if host.scaling_group.is_empty() {
            host.scaling_group = stock.scaling.get(&host.id).cloned().unwrap_or_default();
        }
        if let Some(image) = images.get(host.image.as_str()) {
            image.complete(&mut host);
        }
        host
    });
    hosts.collect()
}

impl FoundImage {
    fn complete(&self, host: &mut Host) {
        host.ephemeral_disk = self.ephemeral_disk;
        if host.virtualization == Virtualization::Unknown {
            host.virtualization = self.virtualization;
        }
        if host.root_device == RootDevice::Unknown {
            host.root_device = self.root_device;
        }
    }
}
