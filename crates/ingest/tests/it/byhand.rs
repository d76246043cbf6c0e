//! `estate.toml`: the example of its page, and what is wrong with others.

use expect_test::{Expect, expect};
use sixward_ingest::byhand;

use crate::check::{count, show};

const PAGE: &str = include_str!("../../../../docs/formats/estate-toml.md");

#[test]
fn the_example_of_the_page_is_read() {
    let example = PAGE
        .split("```toml\n")
        .nth(1)
        .unwrap()
        .split("```")
        .next()
        .unwrap();
    let ingested = byhand::read("estate.toml", example).unwrap();
    expect![[r#"
        networks 1, subnets 1, route tables 1, routes 4, gateways 1, addresses 1, firewalls 2, rules 11, interfaces 2, hosts 2
    "#]].assert_eq(&count(&ingested));
    expect![[r#"
        addresses {address:109.107.35.10,id:109.107.35.10,interface:srv-web/0,place:{account:acc-xxxxx,provider:other,region:gb1}}
        firewalls {id:db,kind:group,network:gb1,rules:[{direction:ingress,remote:{firewall:web},traffic:tcp/5432},{direction:egress,remote:{net:0.0.0.0/0},traffic:all},{direction:egress,remote:{net:::/0},traffic:all}]}
        firewalls {id:web,kind:group,network:gb1,rules:[{direction:ingress,remote:{net:203.0.113.0/24},traffic:tcp/22},{direction:ingress,remote:{net:0.0.0.0/0},traffic:tcp/80},{direction:ingress,remote:{net:::/0},traffic:tcp/80},{direction:ingress,note:the shop,remote:{net:0.0.0.0/0},traffic:tcp/443},{direction:ingress,note:the shop,remote:{net:::/0},traffic:tcp/443},{direction:ingress,remote:{net:::/0},traffic:icmpv6},{direction:egress,remote:{net:0.0.0.0/0},traffic:all},{direction:egress,remote:{net:::/0},traffic:all}]}
        gateways {id:edge,kind:internet,network:gb1}
        hosts {id:srv-db,name:db,network:gb1,root_device:unknown,state:running,virtualization:unknown}
        hosts {id:srv-web,name:web,network:gb1,root_device:unknown,state:running,virtualization:unknown}
        interfaces {addresses4:[{address:10.242.17.14}],addresses6:[2a02:1348:17c:4390:24:19ff:fef0:e412],firewalls:[db],id:srv-db/0,network:gb1,owner:{host:srv-db},primary:true,subnet:gb1-a}
        interfaces {addresses4:[{address:10.242.17.10,held:true,public:109.107.35.10}],addresses6:[2a02:1348:17c:4390:24:19ff:fef0:e40e],firewalls:[web],id:srv-web/0,network:gb1,owner:{host:srv-web},primary:true,subnet:gb1-a}
        networks {blocks4:[10.240.0.0/12],blocks6:[{net:2a02:1348::/32,source:own}],id:gb1,name:Brightbox gb1,place:{account:acc-xxxxx,provider:other,region:gb1}}
        route_tables {id:gb1/main,main:true,network:gb1,routes:[{destination:{net:0.0.0.0/0},target:{gateway:edge}},{destination:{net:10.240.0.0/12},origin:local,target:local},{destination:{net:::/0},target:{gateway:edge}},{destination:{net:2a02:1348::/32},origin:local,target:local}]}
        subnets {assign6_on_create:true,block4:10.242.0.0/16,block6:2a02:1348:17c:4390::/64,id:gb1-a,network:gb1,zone:gb1-a}
    "#]].assert_eq(&show(&ingested));
}

fn wrong(text: &str, expected: &Expect) {
    let error = byhand::read("estate.toml", text).unwrap_err();
    expected.assert_eq(&format!("{error}\nhint: {}\n", error.hint()));
}

#[test]
fn errors_name_the_line_and_the_way_out() {
    let net =
        "[network.a]\nv4 = [\"10.0.0.0/8\"]\n[subnet.s]\nnetwork = \"a\"\nv4 = \"10.0.0.0/24\"\n";
    let with = |text: &str| format!("{net}{text}");
    wrong(
        "[network.a]\nv5 = []\n",
        &expect![[r#"
        cannot read `estate.toml`: unknown field `v5`, expected one of `name`, `account`, `region`, `v4`, `v6` at line 2
        hint: `docs/formats/estate-toml.md` lists the keys of each table
    "#]],
    );
    wrong(
        "[network.a]\nv4 = [\"10.0.0.0/33\"]\n",
        &expect![[r#"
        cannot read `estate.toml`: invalid IP address syntax at line 2
        hint: `docs/formats/estate-toml.md` lists the keys of each table
    "#]],
    );
    wrong(
        "[network",
        &expect![[r#"
        cannot read `estate.toml`: unclosed table, expected `]` at line 1
        hint: `docs/formats/estate-toml.md` lists the keys of each table
    "#]],
    );
    wrong(
        "[subnet.s]\nv4 = \"10.0.0.0/8\"\n",
        &expect![[r#"
        cannot read `estate.toml`: missing field `network` at line 1
        hint: `docs/formats/estate-toml.md` lists the keys of each table
    "#]],
    );
    wrong(
        &with(
            "[policy.p]\nnetwork = \"a\"\nrules = [\n\"allow tcp/443 from any\",\n\"permit tcp from any\"]\n",
        ),
        &expect![[r#"
        cannot read `estate.toml`: `permit` is neither `allow` nor `deny` at line 10
        hint: write `allow tcp/443 from ::/0` or `allow all to any`
    "#]],
    );
    wrong(
        &with("[policy.p]\nnetwork = \"a\"\nrules = [\"allow tcp/9-1 from any\"]\n"),
        &expect![[r#"
        cannot read `estate.toml`: `tcp/9-1` is not a protocol with ports, such as `tcp/443`, `udp/53-60`, `icmp/8` or `all` at line 8
        hint: write `allow tcp/443 from ::/0` or `allow all to any`
    "#]],
    );
    wrong(
        &with("[policy.p]\nnetwork = \"a\"\nrules = [\"allow tcp/22 from nobody\"]\n"),
        &expect![[r#"
        cannot read `estate.toml`: `nobody` is neither an address, a prefix, `any` nor a policy of this file at line 8
        hint: write `allow tcp/443 from ::/0` or `allow all to any`
    "#]],
    );
    wrong(
        &with("[policy.p]\nnetwork = \"a\"\nrules = [\"deny tcp/22 from any\"]\n"),
        &expect![[r#"
        cannot read `estate.toml`: policy `p` denies, and its rules have no order at line 8
        hint: add `ordered = true`, so that the first rule that matches decides
    "#]],
    );
    wrong(
        &with("[route-table.r]\nnetwork = \"a\"\nroutes = [\"0.0.0.0/0 via edge\"]\n"),
        &expect![[r#"
        cannot read `estate.toml`: `edge` is neither a gateway nor a server of this file at line 8
        hint: write `0.0.0.0/0 via GATEWAY`, `10.0.0.0/8 local` or `10.0.0.0/8 nowhere`
    "#]],
    );
    wrong(
        &with("[server.x]\nsubnet = \"t\"\n"),
        &expect![[r#"
        cannot read `estate.toml`: subnet `t` is not in this file at line 7
        hint: add `[subnet.t]`, or correct the name
    "#]],
    );
    wrong(
        &with("[server.x]\nsubnet = \"s\"\npublic4 = \"192.0.2.1\"\n"),
        &expect![[r#"
        cannot read `estate.toml`: server `x` has a public address and no private one at line 8
        hint: add `v4 = "ADDRESS"`, the private address that it is mapped to
    "#]],
    );
    wrong(
        &with("[gateway.n]\nnetwork = \"a\"\nkind = \"nat\"\n"),
        &expect![[r#"
        cannot read `estate.toml`: NAT gateway `n` has no subnet at line 1
        hint: add `subnet = "ID"`, the subnet that it stands in
    "#]],
    );
}
