//! Figures that are committed.

/// One row a line, so that a difference reads well.
pub fn written(rows: &[impl serde::Serialize]) -> String {
    let line = |row| serde_json::to_string(row).expect("a row is plain data");
    let lines: Vec<_> = rows.iter().map(line).collect();
    format!("[\n  {}\n]\n", lines.join(",\n  "))
}
