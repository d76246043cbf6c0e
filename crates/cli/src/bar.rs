//! A bar on stderr while something takes its time; nothing where there is no terminal.

use std::io::IsTerminal as _;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use sixward_ops::Progress;

/// The bar. Hidden until work begins, gone when it ends.
#[derive(Debug)]
pub(crate) struct Bar(ProgressBar);

impl Bar {
    pub(crate) fn new(quiet: bool) -> Self {
        let bar = ProgressBar::hidden();
        let template = "{msg} {bar:30} {pos}/{len}  {prefix:.dim}";
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        Self(if quiet || !std::io::stderr().is_terminal() {
            ProgressBar::hidden()
        } else {
            bar
        })
    }
}

impl Progress for Bar {
    fn begin(&self, what: &str, total: usize) {
        if self.0.length().unwrap_or_default() == 0 && std::io::stderr().is_terminal() {
            self.0
                .set_draw_target(indicatif::ProgressDrawTarget::stderr());
            self.0.enable_steady_tick(Duration::from_millis(200));
        }
        self.0.set_message(what.to_owned());
        self.0.set_length(total as u64);
    }

    fn done(&self, part: &str) {
        self.0.set_prefix(part.to_owned());
        self.0.inc(1);
    }

    fn note(&self, text: &str) {
        self.0.println(text);
    }

    fn end(&self) {
        self.0.finish_and_clear();
    }
}
