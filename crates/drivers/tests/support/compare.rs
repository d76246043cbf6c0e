//! A dump of ours beside what the CLI prints.

/// What stands in our dumps for a value that the model marks sensitive.
const WITHHELD: &str = "(withheld)";

/// The first line that differs. There is nothing on both sides where the call is refused.
pub(crate) fn difference(path: &str, ours: Option<&str>, theirs: Option<&str>) -> Option<String> {
    // The CLI prints nothing at all for an answer with nothing in it.
    let theirs = theirs.map(|text| if text.is_empty() { "{}\n" } else { text });
    let (Some(ours), Some(theirs)) = (ours, theirs) else {
        return (ours != theirs).then(|| format!("{path}: ours {ours:?}, the CLI's {theirs:?}"));
    };
    let mut lines = ours.split('\n').zip(theirs.split('\n'));
    let line = lines.find(|(ours, theirs)| !agree(ours, theirs));
    let longer = ours.lines().count() != theirs.lines().count();
    let (ours, theirs) = line.or(longer.then_some((ours, theirs)))?;
    Some(format!("{path}: ours {ours:?}, the CLI's {theirs:?}"))
}

/// The same line; or of the same name, with a value withheld or one that is always "now".
fn agree(ours: &str, theirs: &str) -> bool {
    let name = |line: &str| {
        line.split_once(": ")
            .map(|(name, _)| name.trim().to_owned())
    };
    let excused = ours.contains(WITHHELD) || ours.contains("\"LatestRestorableTime\"");
    ours == theirs || (excused && name(ours).is_some() && name(ours) == name(theirs))
}
