//! Where a place in a JSON text is: `Subnets[3].SubnetId`.
//!
//! Found from line and column by a walk over the text, so that reading itself need not keep track, and
//! every type need not be compiled for a deserializer that does.

use std::fmt::Write;

/// The path to what ends at this line and column, both from 1.
pub(super) fn at(text: &str, line: usize, column: usize) -> String {
    let before: usize = text
        .split_inclusive('\n')
        .take(line.saturating_sub(1))
        .map(str::len)
        .sum();
    let mut steps = walk(text, before.saturating_add(column).min(text.len()));
    // What opened last is itself what is wrong, and nothing in it.
    let last = before.saturating_add(column).checked_sub(1);
    let opens = last.and_then(|last| text.as_bytes().get(last)) == Some(&b'[');
    if let (true, Some(Step::Element(0))) = (opens, steps.last()) {
        steps.pop();
    }
    show(&steps)
}

/// One step into a JSON text.
#[derive(Debug)]
enum Step<'a> {
    /// Into an object: the key, once it was read.
    Key(Option<&'a str>),
    /// Into a list.
    Element(usize),
}

fn walk(text: &str, end: usize) -> Vec<Step<'_>> {
    let mut steps = Vec::new();
    let mut at = 0;
    while let Some(byte) = text.as_bytes().get(at).filter(|_| at < end) {
        match byte {
            b'{' => steps.push(Step::Key(None)),
            b'[' => steps.push(Step::Element(0)),
            b'}' | b']' => drop(steps.pop()),
            b',' => match steps.last_mut() {
                Some(Step::Element(number)) => *number += 1,
                Some(key) => *key = Step::Key(None),
                None => {}
            },
            b'"' => {
                let closing = closing_quote(text, at);
                if let Some(key @ Step::Key(None)) = steps.last_mut() {
                    *key = Step::Key(text.get(at + 1..closing));
                }
                at = closing;
            }
            _ => {}
        }
        at += 1;
    }
    steps
}

/// The end of the string that begins at a quote.
fn closing_quote(text: &str, quote: usize) -> usize {
    let mut escaped = false;
    let inside = text.bytes().enumerate().skip(quote + 1);
    for (at, byte) in inside {
        match byte {
            b'"' if !escaped => return at,
            b'\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    text.len()
}

fn show(steps: &[Step<'_>]) -> String {
    let mut path = String::new();
    for step in steps {
        // Writing to a string cannot fail.
        let _ = match step {
            Step::Key(Some(key)) if path.is_empty() => write!(path, "{key}"),
            Step::Key(Some(key)) => write!(path, ".{key}"),
            Step::Key(None) => Ok(()),
            Step::Element(number) => write!(path, "[{number}]"),
        };
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_has_a_path() {
        let text = "{\"a\\\"b\": [1, {\"c\": [[], {}],\n \"d\": 5}]}";
        assert_eq!(at(text, 2, 7), "a\\\"b[1].d");
        assert_eq!(at(text, 1, 11), "a\\\"b[0]");
        assert_eq!(at(text, 9, 99), "");
    }
}
