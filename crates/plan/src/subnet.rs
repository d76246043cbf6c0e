//! Blocks of subnets, and whether new interfaces get addresses by themselves.

use sixward_assess::Survey;
use sixward_assess::catalogue::Catalogue;
use sixward_assess::subnet::launches_without_v6;
use sixward_estate::intent::{AutoAssign, Profile};
use sixward_estate::{Estate, Subject, Subnet, SubnetId};
use sixward_net::Ipv6Net;

use crate::address::AddressPlan;
use crate::change::{Change, ChangeError};
use crate::draft::{About, Draft};
use crate::step::Risk;

pub(crate) fn block_steps(addresses: &AddressPlan, draft: &mut Draft) {
    for (subnet, row) in addresses.subnets.iter().filter(|(_, row)| !row.existing) {
        let change = Change::AddSubnetBlock {
            subnet: subnet.clone(),
            net: row.net,
        };
        draft.step(
            change,
            About::quiet("interfaces take their addresses from the subnet's block"),
        );
    }
}

/// The last step for a subnet: until now nothing in it got an address that was not planned.
pub(crate) fn auto_assign_steps(survey: &Survey<'_>, catalogue: &Catalogue, draft: &mut Draft) {
    // Hosts stay IPv4 where only the edge changes, those launched later too.
    if survey.intent.auto_assign == AutoAssign::Off
        || survey.selection.profile() == Profile::EdgeOnly
    {
        return;
    }
    let refused = launches_without_v6(survey, catalogue);
    let ready = |subnet: &&Subnet| {
        survey.selection.subnet(&subnet.id)
            && subnet.block6.is_some()
            && !subnet.assign6_on_create
            && !refused.contains_key(&subnet.id)
            && !survey.holds_back(&subnet.id)
    };
    let ids: Vec<_> = draft
        .state
        .subnets
        .iter()
        .filter(ready)
        .map(|s| s.id.clone())
        .collect();
    for subnet in ids {
        let about = About::quiet("what is launched from now on is dual-stack like the rest");
        draft.step(
            Change::SetAutoAssign { subnet, on: true },
            about.risk(Risk::Low),
        );
    }
}

pub(crate) fn add_block(
    estate: &mut Estate,
    id: &SubnetId,
    net: Ipv6Net,
) -> Result<(), ChangeError> {
    let subnet = find(estate, id)?;
    if let Some(block) = subnet.block6 {
        return Err(ChangeError::Exists(subject(subnet), block.to_string()));
    }
    subnet.block6 = Some(net);
    Ok(())
}

/// Refused while anything uses it, as the provider does (`InvalidCidrBlock.InUse`).
pub(crate) fn remove_block(
    estate: &mut Estate,
    id: &SubnetId,
    net: Ipv6Net,
) -> Result<(), ChangeError> {
    let used = estate.interfaces.iter().any(|interface| {
        // Numbers first: this is asked for every subnet on the way back.
        interface.addresses6.iter().any(|a| net.contains(a)) && interface.subnet == *id
    });
    let subnet = find(estate, id)?;
    if subnet.block6 != Some(net) {
        return Err(ChangeError::Absent(subject(subnet), net.to_string()));
    }
    if used || subnet.assign6_on_create {
        return Err(ChangeError::InUse(subject(subnet), net.to_string()));
    }
    subnet.block6 = None;
    Ok(())
}

pub(crate) fn set_auto_assign(
    estate: &mut Estate,
    id: &SubnetId,
    on: bool,
) -> Result<(), ChangeError> {
    let subnet = find(estate, id)?;
    if on && subnet.block6.is_none() {
        return Err(ChangeError::Absent(
            subject(subnet),
            "an IPv6 block".to_owned(),
        ));
    }
    subnet.assign6_on_create = on;
    Ok(())
}

fn find<'a>(estate: &'a mut Estate, id: &SubnetId) -> Result<&'a mut Subnet, ChangeError> {
    let missing = || ChangeError::Missing(Subject::new("subnet", id.as_str(), ""));
    estate.subnets.get_mut(id).ok_or_else(missing)
}

fn subject(subnet: &Subnet) -> Subject {
    Subject::new("subnet", subnet.id.as_str(), &subnet.name)
}
