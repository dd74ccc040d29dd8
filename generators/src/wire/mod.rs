//! The formats of other systems as typed structs: what can be written is what they read.

pub mod alertmanager;
pub mod grafana;
pub mod kubernetes;
pub mod mimir;
pub mod openslo;
pub mod prometheus;
pub mod rules;
pub mod sarif;
pub mod template;
pub mod thanos;

use serde::Serialize;

/// A value as YAML text.
///
/// Strings are never folded, so that what is one line in the value is one line in the file, and quoted wherever
/// a YAML 1.1 reader would see something else in them.
#[expect(clippy::expect_used, reason = "wire structs have string keys and writing to memory can't fail")]
pub(crate) fn yaml(value: &impl Serialize) -> String {
    let options = serde_saphyr::ser_options! { folded_wrap_chars: usize::MAX };
    let mut text = String::new();
    serde_saphyr::to_fmt_writer_with_options(&mut text, value, options).expect("plain data serialises");
    text
}

/// A value as JSON text, indented by two spaces, with a final newline.
#[expect(clippy::expect_used, reason = "wire structs have string keys and writing to memory can't fail")]
pub(crate) fn json(value: &impl Serialize) -> String {
    serde_json::to_string_pretty(value).expect("plain data serialises") + "\n"
}

/// A value as JSON without any white space.
#[expect(clippy::expect_used, reason = "wire structs have string keys and writing to memory can't fail")]
pub(crate) fn compact_json(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).expect("plain data serialises")
}

/// A text as an RE2 pattern that matches it and nothing else.
pub(crate) fn regex_literal(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '\\' | '.' | '+' | '*' | '?' | '(' | ')' | '|' | '[' | ']' | '{' | '}' | '^' | '$') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern
}
