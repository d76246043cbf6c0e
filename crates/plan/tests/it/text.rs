//! A plan as short text, for goldens.

use sixward_plan::{Change, Plan};

/// One line a step.
pub(crate) fn steps(plan: &Plan) -> String {
    let line = |change: &Change| match change {
        Change::AddNetworkBlock { network, block } => {
            format!("{network} block {}", plan.symbols.show(block.net))
        }
        Change::AddSubnetBlock { subnet, net } => {
            format!("{subnet} block {}", plan.symbols.show(*net))
        }
        Change::SetAutoAssign { subnet, on } => format!("{subnet} auto-assign {on}"),
        Change::CreateGateway { gateway } => format!("create {}", gateway.id),
        Change::AddRoute { table, route } => format!("{table} route {}", target(plan, route)),
        Change::AddRule { firewall, rule } => match rule.remote {
            sixward_estate::Remote::Net(net) => {
                let shown = rule.to_string();
                let shown = shown.replace(&net.to_string(), &plan.symbols.show_any(net));
                format!("{firewall} {shown}")
            }
            _ => format!("{firewall} {rule}"),
        },
        Change::SetMachineType { host, from, to } => format!("{host} {from} -> {to}"),
        Change::AssignAddress {
            interface, address, ..
        } => {
            format!("{interface} {}", plan.symbols.show_address(*address))
        }
        other => format!("{other:?}"),
    };
    let lines = plan
        .steps
        .iter()
        .map(|step| format!("{} {}\n", step.wave, line(&step.change)));
    lines.collect()
}

fn target(plan: &Plan, route: &sixward_estate::Route) -> String {
    match route.destination {
        sixward_estate::Destination::Net(net) => {
            format!("{} -> {}", plan.symbols.show_any(net), route.target)
        }
        sixward_estate::Destination::PrefixList(ref list) => format!("{list} -> {}", route.target),
    }
}
