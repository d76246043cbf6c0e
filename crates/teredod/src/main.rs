//! `sixward-teredo`: Teredo on Linux (RFC 4380, RFC 6081). The rules are `sixward-teredo`'s, the library;
//! here are its sockets, its tunnel interface and its clock.

mod arguments;
mod carrier;
mod clock;
mod failure;
mod flight;
mod helm;
mod link;
mod machine;
mod role;
mod server;
mod status;
mod tunnel;
mod udp;
mod watch;

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;

use arguments::{Arguments, Role};

fn main() -> ExitCode {
    let done = match Arguments::parse().role {
        Role::Client(told) => role::client(&told),
        Role::Relay(told) => role::relay(told),
        Role::Server(told) => server::run(&told),
        Role::Status(told) => status::show(&told),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            say(&format!("error: {failure}"));
            ExitCode::FAILURE
        }
    }
}

/// A line for whoever watches. That nobody does is no error.
fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}
