//! The one place that writes to the terminal: data to stdout, everything else to stderr.

use std::io::{self, Write as _};
use std::process::ExitCode;

use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};
use clap::CommandFactory as _;
use sixward_ops::report::Report;
use sixward_ops::text::Look;
use sixward_ops::{Fault, Timings};

use crate::args::{Args, Global, When};

/// Where nobody can be asked how wide the screen is.
const WIDTH: usize = 100;
/// Narrower than this, lines are left to the terminal to break.
const NARROW: usize = 60;

/// Writes as the user wants it.
#[derive(Debug)]
pub(crate) struct Printer {
    choice: ColorChoice,
    /// Print errors only.
    pub(crate) quiet: bool,
    /// Print the report as JSON.
    pub(crate) json: bool,
    timings: bool,
}

impl Printer {
    pub(crate) fn new(global: &Global) -> Self {
        let choice = match global.color {
            When::Auto => ColorChoice::Auto,
            When::Always => ColorChoice::Always,
            When::Never => ColorChoice::Never,
        };
        Self {
            choice,
            quiet: global.quiet,
            json: global.json,
            timings: global.timings,
        }
    }

    /// How text on stdout is to look.
    pub(crate) fn look(&self) -> Look {
        look(AutoStream::new(io::stdout(), self.choice).current_choice())
    }

    /// How text on stderr is to look.
    pub(crate) fn aside_look(&self) -> Look {
        look(AutoStream::new(io::stderr(), self.choice).current_choice())
    }

    /// Data: the answer to what was asked.
    pub(crate) fn data(&self, bytes: &[u8]) -> io::Result<()> {
        let mut out = AutoStream::new(io::stdout(), self.choice).into_inner();
        out.write_all(bytes)?;
        out.flush()
    }

    /// The report: as JSON if that was asked for, else as `text` makes it; nothing when quiet.
    pub(crate) fn report(
        &self,
        report: &Report,
        text: fn(&Report, Look) -> String,
    ) -> io::Result<()> {
        if self.json {
            let json = serde_json::to_string_pretty(report)?;
            return self.data(format!("{json}\n").as_bytes());
        }
        if self.quiet {
            return Ok(());
        }
        self.data(text(report, self.look()).as_bytes())
    }

    /// The report at the end of a stream: as JSON in a line, else as `text` makes it.
    pub(crate) fn last(
        &self,
        report: &Report,
        text: fn(&Report, Look) -> String,
    ) -> io::Result<()> {
        if self.json {
            let json = serde_json::to_string(report)?;
            return self.data(format!("{json}\n").as_bytes());
        }
        self.report(report, text)
    }

    /// Something beside the data.
    pub(crate) fn aside(&self, text: &str) {
        if !self.quiet {
            self.complain_raw(text);
        }
    }

    /// How long it took, if that was asked for.
    pub(crate) fn timings(&self, timings: &Timings) {
        if !self.timings {
            return;
        }
        let shown = |name: &str, time: std::time::Duration| {
            format!("{name:<8}{:>10.1} ms\n", time.as_secs_f64() * 1000.0)
        };
        let mut text = String::new();
        for (phase, time) in timings.phases() {
            text.push_str(&shown(phase.word(), time));
        }
        text.push_str(&shown("total", timings.total()));
        self.complain_raw(&text);
    }

    /// What stopped the verb.
    pub(crate) fn error(&self, error: &Fault) {
        let mut text = self.headed("error", AnsiColor::Red, &error.message);
        for cause in &error.causes {
            text.extend(["  caused by: ", cause, "\n"]);
        }
        if !error.snippet.is_empty() {
            text.push('\n');
        }
        for line in &error.snippet {
            text.extend(["  ", line, "\n"]);
        }
        if !error.hint.is_empty() {
            text.push('\n');
            text.push_str(&self.headed("hint", AnsiColor::Cyan, &error.hint));
        }
        self.complain_raw(&text);
    }

    /// Something amiss that did not stop the verb, with the way out.
    pub(crate) fn warn(&self, message: &str, hint: &str) {
        self.aside(&self.headed("warning", AnsiColor::Yellow, message));
        self.aside(&self.headed("hint", AnsiColor::Cyan, hint));
    }

    /// An error without more to say.
    pub(crate) fn complain(&self, message: &str) {
        self.complain_raw(&self.headed("error", AnsiColor::Red, message));
    }

    fn headed(&self, head: &str, color: AnsiColor, message: &str) -> String {
        let style = Style::new().bold().fg_color(Some(color.into()));
        if self.aside_look().color {
            format!("{style}{head}{style:#}: {message}\n")
        } else {
            format!("{head}: {message}\n")
        }
    }

    fn complain_raw(&self, text: &str) {
        // Nobody is left to be told when stderr is gone.
        let _ = AutoStream::new(io::stderr(), self.choice)
            .into_inner()
            .write_all(text.as_bytes());
    }
}

/// Help, the version, or what is wrong with the arguments. A wrong argument is a failure (1), not the
/// answer no (2); no arguments at all ask for help.
pub(crate) fn usage(error: &clap::Error) -> ExitCode {
    use clap::error::ErrorKind;
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
        && std::env::args_os().len() == 1
    {
        let mut command = Args::command();
        return ExitCode::from(u8::from(command.print_help().is_err()));
    }
    let _ = error.print();
    ExitCode::from(u8::from(error.use_stderr()))
}

fn look(choice: ColorChoice) -> Look {
    let width = terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
    let color = choice != ColorChoice::Never;
    Look {
        width: width.filter(|width| *width >= NARROW).unwrap_or(WIDTH),
        color,
    }
}
