//! Namespaces and wires, by the `ip` command: a server, a relay, a native host and two clients on one
//! link of IPv4 and one of IPv6, or each client behind a router of its own.

use std::fs;
use std::io::Read;
use std::net::Ipv6Addr;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use serde_json::Value;

use crate::nat::Kind;

pub(crate) const HOST: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0x64, 0, 0, 0, 0, 0x100);

const SPACES: [&str; 7] = ["srv", "rly", "host", "c1", "c2", "n1", "n2"];

pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_sixward-teredo");

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
pub(crate) fn own_run() {
    run("mount --make-rprivate /");
    run("mount -t tmpfs tmpfs /run");
}

pub(crate) struct Net {
    daemons: Vec<(&'static str, Child)>,
}

impl Net {
    /// Everything, with both clients qualified.
    pub(crate) fn new() -> Self {
        let mut net = Self::idle();
        net.qualify();
        net
    }

    /// The clients behind routers of their own, 192.168.1.2 and 192.168.2.2; no client runs.
    pub(crate) fn behind(kinds: [Kind; 2]) -> Self {
        let mut net = Self::core();
        for (number, kind) in (1..).zip(kinds) {
            let (router, client) = (format!("n{number}"), format!("c{number}"));
            public(&router, &[&format!("203.0.113.1{number}")]);
            run(&format!(
                "ip netns exec {router} sysctl -qw net.ipv4.ip_forward=1"
            ));
            run(&format!(
                "ip -n {router} link add lan type veth peer name eth0 netns {client}"
            ));
            run(&format!(
                "ip -n {router} addr add 192.168.{number}.1/24 dev lan"
            ));
            run(&format!("ip -n {router} link set lan up"));
            run(&format!(
                "ip -n {client} addr add 192.168.{number}.2/24 dev eth0"
            ));
            run(&format!("ip -n {client} link set eth0 up"));
            run(&format!(
                "ip -n {client} route add default via 192.168.{number}.1"
            ));
            kind.rule(&router, number);
        }
        net.serve();
        net
    }

    fn core() -> Self {
        run("ip link add br4 type bridge");
        run("ip link add br6 type bridge");
        run("ip link set br4 up");
        run("ip link set br6 up");
        for space in SPACES {
            run(&format!("ip netns add {space}"));
            run(&format!("ip -n {space} link set lo up"));
        }
        public("srv", &["198.51.100.1", "198.51.100.2"]);
        public("rly", &["198.51.100.10"]);
        for (space, address) in [("srv", "::1"), ("rly", "::10"), ("host", "::100")] {
            plug(space, 6);
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
    fn serve(&mut self) {
        self.start(
            "srv",
            "server --primary 198.51.100.1 --secondary 198.51.100.2",
        );
        self.start(
            "rly",
            "relay --bind 198.51.100.10:3545 --source 2001:db8:64::10 --serve 2001:db8:64::/64 --interface rly",
        );
        for name in ["teredo-server", "rly"] {
            self.await_desk(name);
        }
    }

    /// As `new`, but no client runs.
    pub(crate) fn idle() -> Self {
        let mut net = Self::core();
        for (client, last) in [("c1", 11), ("c2", 12)] {
            public(client, &[&format!("203.0.113.{last}")]);
        }
        net.serve();
        net
    }

    /// Starts both clients.
    fn qualify(&mut self) {
        for client in ["c1", "c2"] {
            self.start(
                client,
                &format!("client --server 198.51.100.1 --interface {client}"),
            );
        }
        for client in ["c1", "c2"] {
            self.await_address(client);
        }
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
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    pub(crate) fn addresses(client: &str) -> Option<Ipv6Addr> {
        let listed = run(&format!("ip -n {client} -6 -o addr show scope global"));
        let mut words = listed.split_whitespace();
        let address = words.find_map(|word| word.strip_suffix("/128"))?;
        address.parse().ok()
    }

    /// The bound is for a machine that does nothing else for long; the wait is milliseconds.
    pub(crate) fn await_address(&mut self, client: &str) {
        for _ in 0..3000 {
            if Self::addresses(client).is_some() {
                return;
            }
            sleep(Duration::from_millis(10));
        }
        self.fail(&format!("{client} has no address"));
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
        assert!(!self.daemons.is_empty());
        run(&format!(
            "ip -n {client} addr add 203.0.113.{last}/32 dev eth4"
        ));
        run(&format!(
            "ip -n {client} route replace default dev eth4 src 203.0.113.{last}"
        ));
        let [_, _, _, turned] = [203, 0, 113, last].map(|byte: u8| !byte);
        (0..1000).any(|_| {
            sleep(Duration::from_millis(10));
            Self::addresses(client).is_some_and(|address| address.octets()[15] == turned)
        })
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
            "w4srv", "w4rly", "w4c1", "w4c2", "w4n1", "w4n2", "w6srv", "w6rly", "w6host", "br4",
            "br6",
        ] {
            undo(&["link", "del", wire]);
        }
        for space in SPACES {
            undo(&["netns", "del", space]);
        }
    }
}

/// What was not made need not go.
fn undo(words: &[&str]) {
    let _ = Command::new("ip")
        .args(words)
        .stderr(Stdio::null())
        .status();
}

/// Addresses on the link of IPv4, all others behind it.
fn public(space: &str, addresses: &[&str]) {
    plug(space, 4);
    for address in addresses {
        run(&format!("ip -n {space} addr add {address}/32 dev eth4"));
    }
    run(&format!(
        "ip -n {space} route add default dev eth4 src {}",
        addresses[0]
    ));
}

/// A wire between the space and a bridge.
fn plug(space: &str, family: u8) {
    run(&format!(
        "ip link add w{family}{space} type veth peer name eth{family} netns {space}"
    ));
    run(&format!(
        "ip link set w{family}{space} master br{family} up"
    ));
    run(&format!("ip -n {space} link set eth{family} up"));
}
