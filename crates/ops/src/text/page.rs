//! Lines of text of a certain width, with or without colour.

use anstyle::{AnsiColor, Style};
use unicode_width::UnicodeWidthStr as _;

use super::table::Table;

/// How text is to look.
#[derive(Debug, Clone, Copy)]
pub struct Look {
    /// Columns.
    pub width: usize,
    /// With escape codes for colour. Colour never says what the words do not.
    pub color: bool,
}

/// What a piece of text is, for its colour.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Ink {
    #[default]
    Plain,
    /// A heading or a name.
    Bold,
    /// An id, or what may be skipped.
    Dim,
    /// Something that stands in the way.
    Red,
    /// Something to look at.
    Yellow,
    /// Something to type.
    Green,
}

/// Text in the making.
#[derive(Debug)]
pub(crate) struct Page {
    look: Look,
    text: String,
}

impl Page {
    pub(crate) fn new(look: Look) -> Self {
        Self {
            look,
            text: String::new(),
        }
    }

    pub(crate) fn look(&self) -> Look {
        self.look
    }

    pub(crate) fn blank(&mut self) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
    }

    /// A blank line, a heading, and what is said beside it.
    pub(crate) fn heading(&mut self, title: &str, ink: Ink, beside: &str) {
        self.blank();
        let style = ink.style().bold();
        let title = if self.look.color {
            format!("{style}{title}{style:#}")
        } else {
            title.to_owned()
        };
        let gap = if beside.is_empty() { "" } else { "  " };
        self.push(&format!("{title}{gap}{beside}"));
    }

    /// One line, as wide as it is: something to copy.
    pub(crate) fn line(&mut self, indent: usize, text: &str, ink: Ink) {
        let text = self.look.ink(ink, text);
        self.push(&format!("{}{text}", " ".repeat(indent)));
    }

    /// A line of several inks.
    pub(crate) fn spans(&mut self, indent: usize, spans: &[(&str, Ink)]) {
        let inked = spans.iter().map(|(text, ink)| self.look.ink(*ink, text));
        let line = inked.collect::<String>();
        self.push(&format!("{}{line}", " ".repeat(indent)));
    }

    /// A paragraph whose first line begins with a mark that the others stand clear of.
    pub(crate) fn item(&mut self, indent: usize, mark: &str, text: &str, ink: Ink) {
        let hang = indent + mark.width();
        let lines = wrap(text, self.look.width.saturating_sub(hang));
        for (number, line) in lines.iter().enumerate() {
            match number {
                0 => self.line(indent, &format!("{mark}{line}"), ink),
                _ => self.line(hang, line, ink),
            }
        }
    }

    pub(crate) fn table(&mut self, indent: usize, table: &Table) {
        let look = Look {
            width: self.look.width.saturating_sub(indent),
            ..self.look
        };
        for line in table.lines(look) {
            self.push(&format!("{}{line}", " ".repeat(indent)));
        }
    }

    pub(crate) fn finish(self) -> String {
        self.text
    }

    fn push(&mut self, line: &str) {
        self.text.push_str(line.trim_end());
        self.text.push('\n');
    }
}

impl Look {
    /// Text in its ink, if there is colour. Names are the owner's text: an escape sequence in one must
    /// not reach a terminal.
    pub(crate) fn ink(self, ink: Ink, text: &str) -> String {
        let text: String = text
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect();
        if !self.color || ink == Ink::Plain || text.is_empty() {
            return text;
        }
        let style = ink.style();
        format!("{style}{text}{style:#}")
    }
}

impl Ink {
    fn style(self) -> Style {
        let color = |color: AnsiColor| Style::new().fg_color(Some(color.into()));
        match self {
            Self::Plain => Style::new(),
            Self::Bold => Style::new().bold(),
            Self::Dim => Style::new().dimmed(),
            Self::Red => color(AnsiColor::Red),
            Self::Yellow => color(AnsiColor::Yellow),
            Self::Green => color(AnsiColor::Green),
        }
    }
}

/// Text in lines of at most `width`, broken at plain spaces. A word that is longer stays whole: it may
/// be there to be copied.
pub(crate) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split_ascii_whitespace() {
        if !line.is_empty() && line.width() + 1 + word.width() > width {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

/// A sentence of ours as it begins a paragraph.
pub(crate) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(letters).collect()
}
