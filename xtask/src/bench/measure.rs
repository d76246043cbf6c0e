//! Time and memory of one program. The kernel sums what a process's children used and
//! keeps the largest peak among them, so each measurement has a process of its own: the
//! hidden verb `measure`, whose only child is the program. What the program says of its own
//! phases (`--timings`) is passed on.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeVal;

use crate::failure::Failure;
use crate::process;

/// What a run took.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Measure {
    /// Seconds on the clock.
    pub(crate) wall: f64,
    /// Seconds of processor time in the program.
    pub(crate) user: f64,
    /// Seconds of processor time in the kernel.
    pub(crate) system: f64,
    /// Bytes of memory at the highest.
    pub(crate) peak: u64,
    /// Seconds of each phase, by the program's own word.
    pub(crate) phases: BTreeMap<String, f64>,
}

impl Measure {
    /// Seconds of one phase; none when the program did not go through it.
    pub(crate) fn phase(&self, name: &str) -> f64 {
        self.phases.get(name).copied().unwrap_or_default()
    }

    /// Seconds until the plan stood.
    pub(crate) fn to_plan(&self) -> f64 {
        ["read", "assess", "plan"]
            .map(|name| self.phase(name))
            .iter()
            .sum()
    }
}

/// Runs the program through the hidden verb.
pub(super) fn alone(program: &Path, args: &[OsString]) -> Result<Measure, Failure> {
    let here = std::env::current_exe().map_err(|cause| Failure::io("find", "xtask", &cause))?;
    let line = process::quiet(Command::new(here).arg("measure").arg(program).args(args))?;
    parse(&line).ok_or_else(|| Failure::new("`measure` said nothing of use", "run it by hand"))
}

/// The hidden verb: `measure PROGRAM ARGS`, a line of numbers and phases out.
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
    let said = process::listen(&mut command)?;
    let wall = start.elapsed().as_secs_f64();
    // 2 is "the answer is no", which takes all the work that yes does.
    if !matches!(said.code, Some(0 | 2)) {
        return Err(Failure::new(
            format!("`{program}` failed\n{}", said.err.trim_end()),
            "run it by hand",
        ));
    }
    println!("{}", line(&used(wall, phases(&said.err))?));
    Ok(ExitCode::SUCCESS)
}

fn used(wall: f64, phases: BTreeMap<String, f64>) -> Result<Measure, Failure> {
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
        phases,
    })
}

/// The phases in what the program said: `read  1027.2 ms`.
fn phases(said: &str) -> BTreeMap<String, f64> {
    let phase = |line: &str| match line.split_whitespace().collect::<Vec<_>>()[..] {
        [name, time, "ms"] => Some((name.to_owned(), time.parse::<f64>().ok()? / 1000.0)),
        _ => None,
    };
    said.lines().filter_map(phase).collect()
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
        phases,
    } = measure;
    let phases = phases.iter().map(|(name, time)| format!(" {name} {time}"));
    format!("{wall} {user} {system} {peak}") + &phases.collect::<String>()
}

fn parse(line: &str) -> Option<Measure> {
    let mut words = line.split_whitespace();
    let mut number = || words.next()?.parse::<f64>().ok();
    let (wall, user, system) = (number()?, number()?, number()?);
    let peak = words.next()?.parse().ok()?;
    let mut phases = BTreeMap::new();
    while let Some(name) = words.next() {
        phases.insert(name.to_owned(), words.next()?.parse().ok()?);
    }
    Some(Measure {
        wall,
        user,
        system,
        peak,
        phases,
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
            phases: phases("warning: 5 ms\nread        1500.0 ms\nplan         250.0 ms\n"),
        };
        assert!((measure.to_plan() - 1.75).abs() < 1e-9);
        assert_eq!(parse(&line(&measure)), Some(measure));
        assert_eq!(parse("1 2"), None);
        assert_eq!(parse("1 2 3 4 read"), None);
    }
}
