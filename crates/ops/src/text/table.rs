//! Aligned columns.

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use super::page::{Ink, Look, wrap};

const GAP: usize = 2;
/// No column is cut to less.
const LEAST: usize = 8;

/// Rows of cells; every column is as wide as its widest cell.
#[derive(Debug, Clone, Default)]
pub(crate) struct Table {
    rows: Vec<Vec<Cell>>,
    /// Columns that may be cut when the whole is too wide, the first to be cut first.
    cut: Vec<usize>,
    /// A column whose text goes on below instead of being cut.
    wrapped: Option<usize>,
}

/// One cell.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cell {
    text: String,
    ink: Ink,
    right: bool,
}

impl Cell {
    pub(crate) fn new(text: impl Into<String>, ink: Ink) -> Self {
        Self {
            text: text.into(),
            ink,
            right: false,
        }
    }

    pub(crate) fn number(number: impl Into<String>, ink: Ink) -> Self {
        Self {
            text: number.into(),
            ink,
            right: true,
        }
    }
}

impl Table {
    /// A table whose columns `cut` may be cut.
    pub(crate) fn new(cut: impl Into<Vec<usize>>) -> Self {
        Self {
            rows: Vec::new(),
            cut: cut.into(),
            wrapped: None,
        }
    }

    /// A table whose column `wrapped` goes on below when the whole is too wide.
    pub(crate) fn wrapping(wrapped: usize) -> Self {
        Self {
            rows: Vec::new(),
            cut: vec![wrapped],
            wrapped: Some(wrapped),
        }
    }

    pub(crate) fn row(&mut self, row: Vec<Cell>) {
        self.rows.push(row);
    }

    /// How wide it is when nothing is cut.
    pub(crate) fn width(&self) -> usize {
        total(&self.widths())
    }

    pub(crate) fn lines(&self, look: Look) -> Vec<String> {
        let widths = self.fitted(look.width);
        self.rows
            .iter()
            .flat_map(|row| self.row_lines(row, &widths, look))
            .collect()
    }

    fn row_lines(&self, row: &[Cell], widths: &[usize], look: Look) -> Vec<String> {
        let long = self
            .wrapped
            .and_then(|at| Some((at, row.get(at)?, *widths.get(at)?)));
        let Some((at, cell, width)) = long.filter(|(_, cell, width)| cell.text.width() > *width)
        else {
            return vec![line(row, widths, look)];
        };
        let mut next = row.to_vec();
        let parts = wrap(&cell.text, width).into_iter();
        parts
            .map(|part| {
                let mut row = std::mem::replace(&mut next, vec![Cell::default(); row.len()]);
                if let Some(shown) = row.get_mut(at) {
                    *shown = Cell {
                        text: part,
                        ..cell.clone()
                    };
                }
                line(&row, widths, look)
            })
            .collect()
    }

    fn widths(&self) -> Vec<usize> {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or_default();
        let width = |column: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(column));
            cells
                .map(|cell| cell.text.width())
                .max()
                .unwrap_or_default()
        };
        (0..columns).map(width).collect()
    }

    fn fitted(&self, available: usize) -> Vec<usize> {
        let mut widths = self.widths();
        for column in &self.cut {
            let over = total(&widths).saturating_sub(available);
            if let Some(width) = widths.get_mut(*column) {
                *width = (*width).min((*width).saturating_sub(over).max(LEAST));
            }
        }
        widths
    }
}

fn total(widths: &[usize]) -> usize {
    // A column that nothing is in takes no room.
    let filled = widths.iter().filter(|width| **width > 0);
    filled
        .map(|width| width + GAP)
        .sum::<usize>()
        .saturating_sub(GAP)
}

fn line(row: &[Cell], widths: &[usize], look: Look) -> String {
    let mut line = String::new();
    let mut begun = false;
    for (cell, width) in row.iter().zip(widths).filter(|(_, width)| **width > 0) {
        if begun {
            line.push_str(&" ".repeat(GAP));
        }
        begun = true;
        let text = cut(&cell.text, *width);
        let pad = " ".repeat(width.saturating_sub(text.width()));
        let text = look.ink(cell.ink, &text);
        line.push_str(&if cell.right { pad + &text } else { text + &pad });
    }
    line.trim_end().to_owned()
}

fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut room = width.saturating_sub(1);
    let fits = |letter: &char| {
        let wide = letter.width().unwrap_or_default();
        let fits = wide <= room;
        room = room.saturating_sub(wide);
        fits
    };
    text.chars().take_while(fits).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(width: usize) -> Vec<String> {
        let mut table = Table::new([1]);
        for (name, long, count) in [("a", "short", 7), ("bb", "a rather long cell", 12)] {
            table.row(vec![
                Cell::new(name, Ink::Bold),
                Cell::new(long, Ink::Plain),
                Cell::number(count.to_string(), Ink::Plain),
            ]);
        }
        table.lines(Look {
            width,
            color: false,
        })
    }

    #[test]
    fn columns_are_aligned() {
        assert_eq!(
            lines(80),
            ["a   short                7", "bb  a rather long cell  12"]
        );
    }

    #[test]
    fn what_may_go_on_below_does() {
        let mut table = Table::wrapping(0);
        table.row(vec![
            Cell::new("a rather long cell", Ink::Plain),
            Cell::new("b", Ink::Plain),
        ]);
        let lines = table.lines(Look {
            width: 13,
            color: false,
        });
        assert_eq!(lines, ["a rather    b", "long cell"]);
    }

    #[test]
    fn what_may_be_cut_is_cut() {
        assert_eq!(lines(20), ["a   short          7", "bb  a rather lo…  12"]);
    }
}
