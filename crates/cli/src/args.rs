//! Arguments: what can be asked, and the text of `--help`.

mod teredo;
mod walk;

use std::path::PathBuf;

use clap::{Args as ArgsOf, ColorChoice, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use sixward_ops::{After, Question};

use teredo::TEREDO;
pub(crate) use teredo::Teredo;
use walk::{APPLY, JOURNAL, ROLLBACK, VERIFY};
pub(crate) use walk::{Applying, Looking, Naming, Verifying, Walking};

const ABOUT: &str = "Takes a running IPv4 estate to dual-stack IPv6, and plans every step";

const LONG_ABOUT: &str = "\
Takes a running IPv4 estate to dual-stack IPv6, and plans every step.

sixward reads what your provider says about your networks, finds what stands in the way, lays out \
addresses, and writes the steps in a safe order: as a script, as a script that goes back, and as a \
runbook for review. It changes nothing by itself.";

const SOURCES: &str = "\
SOURCE is one of
  FOLDER                 what `aws ec2 describe-vpcs --output json` and its like printed,
                         as JSON files in any order and under any names, with subfolders
  aws:REGION[,PROFILE]   a live account, read through its API with your own credentials
  estate.json            what `sixward discover` wrote
  plan.json              what `sixward plan` wrote
  estate.toml            an estate written down by hand
  a migration folder     what `sixward migrate` wrote";

const CODES: &str = "\
Exit codes
  0  done
  1  sixward failed: the message says at what, and what to try
  2  the answer is no: `assess` found blockers, the flow of `explain` does not pass,
     a promise of `prove` is not proved,
     `diff` found differences";

const OVERVIEW: &str = "\
Start here
  sixward migrate aws:us-east-1      read an account, write the plan into ./migration/aws-us-east-1
  sixward migrate ./dumps            the same from files
  sixward help migrate               what it reads and writes";

const DISCOVER: &str = "\
Examples
  sixward discover ./dumps -o estate.json
  sixward discover aws:eu-west-1,production > estate.json";

const ASSESS: &str = "\
Examples
  sixward assess ./dumps
  sixward assess aws:eu-west-1 --json | jq .blockers

Exits with 2 when there are blockers, else with 0.";

const PLAN: &str = "\
Examples
  sixward plan ./dumps | less
  sixward plan ./dumps --profile edge-only
  sixward plan ./dumps -o ./migration/office";

const EMIT: &str = "\
Examples
  sixward emit plan.json --only undo > undo.sh
  sixward emit ./migration/office";

const EXPLAIN: &str = "\
END is one of
  web                    a host, a load balancer, an endpoint or a service by its name
  i-0a11a11a11a11a11a    or by its id; an interface by its id
  10.0.0.7, [2001:db8::7]            an address of an interface, private or public
  internet               the internet, at an address that is nobody's here
  internet/198.51.100.7  the internet, at this address
  site/LINK[/ADDRESS]    what is behind a VPN connection or an attachment of a transit gateway
  foreign/NETWORK[/ADDRESS]          somebody else's network behind a peering

`--to` also says what is sent: `web:443` for TCP, `web:udp/53`, `web:icmp` for an echo request,
`web:proto/47` for any other protocol by its number.

The plan is the plan.json beside the source, where there is one, with the estate that it was made
for; else the source is planned now.

Examples
  sixward explain scenarios/aws-two-tier --from internet --to web:443
  sixward explain ./migration/office --from web --to db:5432 --family v6 --after 7
  sixward explain ./dumps --from db --to internet/[2001:db8::7]:443 --after end

Exits with 0 when the flow passes in the last state shown, in every family shown, else with 2.";

const PROVE: &str = "\
The promises
  P1  IPv4 is as it was
  P2  IPv6 does what IPv4 does, in the end
  P3  nothing is newly exposed
  P4  no name answers with an address that does not serve
  P5  there is a way back from every step
  P6  path MTU discovery works

The plan is the plan.json beside the source, where there is one, with the estate that it was made
for; else the source is planned now.

Examples
  sixward prove ./dumps
  sixward prove ./migration/office --plan reviewed.json
  sixward prove ./migration/office --certificate certificate.json
  sixward prove ./migration/office --check certificate.json

Exits with 0 when every promise is proved, with 2 when one is broken or undetermined; hazards are told
and decide nothing. With `--check`: 0 when the certificate fits the states of the plan, else 2.";

const REHEARSE: &str = "\
The estate is built of network namespaces: hosts, subnets, route tables, gateways, firewalls. Then the
plan goes through the engine of `apply`, and before, between and after its steps real packets are sent
and compared with what `prove` says of them; and all the way back. Nothing outside the lab is touched, no
root is needed, and nothing is left when it ends, however it ends.

Examples
  sixward rehearse ./migration/office
  sixward rehearse ./dumps --replan --json | jq .rehearsal.changes
  sixward rehearse ./dumps --pcap ./packets --shell web

Exits with 0 when every packet went as proved, IPv4 was as it is in every state, no promise broke and the
way back led back; else with 2.";

const DIFF: &str = "\
Each of BEFORE and AFTER is a SOURCE, or SOURCE@STEP: the state after that step of its plan, or
SOURCE@end. Interfaces are the same when their ids are.

Examples
  sixward diff ./dumps-monday ./dumps-friday
  sixward diff ./dumps ./migration/office@end
  sixward diff ./migration/office@3 ./migration/office@4

Exits with 0 when both allow the same for sure, else with 2.";

const MATRIX: &str = "\
Rows and columns are groups: the interfaces of one tier of a network that are under the same firewalls.
A cell says what a row may begin with a column: over IPv4 before the plan, and over IPv6 after it.

Examples
  sixward matrix ./dumps
  sixward matrix ./migration/office --after 4
  sixward matrix ./dumps --json | jq '.matrix.cells[] | select(.beyond)'";

const MIGRATE: &str = "\
Reads the source, assesses it, plans the migration, and writes into one folder:

  estate.json   what is there
  plan.json     the plan, for other tools and for `sixward emit`
  runbook.md    the plan for people: read it, have it reviewed
  apply.sh      does the steps, wave by wave
  undo.sh       goes back, from any point
  intent.toml   what you want, with every open decision to answer; written once, then yours

Nothing in your account is changed: the provider is only asked. What only you can know (who is behind \
203.0.113.123?) is a decision: it is asked for and left out of the plan until you answer it in \
intent.toml. Then run the same command again.";

/// The whole command line.
#[derive(Debug, Parser)]
#[command(
    name = "sixward",
    version,
    about = ABOUT,
    long_about = LONG_ABOUT,
    after_help = OVERVIEW,
    after_long_help = format!("{SOURCES}\n\n{CODES}\n\n{OVERVIEW}"),
    arg_required_else_help = true,
    disable_help_subcommand = false,
    max_term_width = 100,
    color = ColorChoice::Auto
)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) verb: Verb,
    #[command(flatten)]
    pub(crate) global: Global,
}

/// What can be done.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Read, assess, plan and write everything for review: the main job
    #[command(long_about = MIGRATE, after_long_help = format!("{SOURCES}\n\n{CODES}"))]
    Migrate(Planning),
    /// Read a source and write down what is there
    #[command(after_long_help = format!("{SOURCES}\n\n{DISCOVER}"))]
    Discover(Reading),
    /// List what stands in the way and what only you can decide
    #[command(after_long_help = format!("{SOURCES}\n\n{ASSESS}"))]
    Assess(Intending),
    /// Print every step with its reason and its way back
    #[command(after_long_help = format!("{SOURCES}\n\n{PLAN}"))]
    Plan(Planning),
    /// Turn a plan into its scripts and its runbook
    #[command(after_long_help = format!("{SOURCES}\n\n{EMIT}"))]
    Emit(Emitting),
    /// Say what becomes of a flow, hop by hop, before, during and after a plan
    #[command(after_long_help = format!("{SOURCES}\n\n{EXPLAIN}"))]
    Explain(Explaining),
    /// Prove the promises on every state that the plan passes through
    #[command(after_long_help = format!("{SOURCES}\n\n{PROVE}"))]
    Prove(Proving),
    /// Rehearse the plan with real packets, in network namespaces of this machine
    #[command(after_long_help = format!("{SOURCES}\n\n{REHEARSE}"))]
    Rehearse(Rehearsing),
    /// Say what one estate lets begin that another does not: the review of any change
    #[command(after_long_help = format!("{SOURCES}\n\n{DIFF}"))]
    Diff(Diffing),
    /// Carry a plan out, step by step, with a journal and a way back
    #[command(after_long_help = APPLY)]
    Apply(Applying),
    /// Take back what was done of a plan, from any point
    #[command(after_long_help = ROLLBACK)]
    Rollback(Walking),
    /// Look at the live estate: is it what the plan says, and does it keep the promises?
    #[command(after_long_help = VERIFY)]
    Verify(Verifying),
    /// Show what was meant, answered and seen while a plan was carried out or taken back
    #[command(after_long_help = JOURNAL)]
    Journal(Looking),
    /// Show who can talk to whom, by groups: IPv4 before the plan beside IPv6 after it
    #[command(after_long_help = format!("{SOURCES}\n\n{MATRIX}"))]
    Matrix(Tabling),
    /// Ask about Teredo, IPv6 where the network gives none
    #[command(after_long_help = TEREDO)]
    Teredo {
        /// What is asked
        #[command(subcommand)]
        ask: Teredo,
    },
    /// Print a completion script for a shell
    #[command(hide = true)]
    Completions {
        /// The shell
        shell: Shell,
    },
}

/// What to start from.
#[derive(Debug, ArgsOf)]
pub(crate) struct Origin {
    /// A folder of dumps, `aws:REGION[,PROFILE]`, or a file that sixward wrote
    pub(crate) source: String,
    /// Call this URL in place of AWS, for every service: a test server
    ///
    /// Without it `SIXWARD_AWS_ENDPOINT` and then your AWS settings (`AWS_ENDPOINT_URL`) hold.
    /// Example: `--endpoint-url http://127.0.0.1:5000`.
    #[arg(long, value_name = "URL")]
    pub(crate) endpoint_url: Option<String>,
}

/// `discover`.
#[derive(Debug, ArgsOf)]
pub(crate) struct Reading {
    #[command(flatten)]
    pub(crate) from: Origin,
    /// Write estate.json into this folder, or to this path if it ends in `.json`; else to stdout
    #[arg(short, long, value_name = "PATH")]
    pub(crate) out: Option<PathBuf>,
}

/// What is wanted.
#[derive(Debug, ArgsOf)]
pub(crate) struct Intending {
    #[command(flatten)]
    pub(crate) from: Origin,
    /// The file that says what you want; else intent.toml in the source or the output folder
    #[arg(long, value_name = "FILE")]
    pub(crate) intent: Option<PathBuf>,
    /// How far IPv6 goes; goes before the intent's own word
    #[arg(long, value_enum, value_name = "PROFILE")]
    pub(crate) profile: Option<ProfileName>,
}

/// `plan` and `migrate`.
#[derive(Debug, ArgsOf)]
pub(crate) struct Planning {
    #[command(flatten)]
    pub(crate) wanted: Intending,
    /// Write into this folder
    ///
    /// `migrate` writes into `./migration/<name of the source>` without it; a migration folder that is
    /// given as SOURCE is written into itself. `plan` writes plan.json only with it, into the folder
    /// or to the path if that ends in `.json`.
    #[arg(short, long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
}

/// `emit`.
#[derive(Debug, ArgsOf)]
pub(crate) struct Emitting {
    #[command(flatten)]
    pub(crate) planning: Planning,
    /// Print one of the texts to stdout instead of writing all
    #[arg(long, value_enum, value_name = "TEXT", conflicts_with = "out")]
    pub(crate) only: Option<PartName>,
}

/// `explain`.
#[derive(Debug, ArgsOf)]
pub(crate) struct Explaining {
    #[command(flatten)]
    pub(crate) wanted: Intending,
    #[command(flatten)]
    pub(crate) which: Which,
    /// Who sends: `internet`, or a name, an id or an address of the estate
    #[arg(long, value_name = "END")]
    pub(crate) from: String,
    /// Who receives, and at which port: `web:443`, `web:udp/53`, `web:icmp`
    #[arg(long, value_name = "END:PORT")]
    pub(crate) to: String,
    /// The port that it is sent from
    #[arg(long, value_name = "PORT", default_value_t = Question::FROM_PORT)]
    pub(crate) from_port: u16,
    /// In which family; `both` unless an end is an address
    #[arg(
        long,
        value_enum,
        value_name = "FAMILY",
        default_value_t,
        hide_default_value = true
    )]
    pub(crate) family: FamilyName,
    /// In the state after this step, or at the `end`; without it before the plan and at its end
    #[arg(long, value_name = "STEP|end")]
    pub(crate) after: Option<After>,
}

/// `prove`.
#[derive(Debug, ArgsOf)]
pub(crate) struct Proving {
    #[command(flatten)]
    pub(crate) wanted: Intending,
    #[command(flatten)]
    pub(crate) which: Which,
    /// Write what the proof rests on into this file, for somebody who does not trust the proof
    #[arg(long, value_name = "FILE", conflicts_with = "check")]
    pub(crate) certificate: Option<PathBuf>,
    /// Check a certificate against the states of the plan, instead of proving
    #[arg(long, value_name = "FILE")]
    pub(crate) check: Option<PathBuf>,
}

/// `rehearse`.
#[derive(Debug, ArgsOf)]
pub(crate) struct Rehearsing {
    #[command(flatten)]
    pub(crate) wanted: Intending,
    #[command(flatten)]
    pub(crate) which: Which,
    /// Write what passes the interfaces of hosts and services into this folder, for Wireshark
    #[arg(long, value_name = "DIR")]
    pub(crate) pcap: Option<PathBuf>,
    /// At the end of the plan, before the way back: a shell on this host of the lab
    #[arg(long, value_name = "HOST")]
    pub(crate) shell: Option<String>,
    /// At the end of the plan, before the way back: say where everything is, and wait for Enter
    #[arg(long)]
    pub(crate) keep: bool,
}

/// `diff`.
#[derive(Debug, ArgsOf)]
pub(crate) struct Diffing {
    /// The estate as it was: a SOURCE, or SOURCE@STEP
    pub(crate) before: String,
    /// The estate as it is, or is to be
    pub(crate) after: String,
    /// Call this URL in place of AWS, for every service: a test server
    #[arg(long, value_name = "URL")]
    pub(crate) endpoint_url: Option<String>,
}

/// `matrix`.
#[derive(Debug, ArgsOf)]
pub(crate) struct Tabling {
    #[command(flatten)]
    pub(crate) wanted: Intending,
    #[command(flatten)]
    pub(crate) which: Which,
    /// IPv6 after this step; without it after the last
    #[arg(long, value_name = "STEP|end")]
    pub(crate) after: Option<After>,
}

/// Which plan is meant.
#[derive(Debug, ArgsOf)]
pub(crate) struct Which {
    /// The plan's file; else plan.json beside the source
    #[arg(long, value_name = "FILE", conflicts_with = "replan")]
    pub(crate) plan: Option<PathBuf>,
    /// Plan now, though a plan lies beside the source
    #[arg(long)]
    pub(crate) replan: bool,
}

/// What holds for every verb.
#[derive(Debug, ArgsOf)]
pub(crate) struct Global {
    /// Print the report as JSON (docs/formats/report.md) instead of text
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Print errors only
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,
    /// When to use colour
    ///
    /// NO_COLOR is obeyed.
    #[arg(long, global = true, value_enum, value_name = "WHEN", default_value_t)]
    pub(crate) color: When,
    /// Show how long each phase took, in milliseconds
    #[arg(long, global = true)]
    pub(crate) timings: bool,
}

/// When to use colour.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum When {
    /// On a terminal
    #[default]
    Auto,
    /// Even into a file
    Always,
    /// Not at all
    Never,
}

/// How far IPv6 goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ProfileName {
    /// Everything that has IPv4 gets IPv6
    DualStack,
    /// IPv6 ends at the load balancers that face the internet
    EdgeOnly,
    /// Public subnets get IPv6; what is behind them stays IPv4
    EastWestIpv4,
}

/// In which family a flow is asked about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum FamilyName {
    /// IPv4
    V4,
    /// IPv6
    V6,
    /// One after the other
    #[default]
    Both,
}

/// The texts of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PartName {
    /// The script that does the steps
    Apply,
    /// The script that goes back
    Undo,
    /// The text for people
    Runbook,
}
