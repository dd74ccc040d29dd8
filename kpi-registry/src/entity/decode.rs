//! What every decoder needs.

use crate::diagnostic::codes;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::resolve::Names;
use crate::source::Spanned;
use crate::suggest::nearest;
use crate::syntax::{Kind, Node, shortened};
use crate::value::is_snake_name;

/// Where findings go, and the names that references may use.
pub(crate) struct Cx<'a> {
    pub(crate) out: &'a mut Diagnostics,
    pub(crate) names: &'a Names,
}

impl Cx<'_> {
    /// A text, if the key is there.
    pub(crate) fn text(&mut self, node: Option<&Node>) -> Option<Spanned<String>> {
        node?.filled_text(self.out)
    }

    /// A text without its place.
    pub(crate) fn words(&mut self, node: Option<&Node>) -> Option<String> {
        self.text(node).map(|text| text.value)
    }

    /// A list of texts.
    pub(crate) fn texts(&mut self, node: Option<&Node>, of: &str) -> Vec<Spanned<String>> {
        let Some(node) = node else { return Vec::new() };
        let items = node.items(of, self.out);
        items.iter().filter_map(|item| item.filled_text(self.out)).collect()
    }

    /// The texts of a list, without their places.
    pub(crate) fn list(&mut self, node: Option<&Node>, of: &str) -> Vec<String> {
        self.texts(node, of).into_iter().map(|text| text.value).collect()
    }

    /// Complains about an address that is not of HTTP, or that carries a secret.
    pub(crate) fn address(&mut self, url: Spanned<String>, what: &str) -> Spanned<String> {
        let (scheme, rest) = url.split_once("://").unwrap_or_default();
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        if !matches!(scheme, "http" | "https") || authority.is_empty() {
            let message = format!("{what} begins with http:// or https://");
            self.out.push(
                Diagnostic::error(codes::WRONG_TYPE, url.span, message)
                    .help("write it as `http://host:port/path`"),
            );
        } else if authority.contains('@') {
            let message = "this address carries a user name or password";
            self.out.push(
                Diagnostic::error(codes::INLINE_SECRET, url.span, message)
                    .help("write one without it; the registry is committed and printed"),
            );
        }
        url
    }

    /// One of a few words.
    pub(crate) fn word<T: Copy>(
        &mut self,
        node: Option<&Node>,
        what: &str,
        all: &[T],
        show: impl Fn(T) -> &'static str,
    ) -> Option<Spanned<T>> {
        let node = node?;
        let at = self.word_at(node, what, all.len(), &|at| show(all[at]))?;
        Some(Spanned::new(all[at], node.span))
    }

    /// The position of a text among so many words.
    fn word_at(
        &mut self,
        node: &Node,
        what: &str,
        count: usize,
        word: &dyn Fn(usize) -> &'static str,
    ) -> Option<usize> {
        let text = node.filled_text(self.out)?;
        let found = (0..count).find(|at| word(*at) == text.value);
        if found.is_none() {
            let words: Vec<&str> = (0..count).map(word).collect();
            self.out.push(unknown_word(&text, what, &words));
        }
        found
    }
}

/// The finding that a word is none of those known.
pub(crate) fn unknown_word(text: &Spanned<String>, what: &str, words: &[&str]) -> Diagnostic {
    let (shown, meant) = (shortened(&text.value), nearest(&text.value, words.iter().copied()));
    let finding = Diagnostic::error(
        codes::UNKNOWN_WORD,
        text.span,
        match meant {
            Some(meant) => format!("unknown {what} `{shown}`, did you mean `{meant}`?"),
            None => format!("unknown {what} `{shown}`"),
        },
    );
    let finding = finding.help(format!("known are: {}", words.join(", ")));
    match meant {
        Some(meant) => finding.replace(text.span, meant),
        None => finding,
    }
}

/// Complains when a name is not `[a-z][a-z0-9_]*`.
pub(crate) fn check_name(name: &Spanned<String>, what: &str, out: &mut Diagnostics) -> bool {
    if is_snake_name(&name.value) {
        return true;
    }
    let finding = Diagnostic::error(
        codes::BAD_NAME,
        name.span,
        format!("`{}` can't be the name of {what}", shortened(&name.value)),
    )
    .help("names are lower-case letters, digits and `_`, beginning with a letter");
    let mended: String = name
        .value
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' })
        .collect();
    let mended = mended.trim_matches('_');
    out.push(if is_snake_name(mended) { finding.replace(name.span, mended) } else { finding });
    false
}

/// The named entries of a mapping such as `labels:`; a finding when it is something else.
pub(crate) fn named<'n>(
    node: Option<&'n Node>,
    what: &str,
    out: &mut Diagnostics,
) -> impl Iterator<Item = (Spanned<String>, &'n Node)> + use<'n> {
    let entries = match node.map(|node| (&node.kind, node)) {
        None => [].as_slice(),
        Some((Kind::Map(entries), _)) => entries.as_slice(),
        Some((_, node)) => {
            out.push(
                Diagnostic::error(
                    codes::WRONG_TYPE,
                    node.span,
                    format!("a mapping of {what} is expected here, not {}", node.describe()),
                )
                .help("write `name: {...}` for each"),
            );
            [].as_slice()
        }
    };
    entries.iter().map(|entry| (Spanned::new(entry.key.clone(), entry.at), &entry.value))
}
