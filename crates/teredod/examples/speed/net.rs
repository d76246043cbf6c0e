//! Namespaces and wires for the measurement: server, relay, native host and two clients on one link of IPv4 and
//! one of IPv6, and the daemons of one implementation in them.

use std::fs::{self, File};
use std::net::Ipv6Addr;
use std::os::fd::AsFd;
use std::process::{Child, Command, Stdio};
use std::thread::{self, JoinHandle, sleep};
use std::time::{Duration, Instant};

use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};

pub(crate) const HOST: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0x64, 0, 0, 0, 0, 0x100);

const SPACES: [&str; 5] = ["srv", "rly", "host", "c1", "c2"];

/// Whose daemons.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Whose {
    Ours,
    Miredo,
}

pub(crate) struct Net {
    program: String,
    daemons: Vec<(&'static str, Child)>,
}

/// Runs a command that must succeed.
pub(crate) fn run(line: &str) {
    let mut words = line.split(' ');
    let status = Command::new(words.next().unwrap()).args(words).status();
    assert!(status.unwrap().success(), "{line}");
}

/// Runs in a thread that is in this namespace.
pub(crate) fn inside<T: Send + 'static>(
    space: &str,
    what: impl FnOnce() -> T + Send + 'static,
) -> JoinHandle<T> {
    let space = File::open(format!("/run/netns/{space}")).unwrap();
    thread::spawn(move || {
        let network = Some(LinkNameSpaceType::Network);
        move_into_link_name_space(space.as_fd(), network).unwrap();
        what()
    })
}

impl Net {
    /// The wires; with `offload` a wire takes segments of UDP in one piece, without it each packet is one.
    pub(crate) fn new(program: &str, offload: bool) -> Self {
        for family in [4, 6] {
            run(&format!("ip link add br{family} type bridge"));
            run(&format!("ip link set br{family} up"));
        }
        for space in SPACES {
            run(&format!("ip netns add {space}"));
            run(&format!("ip -n {space} link set lo up"));
            for setting in ["all.accept_dad=0", "default.accept_dad=0"] {
                run(&format!(
                    "ip netns exec {space} sysctl -qw net.ipv6.conf.{setting}"
                ));
            }
        }
        for (space, addresses) in [
            ("srv", &["198.51.100.1", "198.51.100.2"][..]),
            ("rly", &["198.51.100.10"]),
            ("c1", &["203.0.113.11"]),
            ("c2", &["203.0.113.12"]),
        ] {
            plug(space, 4, offload);
            for address in addresses {
                run(&format!("ip -n {space} addr add {address}/32 dev eth4"));
            }
            let source = addresses[0];
            run(&format!(
                "ip -n {space} route add default dev eth4 src {source}"
            ));
        }
        for (space, address) in [("srv", "::1"), ("rly", "::10"), ("host", "::100")] {
            plug(space, 6, offload);
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
            program: program.to_owned(),
            daemons: Vec::new(),
        }
    }

    /// Server, relay, and clients that have their addresses.
    pub(crate) fn start(&mut self, whose: Whose) {
        self.serve(whose);
        for client in ["c1", "c2"] {
            self.client(whose, client);
        }
        for client in ["c1", "c2"] {
            await_address(client);
        }
    }

    /// Server and relay.
    pub(crate) fn serve(&mut self, whose: Whose) {
        match whose {
            Whose::Ours => {
                let server = "server --primary 198.51.100.1 --secondary 198.51.100.2";
                self.spawn("srv", &format!("{} {server}", self.program));
                let relay = "relay --bind 198.51.100.10:3545 --source 2001:db8:64::10 \
                             --serve 2001:db8:64::/64 --interface rly";
                self.spawn("rly", &format!("{} {relay}", self.program));
            }
            Whose::Miredo => {
                let server = "ServerBindAddress 198.51.100.1\nServerBindAddress2 198.51.100.2\n";
                self.miredo("srv", "miredo-server", server);
                let relay = "RelayType relay\nInterfaceName teredo\nBindAddress 198.51.100.10\nBindPort 3545\n";
                self.miredo("rly", "miredo", relay);
            }
        }
        // A server has no sign of its own that both have.
        sleep(Duration::from_millis(500));
    }

    pub(crate) fn client(&mut self, whose: Whose, client: &'static str) {
        match whose {
            Whose::Ours => {
                let line = format!("client --server 198.51.100.1 --interface {client}");
                self.spawn(client, &format!("{} {line}", self.program));
            }
            Whose::Miredo => {
                let config = "RelayType client\nInterfaceName teredo\nServerAddress 198.51.100.1\n\
                              ServerAddress2 198.51.100.2\n";
                self.miredo(client, "miredo", config);
            }
        }
    }

    fn miredo(&mut self, space: &'static str, program: &str, config: &str) {
        let file = format!("/run/{space}.conf");
        fs::write(&file, config).unwrap();
        let line = format!("{program} -f -u nobody -c {file} -p /run/{space}.pid");
        self.spawn(space, &line);
    }

    fn spawn(&mut self, space: &'static str, line: &str) {
        let child = Command::new("ip")
            .args(["netns", "exec", space])
            .args(line.split_whitespace())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        self.daemons.push((space, child.unwrap()));
    }

    /// Ends the daemons of a space, or all.
    pub(crate) fn stop(&mut self, space: Option<&str>) {
        let (going, staying) = self
            .daemons
            .drain(..)
            .partition(|(name, _)| space.is_none_or(|space| space == *name));
        self.daemons = staying;
        let going: Vec<(&str, Child)> = going;
        for (space, mut child) in going {
            // Not `kill`, which lets nobody clean up after itself.
            run(&format!("kill {}", child.id()));
            child.wait().unwrap();
            while address(space).is_some() {
                sleep(Duration::from_millis(1));
            }
        }
    }

    /// Seconds of processor time that the daemons have taken.
    pub(crate) fn spent() -> f64 {
        let spaces: Vec<_> = SPACES
            .iter()
            .map(|space| fs::metadata(format!("/run/netns/{space}")).unwrap())
            .map(|space| std::os::unix::fs::MetadataExt::ino(&space))
            .collect();
        let own = std::process::id().to_string();
        let mut ticks = 0;
        for entry in fs::read_dir("/proc").unwrap() {
            let entry = entry.unwrap();
            let name = entry.file_name().into_string().unwrap_or_default();
            if name == own || !name.bytes().all(|byte| byte.is_ascii_digit()) {
                continue;
            }
            // Others' processes end while they are looked at.
            let Ok(space) = fs::metadata(entry.path().join("ns/net")) else {
                continue;
            };
            let space = std::os::unix::fs::MetadataExt::ino(&space);
            let stat = fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
            if let Some((_, fields)) = stat.rsplit_once(") ")
                && spaces.contains(&space)
            {
                let fields: Vec<_> = fields.split(' ').collect();
                ticks += fields[11].parse::<u32>().unwrap() + fields[12].parse::<u32>().unwrap();
            }
        }
        f64::from(ticks) / 100.0
    }
}

impl Drop for Net {
    fn drop(&mut self) {
        self.stop(None);
        for space in SPACES {
            run(&format!("ip netns del {space}"));
        }
        // Wires go with their namespaces, a moment later.
        for family in [4, 6] {
            run(&format!("ip link del br{family}"));
        }
        sleep(Duration::from_millis(300));
    }
}

/// The Teredo address of a client, once it may be used.
pub(crate) fn address(client: &str) -> Option<Ipv6Addr> {
    let listed = inside(client, || {
        fs::read_to_string("/proc/thread-self/net/if_inet6").unwrap_or_default()
    });
    listed.join().unwrap().lines().find_map(usable)
}

fn usable(line: &str) -> Option<Ipv6Addr> {
    const TENTATIVE: u8 = 0x40;
    let fields: Vec<_> = line.split_whitespace().collect();
    let address = Ipv6Addr::from(u128::from_str_radix(fields.first()?, 16).ok()?);
    let flags = u8::from_str_radix(fields.get(4)?, 16).ok()?;
    (address.segments()[..2] == [0x2001, 0] && flags & TENTATIVE == 0).then_some(address)
}

/// When a client had its address.
pub(crate) fn await_address(client: &'static str) -> Instant {
    let seen = inside(client, move || {
        for _ in 0..300_000 {
            let listed = fs::read_to_string("/proc/thread-self/net/if_inet6").unwrap_or_default();
            if listed.lines().any(|line| usable(line).is_some()) {
                return Some(Instant::now());
            }
            sleep(Duration::from_micros(200));
        }
        None
    });
    let seen = seen.join().unwrap();
    seen.unwrap_or_else(|| panic!("{client} has no address after a minute"))
}

/// A wire between the space and a bridge.
fn plug(space: &str, family: u8, offload: bool) {
    run(&format!(
        "ip link add w{family}{space} type veth peer name eth{family} netns {space}"
    ));
    run(&format!(
        "ip link set w{family}{space} master br{family} up"
    ));
    run(&format!("ip -n {space} link set eth{family} up"));
    if !offload {
        let off = "tx-udp-segmentation off";
        run(&format!("ethtool -K w{family}{space} {off}"));
        run(&format!(
            "ip netns exec {space} ethtool -K eth{family} {off}"
        ));
    }
}
