//! The program `sixward-teredo`. All of it is in the library, which `sixward teredo` shares.

use std::process::ExitCode;

fn main() -> ExitCode {
    sixward_teredod::main()
}
