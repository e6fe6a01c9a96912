//! Questions to whoever sits at the terminal.

use crate::error::Failure;
use crate::output::Output;
use std::io::{self, IsTerminal};

/// Whether a question is answered with yes. Where nobody can be asked, that is an error: `what` says
/// what would have been asked, and the hint what `--yes` does.
pub(crate) fn confirmed(
    output: &Output,
    question: &str,
    what: &str,
    hint: &'static str,
) -> Result<bool, Failure> {
    if !io::stdin().is_terminal() {
        let message = format!("nobody can be asked {what}: standard input is no terminal");
        return Err(Failure::usage(message).with_hint(hint));
    }
    output.ask(&format!("{question} [y/N] "));
    let mut answer = String::new();
    io::stdin().read_line(&mut answer)?;
    Ok(["y", "yes"].contains(&answer.trim().to_ascii_lowercase().as_str()))
}
