//! Tests of the readers: tables per noun, properties, real dumps, broken input.
#![expect(
    clippy::needless_raw_string_hashes,
    reason = "expect-test writes its texts with them"
)]
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "helpers of tests panic and read files"
)]

mod broken;
mod byhand;
mod check;
mod estates;
mod firewall;
mod machine;
mod network;
mod property;
