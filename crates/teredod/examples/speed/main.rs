//! How fast the tunnels are, beside miredo in the same run: `speed PROGRAM [SECONDS]`, by root in a mount and a
//! network namespace of its own (`cargo xtask bench teredo` does that). Each round has both, one after the other.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::panic,
    clippy::cast_precision_loss,
    reason = "a measurement that fails has nothing else to say"
)]

mod load;
mod net;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use net::{HOST, Net, Whose};

const ROUNDS: usize = 3;
const STARTS: usize = 10;

/// Figures by name, of all rounds.
type Figures = BTreeMap<&'static str, Vec<f64>>;

fn main() -> ExitCode {
    let words: Vec<_> = std::env::args().skip(1).collect();
    let Some(program) = words.first() else {
        println!("speed PROGRAM [SECONDS]; PROGRAM is `sixward-teredo`");
        return ExitCode::FAILURE;
    };
    let seconds = words.get(1).and_then(|word| word.parse().ok());
    let time = Duration::from_secs_f64(seconds.unwrap_or(3.0));
    // Names of namespaces and sockets are nobody else's.
    net::run("mount --make-rprivate /");
    net::run("mount -t tmpfs tmpfs /run");
    let others = ["/usr/sbin/miredo", "/usr/sbin/miredo-server"];
    let both = others.iter().all(|file| Path::new(file).exists());
    let ethtool = ["/usr/sbin/ethtool", "/sbin/ethtool"];
    let ethtool = ethtool.iter().any(|file| Path::new(file).exists());
    let rivals = if both {
        &[Whose::Ours, Whose::Miredo][..]
    } else {
        println!("miredo is not here: `cargo xtask tools`");
        &[Whose::Ours]
    };
    println!(
        "load at the beginning: {}; {ROUNDS} rounds, medians",
        load::load()
    );
    let (mut ours, mut theirs) = (Figures::new(), Figures::new());
    for _ in 0..ROUNDS {
        for whose in rivals {
            let figures = match whose {
                Whose::Ours => &mut ours,
                Whose::Miredo => &mut theirs,
            };
            measure(program, *whose, time, figures);
            if ethtool {
                let mut net = Net::new(program, false);
                net.start(*whose);
                note(
                    figures,
                    TCP_CUT,
                    load::stream("c1", "host", HOST, time) / 1e9,
                );
            }
        }
        ceilings(program, time, &mut ours);
    }
    for whose in rivals {
        let figures = match whose {
            Whose::Ours => &mut ours,
            Whose::Miredo => &mut theirs,
        };
        starts(program, *whose, figures);
    }
    println!("load at the end: {}\n", load::load());
    table(&ours, &theirs);
    ExitCode::SUCCESS
}

const TCP_OUT: &str = "TCP client to host, Gbit/s";
const TCP_IN: &str = "TCP host to client, Gbit/s";
const TCP_PEER: &str = "TCP client to client, Gbit/s";
const TCP_CUT: &str = "TCP client to host, UDP segmentation off, Gbit/s";
const COST: &str = "processor seconds for a GB, client to host";
const SMALL: &str = "64 bytes, client to client, packets/s";
const RELAYED: &str = "64 bytes, client to host, packets/s";
const TRIP: &str = "round trip client to host, us";
const TRIP_PEER: &str = "round trip client to client, us";
const START: &str = "start to address, ms";
const UDP: &str = "ceiling: UDP alone, Gbit/s";
const TUN: &str = "ceiling: two tunnels and a copy, Gbit/s";

fn measure(program: &str, whose: Whose, time: Duration, figures: &mut Figures) {
    let mut net = Net::new(program, true);
    net.start(whose);
    let peer = net::address("c2").unwrap();
    let own = net::address("c1").unwrap();
    // The first packets look the way up.
    note(figures, TRIP, load::round_trip("c1", "host", HOST));
    note(figures, TRIP_PEER, load::round_trip("c1", "c2", peer));
    let before = Net::spent();
    let rate = load::stream("c1", "host", HOST, time);
    let gigabytes = rate * time.as_secs_f64() / 8e9;
    note(figures, TCP_OUT, rate / 1e9);
    note(figures, COST, (Net::spent() - before) / gigabytes);
    note(figures, TCP_IN, load::stream("host", "c1", own, time) / 1e9);
    note(
        figures,
        TCP_PEER,
        load::stream("c1", "c2", peer, time) / 1e9,
    );
    let short = time.div_f64(3.0);
    note(figures, SMALL, load::small("c1", "c2", peer, short));
    note(figures, RELAYED, load::small("c1", "host", HOST, short));
}

/// What the kernel does without a daemon between.
fn ceilings(program: &str, time: Duration, figures: &mut Figures) {
    let _net = Net::new(program, true);
    let relay = "198.51.100.10".parse().unwrap();
    note(figures, UDP, load::plain("c1", "rly", relay, time) / 1e9);
    note(figures, TUN, load::copied("c1", "host", time) / 1e9);
}

fn starts(program: &str, whose: Whose, figures: &mut Figures) {
    let mut net = Net::new(program, true);
    net.serve(whose);
    for _ in 0..STARTS {
        let begun = Instant::now();
        net.client(whose, "c1");
        let there = net::await_address("c1");
        note(figures, START, (there - begun).as_secs_f64() * 1e3);
        net.stop(Some("c1"));
    }
}

fn note(figures: &mut Figures, name: &'static str, figure: f64) {
    figures.entry(name).or_default().push(figure);
}

fn median(figures: &Figures, name: &str) -> Option<f64> {
    let mut all = figures.get(name)?.clone();
    all.sort_by(f64::total_cmp);
    all.get(all.len() / 2).copied()
}

/// How far a goal is from miredo's figure: at least so many times, or at most.
enum Goal {
    Least(f64),
    Most(f64),
}

fn table(ours: &Figures, theirs: &Figures) {
    println!(
        "{:<50} {:>10} {:>10} {:>8}  goal",
        "what", "here", "miredo", "ratio"
    );
    for (name, goal) in [
        (TCP_OUT, Goal::Least(10.0)),
        (TCP_IN, Goal::Least(10.0)),
        (TCP_PEER, Goal::Least(10.0)),
        (TCP_CUT, Goal::Least(3.0)),
        (COST, Goal::Most(0.125)),
        (SMALL, Goal::Least(2.0)),
        (RELAYED, Goal::Least(2.0)),
        (TRIP, Goal::Most(1.0)),
        (TRIP_PEER, Goal::Most(1.0)),
    ] {
        let pair = median(ours, name).zip(median(theirs, name));
        let Some((here, there)) = pair else {
            println!("{name:<50} not measured");
            continue;
        };
        let ratio = here / there;
        let (word, met) = match goal {
            Goal::Least(least) => (format!(">= {least}"), ratio >= least),
            Goal::Most(most) => (format!("<= {most}"), ratio <= most),
        };
        let met = if met { "met" } else { "MISSED" };
        println!("{name:<50} {here:>10.2} {there:>10.2} {ratio:>8.2}  {word} {met}");
    }
    let of = |figures, name| median(figures, name).unwrap_or(f64::NAN);
    let start = of(ours, START);
    let met = if start <= 20.0 { "met" } else { "MISSED" };
    let there = of(theirs, START);
    println!(
        "{START:<50} {start:>10.2} {there:>10.2} {:>8.2}  <= 20 ms {met}",
        start / there
    );
    let ceiling = of(ours, UDP).min(of(ours, TUN));
    for name in [UDP, TUN] {
        println!("{name:<50} {:>10.2}", of(ours, name));
    }
    let share = of(ours, TCP_OUT) / ceiling;
    let met = if share >= 0.6 { "met" } else { "MISSED" };
    println!(
        "{:<50} {share:>10.2} {:>19}  >= 0.6 {met}",
        "client to host of the lower ceiling", ""
    );
}
