//! Names in the registry to names in Rust: always valid, never twice, and the same for the same registry.

use crate::index::Index;
use crate::value::BuiltinUnit;
use std::fmt::Write;

/// Words that are keywords in some edition. As raw identifiers they are valid in every one.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn", "else",
    "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro",
    "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "static", "struct", "trait",
    "true", "try", "type", "typeof", "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// Keywords that can't be raw identifiers either.
const PATH_KEYWORDS: &[&str] = &["crate", "self", "super", "Self"];

/// Types that generated ones must not hide: the prelude's, and what stands beside them in generated code.
const RESERVED_TYPES: &[&str] = &[
    "AsMut",
    "AsRef",
    "Box",
    "Clone",
    "Copy",
    "Debug",
    "Default",
    "Display",
    "DoubleEndedIterator",
    "Drop",
    "Eq",
    "Err",
    "ExactSizeIterator",
    "Extend",
    "Fn",
    "FnMut",
    "FnOnce",
    "From",
    "FromIterator",
    "FromStr",
    "Future",
    "Hash",
    "Into",
    "IntoFuture",
    "IntoIterator",
    "Iterator",
    "Kpis",
    "NonNegative",
    "None",
    "Ok",
    "Option",
    "Ord",
    "PartialEq",
    "PartialOrd",
    "Result",
    "Self",
    "Send",
    "Sized",
    "Some",
    "String",
    "Sync",
    "ToOwned",
    "ToString",
    "TryFrom",
    "TryInto",
    "Unpin",
    "Vec",
];

/// A KPI's name as a field: raw where it is a keyword, with `_` behind it where even that is no identifier.
pub(crate) fn field(name: &str, taken: &mut Index) -> String {
    let mut field = match name {
        name if PATH_KEYWORDS.contains(&name) => format!("{name}_"),
        name if KEYWORDS.contains(&name) => format!("r#{name}"),
        name => name.to_owned(),
    };
    while !taken.insert(&field) {
        field.push('_');
    }
    field
}

/// The names of generated types.
pub(crate) struct TypeNames {
    taken: Index,
}

impl TypeNames {
    /// With the prelude and the runtime's units taken.
    pub(crate) fn new() -> Self {
        let mut taken = Index::of(RESERVED_TYPES.iter().copied());
        for unit in BuiltinUnit::ALL {
            taken.insert(unit.rust_type());
        }
        Self { taken }
    }

    /// A free name made from these words; `kind` (`Label`, `Unit`) goes behind it when it is taken.
    pub(crate) fn claim(&mut self, words: &[&str], kind: &str) -> String {
        let base = type_case(&words.join("_"), capitalised);
        if self.taken.insert(&base) {
            return base;
        }
        unused(&format!("{base}{kind}"), &mut self.taken)
    }
}

/// The variants of a closed label's values, in their order.
///
/// `client_error` is `ClientError`, `GET` is `Get`, `2xx` is `V2xx`. Values that would share a name are spelled out:
/// `a-b` and `a_b` are `ADashB` and `AUnderscoreB`, whatever their order, so that no name changes its meaning when
/// another value is added above it.
pub(crate) fn variants<'a>(values: impl Iterator<Item = &'a str> + Clone) -> Vec<String> {
    let short: Vec<_> = values.clone().map(|value| type_case(value, capitalised)).collect();
    let mut taken = Index::of(["ALL"]);
    let is_alone = |name: &String| name != "ALL" && short.iter().filter(|other| *other == name).count() == 1;
    for name in short.iter().filter(|name| is_alone(name)) {
        taken.insert(name);
    }
    let name = |(value, short): (&str, &String)| {
        if is_alone(short) {
            short.clone()
        } else {
            unused(&type_case(&spelled(value), str::to_owned), &mut taken)
        }
    };
    values.zip(&short).map(name).collect()
}

fn unused(base: &str, taken: &mut Index) -> String {
    let mut name = base.to_owned();
    let mut number = 1;
    while !taken.insert(&name) {
        number += 1;
        name = format!("{base}{number}");
    }
    name
}

/// One CamelCase identifier from any text.
fn type_case(text: &str, word_case: fn(&str) -> String) -> String {
    let mut name = String::new();
    for word in text.split(|c: char| !c.is_ascii_alphanumeric()) {
        name.push_str(&upper_first(&word_case(word)));
    }
    match name.as_str() {
        "" if !text.is_empty() => type_case(&spelled(text), str::to_owned),
        "" => "Empty".to_owned(),
        "Self" => "Self_".to_owned(),
        name if name.starts_with(|c: char| c.is_ascii_digit()) => format!("V{name}"),
        _ => name,
    }
}

/// `GET` → `Get`; other words stay as they are.
fn capitalised(word: &str) -> String {
    if word.len() > 1 && word.bytes().all(|byte| !byte.is_ascii_lowercase()) {
        upper_first(&word.to_ascii_lowercase())
    } else {
        word.to_owned()
    }
}

fn upper_first(word: &str) -> String {
    let mut word = word.to_owned();
    if let Some(first) = word.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    word
}

/// The text with a word for every character that is no letter or digit of ASCII.
fn spelled(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        let word = match c {
            c if c.is_ascii_alphanumeric() => {
                out.push(c);
                continue;
            }
            ' ' => "Space",
            '!' => "Bang",
            '#' => "Hash",
            '$' => "Dollar",
            '%' => "Percent",
            '&' => "And",
            '*' => "Star",
            '+' => "Plus",
            ',' => "Comma",
            '-' => "Dash",
            '.' => "Dot",
            '/' => "Slash",
            ':' => "Colon",
            ';' => "Semicolon",
            '<' => "Less",
            '=' => "Equals",
            '>' => "Greater",
            '?' => "Question",
            '@' => "At",
            '\\' => "Backslash",
            '_' => "Underscore",
            '|' => "Pipe",
            '~' => "Tilde",
            c => {
                let _ = write!(out, "_U{:04X}_", u32::from(c));
                continue;
            }
        };
        out.push('_');
        out.push_str(word);
        out.push('_');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_become_variants() {
        let names = |values: &[&str]| variants(values.iter().copied());
        assert_eq!(names(&["ok", "client_error", "2xx", "GET"]), ["Ok", "ClientError", "V2xx", "Get"]);
        assert_eq!(names(&["type", "self", "+Inf", "", "ALL"]), ["Type", "Self_", "Inf", "Empty", "All"]);
        assert_eq!(names(&["a-b", "a_b"]), ["ADashB", "AUnderscoreB"]);
        assert_eq!(names(&["+Inf", "-Inf"]), ["PlusInf", "DashInf"]);
        assert_eq!(names(&["GET", "get"]), ["GET", "Get"]);
        assert_eq!(names(&["é", "größe", "*"]), ["U00E9", "GrE", "Star"]);
    }

    #[test]
    fn no_two_variants_share_a_name() {
        let values = [
            "a-b", "a_b", "ADashB", "aDashB", "A-B", "", "Empty", "empty", "ALL", "all", "All", "self",
            "Self",
        ];
        let names = variants(values.into_iter());
        let set: std::collections::BTreeSet<_> = names.iter().collect();
        assert_eq!(set.len(), values.len(), "{names:?}");
        assert!(!names.iter().any(|name| name == "ALL" || name == "Self"), "{names:?}");
    }

    #[test]
    fn fields_are_identifiers() {
        let mut taken = Index::default();
        assert_eq!(field("type", &mut taken), "r#type");
        assert_eq!(field("self_", &mut taken), "self_");
        assert_eq!(field("self", &mut taken), "self__");
        assert_eq!(field("hrv_rmssd", &mut taken), "hrv_rmssd");
    }

    #[test]
    fn types_hide_nothing() {
        let mut names = TypeNames::new();
        assert_eq!(names.claim(&["route"], "Label"), "Route");
        assert_eq!(names.claim(&["option"], "Label"), "OptionLabel");
        assert_eq!(names.claim(&["kpis"], "Label"), "KpisLabel");
        assert_eq!(names.claim(&["non_negative"], "Label"), "NonNegativeLabel");
        assert_eq!(names.claim(&["seconds"], "Label"), "SecondsLabel");
        assert_eq!(names.claim(&["route"], "Label"), "RouteLabel");
        assert_eq!(names.claim(&["breaker", "state"], "Label"), "BreakerState");
    }
}
