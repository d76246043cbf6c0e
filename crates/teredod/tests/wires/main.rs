//! The daemons in network namespaces, with the kernel's own TCP and UDP through them. Without the usual
//! harness, as in the lab: namespaces must be entered before any thread begins.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::panic,
    reason = "a panic is the report of a test"
)]

mod daemon;
mod diagnosis;
mod interop;
mod nat;
mod net;
mod tables;
mod traffic;

use std::panic::catch_unwind;
use std::process::ExitCode;

use net::{HOST, Net};
use sixward_lab::enter;

type Test = (&'static str, fn());

const TESTS: &[Test] = &[
    ("first_contact_loses_nothing", first_contact_loses_nothing),
    ("clients_meet_directly", clients_meet_directly),
    ("a_native_host_calls_a_client", a_native_host_calls_a_client),
    (
        "a_stream_arrives_as_it_was_sent",
        a_stream_arrives_as_it_was_sent,
    ),
    ("the_status_tells_what_is", the_status_tells_what_is),
    (
        "a_change_of_network_is_noticed_at_once",
        a_change_of_network_is_noticed_at_once,
    ),
    (
        "our_clients_by_miredos_server_and_relay",
        interop::our_clients_by_miredos_server_and_relay,
    ),
    (
        "miredos_client_by_our_server_and_relay",
        interop::miredos_client_by_our_server_and_relay,
    ),
    (
        "our_client_meets_miredos",
        interop::our_client_meets_miredos,
    ),
    (
        "tshark_knows_every_packet_as_teredo",
        interop::tshark_knows_every_packet_as_teredo,
    ),
    (
        "p12_two_masquerading_routers_are_passed_by_what_was_learnt",
        interop::p12_two_masquerading_routers_are_passed_by_what_was_learnt,
    ),
    (
        "the_display_has_the_fields_of_windows",
        daemon::the_display_has_the_fields_of_windows,
    ),
    ("metrics_are_served", daemon::metrics_are_served),
    (
        "two_capabilities_and_a_file_are_enough",
        daemon::two_capabilities_and_a_file_are_enough,
    ),
    (
        "a_managed_network_wants_an_enterpriseclient",
        daemon::a_managed_network_wants_an_enterpriseclient,
    ),
    (
        "d4_neighbours_find_one_another_without_a_server",
        daemon::d4_neighbours_find_one_another_without_a_server,
    ),
    (
        "q15_native_ipv6_sends_the_client_to_sleep",
        daemon::q15_native_ipv6_sends_the_client_to_sleep,
    ),
    (
        "q10_a_link_that_comes_back_is_noticed_at_once",
        daemon::q10_a_link_that_comes_back_is_noticed_at_once,
    ),
    (
        "q4_every_nat_is_told_without_root",
        diagnosis::q4_every_nat_is_told_without_root,
    ),
    (
        "q12_the_life_of_a_mapping_is_told",
        diagnosis::q12_the_life_of_a_mapping_is_told,
    ),
    (
        "a_host_is_called_without_a_tunnel",
        diagnosis::a_host_is_called_without_a_tunnel,
    ),
];

fn main() -> ExitCode {
    let wanted: Vec<_> = std::env::args()
        .skip(1)
        .filter(|arg| !arg.starts_with('-'))
        .collect();
    enter().unwrap();
    net::own_run();
    if let Some(("tables", only)) = wanted
        .split_first()
        .map(|(first, rest)| (first.as_str(), rest))
    {
        tables::print(only.first().map(String::as_str));
        return ExitCode::SUCCESS;
    }
    let chosen =
        |test: &&Test| wanted.is_empty() || wanted.iter().any(|name| test.0.contains(name));
    println!("\nrunning {} tests", TESTS.iter().filter(chosen).count());
    let (mut passed, mut failed) = (0, 0);
    for (name, test) in TESTS.iter().filter(chosen) {
        let good = catch_unwind(test).is_ok();
        println!("test {name} ... {}", if good { "ok" } else { "FAILED" });
        *(if good { &mut passed } else { &mut failed }) += 1;
    }
    let out = TESTS.len() - passed - failed;
    let word = if failed == 0 { "ok" } else { "FAILED" };
    println!(
        "\ntest result: {word}. {passed} passed; {failed} failed; 0 ignored; 0 measured; {out} filtered out\n"
    );
    ExitCode::from(u8::from(failed > 0))
}

/// P7 with the kernel's packets: what is sent at once arrives in order, large and small.
fn first_contact_loses_nothing() {
    for size in [16, 1000] {
        let net = Net::new();
        let echo = traffic::echo("host");
        let answers = traffic::ask("c1", HOST, echo.port, 5, size);
        assert_eq!(answers, [0, 1, 2, 3, 4], "{size} bytes each");
        drop(net);
    }
}

/// P3, R5: and no packet of theirs goes by the relay.
fn clients_meet_directly() {
    let mut net = Net::new();
    net.stop("rly");
    let echo = traffic::echo("c2");
    let answers = traffic::ask("c1", net.address("c2"), echo.port, 5, 100);
    assert_eq!(answers, [0, 1, 2, 3, 4]);
}

/// L2, R8.
fn a_native_host_calls_a_client() {
    let net = Net::new();
    let echo = traffic::echo("c1");
    let answers = traffic::ask("host", net.address("c1"), echo.port, 5, 100);
    assert_eq!(answers, [0, 1, 2, 3, 4]);
}

/// Segmentation offload both ways: 32 MB of TCP through client and relay, and back.
fn a_stream_arrives_as_it_was_sent() {
    let net = Net::new();
    traffic::stream("c1", "host", HOST, 32 << 20);
    traffic::stream("host", "c1", net.address("c1"), 32 << 20);
}

/// O4, and O3 beside it: the packet thread has no capability.
fn the_status_tells_what_is() {
    let net = Net::new();
    let status = net.status("c1");
    let field = |name: &str| {
        let line = status.lines().find(|line| line.starts_with(name));
        line.and_then(|line| line.split_once(": "))
            .map(|(_, value)| value.to_owned())
    };
    assert_eq!(field("State"), Some("qualified".to_owned()), "{status}");
    assert_eq!(field("NAT"), Some("none (global connectivity)".to_owned()));
    assert_eq!(field("Address"), Some(net.address("c1").to_string()));
    assert_eq!(net.capabilities("c1", "packets"), "0000000000000000");
}

/// Q10 with the kernel's news: and what was reached before is reached again.
fn a_change_of_network_is_noticed_at_once() {
    let net = Net::new();
    let echo = traffic::echo("host");
    assert_eq!(traffic::ask("c1", HOST, echo.port, 2, 100), [0, 1]);
    assert!(net.move_to("c1", 21));
    assert_eq!(traffic::ask("c1", HOST, echo.port, 2, 100), [0, 1]);
}
