//! Where the intent is found, and how it is read.

use std::fs;
use std::path::{Path, PathBuf};

use sixward_estate::intent::Intent;

use crate::snippet::Snippet;
use crate::{IntentError, IntentMistake, Job};

/// The intent's name in every folder.
pub(crate) const FILE: &str = "intent.toml";

/// What is wanted, and which file says so.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wanted {
    /// The intent.
    pub(crate) intent: Intent,
    /// The file; none when there is none and the defaults hold.
    pub(crate) path: Option<PathBuf>,
}

/// The intent of a job: the file that was named, or the one in the source's folder, or the one in the
/// output folder, where an earlier run put it to be answered.
pub(crate) fn find(job: &Job<'_>) -> Result<Wanted, IntentError> {
    let path = job.intent.clone().or_else(|| first(job));
    let mut wanted = match path {
        Some(path) => Wanted {
            intent: read(&path)?,
            path: Some(path),
        },
        None => Wanted::default(),
    };
    if let Some(profile) = job.profile {
        wanted.intent.profile = profile;
    }
    Ok(wanted)
}

fn first(job: &Job<'_>) -> Option<PathBuf> {
    let out = job.project();
    let folders = [job.source.home(), Some(out.folder())];
    let files = folders
        .into_iter()
        .flatten()
        .map(|folder| folder.join(FILE));
    files.into_iter().find(|file| file.is_file()).map(plain)
}

fn read(path: &Path) -> Result<Intent, IntentError> {
    let text = fs::read_to_string(path).map_err(|source| IntentError::File {
        path: path.to_owned(),
        source,
    })?;
    Intent::parse(&text).map_err(|error| unreadable(path, &text, &error))
}

fn unreadable(path: &Path, text: &str, error: &dyn std::error::Error) -> IntentError {
    let cause = error
        .source()
        .and_then(|cause| cause.downcast_ref::<toml::de::Error>());
    let message = cause.map_or_else(|| error.to_string(), |cause| cause.message().to_owned());
    let span = cause.and_then(toml::de::Error::span);
    let snippet = span
        .and_then(|span| Snippet::of_span(text, &span))
        .map(Box::new);
    let said = say(&message);
    let source = IntentMistake(match &snippet {
        Some(place) => format!("{said} at line {} column {}", place.line, place.column),
        None => said,
    });
    IntentError::Parse {
        path: path.to_owned(),
        source,
        snippet,
    }
}

/// The parser's words, less those that speak of the program instead of the file.
fn say(message: &str) -> String {
    if message.contains("untagged enum Answer") {
        return "an answer is a word or a prefix in quotes, or a list of them".to_owned();
    }
    let line = message.lines().next().unwrap_or_default();
    line.replace("unknown field", "unknown key")
        .replace("unknown variant", "unknown word")
}

/// `./x` and `x` are one file; the shorter is shown.
fn plain(path: PathBuf) -> PathBuf {
    path.strip_prefix(".").map(Path::to_owned).unwrap_or(path)
}
