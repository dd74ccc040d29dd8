//! Findings in the manner of rustc.

use std::borrow::Cow;
use std::fmt::{self, Write as _};

use super::snippet::Snippet;
use crate::diagnostic::{Diagnostic, Diagnostics, Patch, Severity};
use crate::source::{SourceMap, Span};

/// How to write findings for people.
#[derive(Clone, Copy, Debug, Default)]
pub struct Human {
    /// Whether to colour with ANSI escapes.
    pub color: bool,
}

/// All findings and a line that counts them; empty when there is none.
pub fn human(diagnostics: &Diagnostics, sources: &SourceMap, color: bool) -> String {
    let mut out = String::new();
    let style = Human { color };
    for diagnostic in diagnostics {
        // Writing into a String never fails.
        let _ = style.write(&mut out, diagnostic, sources);
        out.push('\n');
    }
    if let Some(summary) = summary(diagnostics) {
        let _ = writeln!(out, "{summary}");
    }
    out
}

/// `2 errors, 1 warning`.
fn summary(diagnostics: &Diagnostics) -> Option<String> {
    let mut words: Vec<String> = Vec::new();
    for severity in [Severity::Error, Severity::Warning, Severity::Note] {
        let count = diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity).count();
        if count > 0 {
            let plural = if count == 1 { "" } else { "s" };
            words.push(format!("{count} {}{plural}", severity.as_str()));
        }
    }
    if diagnostics.left_out() > 0 {
        words.push(format!("and {} more that are not shown", diagnostics.left_out()));
    }
    (!words.is_empty()).then(|| words.join(", "))
}

/// What a piece of text is, for its colour.
#[derive(Clone, Copy)]
pub(super) enum Ink {
    Severity(Severity),
    Strong,
    Margin,
    Also,
    Help,
    Removed,
    Added,
}

impl Human {
    /// Writes one finding, ending in a line break.
    ///
    /// # Errors
    ///
    /// Those of `out`.
    pub fn write(
        self,
        out: &mut impl fmt::Write,
        diagnostic: &Diagnostic,
        sources: &SourceMap,
    ) -> fmt::Result {
        let ink = Ink::Severity(diagnostic.severity);
        let head = format_args!("{}[{}]", diagnostic.severity.as_str(), diagnostic.code).to_string();
        let message = format!(": {}", diagnostic.message);
        writeln!(out, "{}{}", self.paint(ink, head), self.paint(Ink::Strong, message))?;
        let snippet = Snippet::new(diagnostic, sources);
        snippet.write(out, self, ink)?;
        let indent = " ".repeat(snippet.width());
        for help in &diagnostic.help {
            let (sign, word) = (self.paint(Ink::Margin, "="), self.paint(Ink::Help, "help"));
            writeln!(out, "{indent} {sign} {word}: {help}")?;
        }
        diagnostic.patch.as_ref().map_or(Ok(()), |patch| self.write_patch(out, patch, sources))
    }

    /// One finding as text, without the final line break.
    pub fn text(self, diagnostic: &Diagnostic, sources: &SourceMap) -> String {
        let mut out = String::new();
        // Writing into a String never fails.
        let _ = self.write(&mut out, diagnostic, sources);
        out.truncate(out.trim_end().len());
        out
    }

    /// The lines a patch touches, before and after.
    fn write_patch(self, out: &mut impl fmt::Write, patch: &Patch, sources: &SourceMap) -> fmt::Result {
        /// More text than this is not shown twice over again.
        const LONGEST: u32 = 400;
        let (Some((first, _)), Some((last, _))) = (patch.edits.first(), patch.edits.last()) else {
            return Ok(());
        };
        let (id, file) = (first.file, sources.file(first.file));
        let (from, to) = (file.line_column(first.start).line, file.line_column(last.end).line);
        let (start, end) = (file.line_start(from), file.line_start(to + 1));
        if patch.edits.iter().any(|(span, _)| span.file != id) || end.saturating_sub(start) > LONGEST {
            return Ok(());
        }
        let before = file.slice(Span::new(id, start, end));
        let (mut after, mut at) = (String::new(), start);
        for (span, text) in &patch.edits {
            after.push_str(file.slice(Span::new(id, at, span.start.max(at))));
            after.push_str(text);
            at = span.end.max(at);
        }
        after.push_str(file.slice(Span::new(id, at, end.max(at))));
        let (removed, added): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
        // An insertion of whole lines leaves the lines after it as they are.
        let same = removed.iter().rev().zip(added.iter().rev()).take_while(|(a, b)| a == b).count();
        writeln!(out, "{}: {}", self.paint(Ink::Help, "help"), patch.title)?;
        for (sign, lines, ink) in [("-", removed, Ink::Removed), ("+", added, Ink::Added)] {
            for (index, line) in lines[..lines.len() - same].iter().enumerate() {
                let line = format!("{} {sign} {}", from + index, visible(line));
                writeln!(out, "{}", self.paint(ink, line.trim_end()))?;
            }
        }
        Ok(())
    }

    pub(super) fn paint<T: fmt::Display>(self, ink: Ink, text: T) -> Painted<T> {
        Painted { ink: self.color.then_some(ink), text }
    }
}

/// A line with everything that would disturb a terminal made visible.
pub(super) fn visible(line: &str) -> Cow<'_, str> {
    let disturbs = |c: char| c.is_control() || is_invisible(c);
    if !line.contains(disturbs) {
        return line.into();
    }
    let mut out = String::with_capacity(line.len() + 8);
    for c in line.chars() {
        match c {
            '\t' => out.push_str("    "),
            c if disturbs(c) => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out.into()
}

/// Characters that reorder or hide others.
pub(super) const fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// Text in a colour, or plain.
pub(super) struct Painted<T> {
    ink: Option<Ink>,
    text: T,
}

impl<T: fmt::Display> fmt::Display for Painted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(ink) = self.ink else { return self.text.fmt(f) };
        let code = match ink {
            Ink::Severity(Severity::Error) => "1;31",
            Ink::Severity(Severity::Warning) => "1;33",
            Ink::Severity(Severity::Note) => "1;32",
            Ink::Strong => "1",
            Ink::Margin | Ink::Also => "1;34",
            Ink::Help => "1;36",
            Ink::Removed => "31",
            Ink::Added => "32",
        };
        write!(f, "\u{1b}[{code}m{}\u{1b}[0m", self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::Human;
    use crate::diagnostic::Diagnostic;
    use crate::source::{SourceMap, Span};

    fn rendered(text: &str, make: impl FnOnce(&dyn Fn(&str) -> Span) -> Diagnostic) -> String {
        let mut sources = SourceMap::default();
        let file = sources.add("a.yaml".into(), "a.yaml".into(), text.into());
        let find = |needle: &str| {
            let start = u32::try_from(text.find(needle).unwrap()).unwrap();
            Span::new(file, start, start + u32::try_from(needle.len()).unwrap())
        };
        Human::default().text(&make(&find), &sources)
    }

    #[test]
    fn a_finding_with_everything() {
        let text = "kpis:\n  - name: hrv\n    unit: msec\n    unit: ms\n";
        let shown = rendered(text, |at| {
            Diagnostic::error("KPI0201", at("msec"), "unknown unit `msec`, did you mean `ms`?")
                .label("not a known unit")
                .also(at("name"), "of this KPI")
                .help("known units: ms")
                .replace(at("msec"), "ms")
        });
        let expected = "\
error[KPI0201]: unknown unit `msec`, did you mean `ms`?
 --> a.yaml:3:11
  |
2 |   - name: hrv
  |     ---- of this KPI
3 |     unit: msec
  |           ^^^^ not a known unit
  = help: known units: ms
help: replace it
3 -     unit: msec
3 +     unit: ms";
        assert_eq!(shown, expected);
    }

    #[test]
    fn wide_characters_tabs_and_ends_of_files() {
        let shown = rendered("a: 心拍 x\n", |at| Diagnostic::warning("KPI0001", at("x"), "m"));
        assert!(shown.ends_with("1 | a: 心拍 x\n  |         ^"), "{shown}");
        let shown = rendered("\tx\n", |at| Diagnostic::warning("KPI0001", at("x"), "m"));
        assert!(shown.ends_with("1 |     x\n  |     ^"), "{shown}");
        let shown = rendered("a: b", |at| {
            let end = at("b").end;
            Diagnostic::warning("KPI0001", Span::new(at("b").file, end, end), "m")
        });
        assert!(shown.ends_with("1 | a: b\n  |    ^"), "{shown}");
        let shown = rendered("", |_| Diagnostic::warning("KPI0001", None, "no place"));
        assert_eq!(shown, "warning[KPI0001]: no place");
    }

    #[test]
    fn long_lines_are_cut_around_the_place() {
        let line = format!("{}HERE{}", "a".repeat(100_000), "b".repeat(100_000));
        let shown =
            rendered(&line, |at| Diagnostic::error("KPI0001", at("HERE"), "m").replace(at("HERE"), "THERE"));
        assert!(
            shown.len() < 1000 && shown.contains("…a") && shown.contains("aHEREb") && shown.contains("b…")
        );
        let caret = shown.lines().last().unwrap().find('^').unwrap();
        let source = shown.lines().rev().nth(1).unwrap();
        assert_eq!(caret, source.chars().take_while(|c| *c != 'H').count());
    }

    #[test]
    fn an_inserted_line_is_shown_alone() {
        let shown = rendered("kpis: []\n", |at| {
            let start = at("kpis").start;
            let place = Span::new(at("kpis").file, start, start);
            Diagnostic::error("KPI0907", at("kpis"), "m")
                .patch("add it", vec![(place, "version: 2\n".into())])
        });
        assert!(shown.ends_with("help: add it\n1 + version: 2"), "{shown}");
    }
}
