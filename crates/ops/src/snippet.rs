//! The line of a file that a message speaks of, with a mark under the place.

/// More than this of a line is not shown: some dumps are one line of megabytes.
const WIDTH: usize = 76;

/// A place in a text, ready to be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snippet {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    text: String,
    mark: usize,
    length: usize,
}

impl Snippet {
    /// The place at `line` and `column`, both from 1; none when the text has no such line.
    pub(crate) fn at(text: &str, line: usize, column: usize, length: usize) -> Option<Self> {
        let whole = text.lines().nth(line.checked_sub(1)?)?;
        let letters: Vec<char> = whole
            .chars()
            .map(|c| if c == '\t' { ' ' } else { c })
            .collect();
        let place = column.saturating_sub(1).min(letters.len());
        let start = place
            .saturating_sub(WIDTH / 2)
            .min(letters.len().saturating_sub(WIDTH));
        let shown: String = letters.iter().skip(start).take(WIDTH).collect();
        let length = length.clamp(1, WIDTH.saturating_sub(place - start).max(1));
        Some(Self {
            line,
            column: place + 1,
            text: shown,
            mark: place - start,
            length,
        })
    }

    /// The place of a range of bytes.
    pub(crate) fn of_span(text: &str, span: &std::ops::Range<usize>) -> Option<Self> {
        let before = text.get(..span.start)?;
        let line = before.matches('\n').count() + 1;
        let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
        let inside = text.get(span.clone()).unwrap_or_default();
        let length = inside.lines().next().unwrap_or_default().chars().count();
        Self::at(text, line, column, length)
    }

    /// The lines to show.
    pub fn lines(&self) -> [String; 2] {
        let number = self.line.to_string();
        let gutter = " ".repeat(number.len());
        let under = format!("{}{}", " ".repeat(self.mark), "^".repeat(self.length));
        [
            format!("{number} | {}", self.text),
            format!("{gutter} | {under}"),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mark_stands_under_the_place() {
        let snippet = Snippet::of_span("a = 1\nbb = 2\n", &(6..8)).unwrap();
        assert_eq!(snippet.lines(), ["2 | bb = 2", "  | ^^"]);
    }

    #[test]
    fn of_a_long_line_the_part_around_the_place_is_shown() {
        let text = format!("{}!{}", "x".repeat(500), "y".repeat(500));
        let [line, mark] = Snippet::at(&text, 1, 501, 1).unwrap().lines();
        assert_eq!(line.find('!'), mark.find('^'));
        assert!(line.len() < 90, "{line}");
    }

    #[test]
    fn the_end_of_a_cut_file_can_be_shown() {
        let [line, mark] = Snippet::at("{\"a\": ", 1, 7, 1).unwrap().lines();
        assert_eq!(
            (line.as_str(), mark.as_str()),
            ("1 | {\"a\": ", "  |       ^")
        );
    }
}
