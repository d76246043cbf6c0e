//! Every crate takes the lints of the workspace. Without the two lines a crate is checked
//! by nothing, and nobody notices.

use super::Violation;
use super::member::Member;

pub(super) fn check(member: &Member) -> Option<Violation> {
    if inherits(&member.text) {
        return None;
    }
    Some(Violation::new(
        &member.manifest,
        1,
        "`[lints] workspace = true` is missing",
    ))
}

fn inherits(manifest: &str) -> bool {
    let mut lines = manifest.lines().map(str::trim);
    lines.by_ref().any(|line| line == "[lints]")
        && lines
            .take_while(|line| !line.starts_with('['))
            .any(|line| line.split_whitespace().collect::<String>() == "workspace=true")
}

#[cfg(test)]
mod tests {
    use super::inherits;

    #[test]
    fn the_two_lines_must_be_there_and_together() {
        assert!(inherits("[package]\n\n[lints]\nworkspace = true\n"));
        assert!(!inherits("[package]\nname = \"a\"\n"));
        assert!(!inherits("[lints]\n[dependencies]\nworkspace = true\n"));
    }
}
