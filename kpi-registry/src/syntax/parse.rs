//! YAML text → [`Node`] tree. The only module that knows the YAML library.
//!
//! * One document a file, unless all are asked for; further documents that hold nothing are passed over.
//! * Aliases are expanded; merge keys (`<<`) take over what the mapping does not say itself.
//! * Every limit below is a located finding, so no input costs more than time linear in its length.

use granit_parser::{ErrorKind, Event, Marker, Parser, ScalarStyle, ScanError, Tag};

use super::node::{Entry, Kind, Node};
use crate::diagnostic::codes;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::index::Index;
use crate::source::{FileId, Span};

/// The deepest nesting of lists and mappings.
pub const MAX_DEPTH: usize = 64;
/// The most values in one file.
pub const MAX_NODES: usize = 4_000_000;
/// The most values that anchors, aliases and merge keys may copy in one file.
pub const MAX_EXPANDED: usize = 1_000_000;

/// Reads one document. `None` after a syntax error, which is reported; an empty document is [`Kind::Null`].
pub fn parse(file: FileId, text: &str, out: &mut Diagnostics) -> Option<Node> {
    let mut builder = Builder::new(file, text, out);
    read(&mut builder).then(|| builder.document())
}

/// Reads every document of a file, those that are empty left out. `None` after a syntax error, which is reported.
pub fn parse_all(file: FileId, text: &str, out: &mut Diagnostics) -> Option<Vec<Node>> {
    let mut builder = Builder::new(file, text, out);
    builder.documents = Some(Vec::new());
    if !read(&mut builder) {
        return None;
    }
    builder.documents
}

/// Hands every event to the builder; `false` after a syntax error.
fn read(builder: &mut Builder<'_, '_>) -> bool {
    let options = granit_parser::options! {
        emit_unresolved_aliases: true,
        emit_comments: false,
        flow_nesting_limit: MAX_DEPTH,
        block_nesting_limit: MAX_DEPTH,
    };
    let mut parser = Parser::new_from_str_with_options(builder.text, options);
    while let Some(event) = parser.next_event() {
        let step = match event {
            Ok((event, span)) => builder.event(event, builder.span(&span)),
            Err(error) => Err(builder.syntax_error(&error)),
        };
        if let Err(fault) = step {
            builder.out.push(*fault);
            return false;
        }
    }
    true
}

/// The finding that ends the reading of a file.
type Fault = Box<Diagnostic>;

struct Builder<'s, 'd> {
    file: FileId,
    text: &'s str,
    out: &'d mut Diagnostics,
    root: Option<Node>,
    /// The documents before this one, where a file may have several.
    documents: Option<Vec<Node>>,
    open: Vec<Frame>,
    /// By the parser's ids, which count from 1.
    anchors: Vec<Option<Anchor>>,
    nodes: usize,
    expanded: usize,
}

/// A list or mapping that is not closed yet.
struct Frame {
    content: Content,
    start: Span,
    anchor: usize,
    /// Value of `Builder::nodes` before it was opened.
    nodes_before: usize,
    /// Levels of nesting below it.
    depth: usize,
}

enum Content {
    List(Vec<Node>),
    Map { entries: Vec<Entry>, key: Key, merges: Vec<Node> },
}

/// What a mapping waits for.
enum Key {
    Wanted,
    Value {
        text: String,
        at: Span,
    },
    MergeValue,
    /// The key was unusable and has been reported; its value is dropped.
    DroppedValue,
}

struct Anchor {
    node: Node,
    size: usize,
    depth: usize,
}

impl<'s, 'd> Builder<'s, 'd> {
    fn new(file: FileId, text: &'s str, out: &'d mut Diagnostics) -> Self {
        let (open, anchors) = (Vec::new(), Vec::new());
        Self { file, text, out, root: None, documents: None, open, anchors, nodes: 0, expanded: 0 }
    }

    /// The only document.
    fn document(self) -> Node {
        let end = u32::try_from(self.text.len()).unwrap_or(u32::MAX);
        self.root.unwrap_or(Node { kind: Kind::Null, span: Span::new(self.file, end, end) })
    }

    fn event(&mut self, event: Event<'s>, span: Span) -> Result<(), Fault> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                self.admit(&span, text.is_empty() && style == ScalarStyle::Plain)?;
                let quoted = self.quoted(style, tag.as_deref(), span);
                self.scalar(text.into_owned(), quoted, anchor, span)
            }
            Event::SequenceStart(_, anchor, tag) => {
                self.collection_tag(tag.as_deref(), span);
                self.open(Content::List(Vec::new()), anchor, span)
            }
            Event::MappingStart(_, anchor, tag) => {
                self.collection_tag(tag.as_deref(), span);
                let content = Content::Map { entries: Vec::new(), key: Key::Wanted, merges: Vec::new() };
                self.open(content, anchor, span)
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(span),
            Event::Alias(id) => self.alias(id, span),
            Event::UnresolvedAlias(name) => {
                self.out.push(
                    Diagnostic::error(
                        codes::UNKNOWN_ANCHOR,
                        span,
                        format!("no anchor `&{name}` stands before this alias"),
                    )
                    .help("define the anchor above, or quote the text if the `*` belongs to it"),
                );
                self.value(Node { kind: Kind::Null, span }, 0);
                Ok(())
            }
            Event::DocumentEnd => {
                if let Some(documents) = &mut self.documents {
                    let root = self.root.take();
                    documents.extend(root.filter(|root| !matches!(root.kind, Kind::Null)));
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Counts a node, and refuses a second document.
    fn admit(&mut self, span: &Span, empty: bool) -> Result<(), Fault> {
        if self.open.is_empty()
            && !empty
            && self.root.as_ref().is_some_and(|root| !matches!(root.kind, Kind::Null))
        {
            return Err(Box::new(
                Diagnostic::error(codes::SECOND_DOCUMENT, *span, "a second YAML document in one file")
                    .help("put it into a file of its own, or remove the `---` before it"),
            ));
        }
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            return Err(Box::new(
                Diagnostic::error(
                    codes::TOO_MANY_NODES,
                    *span,
                    format!("more than {MAX_NODES} values in one file"),
                )
                .help("split the registry into several files of one directory"),
            ));
        }
        Ok(())
    }

    fn open(&mut self, content: Content, anchor: usize, start: Span) -> Result<(), Fault> {
        self.admit(&start, false)?;
        if self.open.len() >= MAX_DEPTH {
            return Err(too_deep(start));
        }
        self.open.push(Frame { content, start, anchor, nodes_before: self.nodes - 1, depth: 0 });
        Ok(())
    }

    fn close(&mut self, end: Span) -> Result<(), Fault> {
        let Some(frame) = self.open.pop() else { return Ok(()) };
        let (kind, last) = match frame.content {
            Content::List(items) => {
                let last = items.last().map(|item| item.span);
                (Kind::List(items), last)
            }
            Content::Map { mut entries, merges, .. } => {
                self.report_duplicates(&entries);
                let last = entries.last().map(|entry| entry.at.to(entry.value.span));
                self.merge(&mut entries, merges);
                (Kind::Map(entries), last)
            }
        };
        // A block collection "ends" at the next token; what it really covers ends with its last child.
        let flow_end = if end.end > end.start { Some(end) } else { None };
        let span = [last, flow_end].into_iter().flatten().fold(frame.start, Span::to);
        let node = Node { kind, span };
        let (size, depth) = (self.nodes - frame.nodes_before, frame.depth + 1);
        self.anchor(frame.anchor, &node, size, depth)?;
        self.value(node, depth);
        Ok(())
    }

    fn scalar(&mut self, text: String, quoted: bool, anchor: usize, span: Span) -> Result<(), Fault> {
        if let Some(Frame { content: Content::Map { key: key @ Key::Wanted, .. }, .. }) = self.open.last_mut()
        {
            let anchored =
                Node { kind: Kind::Quoted(if anchor == 0 { String::new() } else { text.clone() }), span };
            let merge = !quoted && text == "<<";
            *key = if merge { Key::MergeValue } else { Key::Value { text, at: span } };
            return self.anchor(anchor, &anchored, 1, 0);
        }
        let kind = match text.as_str() {
            _ if quoted => Kind::Quoted(text),
            "" | "~" | "null" | "Null" | "NULL" => Kind::Null,
            _ => Kind::Plain(text),
        };
        let node = Node { kind, span };
        self.anchor(anchor, &node, 1, 0)?;
        self.value(node, 0);
        Ok(())
    }

    /// Remembers an anchored node.
    fn anchor(&mut self, id: usize, node: &Node, size: usize, depth: usize) -> Result<(), Fault> {
        if id != 0 {
            self.expand(size, node.span)?;
            if self.anchors.len() <= id {
                self.anchors.resize_with(id + 1, || None);
            }
            self.anchors[id] = Some(Anchor { node: node.clone(), size, depth });
        }
        Ok(())
    }

    fn alias(&mut self, id: usize, span: Span) -> Result<(), Fault> {
        self.admit(&span, false)?;
        let Some((size, depth)) =
            self.anchors.get(id).and_then(Option::as_ref).map(|anchor| (anchor.size, anchor.depth))
        else {
            return Err(Box::new(
                Diagnostic::error(codes::RECURSIVE_ALIAS, span, "this alias stands inside what it refers to")
                    .help("write the value out instead"),
            ));
        };
        self.expand(size, span)?;
        if self.open.len() + depth > MAX_DEPTH {
            return Err(too_deep(span));
        }
        self.nodes += size - 1;
        let Some(Some(Anchor { node, .. })) = self.anchors.get(id) else { return Ok(()) };
        let kind = node.kind.clone();
        if let Some(Frame { content: Content::Map { key: key @ Key::Wanted, .. }, .. }) = self.open.last_mut()
            && let Kind::Plain(text) | Kind::Quoted(text) = kind
        {
            *key = Key::Value { text, at: span };
            return Ok(());
        }
        self.value(Node { kind, span }, depth);
        Ok(())
    }

    fn expand(&mut self, size: usize, span: Span) -> Result<(), Fault> {
        self.expanded += size;
        if self.expanded <= MAX_EXPANDED {
            return Ok(());
        }
        Err(Box::new(
            Diagnostic::error(
                codes::ALIAS_BOMB,
                span,
                format!("aliases copy more than {MAX_EXPANDED} values"),
            )
            .help("aliases of aliases multiply; write the values out or give each KPI its own"),
        ))
    }

    /// Puts a finished value where it belongs.
    fn value(&mut self, node: Node, depth: usize) {
        let Some(frame) = self.open.last_mut() else {
            if self.root.as_ref().is_none_or(|root| matches!(root.kind, Kind::Null)) {
                self.root = Some(node);
            }
            return;
        };
        frame.depth = frame.depth.max(depth);
        let (entries, key, merges) = match &mut frame.content {
            Content::List(items) => {
                items.push(node);
                return;
            }
            Content::Map { entries, key, merges } => (entries, key, merges),
        };
        match std::mem::replace(key, Key::Wanted) {
            Key::Wanted => {
                *key = Key::DroppedValue;
                self.out.push(
                    Diagnostic::error(
                        codes::UNUSABLE_KEY,
                        node.span,
                        format!("{} can't be a key", node.describe()),
                    )
                    .help("a key is a single text, such as `name:`"),
                );
            }
            Key::Value { text, at } => entries.push(Entry { key: text, at, value: node }),
            Key::MergeValue => merges.push(node),
            Key::DroppedValue => {}
        }
    }

    /// Adds what `<<` brings and the mapping does not say itself; of several sources the first one wins.
    fn merge(&mut self, entries: &mut Vec<Entry>, merges: Vec<Node>) {
        if merges.is_empty() {
            return;
        }
        let mut known = Index::of(entries.iter().map(|entry| entry.key.as_str()));
        let sources = merges.into_iter().flat_map(|node| match node.kind {
            Kind::List(items) => items,
            kind => vec![Node { kind, span: node.span }],
        });
        for source in sources {
            let Kind::Map(inherited) = source.kind else {
                self.out.push(
                    Diagnostic::error(
                        codes::BAD_MERGE,
                        source.span,
                        format!("`<<` takes over the keys of a mapping, and this is {}", source.describe()),
                    )
                    .help("write `<<: *anchor`, where `&anchor` marks a mapping"),
                );
                continue;
            };
            for entry in inherited {
                if known.insert(&entry.key) {
                    entries.push(entry);
                }
            }
        }
    }

    fn report_duplicates(&mut self, entries: &[Entry]) {
        /// Up to this length comparing all pairs is cheaper than hashing.
        const FEW: usize = 12;
        /// The most duplicates of one mapping that are complained about.
        const MOST: usize = 100;
        let mut seen = Index::default();
        let mut found = 0;
        for (index, entry) in entries.iter().enumerate() {
            let first = if entries.len() <= FEW {
                entries[..index].iter().find(|earlier| earlier.key == entry.key).map(|earlier| earlier.at)
            } else {
                Some(seen.first(&entry.key, index))
                    .filter(|first| *first != index)
                    .map(|first| entries[first].at)
            };
            if let Some(first) = first {
                found += 1;
                if found > MOST {
                    return;
                }
                let key = super::node::shortened(&entry.key);
                self.out.push(
                    Diagnostic::error(
                        codes::DUPLICATE_KEY,
                        entry.at,
                        format!("the key `{key}` stands here twice"),
                    )
                    .label("again here")
                    .also(first, "first here")
                    .help("keep one of them"),
                );
            }
        }
    }

    /// Whether a scalar is text whatever it looks like.
    fn quoted(&mut self, style: ScalarStyle, tag: Option<&Tag>, span: Span) -> bool {
        let Some(tag) = tag else { return style != ScalarStyle::Plain };
        match tag.core_suffix() {
            Some("str") => true,
            Some("int" | "float" | "bool" | "null") => false,
            _ if tag.handle().is_empty() && tag.suffix() == "!" => true,
            _ => {
                self.collection_tag(Some(tag), span);
                style != ScalarStyle::Plain
            }
        }
    }

    fn collection_tag(&mut self, tag: Option<&Tag>, span: Span) {
        let Some(tag) = tag else { return };
        if matches!(tag.core_suffix(), Some("map" | "seq" | "omap")) {
            return;
        }
        self.out.push(
            Diagnostic::error(
                codes::UNKNOWN_TAG,
                span,
                format!("the tag `{}` means nothing here", tag.original()),
            )
            .help("remove the tag"),
        );
    }

    fn span(&self, span: &granit_parser::Span) -> Span {
        Span::new(self.file, offset(&span.start), offset(&span.end))
    }

    fn syntax_error(&self, error: &ScanError) -> Fault {
        let at = offset(error.marker()).min(u32::try_from(self.text.len()).unwrap_or(u32::MAX));
        let span = Span::new(self.file, at, at);
        let (message, help) = match error.kind() {
            ErrorKind::RecursionLimitExceeded => return too_deep(span),
            ErrorKind::TabInIndentation
            | ErrorKind::TabNotAllowed
            | ErrorKind::TabInBlockIndentation
            | ErrorKind::TabAtBlockScalarStart
            | ErrorKind::TabInPlainScalar => {
                let bytes = self.text.as_bytes();
                let tab =
                    [at, at.saturating_sub(1)].into_iter().find(|at| bytes.get(*at as usize) == Some(&b'\t'));
                let span = tab.map_or(span, |tab| Span::new(self.file, tab, tab + 1));
                return Box::new(
                    Diagnostic::error(codes::TAB, span, "a tab where YAML wants spaces")
                        .help("indent with spaces; most editors can turn tabs into spaces for a whole file"),
                );
            }
            ErrorKind::UnclosedQuotedScalar => (
                "a quote is opened and never closed".to_owned(),
                "close it, or write `\\\"` for a quote inside the text",
            ),
            ErrorKind::UnclosedFlowCollection { open } => {
                (format!("`{open}` is opened and never closed"), "close it")
            }
            ErrorKind::InvalidColonPlacement
            | ErrorKind::ExpectedFlowSequenceSeparator
            | ErrorKind::ExpectedFlowMappingSeparator
            | ErrorKind::UnexpectedEofFlowSequence
            | ErrorKind::UnexpectedEofFlowMapping
            | ErrorKind::UnexpectedEofImplicitFlowMapping => (
                "a `[` or `{` above is not closed, or a comma is missing".to_owned(),
                "close it; in brackets, items are parted by commas",
            ),
            ErrorKind::MappingValueNotAllowed => (
                "a `:` that can't start a value here".to_owned(),
                "quote the text if the `:` belongs to it; otherwise check the indentation",
            ),
            ErrorKind::SimpleKeyExpected | ErrorKind::ExpectedBlockMappingKey => (
                "a `key: value` is expected here".to_owned(),
                "check the indentation, and that the key ends in `: `",
            ),
            ErrorKind::InvalidIndentation | ErrorKind::ExpectedBlockSequenceEntry => (
                "the indentation fits nothing above".to_owned(),
                "put it in line with the keys or the `-` it belongs to",
            ),
            ErrorKind::UnexpectedCharacter { character } => (
                format!("no value can start with `{}`", character.escape_default()),
                "quote the text if the character belongs to it",
            ),
            ErrorKind::UnknownQuotedScalarEscape => (
                "unknown escape in a text in double quotes".to_owned(),
                "write `\\\\` for a backslash, or use single quotes",
            ),
            _ => (error.info(), "check quotes, brackets and indentation here and on the line above"),
        };
        Box::new(Diagnostic::error(codes::SYNTAX, span, message).help(help))
    }
}

fn too_deep(span: Span) -> Fault {
    Box::new(
        Diagnostic::error(codes::TOO_DEEP, span, format!("more than {MAX_DEPTH} levels of nesting"))
            .help("no key of a registry nests that deeply; look for brackets that are never closed"),
    )
}

fn offset(marker: &Marker) -> u32 {
    u32::try_from(marker.byte_offset().unwrap_or_else(|| marker.index())).unwrap_or(u32::MAX)
}
