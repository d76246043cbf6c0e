//! The arrows between crates: what is used is drawn, what is drawn is used, and no path
//! leads back to where it started.

use std::collections::BTreeSet;

use super::Violation;
use super::block::Drawn;
use super::member::Member;

pub(super) fn check(document: &str, drawn: &Drawn, members: &[Member]) -> Vec<Violation> {
    let mut violations: Vec<_> = members
        .iter()
        .flat_map(|member| undrawn(drawn, member))
        .collect();
    violations.extend(absent(document, drawn, members));
    violations.extend(unused(document, drawn, members));
    violations.extend(gone(document, drawn, members));
    violations.extend(cycle(document, drawn));
    violations
}

/// Arrows that a manifest has and the document has not.
fn undrawn(drawn: &Drawn, member: &Member) -> Vec<Violation> {
    let needs = member.needs.iter().filter(|need| need.ours);
    let undrawn = needs.filter(|need| {
        let arrow = drawn.arrows.get(&(member.name.clone(), need.dev));
        !arrow.is_some_and(|arrow| arrow.to.contains(&need.name))
    });
    let told = |need| {
        Violation::new(&member.manifest, member.line_of(need), {
            format!(
                "arrow `{} -> {}` is not drawn",
                from(&member.name, need.dev),
                need.name
            )
        })
    };
    undrawn.map(told).collect()
}

/// Crates that the document does not mention.
fn absent(document: &str, drawn: &Drawn, members: &[Member]) -> Vec<Violation> {
    let absent = members
        .iter()
        .filter(|m| !drawn.arrows.contains_key(&(m.name.clone(), false)));
    let told = |m: &Member| {
        Violation::new(
            document,
            drawn.line,
            format!("crate `{}` is not drawn", m.name),
        )
    };
    absent.map(told).collect()
}

/// Arrows that only the document has, and their crates.
fn unused(document: &str, drawn: &Drawn, members: &[Member]) -> Vec<Violation> {
    let mut violations = Vec::new();
    for ((name, dev), arrow) in &drawn.arrows {
        let mut tell = |message| violations.push(Violation::new(document, arrow.line, message));
        let Some(member) = members.iter().find(|member| member.name == *name) else {
            tell(format!("there is no crate `{name}`"));
            continue;
        };
        let used = used_by(member, *dev);
        for to in arrow.to.iter().filter(|to| !used.contains(to.as_str())) {
            tell(format!("arrow `{} -> {to}` is not used", from(name, *dev)));
        }
    }
    violations
}

fn used_by(member: &Member, dev: bool) -> BTreeSet<&str> {
    let needs = member
        .needs
        .iter()
        .filter(|need| need.ours && need.dev == dev);
    needs.map(|need| need.name.as_str()).collect()
}

/// Edge crates that only the document has.
fn gone(document: &str, drawn: &Drawn, members: &[Member]) -> Vec<Violation> {
    let there = |edge: &String| members.iter().any(|member| member.name == *edge);
    let gone = drawn.edge.iter().filter(|edge| !there(edge));
    let message = |edge| format!("there is no edge crate `{edge}`");
    gone.map(|edge| Violation::new(document, drawn.line, message(edge)))
        .collect()
}

/// A way round, if there is one. What only tests use may point anywhere: cargo allows it,
/// and a test crate above the crate that it tests is the usual case.
fn cycle(document: &str, drawn: &Drawn) -> Option<Violation> {
    let starts = drawn.arrows.keys().filter(|(_, dev)| !dev);
    let way = starts
        .into_iter()
        .find_map(|(name, _)| way_back(drawn, &mut vec![name], &mut BTreeSet::new()))?;
    Some(Violation::new(
        document,
        drawn.line,
        format!("the arrows go round: `{}`", way.join(" -> ")),
    ))
}

fn way_back<'a>(
    drawn: &'a Drawn,
    way: &mut Vec<&'a str>,
    seen: &mut BTreeSet<&'a str>,
) -> Option<Vec<&'a str>> {
    let (start, here) = (*way.first()?, *way.last()?);
    let arrow = drawn.arrows.get(&(here.to_owned(), false))?;
    for to in &arrow.to {
        way.push(to);
        if to == start {
            return Some(way.clone());
        }
        // What was seen before does not lead back, or the search would have ended there.
        let found = seen
            .insert(to)
            .then(|| way_back(drawn, way, seen))
            .flatten();
        if found.is_some() {
            return found;
        }
        way.pop();
    }
    None
}

fn from(name: &str, dev: bool) -> String {
    if dev {
        format!("{name} (dev)")
    } else {
        name.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::super::block;
    use super::*;

    fn told(lines: &str, members: &[Member]) -> Vec<String> {
        let (drawn, violations) = block::parse("A.md", &format!("```arrows\n{lines}\n```"));
        assert_eq!(violations, []);
        check("A.md", &drawn, members)
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    fn members() -> Vec<Member> {
        vec![
            Member::example("net", "", &[("ipnet", false, false)]),
            Member::example(
                "plan",
                "\nsixward-net = 1",
                &[("net", true, false), ("kit", true, true)],
            ),
            Member::example("kit", "", &[("plan", true, false)]),
        ]
    }

    #[test]
    fn what_is_drawn_as_it_is_passes() {
        let lines = "edge: kit\nnet ->\nplan -> net\nplan (dev) -> kit\nkit -> plan";
        assert_eq!(told(lines, &members()), [""; 0]);
    }

    #[test]
    fn arrows_and_crates_that_are_not_drawn_are_told_where_they_are_written() {
        assert_eq!(
            told("net ->\nplan ->", &members()),
            [
                "crates/plan/Cargo.toml:2: arrow `plan -> net` is not drawn",
                "crates/plan/Cargo.toml:1: arrow `plan (dev) -> kit` is not drawn",
                "crates/kit/Cargo.toml:1: arrow `kit -> plan` is not drawn",
                "A.md:1: crate `kit` is not drawn",
            ]
        );
    }

    #[test]
    fn arrows_and_crates_that_are_gone_are_told() {
        let lines = "edge: web\nnet -> kit\nplan -> net\nplan (dev) -> kit\nkit -> plan\ndns ->";
        assert_eq!(
            told(lines, &members()),
            [
                "A.md:7: there is no crate `dns`",
                "A.md:3: arrow `net -> kit` is not used",
                "A.md:1: there is no edge crate `web`",
                "A.md:1: the arrows go round: `kit -> plan -> net -> kit`",
            ]
        );
    }
}
