//! Whether a host can have IPv6 addresses, and what it costs it.
//!
//! A machine type without IPv6 must be changed, and for that the host must be stopped: it loses a
//! public IPv4 address that is not held, and what is on its instance store (Amazon VPC: Migrating to
//! IPv6, step 4). What is lost for good needs consent; what is not known is never guessed.

mod findings;
mod retype;

use std::net::Ipv4Addr;

use sixward_estate::{
    Code, Host, HostState, MachineTypeName, Provider, RootDevice, SmolStr, Virtualization,
};

use crate::catalogue::{Catalogue, Machine};
use crate::survey::Survey;

pub(crate) use findings::find;

/// What the host's machine type can do is not known.
pub const TYPE_NOT_KNOWN: Code = Code::new("host/type-not-known");
/// How the host's image is virtualized is not known.
pub const VIRTUALIZATION_NOT_KNOWN: Code = Code::new("host/virtualization-not-known");
/// What the host boots from is not known.
pub const ROOT_NOT_KNOWN: Code = Code::new("host/root-not-known");
/// A paravirtual image has no machine type to go to.
pub const PARAVIRTUAL: Code = Code::new("host/paravirtual");
/// No machine type is known that is big enough and has IPv6.
pub const NO_SUCCESSOR: Code = Code::new("host/no-successor");
/// The machine type that the intent chooses does not do.
pub const CHOSEN_TYPE: Code = Code::new("host/chosen-type");
/// The host boots from its instance store and cannot be stopped.
pub const INSTANCE_STORE_ROOT: Code = Code::new("host/instance-store-root");
/// A scaling group would undo a change of the host's machine type.
pub const IN_SCALING_GROUP: Code = Code::new("host/in-scaling-group");
/// A stop and start loses something for good.
pub const RESTART_LOSES: Code = Code::new("host/restart-loses");
/// The owner does not allow the stop and start.
pub const RESTART_REFUSED: Code = Code::new("host/restart-refused");
/// The host must be stopped and started; nothing is lost.
pub const RESTART: Code = Code::new("host/restart");
/// The host would have more addresses than its machine type allows.
pub const TOO_MANY_ADDRESSES: Code = Code::new("host/too-many-addresses");
/// Other interfaces than the first stay IPv4 only.
pub const SECONDARY_INTERFACES: Code = Code::new("host/secondary-interfaces");
/// The host's subnet stays IPv4 only, and so does the host.
pub const SUBNET_LEFT_OUT: Code = Code::new("host/subnet-left-out");
/// The host's first interface was not read.
pub const NO_INTERFACE: Code = Code::new("host/no-interface");

/// The answer that allows what a decision asks for.
pub const YES: &str = "yes";
/// The answer that refuses it.
pub const NO: &str = "no";

/// Whether a host can have IPv6 addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Readiness {
    /// Now.
    Ready,
    /// After a change of its machine type.
    Retype {
        /// The new type.
        to: MachineTypeName,
        /// What the stop and start destroys.
        loses: Vec<Loss>,
        /// Whose consent it has.
        consent: Consent,
    },
    /// Not before the decision of this key is answered.
    Waits(SmolStr),
    /// Not before a finding of this code is gone.
    Blocked(Code),
}

/// What a stop and start destroys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Loss {
    /// This public address, which is not held.
    PublicAddress(Ipv4Addr),
    /// What is on the disks of the machine itself.
    InstanceStore,
    /// It does not answer meanwhile.
    Downtime,
}

/// Whether a change is agreed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consent {
    /// Nothing is lost for good: none is asked for.
    NotNeeded,
    /// The owner said yes.
    Given,
}

/// Whether a host can have IPv6 addresses, and how.
pub fn readiness(survey: &Survey<'_>, catalogue: &Catalogue, host: &Host) -> Readiness {
    if host.machine_type.as_str().is_empty() {
        return Readiness::Ready;
    }
    let Some(machine) = catalogue.machine(survey.estate(), &host.machine_type) else {
        // The table is one provider's; elsewhere the type does not decide.
        return match survey.provider(&host.network) {
            Some(Provider::Azure | Provider::Other) => Readiness::Ready,
            Some(Provider::Aws) | None => Readiness::Blocked(TYPE_NOT_KNOWN),
        };
    };
    if machine.v6 {
        return Readiness::Ready;
    }
    match successor(survey, catalogue, host, machine) {
        Ok(to) => retype(survey, host, machine, to),
        Err(code) => Readiness::Blocked(code),
    }
}

/// Whether a host stays on a machine type that has no IPv6, or may have none.
pub fn stays_without_v6(survey: &Survey<'_>, catalogue: &Catalogue, host: &Host) -> bool {
    matches!(
        readiness(survey, catalogue, host),
        Readiness::Waits(_) | Readiness::Blocked(_)
    )
}

/// The key of the decision to stop and start a host.
pub fn restart_key(host: &Host) -> SmolStr {
    format!("restart:{}", host.id).into()
}

/// The type to change to, or what makes that impossible.
fn successor(
    survey: &Survey<'_>,
    catalogue: &Catalogue,
    host: &Host,
    machine: Machine,
) -> Result<MachineTypeName, Code> {
    if !host.scaling_group.is_empty() {
        return Err(IN_SCALING_GROUP);
    }
    match host.root_device {
        RootDevice::Volume => {}
        RootDevice::InstanceStore => return Err(INSTANCE_STORE_ROOT),
        RootDevice::Unknown => return Err(ROOT_NOT_KNOWN),
    }
    let only_hvm = machine.spec.is_some_and(|spec| !spec.paravirtual);
    let paravirtual = match host.virtualization {
        Virtualization::Hvm => false,
        Virtualization::Paravirtual => true,
        Virtualization::Unknown if only_hvm => false,
        Virtualization::Unknown => return Err(VIRTUALIZATION_NOT_KNOWN),
    };
    let chosen = survey.intent.hosts.get(&host.id);
    if let Some(chosen) = chosen.and_then(|special| special.machine_type.as_ref()) {
        return if does(survey, catalogue, chosen, paravirtual) {
            Ok(chosen.clone())
        } else {
            Err(CHOSEN_TYPE)
        };
    }
    match catalogue.successor(&host.machine_type, paravirtual) {
        Some(spec) => Ok(MachineTypeName::new(spec.name)),
        None if paravirtual => Err(PARAVIRTUAL),
        None => Err(NO_SUCCESSOR),
    }
}

/// Whether a type that the owner chose has IPv6 and boots the image.
fn does(
    survey: &Survey<'_>,
    catalogue: &Catalogue,
    chosen: &MachineTypeName,
    paravirtual: bool,
) -> bool {
    let machine = catalogue.machine(survey.estate(), chosen);
    machine.is_some_and(|machine| {
        let boots = machine.spec.is_none_or(|spec| {
            if paravirtual {
                spec.paravirtual
            } else {
                spec.hvm
            }
        });
        machine.v6 && boots
    })
}

fn retype(survey: &Survey<'_>, host: &Host, machine: Machine, to: MachineTypeName) -> Readiness {
    let loses = losses(survey, host, machine);
    let for_good = loses.iter().any(|loss| *loss != Loss::Downtime);
    let key = restart_key(host);
    let consent = match survey.intent.answer(&key) {
        _ if !for_good => Consent::NotNeeded,
        Some([word]) if word == YES => Consent::Given,
        Some([word]) if word == NO => return Readiness::Blocked(RESTART_REFUSED),
        _ => return Readiness::Waits(key),
    };
    Readiness::Retype { to, loses, consent }
}

/// What a stop and start destroys; nothing when the host is stopped already.
fn losses(survey: &Survey<'_>, host: &Host, machine: Machine) -> Vec<Loss> {
    if host.state == HostState::Stopped {
        return Vec::new();
    }
    let interfaces = survey.index.interfaces_of_host(&host.id).iter();
    let addresses = interfaces.flat_map(|interface| &interface.addresses4);
    let lost = addresses.filter(|address| !address.held);
    let mut losses: Vec<_> = lost
        .filter_map(|address| address.public)
        .map(Loss::PublicAddress)
        .collect();
    if host.ephemeral_disk || machine.instance_store {
        losses.push(Loss::InstanceStore);
    }
    losses.push(Loss::Downtime);
    losses
}
