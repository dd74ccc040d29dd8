//! The arguments of `kpis!` and `emitted!`, read without syn: it would cost more than everything else here.

use proc_macro::{Delimiter, Literal, Span, TokenStream, TokenTree};

/// `"path", agent = "name", emitted_in = ["src"], crate = ::renamed`
pub(crate) struct Arguments {
    /// The registry: a file or a directory.
    pub(crate) path: String,
    /// Where the path stands.
    pub(crate) span: Span,
    /// The agent that the program is.
    pub(crate) agent: Option<String>,
    /// Places to search for writes.
    pub(crate) emitted_in: Option<Vec<String>>,
    /// Path of the runtime crate.
    pub(crate) runtime: Option<String>,
}

/// What is wrong with the arguments, and where.
pub(crate) struct Fault {
    pub(crate) span: Span,
    pub(crate) message: String,
}

type Result<T> = std::result::Result<T, Fault>;

const USAGE: &str =
    "expected the path of a registry, as in `kpis!(\"../kpi_registry.yaml\", agent = \"neuros\")`";

impl Arguments {
    pub(crate) fn parse(input: TokenStream) -> Result<Self> {
        let mut parts = split(input).into_iter();
        let path = parts.next().ok_or_else(|| fault(Span::call_site(), USAGE))?;
        let (path, span) = text(&path).map_err(|at| fault(at.span, USAGE))?;
        let mut arguments = Self { path, span, agent: None, emitted_in: None, runtime: None };
        for part in parts {
            arguments.option(&part)?;
        }
        Ok(arguments)
    }

    fn option(&mut self, part: &[TokenTree]) -> Result<()> {
        let (name, value) = match part {
            [TokenTree::Ident(name), TokenTree::Punct(equals), value @ ..]
                if equals.as_char() == '=' && !value.is_empty() =>
            {
                (name, value)
            }
            _ => return Err(fault(span_of(part), "expected an option, as in `agent = \"neuros\"`")),
        };
        match name.to_string().as_str() {
            "agent" => set(&mut self.agent, text(value)?.0, name.span()),
            "emitted_in" => set(&mut self.emitted_in, texts(value)?, name.span()),
            "crate" => {
                let path: TokenStream = value.iter().cloned().collect();
                set(&mut self.runtime, path.to_string(), name.span())
            }
            other => {
                let message = format!("no option `{other}`; there are `agent`, `emitted_in` and `crate`");
                Err(fault(name.span(), message))
            }
        }
    }
}

fn set<T>(option: &mut Option<T>, value: T, span: Span) -> Result<()> {
    match option.replace(value) {
        None => Ok(()),
        Some(_) => Err(fault(span, "this option is given twice")),
    }
}

fn fault(span: Span, message: impl Into<String>) -> Fault {
    Fault { span, message: message.into() }
}

/// The parts between the commas; a last comma is free.
fn split(input: TokenStream) -> Vec<Vec<TokenTree>> {
    let mut parts = vec![Vec::new()];
    for token in input {
        match (&token, parts.last_mut()) {
            (TokenTree::Punct(comma), _) if comma.as_char() == ',' => parts.push(Vec::new()),
            (_, Some(part)) => part.push(token),
            (_, None) => {}
        }
    }
    if parts.last().is_some_and(Vec::is_empty) {
        parts.pop();
    }
    parts
}

fn span_of(part: &[TokenTree]) -> Span {
    part.first().map_or_else(Span::call_site, TokenTree::span)
}

/// One string literal, also one that came through a `$path:literal` of a macro.
fn text(part: &[TokenTree]) -> Result<(String, Span)> {
    match part {
        [TokenTree::Literal(literal)] => match unquoted(literal) {
            Some(text) => Ok((text, literal.span())),
            None => Err(fault(literal.span(), "expected a string literal")),
        },
        [TokenTree::Group(group)] if group.delimiter() == Delimiter::None => {
            text(&group.stream().into_iter().collect::<Vec<_>>())
        }
        _ => Err(fault(span_of(part), "expected a string literal")),
    }
}

fn texts(part: &[TokenTree]) -> Result<Vec<String>> {
    match part {
        [TokenTree::Group(group)] if group.delimiter() == Delimiter::Bracket => {
            split(group.stream()).iter().map(|part| text(part).map(|(text, _)| text)).collect()
        }
        _ => Err(fault(span_of(part), "expected a list, as in `emitted_in = [\"src\", \"../core/src\"]`")),
    }
}

/// The text of a string literal. Of the escapes, those that paths and names have.
fn unquoted(literal: &Literal) -> Option<String> {
    let text = literal.to_string();
    if let Some(raw) = text.strip_prefix('r') {
        let raw = raw.trim_matches('#');
        return Some(raw.strip_prefix('"')?.strip_suffix('"')?.to_owned());
    }
    let inside = text.strip_prefix('"')?.strip_suffix('"')?;
    let mut out = String::with_capacity(inside.len());
    let mut chars = inside.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => out.push(match chars.next()? {
                'n' => '\n',
                't' => '\t',
                c @ ('\\' | '"' | '\'') => c,
                _ => return None,
            }),
            c => out.push(c),
        }
    }
    Some(out)
}
