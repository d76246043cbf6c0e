//! Whoever sits at the terminal while a plan is carried out: a bar, a line for each step, and Ctrl-C.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use sixward_ops::text::Telling;
use sixward_ops::{Event, Flow, Progress as _, Ready, Watcher};

use crate::bar::Bar;
use crate::printer::Printer;

/// Shows what happens, and asks to stop when Ctrl-C was pressed.
#[derive(Debug)]
pub(crate) struct Onlooker<'a> {
    telling: Telling,
    bar: &'a Bar,
    printer: &'a Printer,
    stop: Arc<AtomicBool>,
}

impl<'a> Onlooker<'a> {
    pub(crate) fn new(ready: &Ready, bar: &'a Bar, printer: &'a Printer) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let asked = Arc::clone(&stop);
        // A second Ctrl-C ends the process: the journal is made for that too.
        let heard = ctrlc::set_handler(move || {
            if asked.swap(true, Ordering::SeqCst) {
                std::process::exit(130);
            }
        });
        if heard.is_err() {
            printer.warn(
                "Ctrl-C will end it at once",
                "the same command goes on from there",
            );
        }
        Self {
            telling: ready.telling(printer.look()),
            bar,
            printer,
            stop,
        }
    }

    fn show(&mut self, event: &Event) -> std::io::Result<()> {
        if self.printer.json {
            let json = serde_json::to_string(event)?;
            return self.printer.data(format!("{json}\n").as_bytes());
        }
        match self.telling.line(event) {
            Some(line) if !self.printer.quiet => {
                let mut shown = Ok(());
                self.bar
                    .aside(|| shown = self.printer.data(line.as_bytes()));
                shown
            }
            _ => Ok(()),
        }
    }
}

impl Watcher for Onlooker<'_> {
    fn tell(&mut self, event: &Event) {
        match event {
            Event::Began { steps, done, .. } => {
                self.bar.begin("steps", *steps);
                self.bar.skip(*done);
            }
            Event::Making { part } => self.bar.at(&self.telling.title(*part)),
            Event::Done { part, .. } if part.part == 0 => self.bar.step(),
            Event::Ended { .. } => self.bar.end(),
            _ => {}
        }
        // Whoever closes the pipe does not stop the work: its journal tells of it.
        let _ = self.show(event);
    }

    fn flow(&self) -> Flow {
        if self.stop.load(Ordering::SeqCst) {
            Flow::Stop
        } else {
            Flow::Go
        }
    }
}
