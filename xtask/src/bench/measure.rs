//! Time and memory of one program. The kernel sums what a process's children used and
//! keeps the largest peak among them, so each measurement has a process of its own: the
//! hidden verb `measure`, whose only child is the program.

use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeVal;

use crate::failure::Failure;
use crate::process;

/// What a run took.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Measure {
    /// Seconds on the clock.
    pub(crate) wall: f64,
    /// Seconds of processor time in the program.
    pub(crate) user: f64,
    /// Seconds of processor time in the kernel.
    pub(crate) system: f64,
    /// Bytes of memory at the highest.
    pub(crate) peak: u64,
}

/// Runs the program through the hidden verb.
pub(super) fn alone(program: &Path, args: &[OsString]) -> Result<Measure, Failure> {
    let here = std::env::current_exe().map_err(|cause| Failure::io("find", "xtask", &cause))?;
    let line = process::quiet(Command::new(here).arg("measure").arg(program).args(args))?;
    parse(&line).ok_or_else(|| Failure::new("`measure` said nothing of use", "run it by hand"))
}

/// The hidden verb: `measure PROGRAM ARGS`, a line of four numbers out.
pub(crate) fn run(args: &[String]) -> Result<ExitCode, Failure> {
    let Some((program, args)) = args.split_first() else {
        return Err(Failure::new(
            "`measure` wants a program",
            "cargo xtask measure PROGRAM ARGS",
        ));
    };
    let mut command = Command::new(program);
    command
        .args(args)
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    let start = Instant::now();
    let status = command
        .status()
        .map_err(|cause| process::not_started(&command, &cause))?;
    let wall = start.elapsed().as_secs_f64();
    // 2 is "the answer is no", which takes all the work that yes does.
    if !matches!(status.code(), Some(0 | 2)) {
        return Err(Failure::new(
            format!("`{program}` ended with {status}"),
            "its message is above",
        ));
    }
    println!("{}", line(&used(wall)?));
    Ok(ExitCode::SUCCESS)
}

fn used(wall: f64) -> Result<Measure, Failure> {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).map_err(|errno| {
        Failure::new(
            format!("cannot ask for used resources: {errno}"),
            "is this Linux?",
        )
    })?;
    let kilobytes = u64::try_from(usage.max_rss()).unwrap_or_default();
    Ok(Measure {
        wall,
        user: seconds(usage.user_time()),
        system: seconds(usage.system_time()),
        peak: kilobytes * 1024,
    })
}

#[expect(
    clippy::cast_precision_loss,
    reason = "seconds and microseconds are small"
)]
fn seconds(time: TimeVal) -> f64 {
    time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6
}

fn line(measure: &Measure) -> String {
    let Measure {
        wall,
        user,
        system,
        peak,
    } = measure;
    format!("{wall} {user} {system} {peak}")
}

fn parse(line: &str) -> Option<Measure> {
    let mut words = line.split_whitespace();
    let mut number = || words.next()?.parse::<f64>().ok();
    let (wall, user, system) = (number()?, number()?, number()?);
    Some(Measure {
        wall,
        user,
        system,
        peak: words.next()?.parse().ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_is_read_as_it_was_written() {
        let measure = Measure {
            wall: 1.25,
            user: 1.0,
            system: 0.125,
            peak: 1 << 33,
        };
        assert_eq!(parse(&line(&measure)), Some(measure));
        assert_eq!(parse("1 2"), None);
    }
}
