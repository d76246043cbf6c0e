//! What each of the naive engineers did. The README of each scenario says why it burns.

use sixward_plan::Stage;

use super::draft::Draft;

/// A scenario's folder, and what was done there.
pub(crate) type Story = (&'static str, fn(&mut Draft));

pub(crate) const ALL: &[Story] = &[
    ("naive-address-first", address_first),
    ("naive-default-list", default_list),
    ("naive-internet-gateway", internet_gateway),
    ("naive-list-return", list_return),
    ("naive-mirror", mirror),
    ("naive-name-first", name_first),
    ("naive-one-sided-peering", one_sided_peering),
    ("naive-open-relay", open_relay),
    ("naive-too-big", too_big),
];

const TWIN: &str = "0.0.0.0/0 is ::/0";

/// Every rule for everyone becomes one for everyone in IPv6; also where only the lack of a public
/// address hid the host.
fn mirror(draft: &mut Draft) {
    draft.blocks();
    draft.wave(Stage::Routes);
    draft.default_route("rtb-0a100001", "igw-0a100001", "as over IPv4");
    draft.wave(Stage::Filters);
    draft.rule("sg-0a100001", "ingress tcp/443 from ::/0", TWIN);
    draft.rule("sg-0a100002", "ingress tcp/9090 from ::/0", TWIN);
    draft.addresses();
    draft.name("i-0a100001");
}

/// The relay serves all of IPv6, and the client's filter says of everyone what its group does.
fn open_relay(draft: &mut Draft) {
    draft.wave(Stage::Tunnels);
    draft.tunnel("a relay is there to join clients to IPv6");
    draft.wave(Stage::Tunnels);
    draft.join(
        "db-old",
        &["ingress tcp/5432 from ::/0", "egress all to ::/0"],
        TWIN,
    );
}

/// Every table sends ::/0 to the internet gateway; also the private one, which leaves through NAT.
fn internet_gateway(draft: &mut Draft) {
    draft.blocks();
    draft.wave(Stage::Routes);
    let reason = "there is no NAT in IPv6, so the internet gateway it is";
    for table in ["rtb-0a200000", "rtb-0a200001", "rtb-0a200002"] {
        draft.default_route(table, "igw-0a200001", reason);
    }
    draft.wave(Stage::Filters);
    draft.rule("sg-0a200001", "ingress tcp/443 from ::/0", TWIN);
    draft.rule("sg-0a200002", "ingress tcp/8080 from ::/0", TWIN);
    draft.addresses();
    draft.name("i-0a200001");
}

/// The list gets its service rules, and no rule for what comes back.
fn list_return(draft: &mut Draft) {
    draft.blocks();
    draft.wave(Stage::Routes);
    draft.default_route("rtb-0a300001", "igw-0a300001", "as over IPv4");
    draft.wave(Stage::Filters);
    let list = "acl-0a300001";
    draft.rule(list, "ingress 101 allow tcp/443 from ::/0", "HTTPS in");
    draft.rule(list, "egress 101 allow tcp/443 to ::/0", "HTTPS out");
    draft.rule("sg-0a300001", "ingress tcp/443 from ::/0", TWIN);
    draft.addresses();
    draft.name("i-0a300001");
}

/// The list gets its rules and those for what comes back, and none for Packet Too Big.
fn too_big(draft: &mut Draft) {
    draft.blocks();
    draft.wave(Stage::Routes);
    draft.default_route("rtb-0a400001", "igw-0a400001", "as over IPv4");
    draft.wave(Stage::Filters);
    let list = "acl-0a400001";
    let ephemeral = "answers come back to high ports";
    draft.rule(list, "ingress 101 allow tcp/443 from ::/0", "HTTPS in");
    draft.rule(
        list,
        "ingress 111 allow tcp/1024-65535 from ::/0",
        ephemeral,
    );
    draft.rule(list, "egress 101 allow tcp/443 to ::/0", "HTTPS out");
    draft.rule(list, "egress 111 allow tcp/1024-65535 to ::/0", ephemeral);
    draft.rule("sg-0a400001", "ingress tcp/443 from ::/0", TWIN);
    draft.addresses();
    draft.name("i-0a400001");
}

/// What allows comes first, so that it works; what denies comes when it works.
fn address_first(draft: &mut Draft) {
    draft.blocks();
    draft.wave(Stage::Routes);
    draft.default_route("rtb-0a500001", "igw-0a500001", "as over IPv4");
    draft.wave(Stage::Filters);
    draft.rule("sg-0a500001", "ingress tcp/443 from ::/0", TWIN);
    draft.rule("sg-0a500001", "ingress tcp/5432 from ::/0", TWIN);
    let list = "acl-0a500001";
    draft.rule(list, "ingress 101 allow all from ::/0", TWIN);
    draft.rule(list, "egress 101 allow all to ::/0", TWIN);
    draft.addresses();
    draft.wave(Stage::Filters);
    let subnet = "subnet-0a500002";
    let reason = "it works: now the list is made tight";
    draft.rule_for_subnet(list, "ingress 81 allow tcp/5432 from", subnet, reason);
    draft.rule(list, "ingress 91 deny tcp/5432 from ::/0", reason);
    draft.name("i-0a500001");
}

/// SSH is opened in the group, since nobody knows the office's IPv6 prefix yet: the list, which has
/// only IPv4 rules, will keep it shut.
fn default_list(draft: &mut Draft) {
    draft.blocks();
    draft.wave(Stage::Routes);
    draft.default_route("rtb-0a600001", "igw-0a600001", "as over IPv4");
    draft.wave(Stage::Filters);
    let shut = "the list has no IPv6 rule but this: the rest stays shut";
    draft.rule("acl-0a600000", "ingress 200 allow tcp/443 from ::/0", shut);
    draft.rule("sg-0a600001", "ingress tcp/443 from ::/0", TWIN);
    let until = "the office's prefix is not known yet; until then the list keeps SSH shut";
    draft.rule("sg-0a600001", "ingress tcp/22 from ::/0", until);
    draft.addresses();
    draft.name("i-0a600001");
}

/// The name is done together with the address, so that nobody forgets it; the filters follow.
fn name_first(draft: &mut Draft) {
    draft.blocks();
    draft.wave(Stage::Routes);
    draft.default_route("rtb-0a800001", "igw-0a800001", "as over IPv4");
    draft.addresses();
    draft.name("i-0a800001");
    draft.wave(Stage::Filters);
    let list = "acl-0a800001";
    let ephemeral = "answers come back to high ports";
    let large = "word that a packet is too large";
    draft.rule(list, "ingress 101 allow tcp/443 from ::/0", "HTTPS in");
    draft.rule(
        list,
        "ingress 111 allow tcp/1024-65535 from ::/0",
        ephemeral,
    );
    draft.rule(list, "ingress 121 allow icmpv6/2/0 from ::/0", large);
    draft.rule(list, "egress 101 allow tcp/443 to ::/0", "HTTPS out");
    draft.rule(list, "egress 111 allow tcp/1024-65535 to ::/0", ephemeral);
    draft.rule(list, "egress 121 allow icmpv6/2/0 to ::/0", large);
    draft.rule("sg-0a800001", "ingress tcp/443 from ::/0", TWIN);
}

/// The side that asks gets its route; the side that answers is forgotten.
fn one_sided_peering(draft: &mut Draft) {
    draft.blocks();
    draft.wave(Stage::Routes);
    let (table, far, link) = ("rtb-0a700001", "vpc-0a700002", "pcx-0a700001");
    draft.peering_route(table, far, link, "app asks, data answers");
    draft.wave(Stage::Filters);
    let near = "vpc-0a700001";
    draft.rule_for_network("sg-0a700002", "ingress tcp/5432 from", near, "as over IPv4");
    draft.addresses();
}
