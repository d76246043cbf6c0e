//! What the assessment says of small estates, each made for one question.
#![expect(
    clippy::needless_raw_string_hashes,
    reason = "expect-test writes them so"
)]
#![expect(
    clippy::unwrap_used,
    reason = "in a test a panic is the report, in its helpers too"
)]

mod balancer;
mod build;
mod codes;
mod endpoint;
mod firewall;
mod guide;
mod host;
mod input;
mod interface;
mod link;
mod network;
mod property;
mod route;
mod service;
mod show;
mod subnet;
mod tunnel;
mod zone;
