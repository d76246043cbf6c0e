//! Which of a network's blocks is the plan's: pools and zone groups, which the test cloud has not.

use std::path::Path;

use crate::shell::bash;

/// Association, prefix, state, border group, pool; as `describe-vpcs` lists them, the old ones first.
const LISTED: &str = "\
vpc-cidr-assoc-1\t2600:1f18:1:6b00::/56\tdisassociated\tus-east-1\tAmazon
vpc-cidr-assoc-2\t2600:1f18:2:6b00::/56\tassociated\tus-east-1-bos-1\tAmazon
vpc-cidr-assoc-3\t2600:1f18:3:6b00::/56\tassociated\tus-east-1\tAmazon
vpc-cidr-assoc-4\t2001:db8:4:6b00::/56\tassociated\tus-east-1\tipv6pool-ec2-1
vpc-cidr-assoc-5\t2001:db8:5::/48\tassociated\tus-east-1\tIPAM Managed
vpc-cidr-assoc-6\t2600:1f18:6:6b00::/56\tassociating\teu-west-1\tAmazon";

#[test]
fn the_block_is_found_by_what_the_plan_says_of_it() {
    assert_eq!(
        found("56 amazon us-east-1"),
        "2600:1f18:3:6b00::/56 associated"
    );
    assert_eq!(
        found("56 amazon us-east-1-bos-1"),
        "2600:1f18:2:6b00::/56 associated"
    );
    assert_eq!(
        found("56 amazon ''"),
        "2600:1f18:2:6b00::/56 associated",
        "given back is gone"
    );
    assert_eq!(
        found("56 amazon eu-west-1"),
        "2600:1f18:6:6b00::/56 associating"
    );
    assert_eq!(
        found("56 pool ipv6pool-ec2-1 2001:db8:4:6b00::/56"),
        "2001:db8:4:6b00::/56 associated"
    );
    assert_eq!(found("48 ipam ipam-pool-1"), "2001:db8:5::/48 associated");
    assert_eq!(
        found("52 ipam ipam-pool-1"),
        "",
        "another length is another block"
    );
    assert_eq!(found("56 pool ipv6pool-ec2-1 2001:db8:9:6b00::/56"), "");
}

/// The block and its state.
fn found(declared: &str) -> String {
    let script = format!(
        "ask() {{ REPLY='{LISTED}'; }}\n\
         network vpc-1 us-east-1 {declared}\n\
         find_block vpc-1\n\
         printf '%s %s' \"${{block[vpc-1]}}\" \"${{block_state[vpc-1]}}\"\n"
    );
    bash(&(sources() + &script)).trim().to_owned()
}

fn sources() -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/aws/sh");
    let read = |name| std::fs::read_to_string(folder.join(name)).unwrap();
    ["frame.sh", "prefix.sh", "network.sh"].map(read).join("\n")
}
