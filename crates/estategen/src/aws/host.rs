//! Instances. By far the largest file of a real dump, and mostly of fields that a planner
//! skips, so they are all there.

use std::io;

use serde_json::{Value, json};

use super::folder::Folder;
use super::interface::{attachment, facts, groups};
use super::{dns_name, moment, public_dns_name, tags};
use crate::model::{Interface, Model, OWNER, Role, Server, Vpc};

pub(super) fn write(folder: &mut Folder, model: &Model) -> io::Result<()> {
    let reservations = model.vpcs.iter().flat_map(|vpc| {
        let after = vpc.interfaces.iter().skip(1).map(Some).chain([None]);
        vpc.interfaces
            .iter()
            .zip(after)
            .filter_map(|(first, after)| reservation(model, vpc, first, after))
    });
    folder.list("ec2-describe-instances", "Reservations", reservations)
}

fn reservation(
    model: &Model,
    vpc: &Vpc,
    first: &Interface,
    after: Option<&Interface>,
) -> Option<Value> {
    let Role::Server(server) = first.role else {
        return None;
    };
    let second = after.filter(|after| matches!(after.role, Role::Second));
    Some(json!({
        "Groups": [],
        "Instances": [instance(model, vpc, server, first, second)],
        "OwnerId": OWNER,
        "ReservationId": model.ids.of("r", first.number),
    }))
}

fn instance(
    model: &Model,
    vpc: &Vpc,
    server: Server,
    first: &Interface,
    second: Option<&Interface>,
) -> Value {
    let cards = [Some(first), second].into_iter().flatten();
    let mut instance = hardware(model, server, first);
    let network = json!({
        "NetworkInterfaces": cards.map(|card| inner_interface(model, vpc, card)).collect::<Vec<_>>(),
        "Placement": {
            "AvailabilityZone": vpc.subnets[first.subnet].zone.name(),
            "GroupName": "",
            "Tenancy": "default",
        },
        "PrivateDnsName": dns_name(first.address),
        "PrivateDnsNameOptions": {
            "EnableResourceNameDnsAAAARecord": false,
            "EnableResourceNameDnsARecord": false,
            "HostnameType": "ip-name",
        },
        "PrivateIpAddress": first.address,
        "PublicDnsName": first.public.map(|public| public_dns_name(public.address)).unwrap_or_default(),
        "SecurityGroups": groups(vpc, first),
        "SourceDestCheck": true,
        "SubnetId": vpc.subnets[first.subnet].id,
        "Tags": tags(&format!("{}-{}", vpc.name, first.number), first.number),
        "VpcId": vpc.id,
    });
    if let (Value::Object(instance), Value::Object(network)) = (&mut instance, network) {
        instance.extend(network);
    }
    if let Some(public) = first.public {
        instance["PublicIpAddress"] = json!(public.address);
    }
    instance
}

/// What has nothing to do with the network, but decides whether IPv6 is possible.
fn hardware(model: &Model, server: Server, first: &Interface) -> Value {
    let nitro = server.kind.starts_with("t3") || server.kind.contains('5');
    let stopped = (80, "stopped", "User initiated (2024-06-01 08:00:00 GMT)");
    let (code, state, reason) = if server.running {
        (16, "running", "")
    } else {
        stopped
    };
    json!({
        "AmiLaunchIndex": 0,
        "Architecture": "x86_64",
        "BlockDeviceMappings": disks(model, server, first),
        "CapacityReservationSpecification": {"CapacityReservationPreference": "open"},
        "ClientToken": model.ids.digits("token", first.number),
        "CpuOptions": {"CoreCount": 1, "ThreadsPerCore": 2},
        "CurrentInstanceBootMode": "legacy-bios",
        "EbsOptimized": nitro,
        "EnaSupport": nitro,
        "EnclaveOptions": {"Enabled": false},
        "HibernationOptions": {"Configured": false},
        "Hypervisor": "xen",
        "ImageId": model.ids.of("ami", first.number % 12),
        "InstanceId": model.ids.of("i", first.number),
        "InstanceType": server.kind,
        "KeyName": "operations",
        "LaunchTime": moment(first.number),
        "MaintenanceOptions": {"AutoRecovery": "default"},
        "MetadataOptions": {
            "HttpEndpoint": "enabled",
            "HttpProtocolIpv6": "disabled",
            "HttpPutResponseHopLimit": 2,
            "HttpTokens": "required",
            "InstanceMetadataTags": "disabled",
            "State": "applied",
        },
        "Monitoring": {"State": "disabled"},
        "PlatformDetails": "Linux/UNIX",
        "ProductCodes": [],
        "RootDeviceName": ROOT,
        "RootDeviceType": if server.instance_store { "instance-store" } else { "ebs" },
        "State": {"Code": code, "Name": state},
        "StateTransitionReason": reason,
        "UsageOperation": "RunInstances",
        "UsageOperationUpdateTime": moment(first.number),
        "VirtualizationType": if server.paravirtual { "paravirtual" } else { "hvm" },
    })
}

const ROOT: &str = "/dev/xvda";

/// An instance store is not listed.
fn disks(model: &Model, server: Server, first: &Interface) -> Value {
    if server.instance_store {
        return json!([]);
    }
    json!([{
        "DeviceName": ROOT,
        "Ebs": {
            "AttachTime": moment(first.number),
            "DeleteOnTermination": true,
            "Status": "attached",
            "VolumeId": model.ids.of("vol", first.number),
        },
    }])
}

fn inner_interface(model: &Model, vpc: &Vpc, card: &Interface) -> Value {
    let mut value = facts(model, vpc, card);
    value["Attachment"] = attachment(model, card);
    value
}
