//! One YAML value and where it was written.

use std::borrow::Cow;

use crate::source::Span;

/// A YAML value.
#[derive(Clone, Debug)]
pub struct Node {
    /// What it is.
    pub kind: Kind,
    /// Where it was written; for a value that came through an alias, the alias.
    pub span: Span,
}

/// What a node is. Scalars keep their text: whether `5` is a number or a label value is for the reader to say.
#[derive(Clone, Debug)]
pub enum Kind {
    /// Nothing at all, `~` or `null`.
    Null,
    /// A scalar without quotes.
    Plain(String),
    /// A scalar in quotes, a block scalar, or one tagged `!!str`.
    Quoted(String),
    /// A sequence.
    List(Vec<Node>),
    /// A mapping, in the order written; merge keys are resolved, duplicates still stand here.
    Map(Vec<Entry>),
}

/// One key of a mapping with its value.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The key's text.
    pub key: String,
    /// Where the key was written.
    pub at: Span,
    /// Its value.
    pub value: Node,
}

impl Node {
    /// What the node is, for a message: `a list`.
    pub fn describe(&self) -> String {
        match &self.kind {
            Kind::Null => "nothing".into(),
            Kind::Plain(text) | Kind::Quoted(text) if text.is_empty() => "an empty text".into(),
            Kind::Plain(text) | Kind::Quoted(text) => format!("`{}`", shortened(text)),
            Kind::List(_) => "a list".into(),
            Kind::Map(_) => "a mapping".into(),
        }
    }

    /// The text of a scalar.
    pub fn scalar(&self) -> Option<&str> {
        match &self.kind {
            Kind::Plain(text) | Kind::Quoted(text) => Some(text),
            Kind::Null | Kind::List(_) | Kind::Map(_) => None,
        }
    }

    /// The first value of a key, when the node is a mapping.
    pub fn get(&self, key: &str) -> Option<&Node> {
        let Kind::Map(entries) = &self.kind else { return None };
        entries.iter().find(|entry| entry.key == key).map(|entry| &entry.value)
    }
}

/// The first line of a text, cut to what fits a message.
pub fn shortened(text: &str) -> Cow<'_, str> {
    const LONGEST: usize = 60;
    let line = text.lines().next().unwrap_or_default();
    if line.len() == text.len() && text.len() <= LONGEST && !text.contains(char::is_control) {
        return Cow::Borrowed(text);
    }
    let mut cut: String = line.chars().map(|c| if c.is_control() { ' ' } else { c }).take(LONGEST).collect();
    cut.push('…');
    Cow::Owned(cut)
}
