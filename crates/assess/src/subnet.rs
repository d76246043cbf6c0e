//! What stands in the way in single subnets.

use std::collections::BTreeMap;

use sixward_estate::intent::{AutoAssign, Profile};
use sixward_estate::{
    Code, Destination, Gateway, GatewayKind, Host, NatAddress, RouteTarget, Subject, Subnet,
    SubnetId,
};
use sixward_net::{IpNet, Ipv6Net};

use crate::catalogue::Catalogue;
use crate::host;
use crate::report::{Explain, Lines, Report};
use crate::survey::Survey;

/// Names resolve to NAT64 addresses and no route leads to a NAT64.
pub const DNS64_WITHOUT_NAT64: Code = Code::new("subnet/dns64-without-nat64");
/// Others may know the subnet by the fixed IPv4 address that it leaves with.
pub const FIXED_EGRESS: Code = Code::new("subnet/fixed-egress");

/// Well-known prefix of NAT64 (RFC 6052).
const NAT64: Ipv6Net =
    Ipv6Net::new_assert(std::net::Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, 0, 0), 96);

/// Launches of machine types without IPv6 would fail if every new interface got an address.
pub const LAUNCHES_WITHOUT_V6: Code = Code::new("subnet/launches-without-v6");

/// Hosts by the subnets in which a machine type without IPv6 is still launched: the provider refuses
/// that where every new interface gets an IPv6 address.
pub fn launches_without_v6<'a>(
    survey: &Survey<'a>,
    catalogue: &Catalogue,
) -> BTreeMap<&'a SubnetId, Vec<&'a Host>> {
    let mut subnets: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for host in &survey.estate().hosts {
        let Some(interface) = survey.index.primary_interface(host) else {
            continue;
        };
        let launched = !host.scaling_group.is_empty() && survey.selection.subnet(&interface.subnet);
        if launched && host::stays_without_v6(survey, catalogue, host) {
            subnets.entry(&interface.subnet).or_default().push(host);
        }
    }
    subnets
}

pub(crate) fn find(survey: &Survey<'_>, catalogue: &Catalogue, report: &mut Report) {
    launches(survey, catalogue, report);
    for subnet in &survey.estate().subnets {
        if !survey.selection.network(&subnet.network) {
            continue;
        }
        dns64(survey, subnet, report);
        fixed_egress(survey, subnet, report);
    }
}

impl Survey<'_> {
    /// Whether a subnet has, or will have, an IPv6 block.
    pub fn subnet_gets_v6(&self, id: &SubnetId) -> bool {
        let has = || {
            let subnet = self.estate().subnets.get(id);
            subnet.is_some_and(|subnet| subnet.block6.is_some())
        };
        self.selection.subnet(id) || has()
    }
}

fn subject(subnet: &Subnet) -> Subject {
    Subject::new("subnet", subnet.id.as_str(), &subnet.name)
}

fn launches(survey: &Survey<'_>, catalogue: &Catalogue, report: &mut Report) {
    if survey.intent.auto_assign == AutoAssign::Off
        || survey.selection.profile() == Profile::EdgeOnly
    {
        return;
    }
    for (id, hosts) in launches_without_v6(survey, catalogue) {
        let Some(subnet) = survey.estate().subnets.get(id) else {
            continue;
        };
        let lines: Lines = hosts
            .iter()
            .map(|host| {
                format!(
                    "host/{} in {}: {}",
                    host.id, host.scaling_group, host.machine_type
                )
            })
            .collect();
        report
            .warning(
                LAUNCHES_WITHOUT_V6,
                subject(subnet),
                "new interfaces get no IPv6 address by themselves: scaling groups launch machine types \
                 in it that have no IPv6, and the provider would refuse them",
            )
            .way_out("give these groups a machine type that has IPv6, then plan again")
            .seen_in(lines);
    }
}

fn dns64(survey: &Survey<'_>, subnet: &Subnet, report: &mut Report) {
    if !subnet.dns64 || !survey.subnet_gets_v6(&subnet.id) || translates(survey, subnet) {
        return;
    }
    let table = survey.index.route_table(subnet);
    report
        .blocker(
            DNS64_WITHOUT_NAT64,
            subject(subnet),
            "its resolver answers with NAT64 addresses (DNS64 is on), and no route \
                 for 64:ff9b::/96 leads to a NAT gateway: over IPv6, names with IPv4 \
                 only would be dead",
        )
        .way_out(
            "turn DNS64 off (a dual-stack subnet does not need it), or route \
             64:ff9b::/96 to a NAT gateway",
        )
        .seen_in(table.map_or("no route table".to_owned(), |table| {
            format!("route table {}", table.id)
        }));
}

fn translates(survey: &Survey<'_>, subnet: &Subnet) -> bool {
    let nat64 = Destination::Net(IpNet::V6(NAT64));
    let table = survey.index.route_table(subnet);
    let route = table.and_then(|table| table.route(&nat64));
    route.is_some_and(|route| nat(survey, &route.target).is_some())
}

fn fixed_egress(survey: &Survey<'_>, subnet: &Subnet, report: &mut Report) {
    let gets =
        survey.selection.subnet(&subnet.id) && survey.selection.profile() != Profile::EdgeOnly;
    if !gets || survey.is_pinned(&subnet.id) {
        return;
    }
    let table = survey.index.route_table(subnet);
    let Some((gateway, addresses)) = table
        .and_then(|table| table.default4())
        .and_then(|target| nat(survey, target))
    else {
        return;
    };
    let fixed: Lines = addresses
        .iter()
        .filter_map(|address| address.public)
        .map(|address| address.to_string())
        .collect();
    if fixed.is_empty() {
        return;
    }
    report
        .warning(
            FIXED_EGRESS,
            subject(subnet),
            format!(
                "it leaves from the fixed address {}, which others may allow-list, and \
                 IPv6 goes round that",
                fixed.joined()
            ),
        )
        .way_out(
            "tell them the subnet's IPv6 block; or set `egress = \"none\"` under \
             [subnets.<subnet>] in the intent",
        )
        .seen_in(format!("0.0.0.0/0 to {}", gateway.id));
}

/// The NAT gateway that a route leads to, when it reaches the internet.
fn nat<'a>(survey: &Survey<'a>, target: &RouteTarget) -> Option<(&'a Gateway, &'a [NatAddress])> {
    let RouteTarget::Gateway(id) = target else {
        return None;
    };
    let gateway = survey.estate().gateways.get(id)?;
    match &gateway.kind {
        GatewayKind::Nat {
            public: true,
            addresses,
            ..
        } => Some((gateway, addresses)),
        _ => None,
    }
}
