//! Heavy dependencies stay in the edge crates. Each drags in minutes of compilation, a
//! runtime or the network, and the core has to build and test without.

use super::Violation;
use super::block::Drawn;
use super::member::{Member, Need};

const HEAVY: [&str; 8] = [
    "tokio",
    "aws-config",
    "aws-sigv4",
    "reqwest",
    "hyper",
    "rustls",
    "clap",
    "indicatif",
];

pub(super) fn check(drawn: &Drawn, members: &[Member]) -> Vec<Violation> {
    let core = members
        .iter()
        .filter(|member| !drawn.edge.contains(&member.name));
    core.flat_map(heavy).collect()
}

fn heavy(member: &Member) -> impl Iterator<Item = Violation> {
    let heavy = member
        .needs
        .iter()
        .filter(|need| HEAVY.contains(&need.name.as_str()));
    heavy.map(|need: &Need| {
        let message = format!(
            "`{}` is for edge crates, and `{}` is not one",
            need.name, member.name
        );
        Violation::new(&member.manifest, member.line_of(need), message)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_edge_crate_may_be_heavy() {
        let drawn = Drawn {
            edge: ["cli".to_owned()].into(),
            ..Drawn::default()
        };
        let cli = Member::example("cli", "clap = 4", &[("clap", false, false)]);
        let plan = Member::example(
            "plan",
            "\ntokio = 1",
            &[("tokio", false, false), ("serde", false, false)],
        );
        let told: Vec<_> = check(&drawn, &[cli, plan])
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(
            told,
            ["crates/plan/Cargo.toml:2: `tokio` is for edge crates, and `plan` is not one"]
        );
    }
}
