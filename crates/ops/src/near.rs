//! Names that somebody may have meant who wrote another.

/// So many are told.
const FEW: usize = 4;
/// A name that holds another is near to it when it has no more letters besides.
const LONGER: usize = 12;

/// Of all names those that are near to what was written, the nearest first.
pub(crate) fn near<'a>(written: &str, names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let lower = written.to_lowercase();
    let mut found: Vec<(usize, &str)> = names
        .filter_map(|name| Some((far(&lower, &name.to_lowercase())?, name)))
        .collect();
    found.sort_unstable();
    found.dedup();
    found.into_iter().map(|(_, name)| name).take(FEW).collect()
}

/// How far one is from the other; nothing when nobody would write one for the other.
fn far(written: &str, name: &str) -> Option<usize> {
    let steps = edits(written, name);
    let length = written.chars().count().max(name.chars().count());
    if steps * 3 <= length {
        return Some(steps);
    }
    let within = written.len() >= 2 && name.contains(written);
    let around = name.len() >= 2 && written.contains(name);
    // A part of a long id was not meant for the whole of it.
    let alike = written.len().abs_diff(name.len()) <= LONGER;
    ((within || around) && alike).then_some(length)
}

/// How many letters must be put in, taken out or changed, or two that are side by side changed round
/// (Damerau and Levenshtein).
fn edits(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    let mut last = None;
    for (line, letter) in one.chars().enumerate() {
        let mut next = vec![line + 1];
        for (column, there) in other.iter().enumerate() {
            let at =
                |row: &[usize], column: usize| row.get(column).copied().unwrap_or(usize::MAX - 1);
            let changed = at(&row, column) + usize::from(letter != *there);
            let mut fewest = changed
                .min(at(&row, column + 1) + 1)
                .min(at(&next, column) + 1);
            let previous = column.checked_sub(1).and_then(|before| other.get(before));
            if last == Some(*there) && previous == Some(&letter) {
                fewest = fewest.min(at(&before, column - 1) + 1);
            }
            next.push(fewest);
        }
        before = std::mem::replace(&mut row, next);
        last = Some(letter);
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(written: &str, want: &[&str]) {
        let names = ["web", "web-2", "app-server", "db", "i-0a11a11a11a11a11a"];
        assert_eq!(near(written, names.into_iter()), want);
    }

    #[test]
    fn a_slip_is_near() {
        check("wev", &["web"]);
        check("wbe", &["web"]);
        check("WEB", &["web", "web-2"]);
        check("app-sevrer", &["app-server"]);
        check("i-0a11a11a11a11a11b", &["i-0a11a11a11a11a11a"]);
    }

    #[test]
    fn another_name_is_not() {
        check("mail", &[]);
        check("x", &[]);
        check("11a11a", &[]);
    }

    #[test]
    fn edits_are_counted() {
        assert_eq!(edits("kitten", "sitting"), 3);
        assert_eq!(edits("", "abc"), 3);
    }
}
