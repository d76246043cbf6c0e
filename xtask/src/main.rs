//! `cargo xtask <verb>`: everything that is automated, in Rust, so that a fresh machine
//! needs nothing but a toolchain and the continuous integration server holds no logic.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a tool for people: text is its output"
)]

mod arch;
mod bench;
mod check;
mod failure;
mod fuzz_lab;
mod generate;
mod process;
mod test;
mod tools;
mod workspace;

use std::process::ExitCode;

use failure::Failure;

const HELP: &str = "\
cargo xtask <verb>

  check                    all that must hold before a change lands: fmt, clippy, arch, test, doc
  test [ARGS]              the tools, then `cargo test`; the last line is the count
  arch                     crates, files and words are where ARCHITECTURE.md says
  tools                    what the tests need besides Rust, under target/tools
  gen                      write generated sources anew
  bench plan [--max 10k]   time and memory of the planner on estates of 1k, 10k and 100k interfaces
  bench prove [--max 10k]  of exact reachability, of a step more, and of a certificate's check
  bench apply [--max 10k]  of the engine for each step, of its journal, and its memory
  bench lab [--max 1k]     of a lab of namespaces, and flows a second through it
  bench teredo             of Teredo's recovery, and who meets whom through which NATs, beside miredo
  fuzz-lab [N [SEED]]      N random estates in namespaces against `prove`, 1,000 unless said
";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    run(&args).unwrap_or_else(|failure| {
        eprintln!("{failure}");
        ExitCode::FAILURE
    })
}

fn run(args: &[String]) -> Result<ExitCode, Failure> {
    let Some((verb, rest)) = args.split_first() else {
        return Ok(help());
    };
    match verb.as_str() {
        "-h" | "--help" | "help" => Ok(help()),
        "check" => check::run(),
        "test" => test::run(rest),
        "arch" => arch::run(),
        "tools" => tools::run(),
        "gen" => generate::run(),
        "fuzz-lab" => fuzz_lab::run(rest),
        "bench" => bench::run(rest),
        // Not listed: `bench` starts it, to be alone with the program that it measures.
        "measure" => bench::measure::run(rest),
        unknown => Err(Failure::new(
            format!("no verb `{unknown}`"),
            "`cargo xtask` lists the verbs",
        )),
    }
}

fn help() -> ExitCode {
    print!("{HELP}");
    ExitCode::SUCCESS
}
