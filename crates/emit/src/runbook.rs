//! `runbook.md`: what a reviewer reads in ten minutes, whatever the size of the estate.
//!
//! What needs a person comes first: what stands in the way, what is asked, who notices, what does not
//! come back. Then the address plan and the waves. Steps that are alike are folded: a table that
//! nobody reads to the end hides what it shows.

mod addresses;
mod group;
mod open;
mod rollback;
mod summary;
mod tunnel;
mod wave;

use sixward_plan::Plan;

/// How many rows a table has before it is folded.
const ROWS: usize = 15;

/// The runbook of a plan.
pub fn runbook(plan: &Plan) -> String {
    let mut text = summary::text(plan);
    text.push_str(&open::text(plan));
    text.push_str(&addresses::text(plan));
    text.push_str(&wave::by_itself(plan));
    text.push_str(ORDER);
    text.push_str(&wave::text(plan));
    text.push_str(&tunnel::text(plan));
    text.push_str(&rollback::text(plan));
    text
}

const ORDER: &str = "\
## The order, and why it is safe

1. **Blocks** give prefixes to networks and subnets. No interface has an address yet, so nothing can
   be reached over IPv6, whatever the filters say.
2. **Routes** lead somewhere before anything uses them. Private subnets go out through an egress-only
   gateway, which lets nobody in.
3. **Filters**: denying entries go a wave before allowing ones, so that no moment is more open than the
   end.
4. **Machine types**: hosts that cannot have IPv6 get a type that can. This is the only stage that
   stops anything.
5. **Addresses**: from here on packets flow, through routes and filters that are in place. New
   interfaces get addresses by themselves only after the planned ones are there.
6. **Guests** take up the addresses.
7. **Services** answer both families once their subnets have blocks.
8. **Names** come last: clients begin to use IPv6 when an AAAA record says so, and not before.

IPv4 is not touched by any step but the stops and starts listed above. Steps of one wave do not depend
on one another.

";
