//! `estate.toml`: networks without an API that is read, written down by hand.
//!
//! Racks and clouds such as Brightbox, where servers "can be directly accessed via IPv6 before an IPv4
//! Cloud IP is mapped to them, subject to your defined firewall policies". `docs/formats/estate-toml.md`
//! describes the format.

mod build;
mod file;
mod text;

use std::ops::Range;

use crate::{Ingested, ReadEstateTomlError};

/// Reads an `estate.toml`. `path` serves messages only.
pub fn read(path: &str, text: &str) -> Result<Ingested, ReadEstateTomlError> {
    let file: file::File = toml::from_str(text).map_err(|error| {
        let hint = "`docs/formats/estate-toml.md` lists the keys of each table".to_owned();
        wrong(error.message().to_owned(), error.span(), hint).at(path, text)
    })?;
    build::build(file).map_err(|error| error.at(path, text))
}

/// Something wrong, before the line is counted.
#[derive(Debug)]
struct Wrong {
    what: String,
    span: Option<Range<usize>>,
    hint: String,
}

fn wrong(what: String, span: Option<Range<usize>>, hint: String) -> Wrong {
    Wrong { what, span, hint }
}

impl Wrong {
    fn at(self, path: &str, text: &str) -> ReadEstateTomlError {
        let before = self
            .span
            .and_then(|span| text.get(..span.start))
            .unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let what = self.what.lines().next().unwrap_or_default().to_owned();
        ReadEstateTomlError {
            path: path.to_owned(),
            what,
            line,
            hint: self.hint,
        }
    }
}
