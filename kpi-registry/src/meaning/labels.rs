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
    /// How many values the series of one process have at most, where that is known.
    pub most: Option<u64>,
}

impl<'a> Label<'a> {
    /// One of these values.
    pub(super) fn of(values: Vec<&'a str>) -> Self {
        let most = u64::try_from(values.len()).ok();
        Self { always: true, values: Some(values), most }
    }

    /// Whether series differ in it, even those of one process.
    pub fn tells_apart(&self) -> bool {
        self.always && self.most.is_some_and(|most| most > 1)
    }
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
        let always = Label { always: true, ..Label::default() };
        names.into_iter().fold(self, |labels, name| labels.with(name, always.clone()))
    }

    /// Adds labels of whatever is scraped, which are the same for all series of a process.
    #[must_use]
    pub(super) fn of_targets(self, always: bool, names: impl IntoIterator<Item = &'a str>) -> Self {
        let label = Label { always, values: None, most: Some(1) };
        names.into_iter().fold(self, |labels, name| labels.with(name, label.clone()))
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
        self.known.insert(name, Label::of(vec![value]));
    }

    /// Says of which values a label is, where all that it can have are known.
    pub(super) fn keep(&mut self, name: &str, holds: impl Fn(&str) -> bool) {
        let Some(label) = self.known.get_mut(name) else { return };
        if let Some(values) = &mut label.values {
            values.retain(|value| holds(value));
            // What is not known to tell series apart still isn't.
            label.most = label.most.map(|most| most.min(values.len() as u64));
        }
    }

    /// How many series a process has at most with these labels, where that is known.
    pub fn most_series(&self) -> Option<u64> {
        let each = self.known.values().map(|label| label.most);
        let mut all = each.chain(self.others.iter().map(|_| None));
        all.try_fold(1, |all: u64, most| Some(all.saturating_mul(most?)))
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
            let most = label.most.zip(others.most).map(|(one, other)| one.max(other));
            label.most =
                most.map(|most| label.values.as_ref().map_or(most, |all| most.max(all.len() as u64)));
        }
        for (name, label) in &other.known {
            self.known.entry(name).or_insert_with(|| Label { always: false, ..label.clone() });
        }
        self.others.extend(&other.others);
        self
    }
}
