//! Arguments of the verbs that walk a plan: apply, rollback, verify, journal.

use std::path::PathBuf;

use clap::Args as ArgsOf;

pub(super) const APPLY: &str = "\
Before the first step the estate is read again; if somebody changed it since the plan was made,
nothing is done. Each call is written into the journal before it is made, and believed when it was
read back. After each wave the promises are looked at on the live estate; when one breaks, the wave
is taken back. Stopped by Ctrl-C, by a crash or by a refusal, the same command goes on.

Examples
  sixward apply ./migration/office --sim     try it in a cloud in memory
  sixward apply ./migration/office           in your account
  sixward apply ./migration/office --done 13,14
  sixward apply ./migration/office --json    a line of JSON for each event

Exits with 0 when all steps are done, with 2 when some are left to you, refused or taken back, and
with 1 when it could not begin or had to break off.";

pub(super) const ROLLBACK: &str = "\
Takes back every step that the journal tells of, the last first, with what the provider did by
itself. It does not stop at the first that fails, and lists what remains.

Examples
  sixward rollback ./migration/office
  sixward rollback ./migration/office --sim

Exits with 0 when everything is taken back, else with 2.";

pub(super) const VERIFY: &str = "\
Reads the live estate and says where it differs from the plan, as far as the journal tells that it
was carried out (all of it, where there is no journal), and whether the promises hold.

Examples
  sixward verify ./migration/office
  sixward verify ./migration/office --probe=www.example.com:443
  sixward verify ./migration/office --json | jq .verified.promises

Exits with 0 when all is as planned, every promise is proved and every probe sees what it should,
else with 2.";

pub(super) const JOURNAL: &str = "\
An entry a line: what was to be done, what the provider answered, what was seen. An entry that is
not what was written is named at its place; the others are used.

Examples
  sixward journal ./migration/office
  sixward journal ./migration/office --raw 12      one entry whole, with what was there before
  sixward journal --journal s3://team/office --json | jq '.journal.rows[] | select(.amiss)'";

/// A plan, and where it is carried out.
#[derive(Debug, ArgsOf)]
pub(crate) struct Naming {
    /// `plan.json`, or the migration folder that it lies in
    #[arg(default_value = ".")]
    pub(crate) plan: PathBuf,
    /// In a cloud in memory that refuses what the provider refuses: no account is needed
    #[arg(long, conflicts_with_all = ["at", "endpoint_url"])]
    pub(crate) sim: bool,
    /// In this account: `aws:REGION[,PROFILE]`; without it in the plan's region, with your credentials
    #[arg(long, value_name = "ACCOUNT")]
    pub(crate) at: Option<String>,
    /// Keep the journal here: a folder, or `s3://BUCKET/PREFIX`; without it beside the plan
    #[arg(long, value_name = "PLACE")]
    pub(crate) journal: Option<String>,
    /// Call this URL in place of AWS, for every service: a test server
    #[arg(long, value_name = "URL")]
    pub(crate) endpoint_url: Option<String>,
}

/// `rollback`, and most of `apply`.
#[derive(Debug, ArgsOf)]
pub(crate) struct Walking {
    #[command(flatten)]
    pub(crate) naming: Naming,
    /// These steps were done (or taken back) by hand: `13,14`
    #[arg(long, value_name = "STEPS", value_delimiter = ',')]
    pub(crate) done: Vec<u32>,
    /// Make so many changes at once, 8 unless said
    #[arg(long, value_name = "N")]
    pub(crate) at_once: Option<usize>,
    /// Look for every step in the estate: the journal may have lost entries without a trace
    #[arg(long)]
    pub(crate) distrust_journal: bool,
}

/// `verify`.
#[derive(Debug, ArgsOf)]
pub(crate) struct Verifying {
    #[command(flatten)]
    pub(crate) naming: Naming,
    /// Connect from here, over each family, to what the internet may reach, and to these names
    ///
    /// `--probe` alone connects to one port of each address that the live estate opens to the internet;
    /// `--probe=www.example.com:443` to a name besides.
    #[arg(long, value_name = "NAME:PORT", num_args = 0.., require_equals = true, value_delimiter = ',')]
    pub(crate) probe: Option<Vec<String>>,
}

/// `apply`.
#[derive(Debug, ArgsOf)]
pub(crate) struct Applying {
    #[command(flatten)]
    pub(crate) walk: Walking,
    /// Do not look at the promises on the live estate after each wave
    #[arg(long)]
    pub(crate) no_guard: bool,
}

/// `journal`.
#[derive(Debug, ArgsOf)]
pub(crate) struct Looking {
    /// `plan.json`, or the migration folder that it lies in
    #[arg(default_value = ".")]
    pub(crate) plan: PathBuf,
    /// The journal of the cloud in memory
    #[arg(long)]
    pub(crate) sim: bool,
    /// The journal is here: a folder, or `s3://BUCKET/PREFIX`; without it beside the plan
    #[arg(long, value_name = "PLACE")]
    pub(crate) journal: Option<String>,
    /// Print this entry whole, as JSON
    #[arg(long, value_name = "N")]
    pub(crate) raw: Option<u64>,
}
