//! How large an estate is, and whether one of that size can exist.

use std::io;
use std::ops::Range;

/// Totals over the whole estate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scale {
    /// Networks.
    pub vpcs: u32,
    /// Subnets of all networks.
    pub subnets: u32,
    /// Security groups of all networks, the default group of each included.
    pub groups: u32,
    /// Network interfaces of all kinds, those of managed services included.
    pub interfaces: u32,
}

impl Scale {
    /// An estate of usual proportions: a thousand interfaces, 20 subnets and 50 groups in
    /// each network.
    pub fn interfaces(interfaces: u32) -> Self {
        let vpcs = interfaces.div_ceil(1_000).max(1);
        Self {
            vpcs,
            subnets: vpcs * 20,
            groups: vpcs * 50,
            interfaces,
        }
    }

    /// Every network needs two subnets in each of three zones, a few groups, and room for
    /// the interfaces that its gateways and services bring.
    pub(crate) fn check(self) -> io::Result<Self> {
        if self.vpcs == 0 {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "an estate has a network",
            ));
        }
        let least = |total: u32, each: u32, what: &str| {
            if u64::from(total) >= u64::from(self.vpcs) * u64::from(each) {
                return Ok(());
            }
            let message = format!(
                "{total} {what} for {} networks: at least {each} each",
                self.vpcs
            );
            Err(io::Error::new(io::ErrorKind::InvalidInput, message))
        };
        least(self.subnets, 6, "subnets")?;
        least(self.groups, 4, "security groups")?;
        least(self.interfaces, 20, "interfaces")?;
        Ok(self)
    }
}

/// The numbers that fall to one of `parts` when `total` things are dealt out evenly.
pub(crate) fn share(total: u32, parts: u32, part: u32) -> Range<u32> {
    let cut = |part: u32| {
        let cut = u64::from(total) * u64::from(part) / u64::from(parts.max(1));
        u32::try_from(cut).unwrap_or(total)
    };
    cut(part)..cut(part + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proportions_are_those_of_the_goal() {
        let goal = Scale {
            vpcs: 100,
            subnets: 2_000,
            groups: 5_000,
            interfaces: 100_000,
        };
        assert_eq!(Scale::interfaces(100_000), goal);
        assert_eq!(Scale::interfaces(1_000).vpcs, 1);
    }

    #[test]
    fn shares_leave_nothing_and_overlap_nowhere() {
        let shares: Vec<_> = (0..3).map(|part| share(10, 3, part)).collect();
        assert_eq!(shares, [0..3, 3..6, 6..10]);
    }

    #[test]
    fn an_impossible_estate_is_refused() {
        assert!(
            Scale {
                vpcs: 0,
                ..Scale::interfaces(100)
            }
            .check()
            .is_err()
        );
        let error = Scale {
            subnets: 5,
            ..Scale::interfaces(100)
        }
        .check()
        .unwrap_err();
        assert_eq!(
            error.to_string(),
            "5 subnets for 1 networks: at least 6 each"
        );
    }
}
