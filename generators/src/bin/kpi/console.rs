//! What the command says, and where.

use std::io::{self, BufWriter, IsTerminal, Stderr, Stdout, Write};

use crate::cli::Color;

/// Standard output for results, standard error for everything about the work itself.
pub(crate) struct Console {
    /// For results.
    pub(crate) out: BufWriter<Stdout>,
    /// For findings that are not the result, progress and errors.
    pub(crate) err: Stderr,
    color_out: bool,
    color_err: bool,
}

impl Console {
    pub(crate) fn new(color: Color) -> Self {
        let (out, err) = (io::stdout(), io::stderr());
        let wanted = |is_terminal: bool| match color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => is_terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
        };
        let (color_out, color_err) = (wanted(out.is_terminal()), wanted(err.is_terminal()));
        Self { out: BufWriter::new(out), err, color_out, color_err }
    }

    /// Whether results are coloured.
    pub(crate) const fn colors_out(&self) -> bool {
        self.color_out
    }

    /// Whether what goes to standard error is coloured.
    pub(crate) const fn colors_err(&self) -> bool {
        self.color_err
    }

    /// Whether somebody watches: progress is shown only then.
    pub(crate) fn is_watched(&self) -> bool {
        self.err.is_terminal()
    }

    /// Writes everything that is held back.
    pub(crate) fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    /// Says why the command could not do its work.
    pub(crate) fn fail(&mut self, text: &str) {
        let (on, off) = if self.color_err { ("\x1b[1;31m", "\x1b[0m") } else { ("", "") };
        // There is nobody left to tell when this fails.
        let _ = self.out.flush();
        let _ = writeln!(self.err, "{on}error{off}: {text}");
    }
}

/// `1 agent`, `2 agents`.
pub(crate) fn count(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}
