//! Where something stands: provider, account, region.

use std::fmt;

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

/// Who runs the network, and so whose rules hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Provider {
    /// Amazon Web Services.
    Aws,
    /// Microsoft Azure.
    Azure,
    /// Anyone else: written down by hand in `estate.toml`.
    Other,
}

/// Provider, account and region.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Place {
    /// The provider.
    pub provider: Provider,
    /// AWS account, Azure subscription; empty when the input does not say.
    #[serde(default, skip_serializing_if = "SmolStr::is_empty")]
    pub account: SmolStr,
    /// Region; empty when the input does not say.
    #[serde(default, skip_serializing_if = "SmolStr::is_empty")]
    pub region: SmolStr,
}

impl fmt::Display for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Aws => "aws",
            Self::Azure => "azure",
            Self::Other => "other",
        })
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.provider)?;
        for part in [&self.account, &self.region] {
            if !part.is_empty() {
                write!(f, "/{part}")?;
            }
        }
        Ok(())
    }
}
