//! What the loader has to say about a registry.

pub mod codes;

use crate::source::Span;

/// A diagnostic code: `KPI` and four digits.
pub type Code = &'static str;

/// How bad a finding is. Ordered: an error is the greatest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing; nothing is wrong.
    Note,
    /// Works, but hardly as meant.
    Warning,
    /// The registry can't be used.
    Error,
}

impl Severity {
    /// `error`, `warning` or `note`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// A change of the source text that mends a finding.
#[derive(Clone, Debug, PartialEq)]
pub struct Patch {
    /// What it does, as an instruction: `replace it`.
    pub title: String,
    /// Ranges and their new text, in ascending order, not overlapping.
    pub edits: Vec<(Span, String)>,
}

/// One finding.
#[derive(Clone, Debug, PartialEq)]
pub struct Diagnostic {
    /// Its code, for `kpi explain`.
    pub code: Code,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong, in one line without a full stop.
    pub message: String,
    /// The place; `None` only where there is no text to point at, such as a file that can't be read.
    pub at: Option<Span>,
    /// Short text beside the caret.
    pub label: String,
    /// Other places that matter, each with a short text.
    pub also: Vec<(Span, String)>,
    /// What to do.
    pub help: Vec<String>,
    /// A change that mends it.
    pub patch: Option<Patch>,
}

impl Diagnostic {
    /// A finding of any severity at a place.
    pub fn new(
        severity: Severity,
        code: Code,
        at: impl Into<Option<Span>>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            code,
            severity,
            message: message.into(),
            at: at.into(),
            label: String::new(),
            also: Vec::new(),
            help: Vec::new(),
            patch: None,
        }
    }

    /// An error at a place.
    pub fn error(code: Code, at: impl Into<Option<Span>>, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, code, at, message)
    }

    /// A warning at a place.
    pub fn warning(code: Code, at: impl Into<Option<Span>>, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, code, at, message)
    }

    /// A note at a place.
    pub fn note(code: Code, at: impl Into<Option<Span>>, message: impl Into<String>) -> Self {
        Self::new(Severity::Note, code, at, message)
    }

    /// Adds the text beside the caret.
    #[must_use]
    pub fn label(mut self, text: impl Into<String>) -> Self {
        self.label = text.into();
        self
    }

    /// Adds another place.
    #[must_use]
    pub fn also(mut self, at: Span, text: impl Into<String>) -> Self {
        self.also.push((at, text.into()));
        self
    }

    /// Adds a next step.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help.push(text.into());
        self
    }

    /// Adds a patch that puts `text` in place of `at`.
    #[must_use]
    pub fn replace(mut self, at: Span, text: impl Into<String>) -> Self {
        self.patch = Some(Patch { title: "replace it".into(), edits: vec![(at, text.into())] });
        self
    }

    /// Adds a patch of any shape.
    #[must_use]
    pub fn patch(mut self, title: impl Into<String>, edits: Vec<(Span, String)>) -> Self {
        self.patch = Some(Patch { title: title.into(), edits });
        self
    }
}

/// Collects findings, so that all of them come in one run.
#[derive(Debug, Default)]
pub struct Diagnostics {
    all: Vec<Diagnostic>,
    errors: usize,
    left_out: usize,
}

/// The most findings that are kept: nobody reads more, and a file of nonsense must not fill the memory.
const MOST: usize = 10_000;

impl Diagnostics {
    /// Adds a finding.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        let is_error = diagnostic.severity == Severity::Error;
        self.errors += usize::from(is_error);
        // The first error is always kept, so that what is kept is as bad as what was found.
        if self.all.len() < MOST || (is_error && self.errors == 1) {
            self.all.push(diagnostic);
        } else {
            self.left_out += 1;
        }
    }

    /// How many errors were found.
    pub fn errors(&self) -> usize {
        self.errors
    }

    /// How many findings were not kept because there were too many.
    pub fn left_out(&self) -> usize {
        self.left_out
    }

    /// Whether any finding is an error.
    pub fn has_errors(&self) -> bool {
        self.worst() == Some(Severity::Error)
    }

    /// The worst severity; `None` when there is no finding.
    pub fn worst(&self) -> Option<Severity> {
        self.all.iter().map(|diagnostic| diagnostic.severity).max()
    }

    /// Puts the findings in reading order: file, place, code.
    pub fn sort(&mut self) {
        self.all.sort_by(|a, b| (a.at, a.code, &a.message).cmp(&(b.at, b.code, &b.message)));
        self.all.dedup();
    }

    /// Every finding, in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.all.iter()
    }

    /// How many findings there are.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }
}

impl Extend<Diagnostic> for Diagnostics {
    fn extend<I: IntoIterator<Item = Diagnostic>>(&mut self, iter: I) {
        iter.into_iter().for_each(|diagnostic| self.push(diagnostic));
    }
}

impl<'a> IntoIterator for &'a Diagnostics {
    type Item = &'a Diagnostic;
    type IntoIter = std::slice::Iter<'a, Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.all.into_iter()
    }
}
