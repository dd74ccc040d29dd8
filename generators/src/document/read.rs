//! From the text of a file to a document.

use kpi_registry::source::SourceFile;
use kpi_registry::syntax::{Kind, Node};

use super::{Item, Map, Value};

/// Reads a file: its root, and the lines below the last value.
pub(crate) fn read(node: &Node, file: &SourceFile) -> (Item, Vec<String>) {
    let mut reader = Reader { file, trivia: trivia(node, &file.text), next: 0 };
    let root = reader.item(node);
    let rest = reader.until(u32::MAX);
    (root, rest)
}

/// A comment or an empty line.
struct Trivia {
    start: u32,
    line: usize,
    /// With its `#`; empty for an empty line.
    text: String,
}

struct Reader<'a> {
    file: &'a SourceFile,
    trivia: Vec<Trivia>,
    next: usize,
}

impl Reader<'_> {
    fn item(&mut self, node: &Node) -> Item {
        let mut item = Item { before: self.until(node.span.start), ..Item::default() };
        self.fill(node, &mut item);
        item
    }

    fn fill(&mut self, node: &Node, item: &mut Item) {
        item.value = match &node.kind {
            Kind::Null => Value::Null,
            Kind::Plain(text) | Kind::Quoted(text) => {
                item.before.extend(self.until(node.span.start));
                let raw = self.file.slice(node.span);
                let quoted = matches!(node.kind, Kind::Quoted(_)) && raw.starts_with(['"', '\'']);
                let kept = (quoted || raw == text) && !raw.contains(['\n', '\r']);
                Value::Text { text: text.clone(), raw: kept.then(|| raw.to_owned()) }
            }
            Kind::List(nodes) => Value::List(nodes.iter().map(|node| self.item(node)).collect()),
            Kind::Map(entries) => {
                let mut map = Map::new();
                for entry in entries {
                    let mut item = Item { before: self.until(entry.at.start), ..Item::default() };
                    if !matches!(entry.value.kind, Kind::Plain(_) | Kind::Quoted(_)) {
                        item.after = self.ending(entry.at.end);
                    }
                    self.fill(&entry.value, &mut item);
                    if item.after.is_none() {
                        item.after = self.ending(entry.value.span.end.max(entry.at.end));
                    }
                    map.push((entry.key.clone(), item));
                }
                Value::Map(map)
            }
        };
        if item.after.is_none() && !matches!(item.value, Value::Map(_) | Value::List(_)) {
            item.after = self.ending(node.span.end);
        }
    }

    /// The comments and empty lines up to an offset that nobody has taken.
    fn until(&mut self, end: u32) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        while let Some(next) = self.trivia.get(self.next).filter(|next| next.start < end) {
            let doubled = next.text.is_empty() && lines.last().is_some_and(String::is_empty);
            if !doubled {
                lines.push(next.text.clone());
            }
            self.next += 1;
        }
        lines
    }

    /// The comment that ends the line of an offset.
    fn ending(&mut self, offset: u32) -> Option<String> {
        let line = self.file.line_column(offset).line;
        let next = self.trivia.get(self.next)?;
        let ends = next.line == line && next.start >= offset && !next.text.is_empty();
        ends.then(|| {
            self.next += 1;
            next.text.clone()
        })
    }
}

/// Every comment and empty line that is no part of a scalar.
fn trivia(root: &Node, text: &str) -> Vec<Trivia> {
    let mut scalars = Vec::new();
    collect_scalars(root, &mut scalars);
    scalars.sort_unstable();
    let inside = |at: usize| {
        let next = scalars.partition_point(|(start, _)| *start as usize <= at);
        next > 0 && at < scalars[next - 1].1 as usize
    };
    let mut all = Vec::new();
    let mut start = 0;
    for (index, line) in text.split('\n').enumerate() {
        let offset = |at: usize| u32::try_from(start + at).unwrap_or(u32::MAX);
        let body = line.trim_end();
        let last = start + line.len() >= text.len();
        if body.is_empty() {
            if !last && !inside(start) {
                all.push(Trivia { start: offset(0), line: index + 1, text: String::new() });
            }
        } else {
            let hash = body.char_indices().find(|(at, c)| {
                let begins = body[..*at].is_empty() || body[..*at].ends_with([' ', '\t', '\u{feff}']);
                *c == '#' && begins && !inside(start + at)
            });
            if let Some((at, _)) = hash {
                all.push(Trivia { start: offset(at), line: index + 1, text: body[at..].to_owned() });
            }
        }
        start += line.len() + 1;
    }
    all
}

fn collect_scalars(node: &Node, out: &mut Vec<(u32, u32)>) {
    match &node.kind {
        Kind::Null => {}
        Kind::Plain(_) | Kind::Quoted(_) => out.push((node.span.start, node.span.end)),
        Kind::List(nodes) => nodes.iter().for_each(|node| collect_scalars(node, out)),
        Kind::Map(entries) => {
            for entry in entries {
                out.push((entry.at.start, entry.at.end));
                collect_scalars(&entry.value, out);
            }
        }
    }
}
