//! The findings as text, with the labels of the Windows display where it has them, and as JSON.

use std::fmt::Display;

use serde_json::{Value, json};
use sixward_teredo::diagnosis::{Far, Reach};

use super::attempt::End;
use super::{Attempt, Diagnosed};

impl Diagnosed {
    /// For a person.
    pub fn text(&self) -> String {
        let verdict = &self.verdict;
        let mut lines = Vec::new();
        let mut line = |label: &str, value: &dyn Display| {
            lines.push(format!("{label:<24}: {value}"));
        };
        line("Server Name", &verdict.server.primary);
        line("Error", &verdict.error_line());
        line("NAT", &verdict.nat);
        line("NAT Special Behaviour", &self.special());
        let places = [
            ("Local Mapping", verdict.local),
            ("External NAT Mapping", verdict.external),
            ("Mapping At Secondary", verdict.other),
        ];
        for (label, place) in places {
            if let Some(place) = place {
                line(label, &place);
            }
        }
        if let Some(ports) = verdict.ports {
            line("Ports", &ports);
        }
        if verdict.spoilt == Some(true) {
            line(
                "Uninvited Packets",
                &"spoil the mapping (plain Linux masquerading): peers need a client that opens with a low TTL",
            );
        }
        if let Some(lifetime) = verdict.lifetime {
            line("Mapping Lifetime", &lifetime);
        }
        if let Some(rtt) = verdict.rtt {
            line(
                "Server Round Trip",
                &format!("{:.1} ms", rtt.as_secs_f64() * 1e3),
            );
        }
        lines.push(String::new());
        lines.push("Reachable peers, by what they are behind".to_owned());
        for far in Far::ALL {
            lines.push(format!(
                "  {:<22}: {}",
                far.to_string(),
                words(verdict.reaches(far))
            ));
        }
        for attempt in &self.attempts {
            lines.push(String::new());
            lines.push(format!("{}: {}", attempt.host, attempt.words()));
        }
        lines.push(String::new());
        lines.join("\n")
    }

    fn special(&self) -> String {
        let yes = |known: Option<bool>| match known {
            Some(true) => "Yes",
            Some(false) => "No",
            None => "Unknown",
        };
        format!(
            "PortPreserving: {}, Hairpin: {}",
            yes(self.verdict.port_preserving),
            yes(self.verdict.hairpin)
        )
    }

    /// For a program.
    pub fn json(&self) -> String {
        let verdict = &self.verdict;
        let seconds = |time: std::time::Duration| time.as_secs_f64();
        let peers = Far::ALL.map(|far| {
            let (reached, why) = match verdict.reaches(far) {
                Reach::Yes => ("yes", None),
                Reach::Perhaps(why) => ("undetermined", Some(why)),
                Reach::No(why) => ("no", Some(why)),
            };
            json!({"behind": far.to_string(), "reached": reached, "why": why})
        });
        let report = json!({
            "server": verdict.server.primary,
            "secondary": verdict.server.secondary,
            "error": verdict.error_line(),
            "nat": verdict.nat.to_string(),
            "port_preserving": verdict.port_preserving,
            "ports": verdict.ports.map(|ports| ports.to_string()),
            "hairpin": verdict.hairpin,
            "uninvited_packets_spoil_the_mapping": verdict.spoilt,
            "local": verdict.local,
            "external": verdict.external,
            "external_at_secondary": verdict.other,
            "lifetime_seconds": verdict.lifetime.map(|life| json!({
                "at_least": seconds(life.at_least),
                "below": life.below.map(seconds),
            })),
            "server_rtt_microseconds": verdict.rtt.map(|rtt| rtt.as_micros()),
            "peers": peers,
            "hosts": self.attempts.iter().map(Attempt::report).collect::<Vec<_>>(),
        });
        format!("{report:#}\n")
    }
}

impl Attempt {
    fn words(&self) -> String {
        match &self.end {
            End::Reached(place, time) => {
                format!("reached by {place} in {:.1} ms", time.as_secs_f64() * 1e3)
            }
            End::NoPath(why) => why.to_string(),
            End::NoAddress => "not tried: the client has no address".to_owned(),
            End::Late => "no answer in time".to_owned(),
        }
    }

    fn report(&self) -> Value {
        let by = match self.end {
            End::Reached(place, _) => Some(place),
            _ => None,
        };
        json!({
            "host": self.host,
            "reached": self.is_good(),
            "by": by,
            "words": self.words(),
        })
    }
}

fn words(reach: Reach) -> String {
    match reach {
        Reach::Yes => "yes".to_owned(),
        Reach::Perhaps(why) => format!("undetermined: it depends on {why}"),
        Reach::No(why) => format!("no: {why}"),
    }
}
