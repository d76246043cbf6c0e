//! What stops a reader. What it finds out about an estate is a finding, not an error.

/// A file of a dump could not be read. Nothing of that file was taken.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadDumpError {
    /// It is text in another encoding.
    #[error("cannot read `{path}`: it is not UTF-8 (byte {at})")]
    Encoding {
        /// The file.
        path: String,
        /// The first byte that is wrong, from 0.
        at: usize,
        /// It begins as UTF-16 does.
        utf16: bool,
    },
    /// It is not JSON, or only the beginning of it.
    #[error("cannot read `{path}`: {what} at line {line} column {column}")]
    Syntax {
        /// The file.
        path: String,
        /// What is wrong.
        what: String,
        /// Where, from 1.
        line: usize,
        /// Where, from 1.
        column: usize,
        /// The file ends too early.
        cut: bool,
    },
    /// It is JSON and not what the command prints.
    #[error("cannot read `{path}`: `{key}` is wrong at line {line} column {column}: {what}")]
    Shape {
        /// The file.
        path: String,
        /// Where in the JSON: `Subnets[3].SubnetId`.
        key: String,
        /// What is wrong.
        what: String,
        /// Where, from 1.
        line: usize,
        /// Where, from 1.
        column: usize,
    },
}

impl ReadDumpError {
    /// The way out.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Encoding { utf16: true, .. } => {
                "save it as UTF-8: `>` in older PowerShell writes UTF-16"
            }
            Self::Encoding { .. } => "save it as UTF-8, or leave it out",
            Self::Syntax { cut: true, .. } => {
                "the command was interrupted or the disk was full; run it again"
            }
            Self::Syntax { .. } => "use `--output json`, or leave the file out",
            Self::Shape { .. } => "use the plain output of the command, without `--query`",
        }
    }
}

/// An `estate.toml` could not be read.
#[derive(Debug, thiserror::Error)]
#[error("cannot read `{path}`: {what} at line {line}")]
pub struct ReadEstateTomlError {
    pub(crate) path: String,
    pub(crate) what: String,
    pub(crate) line: usize,
    pub(crate) hint: String,
}

impl ReadEstateTomlError {
    /// The way out.
    pub fn hint(&self) -> &str {
        &self.hint
    }

    /// The line, from 1.
    pub fn line(&self) -> usize {
        self.line
    }
}
