//! Real packets through labs. Without the usual harness: namespaces must be entered before any thread
//! begins. A test is a function here; a name as argument runs those that contain it.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a panic is the report of a test"
)]

mod clients;
mod crowd;
mod differential;
mod dress;
mod given;
mod guests;
mod held;
mod large;
mod leftover;
mod served;
mod steps;
mod two_tier;

#[path = "../../../prove/tests/symbolic/estates.rs"]
mod estates;
#[path = "../../../prove/tests/symbolic/palette.rs"]
#[allow(dead_code, reason = "the other crate uses all of it")]
mod palette;
#[path = "../../../prove/tests/symbolic/spec.rs"]
#[allow(dead_code, reason = "the other crate uses all of it")]
mod spec;

use std::panic::catch_unwind;
use std::process::ExitCode;
use std::time::Instant;

use sixward_lab::{Outside, enter};

type Test = (&'static str, fn(&Outside));

const TESTS: &[Test] = &[
    ("two_tier::as_given", |_| two_tier::as_given()),
    ("two_tier::dual_stack", |_| two_tier::dual_stack()),
    ("steps::forth_and_back", |_| steps::forth_and_back()),
    ("clients::take_what_serves", |_| clients::take_what_serves()),
    ("clients::wait_for_what_does_not", |_| {
        clients::wait_for_what_does_not();
    }),
    ("clients::have_no_page", |_| clients::have_no_page()),
    ("guests::take_what_they_are_told", |_| {
        guests::take_what_they_are_told();
    }),
    ("guests::networkd_takes_them_too", |_| {
        guests::networkd_takes_them_too();
    }),
    ("differential::small_estates", |_| {
        differential::small_estates();
    }),
    ("crowd::stands", |_| crowd::stands()),
    ("held::rules_go", |_| held::rules_go()),
    ("large::gets_through", |_| large::gets_through()),
    ("large::vanishes", |_| large::vanishes()),
    ("leftover::nothing", leftover::nothing),
    ("leftover::no_file_and_no_process", |_| {
        leftover::no_file_and_no_process();
    }),
];

fn main() -> ExitCode {
    let wanted: Vec<_> = std::env::args()
        .skip(1)
        .filter(|arg| !arg.starts_with('-'))
        .collect();
    let outside = Outside::open().unwrap();
    let entered = enter().unwrap();
    let begin = Instant::now();
    let chosen = |test: &&Test| {
        wanted.is_empty() || wanted.iter().any(|name| test.0.contains(name.as_str()))
    };
    println!(
        "\nrunning {} tests ({entered:?})",
        TESTS.iter().filter(chosen).count()
    );
    let (mut passed, mut failed) = (0, 0);
    for (name, test) in TESTS.iter().filter(chosen) {
        let good = catch_unwind(std::panic::AssertUnwindSafe(|| test(&outside))).is_ok();
        println!("test {name} ... {}", if good { "ok" } else { "FAILED" });
        *(if good { &mut passed } else { &mut failed }) += 1;
    }
    let out = TESTS.len() - passed - failed;
    let seconds = begin.elapsed().as_secs_f64();
    let word = if failed == 0 { "ok" } else { "FAILED" };
    println!(
        "\ntest result: {word}. {passed} passed; {failed} failed; 0 ignored; 0 measured; {out} filtered out; finished in {seconds:.2}s\n"
    );
    ExitCode::from(u8::from(failed > 0))
}
