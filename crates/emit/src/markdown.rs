//! Markdown tables whose columns line up, and text that stays in its cell.

/// A cell that is wider than this sticks out, rather than push all others apart.
const WIDEST: usize = 160;

/// A table; empty when it has no rows.
pub(crate) fn table<const N: usize>(head: [&str; N], rows: &[[String; N]]) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let head = head.map(str::to_owned);
    let mut width = [3; N];
    for row in std::iter::once(&head).chain(rows) {
        for (width, cell) in width.iter_mut().zip(row) {
            *width = cell.chars().count().min(WIDEST).max(*width);
        }
    }
    let line = |row: &[String; N]| {
        let cells = row.iter().zip(width);
        let cells: Vec<_> = cells
            .map(|(cell, width)| format!("{cell:width$}"))
            .collect();
        format!("| {} |\n", cells.join(" | "))
    };
    let rule = width.map(|width| "-".repeat(width));
    let mut text = line(&head);
    text.push_str(&line(&rule));
    text.extend(rows.iter().map(line));
    text
}

/// Text in a cell: what would end the cell, or the line, does not.
pub(crate) fn cell(text: &str) -> String {
    text.chars()
        .flat_map(|c| match c {
            '|' => vec!['\\', '|'],
            c if c.is_control() => vec![' '],
            c => vec![c],
        })
        .collect()
}

/// A number with its thousands apart: `1,240`.
pub(crate) fn count(number: usize) -> String {
    let digits = number.to_string();
    let groups: Vec<_> = digits.as_bytes().rchunks(3).rev().collect();
    let groups = groups.iter().map(|group| String::from_utf8_lossy(group));
    groups.collect::<Vec<_>>().join(",")
}

/// A number of things: `1 step`, `2 steps`.
pub(crate) fn counted(number: usize, one: &str, many: &str) -> String {
    format!("{} {}", count(number), if number == 1 { one } else { many })
}
