//! Quotas. Source: `data/quotas.toml`.

use serde::Deserialize;
use sixward_estate::SmolStr;

const QUOTAS: &str = include_str!("../../data/quotas.toml");

/// The quotas that IPv6 can overrun.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Quotas {
    /// Rules of a group.
    pub group_rules: Quota,
    /// Rules of a list on subnets.
    pub list_rules: Quota,
    /// Routes of a table.
    pub table_routes: Quota,
}

/// How many there may be of something.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quota {
    /// How many, when nobody has asked for more.
    pub count: usize,
    /// How many at most, when somebody has.
    #[serde(default)]
    pub maximum: Option<usize>,
    /// What is counted.
    pub what: SmolStr,
    /// How it is counted.
    #[serde(default)]
    pub note: SmolStr,
}

impl Quotas {
    /// The built-in quotas; a test sees to it that they can be read.
    pub(super) fn new() -> Self {
        toml::from_str(QUOTAS).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotas_are_read() {
        let quotas = toml::from_str::<Quotas>(QUOTAS).unwrap();
        assert_eq!(quotas.group_rules.count, 60);
        assert_eq!(quotas.list_rules.maximum, Some(40));
    }
}
