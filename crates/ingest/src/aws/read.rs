//! From bytes to items, and where it was when that fails.

use serde::de::DeserializeSeed;
use serde_json::error::Category;

use super::file::Document;
use super::json_path;
use super::stock::Intake;
use crate::ReadDumpError;

/// Reads all documents of one file.
pub(super) fn read(path: &str, bytes: &[u8]) -> Result<Intake, ReadDumpError> {
    let text = text(path, bytes)?;
    let mut intake = Intake::new(path);
    let mut json = serde_json::Deserializer::from_str(text);
    while json.end().is_err() {
        Document(&mut intake)
            .deserialize(&mut json)
            .map_err(|error| explain(path, text, &error))?;
    }
    Ok(intake)
}

fn text<'a>(path: &str, bytes: &'a [u8]) -> Result<&'a str, ReadDumpError> {
    let wrong = |at, utf16| ReadDumpError::Encoding {
        path: path.to_owned(),
        at,
        utf16,
    };
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(wrong(0, true));
    }
    let text = std::str::from_utf8(bytes).map_err(|error| wrong(error.valid_up_to(), false))?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

fn explain(path: &str, text: &str, error: &serde_json::Error) -> ReadDumpError {
    let path = path.to_owned();
    let (line, column) = (error.line(), error.column());
    match error.classify() {
        Category::Data => ReadDumpError::Shape {
            path,
            key: json_path::at(text, line, column),
            what: what(error),
            line,
            column,
        },
        Category::Eof => {
            let what = "the file ends in the middle".to_owned();
            ReadDumpError::Syntax {
                path,
                what,
                line,
                column,
                cut: true,
            }
        }
        Category::Syntax | Category::Io => ReadDumpError::Syntax {
            path,
            what: what(error),
            line,
            column,
            cut: false,
        },
    }
}

/// The message without its place, which the error has in fields of its own.
fn what(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    let text = text.strip_suffix(&place).unwrap_or(&text);
    let found = text
        .strip_prefix("invalid type: ")
        .or(text.strip_prefix("invalid value: "));
    found.map_or_else(|| text.to_owned(), |found| format!("found {found}"))
}
