//! Kinds of managed services. Source: `data/services.toml`.

use std::collections::BTreeMap;

use serde::Deserialize;
use sixward_estate::SmolStr;

const KINDS: &str = include_str!("../../data/services.toml");

/// All kinds of managed services that are known.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(transparent)]
pub struct ServiceKinds(BTreeMap<SmolStr, ServiceKind>);

/// How one kind of managed service comes to IPv6.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceKind {
    /// What people call it.
    pub name: SmolStr,
    /// How it changes.
    pub change: HowChanged,
    /// The provider's field and its values.
    pub field: SmolStr,
    /// Every subnet it may use must have an IPv6 block first.
    #[serde(default, rename = "subnets", deserialize_with = "all")]
    pub all_subnets: bool,
    /// What must be so first; empty when nothing.
    #[serde(default)]
    pub needs: SmolStr,
    /// How a person does it; empty when setting the field is all.
    #[serde(default)]
    pub way: SmolStr,
    /// The oldest version of each engine that has IPv6.
    #[serde(default)]
    pub engines: BTreeMap<SmolStr, SmolStr>,
}

/// How a kind of service changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HowChanged {
    /// A field is set and can be set back.
    InPlace,
    /// It must be made anew.
    Rebuild,
    /// A field is set and can never be set back.
    OneWay,
    /// It follows what it stands on.
    None,
}

impl ServiceKinds {
    /// The built-in kinds; a test sees to it that they can be read.
    pub(super) fn new() -> Self {
        toml::from_str(KINDS).unwrap_or_default()
    }

    /// One kind.
    pub fn get(&self, kind: &str) -> Option<&ServiceKind> {
        self.0.get(kind)
    }
}

impl ServiceKind {
    /// The oldest version that has IPv6, when `engine` (`redis 5.0.6`) is older than that.
    pub fn too_old(&self, engine: &str) -> Option<&str> {
        let (name, version) = engine.split_once(' ')?;
        let oldest = self.engines.get(name)?;
        (numbers(version) < numbers(oldest)).then_some(oldest)
    }
}

/// `6.2` as `[6, 2]`, so that 6.10 is newer; `7.x` is 7.
fn numbers(version: &str) -> Vec<u32> {
    version
        .split('.')
        .map_while(|part| part.parse().ok())
        .collect()
}

fn all<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    String::deserialize(deserializer).map(|word| word == "all")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_read_and_those_that_dumps_have_are_among_them() {
        let kinds = toml::from_str::<ServiceKinds>(KINDS).unwrap();
        for kind in [
            "rds-instance",
            "rds-cluster",
            "elasticache-cluster",
            "elasticache-replication-group",
            "lambda",
            "redshift",
            "opensearch",
            "eks",
        ] {
            assert!(kinds.get(kind).is_some(), "{kind}");
        }
        for kind in kinds.0.values() {
            let rebuilt = kind.change == HowChanged::Rebuild;
            assert_eq!(rebuilt, !kind.way.is_empty(), "{}", kind.name);
        }
    }

    #[test]
    fn versions_are_numbers() {
        let kinds = ServiceKinds::new();
        let cache = kinds.get("elasticache-cluster").unwrap();
        assert_eq!(cache.too_old("redis 5.0.6"), Some("6.2"));
        assert_eq!(cache.too_old("redis 6.10"), None);
        assert_eq!(cache.too_old("memcached 1.5.16"), Some("1.6.6"));
        assert_eq!(cache.too_old("something 1"), None);
    }
}
