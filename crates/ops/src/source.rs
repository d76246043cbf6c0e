//! What a migration starts from, as the user names it.

use std::fs;
use std::path::{Path, PathBuf};

use sixward_drivers::Account;

use crate::SourceError;

/// What a migration starts from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// As the user wrote it.
    pub given: String,
    /// What it was found to be.
    pub kind: Kind,
}

/// The kinds of sources.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A folder of what the provider's command line printed.
    Dumps(PathBuf),
    /// A folder with dumps in `given/`.
    Scenario(PathBuf),
    /// A folder that `migrate` wrote.
    Project(PathBuf),
    /// A file `estate.json`.
    Snapshot(PathBuf),
    /// A file `plan.json`.
    Plan(PathBuf),
    /// A file `estate.toml`, written by hand.
    ByHand(PathBuf),
    /// One region of an account, asked now.
    Live(Account),
}

impl Source {
    /// Finds out what `text` names. `endpoint` is called in place of the provider's own.
    pub fn find(text: &str, endpoint: Option<&str>) -> Result<Self, SourceError> {
        let kind = match text.split_once(':') {
            Some(("aws", rest)) => live(text, rest, endpoint)?,
            Some(("azure", _)) => return Err(SourceError::Azure(text.to_owned())),
            _ => on_disk(Path::new(text))?,
        };
        Ok(Self {
            given: text.to_owned(),
            kind,
        })
    }

    /// A short name for it, fit for a folder.
    pub fn name(&self) -> String {
        let path = match &self.kind {
            Kind::Live(account) => return live_name(account),
            Kind::Dumps(path) | Kind::Scenario(path) | Kind::Project(path) => path.as_path(),
            // `estate.json` is called by where it lies, `prod.json` by itself.
            Kind::Snapshot(file) if file.file_stem().is_some_and(|stem| stem != "estate") => {
                let stem = file
                    .file_stem()
                    .map(|stem| stem.to_string_lossy().into_owned());
                return stem.unwrap_or_default();
            }
            Kind::Snapshot(file) | Kind::Plan(file) | Kind::ByHand(file) => beside(file),
        };
        let whole = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let name = whole
            .file_name()
            .map(|name| name.to_string_lossy().into_owned());
        name.unwrap_or_else(|| "estate".to_owned())
    }

    /// The folder where its `intent.toml` would be; none for a live account.
    pub fn home(&self) -> Option<&Path> {
        match &self.kind {
            Kind::Live(_) => None,
            Kind::Dumps(path) | Kind::Scenario(path) | Kind::Project(path) => Some(path),
            Kind::Snapshot(file) | Kind::Plan(file) | Kind::ByHand(file) => Some(beside(file)),
        }
    }

    /// The kind in a word, for reports.
    pub fn kind_word(&self) -> &'static str {
        match &self.kind {
            Kind::Dumps(_) => "dumps",
            Kind::Scenario(_) => "scenario",
            Kind::Project(_) => "project",
            Kind::Snapshot(_) => "snapshot",
            Kind::Plan(_) => "plan",
            Kind::ByHand(_) => "by-hand",
            Kind::Live(_) => "live",
        }
    }
}

/// `us-east-1` or `us-east-1,profile`.
fn live(text: &str, rest: &str, endpoint: Option<&str>) -> Result<Kind, SourceError> {
    let (region, profile) = match rest.split_once(',') {
        Some((region, profile)) => (region.trim(), Some(profile.trim())),
        None => (rest.trim(), None),
    };
    if region.is_empty() || profile == Some("") {
        return Err(SourceError::Region(text.to_owned()));
    }
    Ok(Kind::Live(Account {
        region: region.to_owned(),
        profile: profile.map(str::to_owned),
        endpoint: endpoint.map(str::to_owned),
    }))
}

/// The account that `aws:REGION[,PROFILE]` names.
pub fn account(text: &str, endpoint: Option<&str>) -> Result<Account, SourceError> {
    let (provider, rest) = text.split_once(':').unwrap_or(("", text));
    match (provider, live(text, rest, endpoint)?) {
        ("aws", Kind::Live(account)) => Ok(account),
        _ => Err(SourceError::Region(text.to_owned())),
    }
}

fn live_name(account: &Account) -> String {
    match &account.profile {
        Some(profile) => format!("aws-{}-{}", account.region, profile.replace('/', "-")),
        None => format!("aws-{}", account.region),
    }
}

fn on_disk(path: &Path) -> Result<Kind, SourceError> {
    let about = fs::metadata(path).map_err(|source| SourceError::absent(path, source))?;
    if about.is_dir() {
        Ok(folder(path))
    } else {
        file(path)
    }
}

fn folder(path: &Path) -> Kind {
    let has = |name: &str| path.join(name).is_file();
    let path = path.to_owned();
    if path.join("given").is_dir() {
        Kind::Scenario(path)
    } else if has("estate.json") {
        Kind::Project(path)
    } else if has("plan.json") {
        Kind::Plan(path.join("plan.json"))
    } else if has("estate.toml") {
        Kind::ByHand(path.join("estate.toml"))
    } else {
        Kind::Dumps(path)
    }
}

/// A file is taken by what it says it is; its name only decides what it is read as.
fn file(path: &Path) -> Result<Kind, SourceError> {
    let owned = path.to_owned();
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("toml") => Ok(Kind::ByHand(owned)),
        Some("json") if crate::read::is_plan(path) => Ok(Kind::Plan(owned)),
        Some("json") => Ok(Kind::Snapshot(owned)),
        _ => Err(SourceError::Unknown(owned)),
    }
}

fn beside(file: &Path) -> &Path {
    match file.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    }
}
