//! Figures beside miredo's, for `cargo xtask bench teredo`: who meets whom through which NATs, and how long
//! the way to a native host is lost when something fails. Both makers run at the same time in the second.

use std::net::Ipv6Addr;
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::nat::Kind;
use crate::net::{Cast, HOST, Maker, Net, RELAY, run};
use crate::traffic;

const PINGS: u8 = 8;

/// All of it, or the one trouble whose name has this in it.
pub(crate) fn print(only: Option<&str>) {
    if only.is_none() {
        for maker in [Maker::Ours, Maker::Miredo] {
            matrix(maker);
        }
    }
    recovery(only.unwrap_or_default());
}

/// Clients, server and relay of one maker.
fn matrix(maker: Maker) {
    println!(
        "\n{maker:?}: answers to {PINGS} pings of a client behind the row's NAT to one behind the column's"
    );
    print!("{:<12}", "");
    for column in Kind::ALL {
        print!("{:>12}", format!("{column:?}"));
    }
    println!("{:>12}", "native");
    for row in Kind::ALL {
        print!("{:<12}", format!("{row:?}"));
        let mut native = 0;
        for column in Kind::ALL {
            let net = Net::play(Cast {
                server: maker,
                relay: maker,
                clients: [maker; 2],
                nats: [Some(row), Some(column)],
            });
            let other = traffic::echo("c2");
            let met = traffic::pings("c1", net.address("c2"), other.port, PINGS);
            if column == Kind::ALL[0] {
                let host = traffic::echo("host");
                native = traffic::pings("c1", HOST, host.port, PINGS);
            }
            print!("{met:>12}");
        }
        println!("{native:>12}");
    }
}

/// What happens, for how long it is watched, and the cast.
struct Trouble {
    name: &'static str,
    watched: u64,
    nats: [Option<Kind>; 2],
    strike: Deed,
    /// Where the native host's way goes on later, after so long.
    mend: Option<(u64, Deed)>,
}

type Deed = fn(&mut Net);

/// Our server and relay; one client is ours, the other miredo's.
fn recovery(only: &str) {
    println!("\nthe longest silence of a flow to a native host, ten packets a second, in seconds");
    println!("{:<44}{:>10}{:>10}", "", "ours", "miredo");
    let port = [Some(Kind::Port); 2];
    for trouble in [
        Trouble {
            name: "server restarted",
            watched: 60,
            nats: port,
            strike: |net| {
                net.stop("srv");
                net.start_server(Maker::Ours);
            },
            mend: None,
        },
        Trouble {
            name: "server gone for 60 s",
            watched: 180,
            nats: port,
            strike: |net| net.stop("srv"),
            mend: Some((60, |net| net.start_server(Maker::Ours))),
        },
        Trouble {
            name: "NATs rebooted, with other ports from then on",
            watched: 120,
            nats: port,
            strike: |_| {
                for (router, number) in [("n1", 1), ("n2", 2)] {
                    Kind::Moved.rule(router, number);
                    run(&format!("ip netns exec {router} conntrack -F"));
                }
            },
            mend: None,
        },
        Trouble {
            name: "relay replaced by one at another port",
            watched: 80,
            nats: port,
            strike: |net| {
                net.stop("rly");
                let _ = std::fs::remove_dir_all("/run/sixward/rly");
                net.start("rly", &RELAY.replace(":3545", ":3546"));
                net.await_desk("rly");
            },
            mend: None,
        },
        Trouble {
            name: "the host's own address changed",
            watched: 80,
            nats: [None; 2],
            strike: |net| {
                for (client, last) in [("c1", 21), ("c2", 22)] {
                    net.move_away(client, last);
                }
            },
            mend: None,
        },
    ] {
        if !trouble.name.contains(only) {
            continue;
        }
        let [ours, miredo] = silences(&trouble);
        println!("{:<44}{ours:>10}{miredo:>10}", trouble.name);
    }
}

const BEFORE: Duration = Duration::from_secs(5);

fn silences(trouble: &Trouble) -> [String; 2] {
    let mut net = Net::play(Cast {
        clients: [Maker::Ours, Maker::Miredo],
        nats: trouble.nats,
        ..Cast::OURS
    });
    let host = traffic::echo("host");
    let begun = Instant::now();
    let time = BEFORE + Duration::from_secs(trouble.watched);
    let flows = ["c1", "c2"].map(|client| {
        let to: Ipv6Addr = HOST;
        traffic::watch(client, to, host.port, begun, time)
    });
    sleep(BEFORE);
    (trouble.strike)(&mut net);
    if let Some((after, mend)) = trouble.mend {
        sleep((BEFORE + Duration::from_secs(after)).saturating_sub(begun.elapsed()));
        mend(&mut net);
    }
    flows.map(|flow| {
        let heard = flow.join().unwrap();
        assert!(!heard.is_empty(), "nothing was ever answered");
        let gaps = heard.windows(2).map(|pair| pair[1].saturating_sub(pair[0]));
        let most = gaps.max().unwrap_or_default();
        let last = time.saturating_sub(heard[heard.len() - 1]);
        if last > most {
            // It had not come back when the watch ended.
            format!("> {:.0}", last.as_secs_f64())
        } else {
            format!("{:.1}", most.as_secs_f64())
        }
    })
}
