//! Real guests take their addresses: ISC's `dhclient`, with the kernel's own hearing of routers, and `systemd-networkd`,
//! which hears them itself.

use std::net::IpAddr;
use std::process::{Command, Stdio};

use sixward_estate::{Estate, HostId, InterfaceId};
use sixward_lab::{Carries, Flow, Lab, Layout, NodeId, Prober, Responder, Seen, leases};

use crate::given;

const WEB: &str = "i-0a11a11a11a11a11a";
const OUT4: &str = "203.0.113.200";
const OUT6: &str = "2001:db8:ffff::200";

/// Before the address is assigned a guest gets IPv4 alone, however it asks; afterwards its one address and a router.
pub(crate) fn take_what_they_are_told() {
    let plan = given::planned("aws-two-tier");
    let (before, end) = (plan.before.clone(), plan.end());
    let mut lab = Lab::make(layout(&before)).unwrap();
    let responder = Responder::start(&lab, leases(&before)).unwrap();
    let mut prober = Prober::new(&lab).unwrap();

    let said = ask(&lab, "-4", 20);
    assert!(said.contains("inet 10.0.0.10/24 "), "{said}");
    assert!(said.contains("default via 10.0.0.1 dev eth0"), "{said}");
    assert_eq!(reaches(&mut prober, "10.0.0.10", OUT4), "198.51.100.2");

    let said = ask(&lab, "-6", 3);
    assert!(said.contains("dhclient ended with 2"), "{said}");
    assert!(
        !said.contains("scope global") && !said.contains("default"),
        "{said}"
    );

    lab.change(layout(&end)).unwrap();
    prober.follow(&lab).unwrap();
    responder.change(leases(&end));
    let interface = InterfaceId::new("eni-0a11a11a11a11a11a");
    let own = end.interfaces.get(&interface).unwrap().addresses6[0];
    let said = ask(&lab, "-6", 20);
    assert!(
        said.contains(&format!("inet6 {own}/128 scope global")),
        "{said}"
    );
    assert!(
        said.contains("default via fe80::1 dev eth0 proto ra"),
        "{said}"
    );
    let addresses = said.matches("scope global").count();
    assert_eq!(addresses, 1, "no prefix, so none that it made up: {said}");
    assert_eq!(
        reaches(&mut prober, &own.to_string(), OUT6),
        own.to_string()
    );
}

/// The other client that most hosts run; told to ask in both families, it does so as the router says.
pub(crate) fn networkd_takes_them_too() {
    let end = given::planned("aws-two-tier").end();
    let lab = Lab::make(layout(&end)).unwrap();
    let _responder = Responder::start(&lab, leases(&end)).unwrap();
    let own = end
        .interfaces
        .get(&InterfaceId::new("eni-0a11a11a11a11a11a"));
    let own = own.unwrap().addresses6[0];
    // It drops to a user of its own, who is the only one here; and asks udev of its ports unless /sys is read-only.
    let script = format!(
        "mkdir -p /etc/systemd/network /run/systemd/netif/links /run/systemd/netif/leases
        printf '[Match]\\nName=eth0\\n[Network]\\nDHCP=yes\\n' > /etc/systemd/network/eth0.network
        echo systemd-network:x:0:0::/:/bin/sh > /etc/passwd
        echo systemd-network:x:0: > /etc/group
        echo 0123456789abcdef0123456789abcdef > /etc/machine-id
        mount --rbind /sys /sys && mount -o remount,bind,ro /sys
        /lib/systemd/systemd-networkd 2> /run/log &
        tries=0
        until ip -o address show dev eth0 -tentative | grep -q {own} || [ $tries -ge 200 ]; do
            sleep 0.1; tries=$((tries + 1))
        done
        ip -o address show dev eth0
        ip route show default
        ip -6 route show default
        cat /run/log"
    );
    let said = run(&lab, &script);
    for want in [
        "inet 10.0.0.10/24 ",
        &format!("inet6 {own}/128 scope global"),
        "default via 10.0.0.1 dev eth0 proto dhcp",
        "default via fe80::1 dev eth0 proto ra",
    ] {
        assert!(said.contains(want), "`{want}` is missing\n{said}");
    }
}

fn layout(estate: &Estate) -> Layout {
    let mut layout = Layout::of(estate);
    layout.bare(&web());
    layout
}

fn web() -> NodeId {
    NodeId::Host(HostId::new(WEB))
}

/// Asks once in a family, for so many seconds, and says what became of it. An address is the guest's when the guest has
/// seen that it is nobody else's, which takes a second or two (RFC 4862, section 5.4).
fn ask(lab: &Lab, family: &str, seconds: u8) -> String {
    let script = format!(
        "mkdir -p /etc/dhcp && echo 'timeout {seconds};' > /etc/dhcp/dhclient.conf
        export PATH=$PATH:/usr/sbin:/sbin
        files='-cf /etc/dhcp/dhclient.conf -lf /run/leases -pf /run/pid'
        dhclient {family} -1 $files eth0 2>/dev/null
        echo dhclient ended with $?
        tries=0
        while ip {family} address show dev eth0 tentative | grep -q inet && [ $tries -lt 100 ]; do
            sleep 0.1; tries=$((tries + 1))
        done
        ip -o {family} address show dev eth0
        ip {family} route show default"
    );
    let said = run(lab, &script);
    assert!(
        !said.contains("ended with 127"),
        "`dhclient` is missing: `cargo xtask tools` says how to have it"
    );
    said
}

fn run(lab: &Lab, script: &str) -> String {
    let mut command = Command::new("sh");
    command.args(["-c", script]).stdin(Stdio::null());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let output = lab.run_apart(&web(), &mut command).unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    said + &String::from_utf8(output.stderr).unwrap()
}

/// As whom the guest is seen on the internet.
fn reaches(prober: &mut Prober, from: &str, to: &str) -> String {
    let address = |text: &str| text.parse::<IpAddr>().unwrap();
    let seen = prober.try_flow(&Flow {
        from: web(),
        source: address(from),
        destination: address(to),
        carries: Carries::Tcp(None, 443),
    });
    match seen.unwrap() {
        Seen::Answered(Some(seen)) => seen.to_string(),
        other => panic!("{from} to {to}: {other:?}"),
    }
}
