//! Public access locked for a whole region (AWS, VPC Block Public Access).

use sixward_estate::{
    Direction, Gateway, NetworkId, Place, PublicAccess, PublicAccessMode, Subnet, SubnetId,
};

use super::Cause;
use super::known::Known;
use super::walk::{Stop, Walk};

/// How a packet crosses the border to the internet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// By an address of its own.
    Plain,
    /// By a gateway that only what begins inside can use.
    Stateful,
}

impl<'a> Walk<'_, 'a> {
    /// Whether the lock of the network's place lets it cross.
    pub(super) fn lock(
        &mut self,
        gateway: &'a Gateway,
        network: &NetworkId,
        subnet: Option<&SubnetId>,
        way: Way,
        direction: Direction,
    ) -> Result<(), Stop> {
        let Some(lock) = self.lock_of(network)? else {
            return Ok(());
        };
        let exception = exception(lock, network, subnet);
        match exception.unwrap_or(lock.mode) {
            PublicAccessMode::Off => Ok(()),
            PublicAccessMode::BlockIngress if way == Way::Stateful => Ok(()),
            PublicAccessMode::BlockIngress
                if exception.is_some() && self.began_inside(direction) =>
            {
                // Whether an exclusion for egress opens the internet gateway too is not documented.
                self.doubt(gateway.subject())
            }
            _ => self.refuse(gateway.subject(), Cause::Locked),
        }
    }

    /// By a gateway in another subnet, which may be left out of the lock where the sender's is not: what
    /// holds then is not documented.
    pub(super) fn lock_behind(
        &mut self,
        gateway: &'a Gateway,
        from: &'a Subnet,
    ) -> Result<(), Stop> {
        let Some(lock) = self.lock_of(&from.network)? else {
            return Ok(());
        };
        let exception = exception(lock, &from.network, Some(&from.id));
        if exception.unwrap_or(lock.mode) == PublicAccessMode::BlockBidirectional {
            self.suppose(gateway.subject());
        }
        Ok(())
    }

    fn lock_of(&mut self, network: &NetworkId) -> Result<Option<&'a PublicAccess>, Stop> {
        let place = &self.network(network)?.place;
        let mut locks = self.atlas.estate.public_access.iter();
        Ok(locks.find(|lock| is_in(place, &lock.place)))
    }

    fn began_inside(&self, direction: Direction) -> bool {
        (direction == Direction::Egress) != self.is_answer
    }
}

fn exception(
    lock: &PublicAccess,
    network: &NetworkId,
    subnet: Option<&SubnetId>,
) -> Option<PublicAccessMode> {
    let mut subnets = lock.excluded_subnets.iter();
    let of_subnet = subnets.find(|(id, _)| Some(id) == subnet);
    let of_network = || lock.excluded_networks.iter().find(|(id, _)| id == network);
    let of_subnet = of_subnet.map(|(_, mode)| *mode);
    let mode = of_subnet.or_else(|| of_network().map(|(_, mode)| *mode))?;
    // An exclusion for egress "only applies when BPA is set to Bidirectional".
    let counts = mode == PublicAccessMode::Off || lock.mode == PublicAccessMode::BlockBidirectional;
    counts.then_some(mode)
}

/// Whether a network stands where a lock holds; an input may not say the account or the region.
fn is_in(place: &Place, lock: &Place) -> bool {
    let same = |one: &str, other: &str| one.is_empty() || other.is_empty() || one == other;
    place.provider == lock.provider
        && same(&place.account, &lock.account)
        && same(&place.region, &lock.region)
}
