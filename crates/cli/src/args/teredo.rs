//! Arguments of `sixward teredo`, whose options are those of the program `sixward-teredo`.

use clap::Subcommand;
use sixward_teredod::{DiagnoseTold, StatusTold};

pub(super) const TEREDO: &str = "\
Examples
  sixward teredo diagnose teredo.example.net
  sixward teredo diagnose 198.51.100.1 --lifetime 120 --host 2001:db8::1
  sixward teredo status --json | jq .nat

`diagnose` needs no root and no tunnel. It exits with 2 when a client here would have no address, is
behind a symmetric NAT, or did not reach a host that was named; `status` exits with 2 when the client
has no address.

Clients, servers and relays are run by the program `sixward-teredo`.";

/// What is asked of Teredo.
#[derive(Debug, Subcommand)]
pub(crate) enum Teredo {
    /// Say what a client would meet here: the kind of NAT, and which peers it would reach
    Diagnose(DiagnoseTold),
    /// Say how the client, relay or server on this host is doing
    Status(StatusTold),
}
