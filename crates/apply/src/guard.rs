//! Whoever looks at the live estate after each wave and says whether the promises still hold.

use sixward_estate::{Estate, SmolStr};
use sixward_plan::Step;

/// A judge of live estates and of what is still to be done.
pub trait Guard {
    /// Whether the promises hold on the estate as it is now, after a wave.
    fn holds(&mut self, wave: u32, live: &Estate) -> Result<(), SmolStr>;

    /// Whether they hold on every state that the steps that are left lead through, now that the
    /// provider has chosen. `live` is where they begin.
    fn will_hold(&mut self, live: &Estate, left: &[Step]) -> Result<(), SmolStr>;
}
