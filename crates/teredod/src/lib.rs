//! `sixward-teredo`: Teredo on Linux (RFC 4380, RFC 6081). The rules are `crates/teredo`'s; here are its
//! sockets, its tunnel interface and its clock. As a library it is what `sixward teredo` asks: how a
//! daemon is doing, and what a client would meet here.

mod arguments;
mod carrier;
mod clock;
mod configuration;
mod diagnose;
mod failure;
mod flight;
mod helm;
mod hops;
mod link;
mod machine;
mod managed;
mod name;
mod neighbours;
mod role;
mod scrape;
mod server;
mod status;
mod tunnel;
mod udp;
mod watch;

pub use arguments::{DiagnoseTold, StatusTold};
pub use diagnose::{Attempt, Diagnosed, diagnose};
pub use failure::Failure;
pub use status::{Shown, status};

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;

use arguments::{Arguments, Role};

/// The program, by its command line. Exit codes are those of `sixward`: 0 done, 1 failed, 2 the answer
/// is no.
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        // A wrong argument is a failure, not the answer no.
        Err(error) => {
            let _ = error.print();
            return ExitCode::from(u8::from(error.use_stderr()));
        }
    };
    let done = match arguments.role {
        Role::Run { file } => configuration::read(&file).and_then(run),
        role => run(role),
    };
    done.unwrap_or_else(|failure| {
        say(&format!("error: {failure}"));
        ExitCode::FAILURE
    })
}

fn run(role: Role) -> Result<ExitCode, Failure> {
    match role {
        // A file does not name another one.
        Role::Run { .. } => Ok(ExitCode::FAILURE),
        Role::Client(told) => role::client(&told).map(|()| ExitCode::SUCCESS),
        Role::Relay(told) => role::relay(told).map(|()| ExitCode::SUCCESS),
        Role::Server(told) => server::run(&told).map(|()| ExitCode::SUCCESS),
        Role::Status { told, json } => status(&told).map(|shown| {
            let text = if json { shown.json() } else { shown.text() };
            answer(&text, shown.is_good())
        }),
        Role::Diagnose { told, json } => diagnose(&told).map(|found| {
            let text = if json { found.json() } else { found.text() };
            answer(&text, found.is_good())
        }),
    }
}

fn answer(text: &str, good: bool) -> ExitCode {
    // Whoever reads our output may have read enough.
    let _ = std::io::stdout().write_all(text.as_bytes());
    if good {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(2)
    }
}

/// A line for whoever watches. That nobody does is no error.
fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}
