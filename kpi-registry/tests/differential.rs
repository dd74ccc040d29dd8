//! Our reading of YAML beside an independent one's: what both accept, both must understand alike.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

use kpi_registry::diagnostic::Diagnostics;
use kpi_registry::source::SourceMap;
use kpi_registry::syntax::{Kind, Node, parse};
use serde_yaml::Value;

/// Our reading; `None` when anything at all was found.
fn ours(text: &str) -> Option<Node> {
    let (mut sources, mut out) = (SourceMap::default(), Diagnostics::default());
    let file = sources.add("a.yaml".into(), "a.yaml".into(), text.into());
    parse(file, text, &mut out).filter(|_| out.is_empty())
}

/// Theirs, of a text with one document.
fn theirs(text: &str) -> Option<Value> {
    let mut value: Value = serde_yaml::from_str(text).ok()?;
    value.apply_merge().ok()?;
    Some(value)
}

/// Whether both readings are one.
fn same(ours: &Node, theirs: &Value) -> bool {
    match (&ours.kind, theirs) {
        (Kind::Null, Value::Null) => true,
        (Kind::Quoted(text), Value::String(string)) => text == string,
        (Kind::Plain(text), value) => same_scalar(text, value),
        (Kind::List(items), Value::Sequence(sequence)) => {
            items.len() == sequence.len() && items.iter().zip(sequence).all(|(item, value)| same(item, value))
        }
        (Kind::Map(entries), Value::Mapping(mapping)) => {
            entries.len() == mapping.len()
                && entries.iter().all(|entry| {
                    let of_key = |(key, _): &(&Value, &Value)| same_scalar(&entry.key, key);
                    mapping.iter().find(of_key).is_some_and(|(_, value)| same(&entry.value, value))
                })
        }
        _ => false,
    }
}

/// A plain scalar keeps its text with us and becomes a type with them.
fn same_scalar(text: &str, value: &Value) -> bool {
    match value {
        Value::String(string) => string == text,
        Value::Bool(boolean) => text.eq_ignore_ascii_case(&boolean.to_string()),
        Value::Number(number) => {
            serde_yaml::from_str::<serde_yaml::Number>(text).is_ok_and(|read| read == *number)
        }
        Value::Null => matches!(text, "" | "~" | "null" | "Null" | "NULL"),
        Value::Sequence(_) | Value::Mapping(_) | Value::Tagged(_) => false,
    }
}

fn assert_same(text: &str) {
    let (Some(ours), Some(theirs)) = (ours(text), theirs(text)) else { return };
    assert!(same(&ours, &theirs), "{text:?}\n{ours:#?}\n{theirs:#?}");
}

#[test]
fn chosen_documents() {
    for text in [
        "a: 1\nb: [x, 'y', \"z\\n\\u00e9\"]\n",
        "a: &x {p: 1, q: 2}\nb: {<<: *x, q: 3}\nc: *x\n",
        "a: |\n  one\n   two\n\n  three\nb: >-\n  folded\n  text\n\n  next\n",
        "a:\n- 1\n- - 2\n  - 3\n-\n",
        "? key\n: value\n",
        "a: ~\nb: null\nc:\nd: ''\n",
        "a: !!str 5\nb: 0x1F\nc: 1e3\nd: .5\ne: true\nf: yes\n",
        "\"quoted key\": 'it''s'\n'other': \"\\x41\\t\"\n",
        "a: b # comment\n# comment\nc: 'd # no comment'\n",
        "a: b\r\nc:\r\n  - d\r\n",
        "{a: [1, {b: c}], d: e,}\n",
        "a: one\n  two\n  three\n",
        "a: http://x:80/y\nb: c:d\n",
        "- a: 1\n  b: 2\n- c\n",
        "",
        "---\na: 1\n...\n",
    ] {
        let both = ours(text).zip(theirs(text));
        let (ours, theirs) = both.unwrap_or_else(|| panic!("one of them refuses {text:?}"));
        assert!(same(&ours, &theirs), "{text:?}\n{ours:#?}\n{theirs:#?}");
    }
}

#[test]
fn mutations_of_registries() {
    let seeds = [
        include_str!("hostile/version2.yaml"),
        include_str!("hostile/flow.yaml"),
        include_str!("hostile/version1.yaml"),
        include_str!("hostile/binding.yaml"),
    ];
    let pieces = [
        "&a ", "*a", "- ", ": ", "\n", "  ", "\"", "'", "[", "]", "{", "}", ",", "#", "|", ">", "x", "1", "~",
    ];
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut below = |limit: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state >> 33).unwrap() % limit
    };
    let mut both = 0;
    for _ in 0..8_000 {
        let mut text: Vec<char> = seeds[below(seeds.len())].chars().collect();
        for _ in 0..=below(3) {
            let at = below(text.len());
            if below(2) == 0 {
                text.remove(at);
            } else {
                text.splice(at..at, pieces[below(pieces.len())].chars());
            }
        }
        let text: String = text.into_iter().collect();
        both += usize::from(ours(&text).is_some() && theirs(&text).is_some());
        assert_same(&text);
    }
    assert!(both > 1_500, "only {both} documents were compared");
}
