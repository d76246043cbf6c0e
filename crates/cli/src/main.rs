//! The command line: arguments in, text out. What the verbs do is in `sixward-ops`.

mod args;
mod bar;
mod onlooker;
mod printer;
mod run;
mod teredo;

use std::process::ExitCode;

use clap::Parser as _;
use mimalloc::MiMalloc;

// A big estate is millions of small allocations: a sixth less processor time than with the system's.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    let args = match args::Args::try_parse() {
        Ok(args) => args,
        Err(error) => return printer::usage(&error),
    };
    let printer = printer::Printer::new(&args.global);
    match run::run(&args, &printer) {
        Ok(outcome) => outcome.into(),
        Err(run::Failure::Verb(error)) => {
            printer.error(&sixward_ops::fault(&error));
            run::Outcome::Failed.into()
        }
        Err(run::Failure::Teredo(error)) => {
            printer.error(&teredo::fault(&error));
            run::Outcome::Failed.into()
        }
        // Whoever reads our output has read enough: `sixward plan x | head`.
        Err(run::Failure::Output(error)) if error.kind() == std::io::ErrorKind::BrokenPipe => {
            run::Outcome::Done.into()
        }
        Err(run::Failure::Output(error)) => {
            printer.complain(&format!("cannot write the output: {error}"));
            run::Outcome::Failed.into()
        }
    }
}
