//! A Rust source with everything that is not code blanked out: comments, strings and
//! characters. Lines stay where they were. Just enough of a lexer for that; a parser
//! would be a heavier dependency than all of xtask.

/// The source with spaces in place of what is not code.
pub(super) fn code_only(source: &str) -> String {
    let mut code = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(letter) = rest.chars().next() {
        let before = code.chars().next_back().unwrap_or(' ');
        let length = hidden(before, rest).unwrap_or(0);
        if length == 0 {
            code.push(letter);
            rest = rest.get(letter.len_utf8()..).unwrap_or_default();
        } else {
            let (blank, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
            code.extend(
                blank
                    .chars()
                    .map(|letter| if letter == '\n' { '\n' } else { ' ' }),
            );
            rest = after;
        }
    }
    code
}

/// How many bytes at the start of `rest` are not code.
fn hidden(before: char, rest: &str) -> Option<usize> {
    line_comment(rest)
        .or_else(|| block_comment(rest))
        .or_else(|| raw_string(before, rest))
        .or_else(|| string(rest))
        .or_else(|| character(rest))
}

fn line_comment(rest: &str) -> Option<usize> {
    rest.strip_prefix("//")?;
    Some(rest.find('\n').unwrap_or(rest.len()))
}

/// Block comments nest in Rust.
fn block_comment(rest: &str) -> Option<usize> {
    rest.strip_prefix("/*")?;
    let mut depth = 0;
    let mut at = 0;
    loop {
        let here = rest.get(at..)?;
        let (step, change) = match here.get(..2) {
            Some("/*") => (2, 1),
            Some("*/") => (2, -1),
            _ => (here.chars().next().map_or(0, char::len_utf8), 0),
        };
        at += step;
        depth += change;
        if depth == 0 || step == 0 {
            return Some(at);
        }
    }
}

/// `r"…"`, `r#"…"#` and so on; the `b` or `c` before them is left as code.
fn raw_string(before: char, rest: &str) -> Option<usize> {
    if (before.is_alphanumeric() || before == '_') && !matches!(before, 'b' | 'c') {
        return None;
    }
    let after = rest.strip_prefix('r')?;
    let marks = after.len() - after.trim_start_matches('#').len();
    after.get(marks..)?.strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(marks));
    let start = 1 + marks + 1;
    let length = rest
        .get(start..)?
        .find(&end)
        .map(|at| start + at + end.len());
    Some(length.unwrap_or(rest.len()))
}

fn string(rest: &str) -> Option<usize> {
    let inside = rest.strip_prefix('"')?;
    let mut escaped = false;
    for (at, letter) in inside.char_indices() {
        match letter {
            '"' if !escaped => return Some(at + 2),
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    Some(rest.len())
}

/// `'a'` and `'\n'`, but not the `'a` of a lifetime.
fn character(rest: &str) -> Option<usize> {
    let mut letters = rest.strip_prefix('\'')?.chars();
    let first = letters.next()?;
    if first == '\\' {
        let end = rest.get(3..)?.find('\'')?;
        return Some(3 + end + 1);
    }
    (letters.next()? == '\'').then(|| first.len_utf8() + 2)
}

#[cfg(test)]
mod tests {
    use super::code_only;

    /// Code with its gaps closed, to be compared with ease.
    fn check(source: &str, code: &str) {
        assert_eq!(
            code_only(source)
                .split_whitespace()
                .collect::<Vec<_>>()
                .join(" "),
            code
        );
    }

    #[test]
    fn comments_go() {
        check("a // b \"c\n d", "a d");
        check("a /* b /* c */ d */ e", "a e");
        check("/// doc\nfn f() {}", "fn f() {}");
        check("a / b", "a / b");
        check("a /* never closed", "a");
    }

    #[test]
    fn strings_go() {
        check(r#"f("a \" b", c)"#, "f( , c)");
        check(r##"f(r#"a " b"#, c)"##, "f( , c)");
        check(r#"f(br"a\", c)"#, "f(b , c)");
        check(r#"var"a" r#type"#, "var r#type");
    }

    #[test]
    fn characters_go_and_lifetimes_stay() {
        check(r"f('a', '\'', '\u{1F600}', '\\', x)", "f( , , , , x)");
        check(
            "fn f<'a>(x: &'a str) -> &'static str",
            "fn f<'a>(x: &'a str) -> &'static str",
        );
        check("f('\"') + g('é')", "f( ) + g( )");
    }

    #[test]
    fn lines_stay_where_they_were() {
        assert_eq!(code_only("a\n\"b\nc\"\nd").lines().count(), 4);
    }
}
