//! Tables that fit the available width: first hashes are shortened, then optional columns are omitted, then lists are
//! wrapped, and what still does not fit is printed row by row, with one field a line.

use std::fmt;

use comfy_table::presets::UTF8_BORDERS_ONLY;
use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, Table, Width};

use super::output::fields;

/// Number of digits of a shortened hash.
const DIGITS: usize = 12;
/// Number of digits of a whole hash.
const HASH_DIGITS: usize = 64;
/// Minimum width of a list.
const LEAST_LIST: usize = 16;
/// Minimum plausible width of a terminal.
const LEAST_WIDTH: usize = 40;

/// Rows with a header.
#[derive(Debug, Clone)]
pub struct Grid {
    header: Vec<String>,
    rows: Vec<Vec<String>>,
    numbers: Vec<usize>,
    whole: Vec<usize>,
    list: Option<usize>,
    spare: Option<usize>,
    width: Option<usize>,
}

/// Returns an empty table, at most as wide as the terminal; columns in `numbers` are aligned to the right.
pub fn table(header: &[&str], numbers: &[usize]) -> Grid {
    Grid {
        header: header.iter().map(|&name| name.to_owned()).collect(),
        rows: Vec::new(),
        numbers: numbers.to_vec(),
        whole: Vec::new(),
        list: None,
        spare: None,
        width: width(),
    }
}

/// Returns the terminal's width; `None` if it is not a terminal, so that other programs get whole lines.
fn width() -> Option<usize> {
    let set = std::env::var("COLUMNS").ok();
    let set = set.and_then(|columns| columns.parse().ok());
    let found = set.or_else(|| {
        let (_, columns) = console::Term::stdout().size_checked()?;
        Some(columns.into())
    });
    found.map(|columns: usize| columns.max(LEAST_WIDTH))
}

impl Grid {
    /// Marks a column whose hashes are needed completely.
    pub fn whole(mut self, column: usize) -> Self {
        self.whole.push(column);
        self
    }

    /// Marks the column that may be wrapped.
    pub fn list(mut self, column: usize) -> Self {
        self.list = Some(column);
        self
    }

    /// Marks the column that is omitted where there is too little room.
    pub fn spare(mut self, column: usize) -> Self {
        self.spare = Some(column);
        self
    }

    /// Adds a row, with as many cells as the header.
    pub fn add_row(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }

    fn text(&self) -> String {
        let drawn = self.draw(&self.rows).to_string();
        let Some(width) = self.width else {
            return drawn;
        };
        if fits(&drawn, width) {
            return drawn;
        }
        let cut: Vec<Vec<_>> = self.rows.iter().map(|row| self.cut(row)).collect();
        let mut table = self.draw(&cut);
        let drawn = table.to_string();
        if fits(&drawn, width) {
            return drawn;
        }
        if let Some(spare) = self.spare {
            let drawn = self.without(&cut, spare).to_string();
            if fits(&drawn, width) {
                return drawn;
            }
        }
        if let Some(room) = self.list.and_then(|list| self.room(&cut, list, width)) {
            table.set_content_arrangement(ContentArrangement::Dynamic);
            table.set_width(width.try_into().unwrap_or(u16::MAX));
            for (index, column) in table.column_iter_mut().enumerate() {
                column.set_constraint(match self.list == Some(index) {
                    true => ColumnConstraint::UpperBoundary(Width::Fixed(room)),
                    false => ColumnConstraint::ContentWidth,
                });
            }
            let drawn = table.to_string();
            if fits(&drawn, width) {
                return drawn;
            }
        }
        let records: Vec<_> = self.rows.iter().map(|row| self.record(row)).collect();
        records.join("\n\n")
    }

    fn draw(&self, rows: &[Vec<String>]) -> Table {
        let mut table = Table::new();
        table.load_style(UTF8_BORDERS_ONLY);
        table.set_content_arrangement(ContentArrangement::Disabled);
        table.set_header(&self.header);
        for &index in &self.numbers {
            if let Some(column) = table.column_mut(index) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        for row in rows {
            table.add_row(row);
        }
        table
    }

    /// The table without one of its columns.
    fn without(&self, rows: &[Vec<String>], spare: usize) -> Table {
        let mut less = self.clone();
        let mut rows = rows.to_vec();
        for cells in rows.iter_mut().chain([&mut less.header]) {
            if spare < cells.len() {
                cells.remove(spare);
            }
        }
        less.numbers.retain(|&index| index != spare);
        for index in &mut less.numbers {
            *index -= usize::from(*index > spare);
        }
        less.draw(&rows)
    }

    /// Returns a row with its hashes shortened.
    fn cut(&self, row: &[String]) -> Vec<String> {
        let cells = row.iter().enumerate();
        cells
            .map(|(index, cell)| match self.whole.contains(&index) {
                true => cell.clone(),
                false => cut(cell).unwrap_or_else(|| cell.clone()),
            })
            .collect()
    }

    /// Returns the remaining width for a list, with its margins, where all other columns keep theirs.
    fn room(&self, rows: &[Vec<String>], list: usize, width: usize) -> Option<u16> {
        let mut without = rows.to_vec();
        for row in &mut without {
            if let Some(cell) = row.get_mut(list) {
                cell.clear();
            }
        }
        let mut bare = self.clone();
        if let Some(name) = bare.header.get_mut(list) {
            name.clear();
        }
        let rest = widest(&bare.draw(&without).to_string());
        let room = width.checked_sub(rest)?;
        // an empty column has its margins too
        (room >= LEAST_LIST).then(|| u16::try_from(room + 2).unwrap_or(u16::MAX))
    }

    fn record(&self, row: &[String]) -> String {
        let cells = self.header.iter().zip(row);
        let cells = cells.filter(|(_, cell)| !cell.is_empty());
        let rows: Vec<_> = cells
            .map(|(name, cell)| (name.as_str(), cell.replace('\n', "; ")))
            .collect();
        fields(&rows)
    }
}

impl fmt::Display for Grid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text())
    }
}

fn widest(text: &str) -> usize {
    let widths = text.lines().map(console::measure_text_width);
    widths.max().unwrap_or(0)
}

fn fits(text: &str, width: usize) -> bool {
    widest(text) <= width
}

/// Returns the prefix of a hash, or of an address; `None` if it is neither.
pub fn cut(cell: &str) -> Option<String> {
    let (chain, digits) = match cell.split_once(':') {
        Some((chain, digits)) => (format!("{chain}:"), digits),
        None => (String::new(), cell),
    };
    let is_hash =
        digits.len() == HASH_DIGITS && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hash.then(|| format!("{chain}{}…", &digits[..DIGITS]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid(width: Option<usize>) -> Grid {
        let mut grid = Grid {
            width,
            ..table(&["name", "what it holds", "key"], &[0])
        };
        grid.add_row(vec!["one".into(), "a, b".into(), "a1".repeat(32)]);
        grid.add_row(vec![
            "two".into(),
            (10..40).map(|n| format!("item-{n}, ")).collect(),
            format!("0:{}", "b2".repeat(32)),
        ]);
        grid
    }

    #[test]
    fn tables_fit_the_width_or_become_lists() {
        let wide = grid(None).to_string();
        assert!(widest(&wide) > 300 && wide.contains(&"a1".repeat(32)));
        for columns in 40..320 {
            let text = grid(Some(columns)).list(1).to_string();
            let is_records = !text.contains('┌');
            assert!(is_records || fits(&text, columns), "{columns}\n{text}");
        }
        // a list is wrapped, hashes are shortened
        let narrow = grid(Some(80)).list(1).to_string();
        assert!(narrow.contains("a1a1a1a1a1a1…"), "{narrow}");
        assert!(narrow.contains("0:b2b2b2b2b2b2…"), "{narrow}");
        assert!(narrow.contains("item-39"), "{narrow}");
        // otherwise each row is printed separately, and nothing is shortened
        let rows = grid(Some(80)).to_string();
        assert!(rows.contains(&format!("key            {}", "a1".repeat(32))));
        // an optional column is omitted before that
        let mut spared = grid(Some(80)).spare(1);
        spared.header[2] = "last".to_owned();
        let spared = spared.to_string();
        assert!(
            spared.contains('┌') && !spared.contains("holds"),
            "{spared}"
        );
        assert!(spared.contains("last") && spared.contains("a1a1a1a1a1a1…"));
        // and columns that are needed completely are not shortened
        let whole = grid(Some(80)).list(1).whole(2).to_string();
        assert!(whole.contains(&"a1".repeat(32)), "{whole}");
    }
}
