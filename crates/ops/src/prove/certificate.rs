//! Certificates to and from files, and what the checker says of one.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use crate::project::write_file;
use crate::report::proof::{CertificateRow, RefusalRow};
use crate::states::States;
use crate::{Error, ReadError, WriteError};

pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), WriteError> {
    write_file(path, |out| out.write_all(bytes))
}

pub(super) fn read(path: &Path) -> Result<Vec<u8>, ReadError> {
    fs::read(path).map_err(|source| ReadError::Certificate {
        path: path.to_owned(),
        source,
    })
}

/// The states are made here, of the source and nothing that the certificate says.
pub(super) fn check(bytes: &[u8], states: &States) -> Result<CertificateRow, Error> {
    let mut walk = states.walk();
    let mut misfit = None;
    let first = std::iter::once((0, walk.estate().clone()));
    let later = std::iter::from_fn(|| match walk.step()? {
        Ok(step) => Some((step.number, walk.estate().clone())),
        Err(error) => {
            misfit = Some(error);
            None
        }
    });
    let checked = sixward_check::check(bytes, first.chain(later));
    if let Some(misfit) = misfit {
        return Err(misfit.into());
    }
    let mut row = CertificateRow {
        steps: states.plan.steps.len(),
        symbols: states.plan.symbols.as_slice().to_vec(),
        ..CertificateRow::default()
    };
    match checked {
        Ok(report) => {
            row.states = report.states;
            row.tables = report.tables;
            row.points = report.points;
            row.ipv4_differs = report.ipv4_differs;
            let said = report.verdicts.into_iter();
            let open = said.filter(|said| said.verdict != "kept");
            row.said = open.map(|it| (it.step, it.promise, it.verdict)).collect();
        }
        Err(refusal) => {
            row.refusal = Some(RefusalRow {
                at: refusal.at,
                claimed: refusal.claimed,
                derived: refusal.derived,
            });
        }
    }
    Ok(row)
}
