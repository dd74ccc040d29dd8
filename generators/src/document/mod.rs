//! A YAML document that keeps its comments and blank lines.

mod emit;
mod read;

pub(crate) use emit::{document, lines};
pub(crate) use read::read;

/// A value with the comments around it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Item {
    /// Lines above it: comments with their `#`, and empty lines.
    pub(crate) before: Vec<String>,
    /// The value.
    pub(crate) value: Value,
    /// The comment that ends its line.
    pub(crate) after: Option<String>,
}

/// A value.
#[derive(Clone, Debug, Default)]
pub(crate) enum Value {
    /// Nothing.
    #[default]
    Null,
    /// A scalar: what it says, and how it was written when that is one line.
    Text {
        /// What it says.
        text: String,
        /// How it is written.
        raw: Option<String>,
    },
    /// A sequence.
    List(Vec<Item>),
    /// A mapping, in the order written.
    Map(Map),
}

/// A mapping.
pub(crate) type Map = Vec<(String, Item)>;

impl Item {
    /// A scalar that was not in the source.
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self::of(Value::Text { text: text.into(), raw: None })
    }

    /// A value without comments.
    pub(crate) fn of(value: Value) -> Self {
        Self { value, ..Self::default() }
    }

    /// The text of a scalar.
    pub(crate) fn scalar(&self) -> Option<&str> {
        match &self.value {
            Value::Text { text, .. } => Some(text),
            Value::Null | Value::List(_) | Value::Map(_) => None,
        }
    }

    /// The value of a key, when it is a mapping.
    pub(crate) fn get(&self, key: &str) -> Option<&Self> {
        let Value::Map(map) = &self.value else { return None };
        map.iter().find(|(name, _)| name == key).map(|(_, item)| item)
    }

    /// The same, to change it.
    pub(crate) fn get_mut(&mut self, key: &str) -> Option<&mut Self> {
        let Value::Map(map) = &mut self.value else { return None };
        map.iter_mut().find(|(name, _)| name == key).map(|(_, item)| item)
    }

    /// Moves the comments of another item to this one: its own stay next to it.
    pub(crate) fn inherit(&mut self, other: &mut Self) {
        let mut before = std::mem::take(&mut other.before);
        before.append(&mut self.before);
        self.before = before;
        match (&self.after, other.after.take()) {
            (None, after) => self.after = after,
            (Some(_), Some(after)) => self.before.push(after),
            (Some(_), None) => {}
        }
    }

    /// Puts comment lines above it.
    pub(crate) fn comment(&mut self, lines: impl IntoIterator<Item = String>) {
        self.before.extend(lines.into_iter().map(|line| format!("# {line}").trim_end().to_owned()));
    }
}
