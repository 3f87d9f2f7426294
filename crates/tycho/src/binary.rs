//! The engine's binary.

use std::path::PathBuf;
use std::process::Command;

use crate::TychoError;

/// The supported version.
pub const TYCHO_VERSION: &str = "1.0.0";

/// Variable that names the binary, before `tycho` is looked for in the path.
const VARIABLE: &str = "TYCHO_BIN";

/// Finds the binary and checks its version.
///
/// Fails only when there is none, or it is another version; the error gives the install command.
pub fn find_binary() -> Result<PathBuf, TychoError> {
    let named = std::env::var_os(VARIABLE).map(PathBuf::from);
    let binary = named.unwrap_or_else(|| "tycho".into());
    let missing = |found: String| TychoError::Binary { found };
    let output = Command::new(&binary)
        .arg("--version")
        .output()
        .map_err(|_| missing(format!("the engine `{}` is missing", binary.display())))?;
    let text = String::from_utf8_lossy(&output.stdout);
    if is_right_version(&text) {
        return Ok(binary);
    }
    let line = text.lines().next().unwrap_or("nothing");
    let path = binary.display();
    Err(missing(format!(
        "{path} is not version {TYCHO_VERSION}: it says {line:?}"
    )))
}

/// Returns the first version number in the binary's output, such as `tycho 1.0.0`.
fn is_right_version(text: &str) -> bool {
    text.split(|c: char| c.is_whitespace() || c == '-' || c == '+' || c == '(')
        .map(|word| {
            word.trim_start_matches('v')
                .trim_end_matches([',', ';', ')'])
        })
        .find(|word| word.starts_with(|c: char| c.is_ascii_digit()) && word.contains('.'))
        == Some(TYCHO_VERSION)
}

#[cfg(test)]
mod tests {
    use super::is_right_version;

    #[test]
    fn the_version_is_read_from_what_it_says() {
        assert!(is_right_version(
            "tycho (release 1.0.0) (build unknown) (rustc 1.95.0)\n"
        ));
        assert!(!is_right_version(
            "tycho (release 1.0.1) (build unknown) (rustc 1.95.0)\n"
        ));
        assert!(is_right_version("tycho 1.0.0\n"));
        assert!(is_right_version("tycho v1.0.0-abcdef\nrust: 1.95.0"));
        assert!(!is_right_version("tycho 1.1.0\n"));
        assert!(!is_right_version("something else"));
    }
}
