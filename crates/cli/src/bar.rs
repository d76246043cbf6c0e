//! A bar on stderr while something takes its time; nothing where there is no terminal.

use std::io::IsTerminal as _;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use sixward_ops::Progress;

/// The bar. Hidden until work begins, gone when it ends.
#[derive(Debug)]
pub(crate) struct Bar {
    bar: ProgressBar,
    shown: bool,
}

impl Bar {
    pub(crate) fn new(quiet: bool) -> Self {
        let bar = ProgressBar::hidden();
        if let Ok(style) =
            ProgressStyle::with_template("{msg} {bar:30} {pos}/{len} {eta:>4}  {prefix:.dim}")
        {
            bar.set_style(style);
        }
        let shown = !quiet && std::io::stderr().is_terminal();
        Self { bar, shown }
    }
}

impl Bar {
    /// So many parts are done already.
    pub(crate) fn skip(&self, parts: usize) {
        self.bar.set_position(parts as u64);
        self.bar.reset_eta();
    }

    /// What is being done.
    pub(crate) fn at(&self, part: &str) {
        self.bar.set_prefix(part.to_owned());
    }

    /// One more part is done.
    pub(crate) fn step(&self) {
        self.bar.inc(1);
    }

    /// Prints something while the bar stands aside.
    pub(crate) fn aside(&self, print: impl FnOnce()) {
        self.bar.suspend(print);
    }
}

impl Progress for Bar {
    fn begin(&self, what: &str, total: usize) {
        // Told again whenever the work grows.
        if self.shown && self.bar.is_hidden() {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
            self.bar.enable_steady_tick(Duration::from_millis(200));
        }
        self.bar.set_message(what.to_owned());
        self.bar.set_length(total as u64);
    }

    fn done(&self, part: &str) {
        self.bar.set_prefix(part.to_owned());
        self.bar.inc(1);
    }

    fn note(&self, text: &str) {
        self.bar.println(text);
    }

    fn end(&self) {
        self.bar.finish_and_clear();
    }
}
