//! What a bucket's refusals say, in a line.

use std::error::Error;

use crate::{Place, StoreError};

pub(super) fn bucket(
    place: &Place,
    doing: &'static str,
    error: &object_store::Error,
) -> StoreError {
    let text = error.to_string();
    let code = inner(&text, "Code").unwrap_or_default().to_owned();
    let why = match inner(&text, "Message") {
        Some(message) if !code.is_empty() => format!("{code}: {message}"),
        _ => deepest(error),
    };
    StoreError::Bucket {
        place: place.clone(),
        doing,
        code,
        why,
    }
}

/// What stands between `<name>` and `</name>`.
pub(super) fn inner<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(&format!("<{name}>"))?;
    let (inner, _) = rest.split_once(&format!("</{name}>"))?;
    Some(inner.trim())
}

/// The last cause: the others repeat it with the request around it.
fn deepest(error: &dyn Error) -> String {
    let mut deepest = error;
    while let Some(cause) = deepest.source() {
        deepest = cause;
    }
    deepest.to_string()
}
