//! How a place is named: a folder, or `s3://bucket/prefix`.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use crate::StoreError;

/// Where a journal is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A folder, which need not be there yet.
    Folder(PathBuf),
    /// A part of a bucket.
    Bucket {
        /// The bucket.
        bucket: String,
        /// What all names begin with; no `/` at either end.
        prefix: String,
    },
}

impl Place {
    /// The place beside a plan when none is named.
    pub fn of_project(folder: &Path) -> Self {
        Self::Folder(folder.join("journal"))
    }
}

impl FromStr for Place {
    type Err = StoreError;

    fn from_str(text: &str) -> Result<Self, StoreError> {
        let Some(rest) = text.strip_prefix("s3://") else {
            return match text.split_once("://") {
                None if !text.is_empty() => Ok(Self::Folder(text.into())),
                _ => Err(StoreError::Place(text.to_owned())),
            };
        };
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        let known = |letter: char| letter.is_ascii_alphanumeric() || ".-_".contains(letter);
        let prefix = prefix.trim_end_matches('/');
        let parts = prefix.split('/');
        let plain = prefix.is_empty()
            || parts
                .into_iter()
                .all(|part| !["", ".", ".."].contains(&part));
        if bucket.is_empty() || !bucket.chars().all(known) || !plain {
            return Err(StoreError::Place(text.to_owned()));
        }
        Ok(Self::Bucket {
            bucket: bucket.to_owned(),
            prefix: prefix.to_owned(),
        })
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(path) => path.display().fmt(f),
            Self::Bucket { bucket, prefix } if prefix.is_empty() => write!(f, "s3://{bucket}"),
            Self::Bucket { bucket, prefix } => write!(f, "s3://{bucket}/{prefix}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Place;

    #[test]
    fn reads_back_what_it_prints() {
        for text in ["journal", "/a/b c", "s3://team", "s3://team/net/office"] {
            assert_eq!(text.parse::<Place>().unwrap().to_string(), text);
        }
        let place: Place = "s3://team/net/".parse().unwrap();
        assert_eq!(place.to_string(), "s3://team/net");
    }

    #[test]
    fn refuses_what_is_no_place() {
        for text in [
            "",
            "s3://",
            "s3:///x",
            "gs://team/x",
            "s3://a b",
            "s3://a/../b",
            "s3://a//b",
        ] {
            let error = text.parse::<Place>().unwrap_err();
            assert_eq!(
                error.to_string(),
                format!("`{text}` is no place for a journal")
            );
        }
    }
}
