//! The labels that series may have.

use std::collections::BTreeMap;

/// The labels that series may have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Labels<'a> {
    known: BTreeMap<&'a str, Label<'a>>,
    /// What the names of others may begin with.
    others: Vec<&'a str>,
}

/// What is known of a label.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Label<'a> {
    /// Whether every series has it.
    pub always: bool,
    /// All values that it can have, where they are known.
    pub values: Option<Vec<&'a str>>,
}

impl<'a> Labels<'a> {
    /// No labels at all.
    pub fn none() -> Self {
        Self::default()
    }

    /// Any labels.
    pub fn any() -> Self {
        Self { others: vec![""], ..Self::default() }
    }

    /// Adds a label, in place of one of this name.
    #[must_use]
    pub fn with(mut self, name: &'a str, label: Label<'a>) -> Self {
        self.known.insert(name, label);
        self
    }

    /// Adds labels that every series has.
    #[must_use]
    pub fn having(self, names: impl IntoIterator<Item = &'a str>) -> Self {
        let always = Label { always: true, values: None };
        names.into_iter().fold(self, |labels, name| labels.with(name, always.clone()))
    }

    /// Adds labels that series may have.
    #[must_use]
    pub fn allowing(self, names: impl IntoIterator<Item = &'a str>) -> Self {
        names.into_iter().fold(self, |labels, name| labels.with(name, Label::default()))
    }

    /// Adds labels that series may have, unless more is known of them.
    #[must_use]
    pub(super) fn allowing_also(mut self, names: impl IntoIterator<Item = &'a str>) -> Self {
        for name in names {
            self.known.entry(name).or_default();
        }
        self
    }

    /// Adds labels that series may have, by what their names begin with.
    #[must_use]
    pub(super) fn beginning_with(mut self, start: &'a str) -> Self {
        self.others.push(start);
        self
    }

    /// What is known of a label.
    pub fn get(&self, name: &str) -> Option<&Label<'a>> {
        self.known.get(name)
    }

    /// Whether a series may have this label.
    pub fn may_have(&self, name: &str) -> bool {
        self.known.contains_key(name) || self.others.iter().any(|start| name.starts_with(start))
    }

    /// Whether every series has this label.
    pub fn must_have(&self, name: &str) -> bool {
        self.get(name).is_some_and(|label| label.always)
    }

    /// The names that are known, in ascending order.
    pub fn names(&self) -> impl Iterator<Item = &'a str> {
        self.known.keys().copied()
    }

    /// Says that a label has this value.
    pub(super) fn narrow(&mut self, name: &'a str, value: &'a str) {
        self.known.insert(name, Label { always: true, values: Some(vec![value]) });
    }

    /// Those that are left by `by (…)` and `on (…)`.
    #[must_use]
    pub(super) fn only(mut self, names: &'a [String]) -> Self {
        for name in names {
            if self.may_have(name) {
                self.known.entry(name).or_default();
            }
        }
        self.known.retain(|known, _| names.iter().any(|name| name == known));
        Self { others: Vec::new(), ..self }
    }

    /// Those that are left by `without (…)` and `ignoring (…)`.
    #[must_use]
    pub(super) fn except(mut self, names: &[String]) -> Self {
        self.known.retain(|known, _| !names.iter().any(|name| name == known));
        self
    }

    /// Those of series that come from either side.
    #[must_use]
    pub(super) fn or(mut self, other: &Self) -> Self {
        for (name, label) in &mut self.known {
            let Some(others) = other.get(name) else {
                label.always = false;
                continue;
            };
            label.always &= others.always;
            let both = label.values.take().zip(others.values.as_ref());
            label.values = both.map(|(mut values, others)| {
                for other in others {
                    if !values.contains(other) {
                        values.push(other);
                    }
                }
                values
            });
        }
        for (name, label) in &other.known {
            self.known.entry(name).or_insert_with(|| Label { always: false, ..label.clone() });
        }
        self.others.extend(&other.others);
        self
    }
}
