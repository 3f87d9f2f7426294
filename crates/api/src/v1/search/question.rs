//! Parsing a search text. Pages group the digits of numbers, shorten hashes in the middle and prefix the kind of an
//! object; the copied text must find that object.

use ddvs_client::{ChainId, MASTERCHAIN};
use ddvs_index::Like;

/// A parsed search text.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Question {
    /// The whole text, with single spaces.
    pub text: String,
    /// The text without the words for kind and chain.
    pub rest: String,
    /// The kind that it names.
    pub what: Option<What>,
    /// The chain that it names.
    pub chain: Option<ChainId>,
    /// The number that it is.
    pub number: Option<u32>,
    /// A prefix of a hash, a key or an address.
    pub like: Option<Like>,
}

/// The object of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    Block,
    Batch,
}

/// Words before an identifier that add no information.
const NAMES: [&str; 19] = [
    "account",
    "address",
    "delector",
    "d\u{2019}elector",
    "d'elector",
    "depool",
    "hash",
    "in",
    "key",
    "message",
    "number",
    "of",
    "owner",
    "pool",
    "root",
    "transaction",
    "tx",
    "validator",
    "wallet",
];

impl Question {
    /// Parses a text. Whatever is not recognised stays in `text`.
    pub fn of(text: &str) -> Self {
        // page titles end with a common suffix
        let text = text.split('\u{b7}').next().unwrap_or_default();
        let words: Vec<&str> = text.split_whitespace().collect();
        let mut question = Self {
            text: words.join(" "),
            ..Self::default()
        };
        let mut rest = Vec::new();
        let mut words = words.into_iter().peekable();
        while let Some(word) = words.next() {
            let lower = word.to_lowercase();
            match lower.trim_end_matches([',', ':']) {
                "block" | "height" => question.what = Some(What::Block),
                "batch" => question.what = Some(What::Batch),
                "masterchain" | "master" => question.chain = Some(MASTERCHAIN),
                "workchain" | "chain" => {
                    let number = words.next_if(|next| as_chain(next).is_some());
                    question.chain = number.and_then(as_chain).or(question.chain);
                }
                name if NAMES.contains(&name) => {}
                _ => rest.push(word),
            }
        }
        question.rest = rest.join(" ");
        question.read();
        question
    }

    /// Parses the rest: a number, possibly with its chain, or digits of a hash.
    fn read(&mut self) {
        let rest = self.rest.clone();
        self.number = grouped(rest.trim_start_matches('#'));
        // a block's mark and number, as they appear next to each other on pages
        if let (None, Some((chain, number))) = (self.number, rest.split_once(' '))
            && let (Some(chain), Some(number)) = (as_chain(chain), grouped(number))
        {
            (self.chain, self.number) = (Some(chain), Some(number));
        }
        for sign in ['#', '/', '.', ':'] {
            let Some((chain, number)) = rest.split_once(sign) else {
                continue;
            };
            let (Some(chain), Some(number)) = (as_chain(chain.trim()), grouped(number.trim()))
            else {
                continue;
            };
            (self.chain, self.number) = (Some(chain), Some(number));
            self.what = self.what.or(match sign {
                // the format of a batch in commands
                '#' | '.' => Some(What::Batch),
                _ => Some(What::Block),
            });
            break;
        }
        let digits = match rest.split_once(':') {
            Some((chain, digits)) if as_chain(chain).is_some() => {
                self.chain = as_chain(chain);
                digits
            }
            _ => rest.as_str(),
        };
        let (first, last) = digits
            .split_once('\u{2026}')
            .or_else(|| digits.split_once("..."))
            .unwrap_or((digits, ""));
        self.like = Like::new(first, last);
    }

    /// Whether it may be the number of such an object.
    pub fn is(&self, what: What) -> bool {
        self.what.is_none_or(|said| said == what)
    }
}

/// Parses a chain by its number, or the masterchain's mark.
fn as_chain(text: &str) -> Option<ChainId> {
    match text {
        "M" | "m" => Some(MASTERCHAIN),
        _ => text.parse().ok(),
    }
}

/// Parses a number, also in groups of three digits: `1 234 567`, `1,234`.
fn grouped(text: &str) -> Option<u32> {
    let mut groups = text.split([' ', ',', '_', '\'']);
    let first = groups.next()?;
    let is_number = |group: &str| !group.is_empty() && group.bytes().all(|b| b.is_ascii_digit());
    let mut digits = first.to_owned();
    for group in groups {
        if group.len() != 3 || first.len() > 3 {
            return None;
        }
        digits.push_str(group);
    }
    is_number(&digits).then(|| digits.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::{Question, What};

    fn asked(text: &str) -> (Option<What>, Option<i8>, Option<u32>) {
        let question = Question::of(text);
        (question.what, question.chain, question.number)
    }

    #[test]
    fn numbers_are_read_as_pages_and_commands_write_them() {
        let (block, batch) = (Some(What::Block), Some(What::Batch));
        for (text, expected) in [
            ("1234", (None, None, Some(1234))),
            ("1\u{202f}234\u{202f}567", (None, None, Some(1_234_567))),
            ("1 234", (None, None, Some(1234))),
            ("1,234", (None, None, Some(1234))),
            ("#50", (None, None, Some(50))),
            ("batch 50", (batch, None, Some(50))),
            (
                "Batch 1\u{202f}050 of Workchain 1 \u{b7} ddvs",
                (batch, Some(1), Some(1050)),
            ),
            ("block 7 of masterchain", (block, Some(-1), Some(7))),
            ("0.50", (batch, Some(0), Some(50))),
            ("0#50", (batch, Some(0), Some(50))),
            ("-1/1 234", (block, Some(-1), Some(1234))),
            ("M/9", (block, Some(-1), Some(9))),
            ("batch 1/9", (batch, Some(1), Some(9))),
            ("Workchain 1", (None, Some(1), None)),
            ("1 23", (None, Some(1), Some(23))),
            ("M 1\u{202f}234", (None, Some(-1), Some(1234))),
            ("0 12 34", (None, None, None)),
            ("1234 567", (None, None, None)),
            ("300 1234", (None, None, None)),
            ("4294967296", (None, None, None)),
            ("0:", (None, Some(0), None)),
            ("", (None, None, None)),
        ] {
            assert_eq!(asked(text), expected, "{text}");
        }
    }

    #[test]
    fn hashes_are_read_as_pages_shorten_them() {
        for (text, first, last, chain) in [
            ("0:1a2b3c\u{2026}4d5e", "1a2b3c", "4d5e", Some(0)),
            ("1A2B3C4D\u{2026}4d5e", "1a2b3c4d", "4d5e", None),
            ("key 1a2b...", "1a2b", "", None),
            ("-1:abcdef", "abcdef", "", Some(-1)),
            ("Pool 0:1a2b3c4d", "1a2b3c4d", "", Some(0)),
        ] {
            let question = Question::of(text);
            assert_eq!(question.like, ddvs_index::Like::new(first, last), "{text}");
            assert!(question.like.is_some(), "{text}");
            assert_eq!(question.chain, chain, "{text}");
        }
        assert_eq!(Question::of("1a2").like, None, "too much would fit");
        assert_eq!(Question::of("nonsense").like, None);
    }
}
