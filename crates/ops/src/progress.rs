//! Word of how long work goes on, for whoever shows it.

/// Told how the work goes. `()` is the silent one.
pub trait Progress: Sync {
    /// Work of `total` parts begins, or has grown to so many: `reading files`.
    fn begin(&self, what: &str, total: usize);
    /// One part is done.
    fn done(&self, part: &str);
    /// Something worth a line.
    fn note(&self, text: &str);
    /// The work is over.
    fn end(&self);
}

impl Progress for () {
    fn begin(&self, _: &str, _: usize) {}
    fn done(&self, _: &str) {}
    fn note(&self, _: &str) {}
    fn end(&self) {}
}
