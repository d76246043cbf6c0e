//! The result of `bench` as a table, and the goals beneath it.

use std::fmt::Write;

use super::measure::Measure;

const MEGABYTE: f64 = 1e6;

/// The goals hold for the largest estate.
const GOAL_INTERFACES: u32 = 100_000;
const GOAL_SECONDS: f64 = 5.0;
const GOAL_BYTES: f64 = 1e9;

/// One estate.
pub(super) struct Row {
    pub(super) interfaces: u32,
    pub(super) bytes: u64,
    pub(super) median: Measure,
}

pub(super) fn render(rows: &[Row]) -> String {
    let mut text = String::from(HEAD);
    for row in rows {
        let run = &row.median;
        let phases = PHASES.map(|name| seconds(run.phase(name))).join("");
        // Writing to a string does not fail.
        let _ = writeln!(
            text,
            "{:>10}  {:>7.1}{phases}  {}{}{}  {:>7.0}",
            row.interfaces,
            megabytes(row.bytes),
            seconds(run.to_plan()),
            seconds(run.wall),
            seconds(run.user + run.system),
            megabytes(run.peak),
        );
    }
    text + &slopes(rows) + &goals(rows)
}

const PHASES: [&str; 4] = ["read", "plan", "emit", "write"];
const HEAD: &str = "\
interfaces  dump MB   read   plan   emit  write  to plan   wall    CPU  peak MB
seconds
";

fn seconds(time: f64) -> String {
    format!("{time:>7.2}")
}

/// What one interface costs; where the numbers stay as they are, the cost grows with the estate.
fn slopes(rows: &[Row]) -> String {
    let mut text = String::from("µs per interface\n");
    for row in rows {
        let run = &row.median;
        let each = |time: f64| format!("{:>7.1}", time * 1e6 / f64::from(row.interfaces));
        let phases = PHASES.map(|name| each(run.phase(name))).join("");
        let _ = writeln!(
            text,
            "{:>10}         {phases}  {}{}{}",
            row.interfaces,
            each(run.to_plan()),
            each(run.wall),
            each(run.user + run.system),
        );
    }
    text
}

fn goals(rows: &[Row]) -> String {
    let Some(row) = rows.iter().find(|row| row.interfaces == GOAL_INTERFACES) else {
        return String::new();
    };
    let word = |met| if met { "met" } else { "not met" };
    let time = word(row.median.to_plan() < GOAL_SECONDS);
    let memory = word(megabytes(row.median.peak) < GOAL_BYTES / MEGABYTE);
    format!(
        "\n{GOAL_INTERFACES} interfaces read, assessed and planned in less than {GOAL_SECONDS} s: {time}\n\
         {GOAL_INTERFACES} interfaces from dumps to scripts in less than {} MB: {memory}\n",
        GOAL_BYTES / MEGABYTE
    )
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a table needs no more than three digits"
)]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / MEGABYTE
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(interfaces: u32, wall: f64, peak: u64) -> Row {
        let phases = PHASES.map(|name| (name.to_owned(), wall / 4.0));
        Row {
            interfaces,
            bytes: 6_500_000,
            median: Measure {
                wall,
                user: wall,
                system: 0.05,
                peak,
                phases: phases.into(),
            },
        }
    }

    #[test]
    fn columns_are_aligned_and_goals_are_judged() {
        let text = render(&[
            row(1_000, 0.04, 20_000_000),
            row(100_000, 8.4, 1_200_000_000),
        ]);
        assert_eq!(
            text,
            "\
interfaces  dump MB   read   plan   emit  write  to plan   wall    CPU  peak MB
seconds
      1000      6.5   0.01   0.01   0.01   0.01     0.02   0.04   0.09       20
    100000      6.5   2.10   2.10   2.10   2.10     4.20   8.40   8.45     1200
µs per interface
      1000            10.0   10.0   10.0   10.0     20.0   40.0   90.0
    100000            21.0   21.0   21.0   21.0     42.0   84.0   84.5

100000 interfaces read, assessed and planned in less than 5 s: met
100000 interfaces from dumps to scripts in less than 1000 MB: not met
"
        );
    }

    #[test]
    fn a_small_bench_does_not_judge_the_goals() {
        assert!(!render(&[row(1_000, 9.0, 1)]).contains("met"));
    }
}
