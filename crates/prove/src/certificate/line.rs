//! A table as a line of text.

use std::collections::BTreeMap;
use std::io;
use std::net::IpAddr;

use serde::Serialize;
use sixward_net::Family;

use super::dictionary::Dictionary;
use crate::symbolic::Analysis;
use crate::symbolic::tables::{Cell, Change, Factor};

/// A table as it is written; without columns when it is no more.
#[derive(Serialize)]
struct Line<'a> {
    family: Family,
    kind: &'a str,
    id: &'a str,
    columns: Option<Columns<'a>>,
}

type Columns<'a> = BTreeMap<&'a str, Vec<(IpAddr, Value<'a>)>>;

#[derive(Serialize)]
#[serde(untagged)]
enum Value<'a> {
    Number(usize),
    Text(&'a str),
}

/// What became of a table, as it is written.
pub(super) fn line(
    family: Family,
    change: &Change,
    dictionary: &mut Dictionary,
    analysis: &Analysis,
) -> io::Result<String> {
    let (kind, id, columns) = match change {
        Change::Gone(kind, id) => (*kind, id, None),
        Change::Is(factor) => {
            let columns = columns(factor, dictionary, analysis)?;
            (factor.kind, &factor.id, Some(columns))
        }
    };
    let line = Line {
        family,
        kind,
        id,
        columns,
    };
    Ok(serde_json::to_string(&line)?)
}

fn columns<'a>(
    factor: &'a Factor,
    dictionary: &mut Dictionary,
    analysis: &Analysis,
) -> io::Result<Columns<'a>> {
    let columns = factor.columns.iter().map(|(name, runs)| {
        let runs = runs.iter().map(|(first, cell)| {
            let value = match cell {
                Cell::Traffic(id) => Value::Number(dictionary.number(*id, analysis.arena())?),
                Cell::Text(text) => Value::Text(text),
            };
            Ok((*first, value))
        });
        Ok((name.as_str(), runs.collect::<io::Result<_>>()?))
    });
    columns.collect()
}
