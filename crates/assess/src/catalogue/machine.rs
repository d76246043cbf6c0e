//! Machine types. Source: `data/machine-types.tsv`, `data/machine-families.toml`.

use std::collections::BTreeMap;

use serde::Deserialize;

const TYPES: &str = include_str!("../../data/machine-types.tsv");
const FAMILIES: &str = include_str!("../../data/machine-families.toml");

/// What is known of a machine type in an estate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Machine {
    /// It can have IPv6 addresses.
    pub v6: bool,
    /// How many on each interface.
    pub addresses6: u16,
    /// It has disks that a stop erases.
    pub instance_store: bool,
    /// What the table says of it; nothing when only the estate knows it.
    pub spec: Option<MachineSpec>,
}

/// A machine type as the table says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent facts, one column each"
)]
pub struct MachineSpec {
    /// Its name: `m4.large`.
    pub name: &'static str,
    /// It can have IPv6 addresses.
    pub v6: bool,
    /// How many on each interface.
    pub addresses6: u16,
    /// It has disks that a stop erases.
    pub instance_store: bool,
    /// `xen`, `nitro`, or `none` on bare metal.
    pub hypervisor: &'static str,
    /// It boots HVM images.
    pub hvm: bool,
    /// It boots paravirtual images.
    pub paravirtual: bool,
    /// Virtual processors.
    pub vcpus: u32,
    /// Memory in MiB.
    pub memory: u32,
    /// The provider counts it among the current generation.
    pub current: bool,
    /// Its processors' architectures, separated by commas: `i386,x86_64`.
    pub architectures: &'static str,
}

/// All machine types, sorted by name, and the families they go to.
#[derive(Debug, Clone)]
pub(super) struct Machines {
    specs: Vec<MachineSpec>,
    families: Families,
}

#[derive(Debug, Clone, Default, Deserialize)]
struct Families {
    paravirtual: String,
    family: BTreeMap<String, Successor>,
}

#[derive(Debug, Clone, Deserialize)]
struct Successor {
    to: String,
    #[expect(dead_code, reason = "for whoever reads the data")]
    why: String,
}

impl Machines {
    /// The built-in tables. A line that is not understood is left out; a test sees to it that
    /// there is none.
    pub(super) fn new() -> Self {
        let lines = TYPES.lines().filter(|line| !line.starts_with('#'));
        let mut specs: Vec<_> = lines.filter_map(parse).collect();
        specs.sort_unstable_by_key(|spec| spec.name);
        Self {
            specs,
            families: toml::from_str(FAMILIES).unwrap_or_default(),
        }
    }

    pub(super) fn get(&self, name: &str) -> Option<MachineSpec> {
        let at = self.specs.binary_search_by_key(&name, |spec| spec.name);
        at.ok().and_then(|at| self.specs.get(at)).copied()
    }

    pub(super) fn successor(&self, name: &str, paravirtual: bool) -> Option<MachineSpec> {
        let (family, size) = name.split_once('.')?;
        let to = if paravirtual {
            &self.families.paravirtual
        } else {
            &self.families.family.get(family)?.to
        };
        let old = self.get(name);
        let enough = |spec: &&MachineSpec| {
            old.is_none_or(|old| spec.vcpus >= old.vcpus && spec.memory >= old.memory)
        };
        let same_size = self.sizes(to).find(|spec| spec.size() == size);
        if let Some(spec) = same_size.filter(enough) {
            return Some(*spec);
        }
        // Of a type that the table does not know, nobody knows how big is big enough.
        old?;
        let bigger = self.sizes(to).filter(enough);
        bigger.min_by_key(|spec| (spec.vcpus, spec.memory)).copied()
    }

    /// The sizes of a family that can have IPv6.
    fn sizes<'a>(&'a self, family: &'a str) -> impl Iterator<Item = &'a MachineSpec> {
        self.specs
            .iter()
            .filter(move |spec| spec.v6 && spec.family() == family)
    }
}

impl MachineSpec {
    fn family(&self) -> &str {
        self.name
            .split_once('.')
            .map_or(self.name, |(family, _)| family)
    }

    fn size(&self) -> &str {
        self.name.split_once('.').map_or("", |(_, size)| size)
    }

    /// Whether images of this architecture run on it.
    pub fn runs(&self, architecture: &str) -> bool {
        self.architectures.split(',').any(|a| a == architecture)
    }
}

fn parse(line: &'static str) -> Option<MachineSpec> {
    let mut columns = line.split('\t');
    let mut next = || columns.next();
    let (name, v6, addresses6, store) = (next()?, next()?, next()?, next()?);
    let (hypervisor, kinds, vcpus, memory) = (next()?, next()?, next()?, next()?);
    let (current, architectures) = (next()?, next()?);
    let has = |kind| kinds.split(',').any(|k| k == kind);
    Some(MachineSpec {
        name,
        v6: v6 == "yes",
        addresses6: addresses6.parse().ok()?,
        instance_store: store == "yes",
        hypervisor,
        hvm: has("hvm"),
        paravirtual: has("paravirtual"),
        vcpus: vcpus.parse().ok()?,
        memory: memory.parse().ok()?,
        current: current == "yes",
        architectures,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_understood() {
        let machines = Machines::new();
        let lines = TYPES.lines().filter(|line| !line.starts_with('#')).count();
        assert_eq!(machines.specs.len(), lines);
        assert!(lines > 1000);
        assert_eq!(machines.families.paravirtual, "c3");
    }

    #[test]
    fn every_type_without_ipv6_has_a_successor_that_is_big_enough() {
        let machines = Machines::new();
        for old in machines.specs.iter().filter(|spec| !spec.v6) {
            for paravirtual in [false, true] {
                let new = machines.successor(old.name, paravirtual);
                // Paravirtual images with more memory than C3 has go nowhere.
                let Some(new) = new else {
                    assert!(paravirtual && old.memory > 61440, "{}", old.name);
                    continue;
                };
                assert!(new.v6 && new.vcpus >= old.vcpus && new.memory >= old.memory);
                assert!(!paravirtual || new.paravirtual, "{}", new.name);
            }
        }
    }

    #[test]
    fn successors_are_those_of_the_guide() {
        let machines = Machines::new();
        let to = |name, paravirtual| machines.successor(name, paravirtual).map(|spec| spec.name);
        assert_eq!(to("m3.large", false), Some("m4.large"));
        assert_eq!(to("m3.medium", false), Some("m4.large"), "no m4.medium");
        assert_eq!(
            to("c1.xlarge", false),
            Some("c4.2xlarge"),
            "c4.xlarge is smaller"
        );
        assert_eq!(to("t1.micro", false), Some("t2.micro"));
        assert_eq!(
            to("m3.large", true),
            Some("c3.xlarge"),
            "c3.large is smaller"
        );
        assert_eq!(to("m2.4xlarge", true), None, "C3 has too little memory");
        assert_eq!(to("hi1.4xlarge", false), Some("i3.4xlarge"));
        assert_eq!(to("cc2.4xlarge", false), Some("c4.4xlarge"));
        assert_eq!(to("g2.2xlarge", false), None, "GPU drivers differ");
    }
}
