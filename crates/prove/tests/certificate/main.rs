//! Certificates are believed by the checker, and no other text in their place.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a panic is the report of a test, which reads files"
)]

#[path = "../symbolic/estates.rs"]
#[expect(dead_code, reason = "certificates need no addresses")]
mod estates;
mod forge;
#[path = "../peers/given.rs"]
#[expect(dead_code, reason = "a certificate needs no route tables")]
mod given;
#[path = "../symbolic/palette.rs"]
#[expect(dead_code, reason = "certificates need no hosts of the internet")]
mod palette;
mod refused;
mod sound;
#[path = "../symbolic/spec.rs"]
mod spec;
