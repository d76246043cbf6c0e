//! `sixward teredo`: what the daemon's library finds out, through this program's printer.

use sixward_ops::Fault;
use sixward_teredod::{self as teredod, Failure as Cause};

use crate::args::Teredo;
use crate::printer::Printer;
use crate::run::{Failure, Outcome};

pub(crate) fn run(ask: &Teredo, printer: &Printer) -> Result<Outcome, Failure> {
    let (text, good) = match ask {
        Teredo::Diagnose(told) => {
            let found = teredod::diagnose(told).map_err(Failure::Teredo)?;
            let json = printer.json.then(|| found.json());
            (json.unwrap_or_else(|| found.text()), found.is_good())
        }
        Teredo::Status(told) => {
            let shown = teredod::status(told).map_err(Failure::Teredo)?;
            let json = printer.json.then(|| shown.json());
            (json.unwrap_or_else(|| shown.text()), shown.is_good())
        }
    };
    printer.data(text.as_bytes()).map_err(Failure::Output)?;
    Ok(if good { Outcome::Done } else { Outcome::No })
}

/// The error taken apart: its text ends in a hint of its own.
pub(crate) fn fault(cause: &Cause) -> Fault {
    let text = cause.to_string();
    let (message, hint) = text.split_once("\n\nhint: ").unwrap_or((&text, ""));
    Fault {
        message: message.to_owned(),
        hint: hint.to_owned(),
        ..Fault::default()
    }
}
