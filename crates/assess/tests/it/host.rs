//! Hosts whose machine type has no IPv6.

use expect_test::expect;
use sixward_estate::*;

use crate::build::{Build, two_tier};
use crate::show::check;

const HOST: &[&str] = &["host/"];

fn one(machine_type: &str, with: impl FnOnce(&mut Host, &mut Interface)) -> Build {
    two_tier().host("i-1", ("pub", "10.0.1.4"), machine_type, with)
}

fn plain(_: &mut Host, _: &mut Interface) {}

#[test]
fn a_type_with_ipv6_needs_nothing() {
    check(one("t2.medium", plain), "", HOST, &expect![[""]]);
}

#[test]
fn m3_large_becomes_m4_large_when_the_owner_agrees() {
    check(
        one("m3.large", plain),
        "",
        HOST,
        &expect![[r#"
            open restart:i-1 host/restart-loses host/i-1: may host/i-1 be stopped, changed from m3.large, which has no IPv6, to m4.large, and started? it loses all data on instance-store volumes, which its machine type has
                no: it keeps IPv4 only
                yes: it is stopped, changed and started, and loses that
                meanwhile: it keeps IPv4 only
                - machine type m3.large
        "#]],
    );
    let yes = "answers.\"restart:i-1\" = \"yes\"";
    check(
        one("m3.large", plain),
        yes,
        HOST,
        &expect![[r#"
            warning host/restart host/i-1: its machine type m3.large has no IPv6: it is stopped, becomes m4.large and is started
                help: plan a time for it, or name another type in the intent
                - machine type m3.large
            answered restart:i-1 host/restart-loses host/i-1: may host/i-1 be stopped, changed from m3.large, which has no IPv6, to m4.large, and started? it loses all data on instance-store volumes, which its machine type has
                no: it keeps IPv4 only
                yes: it is stopped, changed and started, and loses that
                meanwhile: it keeps IPv4 only
                - machine type m3.large
        "#]],
    );
    let no = "answers.\"restart:i-1\" = \"no\"";
    check(
        one("m3.large", plain),
        no,
        HOST,
        &expect![[r#"
            note host/restart-refused host/i-1: its machine type m3.large has no IPv6, and it is not to be restarted
                help: it keeps IPv4 only until "restart:i-1" is answered with yes
            answered restart:i-1 host/restart-loses host/i-1: may host/i-1 be stopped, changed from m3.large, which has no IPv6, to m4.large, and started? it loses all data on instance-store volumes, which its machine type has
                no: it keeps IPv4 only
                yes: it is stopped, changed and started, and loses that
                meanwhile: it keeps IPv4 only
                - machine type m3.large
        "#]],
    );
}

#[test]
fn an_unheld_public_address_is_lost() {
    let build = one("t1.micro", |_, interface| {
        interface.addresses4[0].public = Some([198, 51, 100, 7].into());
    });
    check(
        build,
        "",
        HOST,
        &expect![[r#"
            open restart:i-1 host/restart-loses host/i-1: may host/i-1 be stopped, changed from t1.micro, which has no IPv6, to t2.micro, and started? it loses its public address 198.51.100.7 (it gets another one)
                no: it keeps IPv4 only
                yes: it is stopped, changed and started, and loses that
                meanwhile: it keeps IPv4 only
                - machine type t1.micro
        "#]],
    );
}

#[test]
fn a_held_public_address_stays_and_only_downtime_is_left() {
    let build = one("t1.micro", |_, interface| {
        interface.addresses4[0].public = Some([198, 51, 100, 7].into());
        interface.addresses4[0].held = true;
    });
    check(
        build,
        "",
        HOST,
        &expect![[r#"
        warning host/restart host/i-1: its machine type t1.micro has no IPv6: it is stopped, becomes t2.micro and is started
            help: plan a time for it, or name another type in the intent
            - machine type t1.micro
    "#]],
    );
}

#[test]
fn a_stopped_host_loses_nothing() {
    let build = one("m3.large", |host, _| host.state = HostState::Stopped);
    check(
        build,
        "",
        HOST,
        &expect![[r#"
        note host/restart host/i-1: its machine type m3.large has no IPv6: it is stopped already and becomes m4.large
            help: nothing, or name another type in the intent
            - machine type m3.large
    "#]],
    );
}

#[test]
fn the_intent_may_name_another_type() {
    let chosen = |kind: &str| {
        format!("hosts.i-1.machine-type = \"{kind}\"\nanswers.\"restart:i-1\" = \"yes\"")
    };
    check(
        one("m3.large", plain),
        &chosen("m5.large"),
        &["host/restart"],
        &expect![[r#"
            warning host/restart host/i-1: its machine type m3.large has no IPv6: it is stopped, becomes m5.large and is started
                help: plan a time for it, or name another type in the intent
                - machine type m3.large
            answered restart:i-1 host/restart-loses host/i-1: may host/i-1 be stopped, changed from m3.large, which has no IPv6, to m5.large, and started? it loses all data on instance-store volumes, which its machine type has
                no: it keeps IPv4 only
                yes: it is stopped, changed and started, and loses that
                meanwhile: it keeps IPv4 only
                - machine type m3.large
        "#]],
    );
    check(
        one("m3.large", plain),
        &chosen("m1.large"),
        HOST,
        &expect![[r#"
            blocker host/chosen-type host/i-1: its machine type m3.large has no IPv6, and the type m1.large that the intent names has no IPv6, is not known, or does not boot its image
                help: name another machine type in the intent, or none
                - hosts.i-1.machine-type in the intent
        "#]],
    );
}

#[test]
fn paravirtual_images_go_to_c3_or_nowhere() {
    let paravirtual = |host: &mut Host, _: &mut Interface| {
        host.virtualization = Virtualization::Paravirtual;
        host.state = HostState::Running;
    };
    let yes = "answers.\"restart:i-1\" = \"yes\"";
    check(
        one("m1.small", paravirtual),
        yes,
        &["host/restart"],
        &expect![[r#"
            warning host/restart host/i-1: its machine type m1.small has no IPv6: it is stopped, becomes c3.large and is started
                help: plan a time for it, or name another type in the intent
                - machine type m1.small
            answered restart:i-1 host/restart-loses host/i-1: may host/i-1 be stopped, changed from m1.small, which has no IPv6, to c3.large, and started? it loses all data on instance-store volumes, which its machine type has
                no: it keeps IPv4 only
                yes: it is stopped, changed and started, and loses that
                meanwhile: it keeps IPv4 only
                - machine type m1.small
        "#]],
    );
    check(
        one("m2.4xlarge", paravirtual),
        "",
        HOST,
        &expect![[r#"
        blocker host/paravirtual host/i-1: its machine type m2.4xlarge has no IPv6, and no type that boots its paravirtual image is big enough and has IPv6
            help: install its software anew on an HVM image and launch that with an IPv6 address
            - virtualization: paravirtual
    "#]],
    );
}

#[test]
fn what_cannot_be_stopped_or_is_not_known_is_never_guessed() {
    let build = one("m3.large", |host, _| {
        host.root_device = RootDevice::InstanceStore;
    });
    check(
        build,
        "",
        HOST,
        &expect![[r#"
        blocker host/instance-store-root host/i-1: its machine type m3.large has no IPv6, and it boots from its instance store, so that it cannot be stopped
            help: make an image of it, and launch a new host from that on a type with IPv6, with an IPv6 address at launch
            - root device: instance store
    "#]],
    );
    let build = one("m3.large", |host, _| host.root_device = RootDevice::Unknown);
    check(
        build,
        "",
        HOST,
        &expect![[r#"
        blocker host/root-not-known host/i-1: its machine type m3.large has no IPv6, and it is not known whether it can be stopped
            help: give an input that says its root device (describe-instances), or change its type by hand
            - root device: not known
    "#]],
    );
    let build = one("m3.large", |host, _| {
        host.virtualization = Virtualization::Unknown;
    });
    check(
        build,
        "",
        HOST,
        &expect![[r#"
        blocker host/virtualization-not-known host/i-1: its machine type m3.large has no IPv6, and it is not known how its image is virtualized
            help: give an input that says its virtualization (describe-instances), or change its type by hand
            - virtualization: not known
    "#]],
    );
    check(
        one("x99.huge", plain),
        "",
        HOST,
        &expect![[r#"
        blocker host/type-not-known machine-type/x99.huge: it is not known whether this machine type has IPv6, so that its hosts keep IPv4 only
            help: add describe-instance-types to the input
            - host/i-1
    "#]],
    );
}

#[test]
fn the_estates_own_description_wins_over_the_table() {
    let describe = |mut build: Build, kind: &str, v6| {
        build.0.machine_types.insert(MachineType {
            id: MachineTypeName::new(kind),
            place: crate::build::aws(),
            v6,
            addresses6_per_interface: 4,
            instance_store: false,
        });
        build
    };
    check(
        describe(one("x99.huge", plain), "x99.huge", true),
        "",
        HOST,
        &expect![[""]],
    );
    check(
        describe(one("x99.huge", plain), "x99.huge", false),
        "",
        HOST,
        &expect![[r#"
            blocker host/no-successor host/i-1: its machine type x99.huge has no IPv6, and no type that is big enough is known to follow it
                help: name a machine type for this host in the intent
                - machine type x99.huge
        "#]],
    );
}

#[test]
fn a_scaling_group_would_undo_it() {
    let build = one("m3.large", |host, _| host.scaling_group = "web-asg".into());
    check(
        build,
        "",
        HOST,
        &expect![[r#"
        blocker host/in-scaling-group host/i-1: its machine type m3.large has no IPv6, and its scaling group would undo a change
            help: change the machine type in the group's launch template and refresh the group: new hosts get an IPv6 address at launch
            - scaling group web-asg
    "#]],
    );
}

#[test]
fn addresses_and_interfaces_beyond_the_first() {
    let build = one("t2.micro", |_, interface| {
        let more = interface.addresses4[0].clone();
        interface.addresses4.extend([more.clone(), more]);
    });
    let owner = InterfaceOwner::Host(HostId::new("i-1"));
    let build = build.interface("eni-2", ("priv", "10.0.2.9"), owner, crate::build::plain);
    check(
        build,
        "",
        HOST,
        &expect![[r#"
        warning host/too-many-addresses host/i-1: its first interface has 3 addresses and its type t2.micro allows 2 for IPv6
            help: name a bigger machine type in the intent, or spread the addresses over interfaces
            - eni-i-1
        note host/secondary-interfaces host/i-1: 1 more interface stays IPv4 only: addresses go to the first one
            help: assign addresses to them by hand where the guest is to use them
            - eni-2 in priv
    "#]],
    );
}

#[test]
fn hosts_out_of_reach_of_the_selection() {
    check(
        one("t2.micro", plain),
        "subnets.pub.skip = true",
        HOST,
        &expect![[r#"
            note host/subnet-left-out subnet/pub: 1 host in it stays IPv4 only, because the subnet does
                help: select the subnet by the intent's profile, or end its skip
                - host/i-1
        "#]],
    );
    check(
        one("t2.micro", plain),
        "hosts.i-1.skip = true",
        HOST,
        &expect![[""]],
    );
    let build = one("t2.micro", |_, interface| interface.primary = false);
    check(
        build,
        "",
        &["host/no-interface"],
        &expect![[r#"
        warning host/no-interface host/i-1: its first interface was not read, so that it gets no IPv6 address
            help: add the interfaces to the input (describe-network-interfaces)
    "#]],
    );
}

#[test]
fn azure_sizes_all_have_ipv6() {
    let mut build = one("Standard_D2s_v3", plain);
    build.0.networks.for_each_mut(|network| {
        network.place.provider = Provider::Azure;
    });
    check(build, "", HOST, &expect![[""]]);
}
