//! The codes of ingest's findings. A code is never used for something else later.

use sixward_estate::Code;

/// A file is not an answer of a command that is known.
pub const UNKNOWN_FILE: Code = Code::new("input/unknown-file");
/// A file that was read holds keys that are not.
pub const UNKNOWN_KEY: Code = Code::new("input/unknown-key");
/// A file is empty.
pub const EMPTY_FILE: Code = Code::new("input/empty-file");
/// A listing ends before its end.
pub const TRUNCATED_LISTING: Code = Code::new("input/truncated-listing");
/// A listing does not say whose it is.
pub const UNNAMED_LISTING: Code = Code::new("input/unnamed-listing");
/// A listing is not there at all.
pub const MISSING_LISTING: Code = Code::new("input/missing-listing");
/// An item lacks what it needs to be one, and was left out.
pub const INCOMPLETE_ITEM: Code = Code::new("input/incomplete-item");
/// A value could not be read; the item is a gap.
pub const BAD_VALUE: Code = Code::new("input/bad-value");
/// A firewall rule could not be read; the firewall is a gap.
pub const BAD_RULE: Code = Code::new("input/bad-rule");
/// Something is there that is not modelled; it is a gap.
pub const NOT_MODELLED: Code = Code::new("input/not-modelled");
/// One id, several descriptions.
pub const CONFLICT: Code = Code::new("input/conflict");
/// Something is named and not there.
pub const DANGLING: Code = Code::new("input/dangling");
/// Two networks of one place share IPv4 addresses.
pub const OVERLAP: Code = Code::new("network/overlapping-blocks");
