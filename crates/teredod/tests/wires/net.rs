//! Namespaces and wires, by the `ip` command: a server, a relay, a native host and two clients, each at a
//! port of one router of IPv4 (this program's own namespace) or behind a NAT there; IPv6 is one link.

use std::fs;
use std::io::Read;
use std::net::Ipv6Addr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::nat::Kind;

pub(crate) const HOST: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0x64, 0, 0, 0, 0, 0x100);

const SPACES: [&str; 7] = ["srv", "rly", "host", "c1", "c2", "n1", "n2"];

/// Our relay.
pub(crate) const RELAY: &str = "relay --bind 198.51.100.10:3545 --source 2001:db8:64::10 \
    --serve 2001:db8:64::/64 --interface rly";

/// A copy, so that a build beside a long run does no harm to it.
pub(crate) const PROGRAM: &str = "/run/sixward-teredo";

/// Runs a command that must succeed.
pub(crate) fn run(line: &str) -> String {
    let mut words = line.split(' ');
    let output = Command::new(words.next().unwrap())
        .args(words)
        .output()
        .unwrap_or_else(|cause| panic!("{line}: {cause}; these tests need iproute2"));
    assert!(
        output.status.success(),
        "{line}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

/// /run is this program's own from here on: names of namespaces and sockets are seen by nobody else.
/// The packages that `cargo xtask tools` unpacked lie over the system's, so that they find their parts.
pub(crate) fn own_run() {
    run("mount --make-rprivate /");
    run("mount -t tmpfs tmpfs /run");
    let tools = folder();
    assert!(
        tools.join("usr/sbin/nft").exists(),
        "{} is not there: `cargo xtask tools` unpacks it",
        tools.display()
    );
    for part in ["usr", "etc"] {
        let lower = tools.join(part);
        run(&format!(
            "mount -t overlay overlay -o lowerdir={}:/{part} /{part}",
            lower.display()
        ));
    }
    fs::copy(env!("CARGO_BIN_EXE_sixward-teredo"), PROGRAM).unwrap();
    run("sysctl -qw net.ipv4.ip_forward=1");
    run("ip link set lo up");
    // For ARP, which wants to say who asks.
    run("ip addr add 192.0.2.254/32 dev lo");
}

fn folder() -> PathBuf {
    let usual = concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/tools");
    let tools = std::env::var_os("SIXWARD_TOOLS").map_or_else(|| usual.into(), PathBuf::from);
    tools.join("debian").canonicalize().unwrap_or_default()
}

/// Whose program it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Maker {
    Ours,
    Miredo,
}

/// Who is where, and behind what.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cast {
    pub(crate) server: Maker,
    pub(crate) relay: Maker,
    pub(crate) clients: [Maker; 2],
    pub(crate) nats: [Option<Kind>; 2],
}

impl Cast {
    pub(crate) const OURS: Self = Self {
        server: Maker::Ours,
        relay: Maker::Ours,
        clients: [Maker::Ours; 2],
        nats: [None; 2],
    };
}

pub(crate) struct Net {
    daemons: Vec<(&'static str, Child)>,
}

impl Net {
    /// Everything, with both clients qualified.
    pub(crate) fn new() -> Self {
        Self::play(Cast::OURS)
    }

    /// The same with others.
    pub(crate) fn play(cast: Cast) -> Self {
        let mut net = Self::set(cast);
        net.qualify(cast);
        net
    }

    /// As `new`, but no client runs.
    pub(crate) fn idle() -> Self {
        Self::set(Cast::OURS)
    }

    /// The same with the clients behind NATs.
    pub(crate) fn behind(kinds: [Kind; 2]) -> Self {
        let nats = kinds.map(Some);
        Self::set(Cast { nats, ..Cast::OURS })
    }

    /// Both clients behind one NAT without a way back in, on one link; none runs.
    pub(crate) fn neighbours() -> Self {
        let mut net = Self::core();
        behind(1, Kind::Port);
        inside(1, "c2", 3);
        net.serve(Cast::OURS);
        net
    }

    /// No client runs.
    fn set(cast: Cast) -> Self {
        let mut net = Self::core();
        for (number, nat) in (1..).zip(cast.nats) {
            match nat {
                None => public(&format!("c{number}"), &[&format!("203.0.113.1{number}")]),
                Some(kind) => behind(number, kind),
            }
        }
        net.serve(cast);
        net
    }

    fn core() -> Self {
        // Daemons that were ended leave their sockets.
        let _ = fs::remove_dir_all("/run/sixward");
        run("ip link add br6 type bridge");
        run("ip link set br6 up");
        for space in SPACES {
            run(&format!("ip netns add {space}"));
            run(&format!("ip -n {space} link set lo up"));
        }
        public("srv", &["198.51.100.1", "198.51.100.2"]);
        public("rly", &["198.51.100.10"]);
        for (space, address) in [("srv", "::1"), ("rly", "::10"), ("host", "::100")] {
            plug(space);
            run(&format!(
                "ip -n {space} addr add 2001:db8:64{address}/64 dev eth6 nodad"
            ));
        }
        for space in ["host", "srv"] {
            run(&format!(
                "ip -n {space} -6 route add 2001::/32 via 2001:db8:64::10"
            ));
        }
        run("ip netns exec rly sysctl -qw net.ipv6.conf.all.forwarding=1");
        Self {
            daemons: Vec::new(),
        }
    }

    /// Starts server and relay.
    fn serve(&mut self, cast: Cast) {
        self.start_server(cast.server);
        match cast.relay {
            Maker::Ours => {
                self.start("rly", RELAY);
                self.await_desk("rly");
            }
            Maker::Miredo => {
                let told = "RelayType relay\nInterfaceName rly\nBindAddress 198.51.100.10\nBindPort 3545\n";
                self.start_program("rly", &miredo("miredo", "rly", told));
                self.await_ports("rly", 1);
            }
        }
    }

    pub(crate) fn start_server(&mut self, maker: Maker) {
        match maker {
            Maker::Ours => {
                let _ = fs::remove_dir_all("/run/sixward/teredo-server");
                let told = "server --primary 198.51.100.1 --secondary 198.51.100.2";
                self.start("srv", told);
                self.await_desk("teredo-server");
            }
            Maker::Miredo => {
                let told = "ServerBindAddress 198.51.100.1\nServerBindAddress2 198.51.100.2\n";
                self.start_program("srv", &miredo("miredo-server", "srv", told));
                self.await_ports("srv", 2);
            }
        }
    }

    pub(crate) fn start_client(&mut self, maker: Maker, client: &'static str) {
        match maker {
            Maker::Ours => self.start(
                client,
                &format!("client --server 198.51.100.1 --interface {client}"),
            ),
            Maker::Miredo => {
                let told = format!(
                    "RelayType client\nInterfaceName {client}\nServerAddress 198.51.100.1\n\
                     ServerAddress2 198.51.100.2\n"
                );
                self.start_program(client, &miredo("miredo", client, &told));
            }
        }
    }

    /// Starts both clients.
    fn qualify(&mut self, cast: Cast) {
        for (client, maker) in ["c1", "c2"].into_iter().zip(cast.clients) {
            self.start_client(maker, client);
        }
        for client in ["c1", "c2"] {
            self.await_address(client);
        }
    }

    /// Waits until so many UDP sockets are bound there; the bound is that of `await_address`.
    fn await_ports(&mut self, space: &str, count: usize) {
        for _ in 0..3000 {
            let listed = run(&format!("ip netns exec {space} cat /proc/net/udp"));
            if listed.lines().count() > count {
                return;
            }
            sleep(Duration::from_millis(10));
        }
        self.fail(&format!("{space} listens nowhere"));
    }

    /// Whether the daemon of this name can be asked; the bound is that of `await_address`.
    pub(crate) fn await_desk(&mut self, name: &str) {
        let path = format!("/run/sixward/{name}/status.sock");
        for _ in 0..3000 {
            if fs::exists(&path).unwrap() {
                return;
            }
            sleep(Duration::from_millis(10));
        }
        self.fail(&format!("{name} does not run"));
    }

    pub(crate) fn start(&mut self, space: &'static str, arguments: &str) {
        self.start_program(space, &format!("{PROGRAM} {arguments}"));
    }

    pub(crate) fn start_program(&mut self, space: &'static str, line: &str) {
        let child = Command::new("ip")
            .args(["netns", "exec", space])
            .args(line.split(' '))
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        self.daemons.push((space, child));
    }

    pub(crate) fn stop(&mut self, space: &str) {
        for (_, child) in self.daemons.iter_mut().filter(|(name, _)| *name == space) {
            // Miredo's children go only when they are asked to.
            let id = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
            if child.try_wait().unwrap().is_none() {
                let _ = kill_process(id.unwrap(), Signal::TERM);
            }
            let _ = child.wait();
        }
        self.daemons.retain(|(name, _)| *name != space);
    }

    pub(crate) fn addresses(client: &str) -> Option<Ipv6Addr> {
        let listed = run(&format!("ip -n {client} -6 -o addr show scope global"));
        let mut words = listed.split_whitespace();
        words.find_map(|word| {
            let address: Ipv6Addr = word.split_once('/')?.0.parse().ok()?;
            (address.segments()[..2] == [0x2001, 0]).then_some(address)
        })
    }

    /// The bound is for a machine that does nothing else for long; the wait is milliseconds.
    pub(crate) fn await_address(&mut self, client: &str) {
        for _ in 0..3000 {
            if Self::addresses(client).is_some() && self.is_told(client) {
                return;
            }
            sleep(Duration::from_millis(10));
        }
        self.fail(&format!("{client} has no address"));
    }

    /// Whether the interface has the address that the daemon has, as far as that can be asked: it is told
    /// by another thread.
    fn is_told(&self, client: &str) -> bool {
        if !fs::exists(format!("/run/sixward/{client}/status.sock")).unwrap() {
            return true;
        }
        let own = Self::addresses(client).map(|address| address.to_string());
        self.report(client)["address"].as_str() == own.as_deref()
    }

    /// What the daemons said, and the end.
    fn fail(&mut self, why: &str) {
        for (name, child) in &mut self.daemons {
            let _ = child.kill();
            let mut said = String::new();
            let _ = child.stderr.take().unwrap().read_to_string(&mut said);
            println!("{name}: {said}");
        }
        panic!("{why}");
    }

    pub(crate) fn address(&self, client: &str) -> Ipv6Addr {
        assert!(!self.daemons.is_empty());
        Self::addresses(client).unwrap()
    }

    /// Gives a client another IPv4 address; whether it has a Teredo address with it within 10 s, long
    /// before it would ask its server again.
    pub(crate) fn move_to(&self, client: &str, last: u8) -> bool {
        self.move_away(client, last);
        let [_, _, _, turned] = [203, 0, 113, last].map(|byte: u8| !byte);
        (0..1000).any(|_| {
            sleep(Duration::from_millis(10));
            Self::addresses(client).is_some_and(|address| address.octets()[15] == turned)
        })
    }

    /// Gives a client another IPv4 address.
    pub(crate) fn move_away(&self, client: &str, last: u8) {
        assert!(!self.daemons.is_empty());
        run(&format!(
            "ip -n {client} addr add 203.0.113.{last}/32 dev eth4"
        ));
        run(&format!("ip route add 203.0.113.{last} dev w4{client}"));
        run(&format!(
            "ip -n {client} route replace default dev eth4 src 203.0.113.{last}"
        ));
    }

    pub(crate) fn status(&self, client: &str) -> String {
        assert!(!self.daemons.is_empty());
        run(&format!("{PROGRAM} status --interface {client}"))
    }

    /// The status as programs read it.
    pub(crate) fn report(&self, name: &str) -> Value {
        assert!(!self.daemons.is_empty());
        let output = Command::new(PROGRAM)
            .args(["status", "--json", "--interface", name])
            .output()
            .unwrap();
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// Waits for a state; the bound is that of `await_address`.
    pub(crate) fn await_state(&mut self, client: &str, state: &str) {
        for _ in 0..3000 {
            if self.report(client)["state"] == state {
                return;
            }
            sleep(Duration::from_millis(10));
        }
        let report = self.report(client);
        self.fail(&format!("{client} is not {state}: {report:#}"));
    }

    /// The effective capabilities of a daemon's thread.
    pub(crate) fn capabilities(&self, space: &str, thread: &str) -> String {
        let daemon = self.daemons.iter().find(|(name, _)| *name == space);
        let tasks = format!("/proc/{}/task", daemon.unwrap().1.id());
        for task in fs::read_dir(tasks).unwrap() {
            let status = fs::read_to_string(task.unwrap().path().join("status")).unwrap();
            if status.starts_with(&format!("Name:\t{thread}\n")) {
                let line = status
                    .lines()
                    .find_map(|line| line.strip_prefix("CapEff:\t"));
                return line.unwrap().to_owned();
            }
        }
        panic!("{space} has no thread `{thread}`");
    }
}

impl Drop for Net {
    fn drop(&mut self) {
        for space in SPACES {
            self.stop(space);
        }
        // A socket that is still open keeps its namespace, and that its wires.
        for wire in [
            "w4srv", "w4rly", "w4c1", "w4c2", "w4n1", "w4n2", "w6srv", "w6rly", "w6host", "br6",
        ] {
            undo(&["link", "del", wire]);
        }
        for space in SPACES {
            undo(&["netns", "del", space]);
        }
    }
}

/// A client's own router and NAT: 192.168.N.2 behind 203.0.113.1N.
fn behind(number: u8, kind: Kind) {
    let (router, client) = (format!("n{number}"), format!("c{number}"));
    public(&router, &[&format!("203.0.113.1{number}")]);
    run(&format!(
        "ip netns exec {router} sysctl -qw net.ipv4.ip_forward=1"
    ));
    run(&format!("ip -n {router} link add lan type bridge"));
    run(&format!(
        "ip -n {router} addr add 192.168.{number}.1/24 dev lan"
    ));
    run(&format!("ip -n {router} link set lan up"));
    inside(number, &client, 2);
    kind.rule(&router, number);
}

/// A client on the link behind a router.
fn inside(number: u8, client: &str, last: u8) {
    let router = format!("n{number}");
    run(&format!(
        "ip -n {router} link add l{client} type veth peer name eth0 netns {client}"
    ));
    run(&format!("ip -n {router} link set l{client} master lan up"));
    run(&format!(
        "ip -n {client} addr add 192.168.{number}.{last}/24 dev eth0"
    ));
    run(&format!("ip -n {client} link set eth0 up"));
    run(&format!(
        "ip -n {client} route add default via 192.168.{number}.1"
    ));
}

/// The command line of miredo, which refuses to stay root and cannot become anybody else in here: what it
/// asks the kernel for is granted by a library that does nothing.
fn miredo(program: &str, name: &str, told: &str) -> String {
    let shim = "/run/shim.so";
    if !fs::exists(shim).unwrap() {
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/wires/shim.c");
        run(&format!("cc -shared -fPIC -o {shim} {source}"));
    }
    let file = format!("/run/{name}.conf");
    fs::write(&file, told).unwrap();
    format!("env LD_PRELOAD={shim} {program} -f -u nobody -c {file} -p /run/{name}.pid")
}

/// What was not made need not go.
fn undo(words: &[&str]) {
    let _ = Command::new("ip")
        .args(words)
        .stderr(Stdio::null())
        .status();
}

/// Addresses at a port of the router of IPv4, all others behind it.
fn public(space: &str, addresses: &[&str]) {
    run(&format!(
        "ip link add w4{space} type veth peer name eth4 netns {space}"
    ));
    run(&format!("sysctl -qw net.ipv4.conf.w4{space}.proxy_arp=1"));
    run(&format!(
        "sysctl -qw net.ipv4.neigh.w4{space}.proxy_delay=0"
    ));
    run(&format!("ip link set w4{space} up"));
    run(&format!("ip -n {space} link set eth4 up"));
    for address in addresses {
        run(&format!("ip -n {space} addr add {address}/32 dev eth4"));
        run(&format!("ip route add {address} dev w4{space}"));
    }
    run(&format!(
        "ip -n {space} route add default dev eth4 src {}",
        addresses[0]
    ));
}

/// A wire between the space and the link of IPv6.
fn plug(space: &str) {
    run(&format!(
        "ip link add w6{space} type veth peer name eth6 netns {space}"
    ));
    run(&format!("ip link set w6{space} master br6 up"));
    run(&format!("ip -n {space} link set eth6 up"));
}
