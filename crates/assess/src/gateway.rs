//! What gateways do for IPv6.
//!
//! A NAT gateway translates IPv4 only, NAT64 aside (Amazon VPC: Migrating to IPv6; NAT gateways).

use sixward_estate::intent::Profile;
use sixward_estate::{Code, GatewayKind, Subject};

use crate::report::{Explain, Report};
use crate::survey::Survey;

/// A NAT gateway does nothing for IPv6.
pub const NAT_V4_ONLY: Code = Code::new("gateway/nat-v4-only");

pub(crate) fn find(survey: &Survey<'_>, report: &mut Report) {
    // In the other profiles what is behind a NAT gateway stays IPv4.
    if survey.selection.profile() != Profile::DualStack {
        return;
    }
    for gateway in &survey.estate().gateways {
        let GatewayKind::Nat {
            public, addresses, ..
        } = &gateway.kind
        else {
            continue;
        };
        let here = gateway.network.as_ref();
        if !here.is_some_and(|network| survey.selection.network(network)) {
            continue;
        }
        let subject = Subject::new("gateway", gateway.id.as_str(), &gateway.name);
        let lines = addresses.iter().filter_map(|address| address.public);
        report
            .note(NAT_V4_ONLY, subject, "NAT does nothing for IPv6")
            .way_out(if *public {
                "nothing: IPv6 leaves by an egress-only gateway, which lets nobody \
                     outside begin, as NAT does; IPv4 stays on the NAT gateway"
            } else {
                "answer the decisions of the routes to it: over IPv6 networks see one \
                     another's own addresses"
            })
            .seen_in(
                lines
                    .map(|address| format!("address {address}"))
                    .collect::<crate::report::Lines>(),
            );
    }
}
