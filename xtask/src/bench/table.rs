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
    let mut text = String::from("interfaces  dump MB  wall s   CPU s  peak MB  µs per interface\n");
    for row in rows {
        let Measure {
            wall,
            user,
            system,
            peak,
        } = row.median;
        let each = wall * 1e6 / f64::from(row.interfaces);
        let (dump, peak) = (megabytes(row.bytes), megabytes(peak));
        // Writing to a string does not fail.
        let _ = writeln!(
            text,
            "{:>10}  {dump:>7.1}  {wall:>6.2}  {:>6.2}  {peak:>7.0}  {each:>16.1}",
            row.interfaces,
            user + system,
        );
    }
    text + &goals(rows)
}

fn goals(rows: &[Row]) -> String {
    let Some(row) = rows.iter().find(|row| row.interfaces == GOAL_INTERFACES) else {
        return String::new();
    };
    let word = |met| if met { "met" } else { "not met" };
    let time = word(row.median.wall < GOAL_SECONDS);
    let memory = word(megabytes(row.median.peak) < GOAL_BYTES / MEGABYTE);
    format!(
        "\n{GOAL_INTERFACES} interfaces in less than {GOAL_SECONDS} s: {time}\n\
         {GOAL_INTERFACES} interfaces in less than {} MB: {memory}\n",
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
        Row {
            interfaces,
            bytes: 6_500_000,
            median: Measure {
                wall,
                user: wall,
                system: 0.05,
                peak,
            },
        }
    }

    #[test]
    fn columns_are_aligned_and_goals_are_judged() {
        let text = render(&[
            row(1_000, 0.04, 20_000_000),
            row(100_000, 4.2, 1_200_000_000),
        ]);
        assert_eq!(
            text,
            "\
interfaces  dump MB  wall s   CPU s  peak MB  µs per interface
      1000      6.5    0.04    0.09       20              40.0
    100000      6.5    4.20    4.25     1200              42.0

100000 interfaces in less than 5 s: met
100000 interfaces in less than 1000 MB: not met
"
        );
    }

    #[test]
    fn a_small_bench_does_not_judge_the_goals() {
        assert!(!render(&[row(1_000, 9.0, 1)]).contains("met"));
    }
}
