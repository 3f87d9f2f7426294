//! A guide, read.

use std::path::Path;

/// A reader's action or observation.
#[derive(Debug)]
pub enum Step {
    /// Runs it.
    Run(String),
    /// Starts it in another terminal.
    Start(String),
    /// Writes a file of this name.
    Write(String, String),
}

/// A block of a guide.
#[derive(Debug)]
pub struct Block {
    /// The line of its fence, from 1.
    pub line: usize,
    pub step: Step,
    /// Its output, where the guide shows that.
    pub output: Option<String>,
}

/// A guide.
#[derive(Debug)]
pub struct Guide {
    pub blocks: Vec<Block>,
    /// The line that begins with `Needs`.
    pub needs: String,
}

impl Guide {
    pub fn read(path: &Path) -> Self {
        let text = std::fs::read_to_string(path)
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let mut blocks: Vec<Block> = Vec::new();
        // whether only empty lines followed the last block that is run
        let mut is_next = false;
        let mut lines = (1..).zip(text.lines());
        while let Some((line, words)) = lines.next() {
            let Some(info) = words.trim_start().strip_prefix("```") else {
                is_next &= words.trim().is_empty();
                continue;
            };
            let indent = words.len() - words.trim_start().len();
            let mut body = String::new();
            loop {
                let (_, words) = lines
                    .next()
                    .unwrap_or_else(|| panic!("line {line}: a fence that does not end"));
                let words = words.get(indent..).unwrap_or_default();
                if words == "```" {
                    break;
                }
                body.push_str(words);
                body.push('\n');
            }
            let (kind, name) = info.split_once(' ').unwrap_or((info, ""));
            let step = match (kind, name) {
                ("text", _) => {
                    let last = blocks.last_mut().filter(|_| is_next);
                    let last = last.unwrap_or_else(|| panic!("line {line}: output of nothing"));
                    assert!(last.output.is_none(), "line {line}: a second output");
                    last.output = Some(body);
                    continue;
                }
                ("sh", "") => Step::Run(body),
                ("sh", "terminal") => Step::Start(body),
                ("sh", _) => panic!("line {line}: `sh` or `sh terminal`"),
                (_, "") => {
                    is_next = false;
                    continue;
                }
                (_, name) => Step::Write(name.to_owned(), body),
            };
            is_next = matches!(step, Step::Run(_));
            blocks.push(Block {
                line,
                step,
                output: None,
            });
        }
        let needs = text.lines().find(|line| line.starts_with("Needs "));
        Self {
            blocks,
            needs: needs.unwrap_or_default().to_owned(),
        }
    }

    /// Whether a command of this name is called.
    pub fn calls(&self, tool: &str) -> bool {
        let is_part =
            |sign: char| !(sign.is_ascii_alphanumeric() || matches!(sign, '-' | '_' | '.' | '/'));
        self.blocks.iter().any(|block| match &block.step {
            Step::Run(text) | Step::Start(text) => text.split(is_part).any(|word| word == tool),
            Step::Write(..) => false,
        })
    }
}
