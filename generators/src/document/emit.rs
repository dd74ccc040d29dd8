//! The document as text.

use kpi_registry::value::{Decimal, PromDuration};

use super::{Item, Map, Value};

/// Lists that fit into so many columns stand on one line.
const WIDTH: usize = 90;

/// A whole document.
pub(crate) fn document(map: &Map, tail: &[String]) -> String {
    let mut out = lines(map);
    out.extend(tail.iter().cloned());
    let mut text = String::new();
    for line in out.iter().skip_while(|line| line.is_empty()) {
        // One empty line is enough.
        if !(line.is_empty() && text.ends_with("\n\n")) {
            text.push_str(line);
            text.push('\n');
        }
    }
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}

/// The lines of a mapping.
pub(crate) fn lines(map: &Map) -> Vec<String> {
    let mut out = Vec::new();
    write_map(map, 0, &mut out);
    out
}

fn write_map(map: &Map, indent: usize, out: &mut Vec<String>) {
    for (key, item) in map {
        write_before(&item.before, indent, out);
        let key = if is_plain_key(key) { key.clone() } else { quoted(key) };
        write_value(&format!("{:indent$}{key}:", ""), item, indent, out);
    }
}

fn write_before(lines: &[String], indent: usize, out: &mut Vec<String>) {
    for line in lines {
        out.push(if line.is_empty() { String::new() } else { format!("{:indent$}{line}", "") });
    }
}

fn write_value(head: &str, item: &Item, indent: usize, out: &mut Vec<String>) {
    let after = item.after.as_ref().map(|comment| format!("   {comment}")).unwrap_or_default();
    if let Some(inline) =
        inline(&item.value).filter(|inline| head.len() + inline.len() < WIDTH || is_text(item))
    {
        let space = if inline.is_empty() { "" } else { " " };
        out.push(format!("{head}{space}{inline}{after}"));
        return;
    }
    out.push(format!("{head}{after}"));
    match &item.value {
        Value::Map(map) => write_map(map, indent + 2, out),
        Value::List(items) => items.iter().for_each(|item| write_item(item, indent + 2, out)),
        Value::Null | Value::Text { .. } => {}
    }
}

const fn is_text(item: &Item) -> bool {
    matches!(item.value, Value::Null | Value::Text { .. })
}

/// One item of a list that stands on lines of its own.
fn write_item(item: &Item, indent: usize, out: &mut Vec<String>) {
    write_before(&item.before, indent, out);
    let dash = format!("{:indent$}-", "");
    match &item.value {
        Value::Map(map) if !map.is_empty() => {
            let Some(((_, first), _)) = map.split_first() else { return };
            write_before(&first.before, indent, out);
            if let Some(after) = &item.after {
                out.push(format!("{:indent$}{after}", ""));
            }
            let mut inner = Vec::new();
            write_map(map, indent + 2, &mut inner);
            // The first key stands behind the dash; what stood above it has been written above the dash.
            let mut rest = inner.split_off(first.before.len());
            if let Some(line) = rest.first_mut() {
                line.replace_range(indent..=indent, "-");
            }
            out.append(&mut rest);
        }
        _ => write_value(&dash, item, indent, out),
    }
}

/// A value on one line, when it has no comments inside.
fn inline(value: &Value) -> Option<String> {
    match value {
        Value::Null => Some(String::new()),
        Value::Text { text, raw } => Some(raw.clone().unwrap_or_else(|| scalar(text))),
        Value::List(items) => {
            let items: Option<Vec<String>> = items
                .iter()
                .map(|item| (is_bare(item) && is_text(item)).then(|| item.scalar().map(scalar))?)
                .collect();
            Some(format!("[{}]", items?.join(", ")))
        }
        Value::Map(map) if map.is_empty() => Some("{}".into()),
        Value::Map(map) => {
            // Thresholds and the like: a few scalars beside each other.
            const FEW: usize = 4;
            let short = |item: &Item| is_bare(item) && is_text(item);
            if map.len() > FEW || !map.iter().all(|(key, item)| is_plain_key(key) && short(item)) {
                return None;
            }
            let pairs: Vec<String> = map
                .iter()
                .map(|(key, item)| format!("{key}: {}", item.scalar().map(scalar).unwrap_or_default()))
                .collect();
            Some(format!("{{{}}}", pairs.join(", ")))
        }
    }
}

fn is_bare(item: &Item) -> bool {
    item.before.is_empty() && item.after.is_none()
}

fn is_plain_key(key: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    !key.is_empty() && key.bytes().all(plain) && !means_something_else(key) && !key.starts_with('-')
}

/// A scalar in the plainest form that every YAML reader takes for the same, inside of brackets too.
fn scalar(text: &str) -> String {
    let number = text.parse::<Decimal>().is_ok();
    // `5m` is a text for every reader.
    let duration = text.parse::<PromDuration>().is_ok();
    let word =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'/' | b'%' | b' ' | b'-');
    let plain = text.bytes().all(word)
        && text.starts_with(|first: char| first.is_ascii_alphabetic())
        && !text.ends_with(' ')
        && !means_something_else(text);
    if number || duration || plain { text.to_owned() } else { quoted(text) }
}

/// Words that some reader takes for a boolean or for nothing.
fn means_something_else(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    matches!(
        lower.as_str(),
        "y" | "n" | "yes" | "no" | "on" | "off" | "true" | "false" | "null" | "nan" | "inf"
    )
}

/// In double quotes, with the escapes that JSON has too.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
