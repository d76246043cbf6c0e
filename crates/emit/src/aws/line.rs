//! Lines of a script: which function is called, with which words.

use std::collections::BTreeMap;
use std::net::Ipv6Addr;

use sixward_estate::{GatewayId, NetworkId};
use sixward_net::{IpNet, Ipv6Net};
use sixward_plan::{Change, Plan};

use super::shell::Noun;
use crate::title;

/// What rendering a change needs to know.
#[derive(Debug)]
pub(super) struct Context<'a> {
    /// The plan.
    pub(super) plan: &'a Plan,
    /// The number that tells one plan from another.
    pub(super) fingerprint: u64,
    /// Gateways that the plan makes, with their networks: their ids are not known yet.
    made: BTreeMap<&'a GatewayId, &'a NetworkId>,
}

/// One change in the script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Line {
    /// A function is called.
    Call(Call),
    /// A person does it; why the script does not.
    ByHand(&'static str),
}

/// A call of a function of `sh/<noun>.sh`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Call {
    /// Whose file the function is in.
    pub(super) noun: Noun,
    /// Something is added, removed, or set to another value.
    pub(super) mode: Mode,
    /// The function's name, less the mode.
    pub(super) verb: &'static str,
    /// Its words.
    pub(super) args: Vec<String>,
}

/// What a call does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// Something comes to be.
    Add,
    /// Something ceases to be.
    Remove,
    /// Something has another value.
    Set,
}

impl<'a> Context<'a> {
    pub(super) fn new(plan: &'a Plan) -> Self {
        let made = plan.steps.iter().filter_map(|step| match &step.change {
            Change::CreateGateway { gateway } => Some((&gateway.id, gateway.network.as_ref()?)),
            _ => None,
        });
        Self {
            plan,
            fingerprint: fingerprint(plan),
            made: made.collect(),
        }
    }

    /// The network of a gateway that the plan makes.
    pub(super) fn made_for(&self, gateway: &GatewayId) -> Option<&'a NetworkId> {
        self.made.get(gateway).copied()
    }

    /// A prefix for the script: `{vpc-1}1a::/64` where the block is not known before it runs.
    pub(super) fn net(&self, net: IpNet) -> String {
        match net {
            IpNet::V4(net) => net.to_string(),
            IpNet::V6(net) => format!("{}/{}", self.address(net.network()), net.prefix_len()),
        }
    }

    /// An address for the script: `{vpc-1}1a::a00:5`.
    pub(super) fn address(&self, address: Ipv6Addr) -> String {
        let bits = u128::from(address);
        let half = Ipv6Addr::from(bits >> 64 << 64);
        let place = Ipv6Net::new(half, 64)
            .ok()
            .filter(|net| self.plan.symbols.around(*net).is_some())
            .map(|net| self.plan.symbols.show(net));
        let digits = place.as_deref().and_then(|text| text.strip_suffix("::/64"));
        match digits {
            Some(digits) => format!("{digits}::{}", host_half(address)),
            None => address.to_string(),
        }
    }
}

/// The same plan has the same number, so that a gateway that was asked for twice is made once
/// (FNV-1a over what the steps say).
fn fingerprint(plan: &Plan) -> u64 {
    let titles = plan.steps.iter().map(|step| title(&step.change, plan));
    titles.fold(0xcbf2_9ce4_8422_2325, |hash, title| {
        title.bytes().chain([0]).fold(hash, |hash: u64, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        })
    })
}

/// The lower half without leading zeros, never in dotted form: `a00:5`.
fn host_half(address: Ipv6Addr) -> String {
    let [_, _, _, _, host @ ..] = address.segments();
    let groups = host.iter().skip_while(|group| **group == 0);
    let groups: Vec<_> = groups.map(|group| format!("{group:x}")).collect();
    groups.join(":")
}

impl Line {
    pub(super) fn by_hand(why: &'static str) -> Self {
        Self::ByHand(why)
    }

    pub(super) fn add<const N: usize>(noun: Noun, verb: &'static str, args: [String; N]) -> Self {
        Self::call(noun, Mode::Add, verb, args)
    }

    pub(super) fn remove<const N: usize>(
        noun: Noun,
        verb: &'static str,
        args: [String; N],
    ) -> Self {
        Self::call(noun, Mode::Remove, verb, args)
    }

    pub(super) fn set<const N: usize>(noun: Noun, verb: &'static str, args: [String; N]) -> Self {
        Self::call(noun, Mode::Set, verb, args)
    }

    fn call<const N: usize>(noun: Noun, mode: Mode, verb: &'static str, args: [String; N]) -> Self {
        Self::Call(Call {
            noun,
            mode,
            verb,
            args: args.into(),
        })
    }
}

impl Mode {
    /// The word of the script.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Remove => "remove",
            Self::Set => "set",
        }
    }
}
