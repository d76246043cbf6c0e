//! Dumps become an estate.
//!
//! Pure: bytes in, an estate and findings out; whoever opens files is somebody else. A dump that is
//! incomplete, contradictory or partly unknown still gives an estate, and findings say what is amiss.
//! Only what cannot be read at all is an error.

pub mod aws;
pub mod byhand;
pub mod code;
mod dangling;
mod error;
mod overlap;
mod report;
mod subject;

pub use error::{ReadDumpError, ReadEstateTomlError};

use sixward_estate::{Estate, Finding};

/// An estate, and what is amiss in the input it was made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ingested {
    /// The estate.
    pub estate: Estate,
    /// The findings, the gravest first.
    pub findings: Vec<Finding>,
}
