//! Which KPIs the tokens of a source file write to.

use super::extent::{enclosing_end, group_end, skip_item};
use super::lexer::{Token, tokens};

/// Methods of handles that write, or that choose the series which is then written.
const WRITING: &[&str] = &[
    "add",
    "dec",
    "inc",
    "inc_by",
    "observe",
    "read_with",
    "set",
    "start_timer",
    "sub",
    "time",
    "track",
    "track_err",
    "track_result",
    "with",
];

/// Methods of a chosen series that only read.
const READING: &[&str] = &["count", "get", "is", "sum"];

/// What one source file says.
#[derive(Default)]
pub(crate) struct Scan<'s> {
    /// Fields that are written to.
    pub(crate) fields: Vec<&'s str>,
    /// Modules in files of their own that are compiled for tests only.
    pub(crate) test_modules: Vec<&'s str>,
}

/// Reads a source file; what is compiled for tests only does not count.
pub(crate) fn scan(source: &str) -> Scan<'_> {
    let tokens = tokens(source);
    let (mut scan, mut modules) = (Scan::default(), Vec::new());
    let mut at = 0;
    while at < tokens.len() {
        if let Some(attribute) = Attribute::at(&tokens, at) {
            at = attribute.end;
            match (attribute.is_test, attribute.inner) {
                (true, true) => at = enclosing_end(&tokens, at),
                (true, false) => at = skip_item(&tokens, at, &mut scan.test_modules),
                (false, _) => look(&tokens[attribute.start..attribute.end], &mut scan),
            }
            continue;
        }
        if let [Token::Ident("mod"), Token::Ident(module), Token::Punct(b';'), ..] = &tokens[at..] {
            modules.push(*module);
        }
        scan.fields.extend(written(&tokens, at));
        at += 1;
    }
    // One that has a stand-in for tests has a file of its own all the same.
    scan.test_modules.retain(|module| !modules.contains(module));
    scan
}

fn look<'s>(tokens: &[Token<'s>], scan: &mut Scan<'s>) {
    scan.fields.extend((0..tokens.len()).filter_map(|at| written(tokens, at)));
}

/// The field behind a `.` at this place, if it is written to there.
fn written<'s>(tokens: &[Token<'s>], at: usize) -> Option<&'s str> {
    let token = |ahead: usize| tokens.get(at + ahead).copied();
    let (Token::Punct(b'.'), Token::Ident(field)) = (token(0)?, token(1)?) else { return None };
    match (token(2), token(3)) {
        (Some(Token::Punct(b'.')), Some(Token::Ident("with"))) if token(4)?.is(b'(') => {
            let after = group_end(tokens, at + 4);
            let read = matches!(
                (tokens.get(after), tokens.get(after + 1)),
                (Some(Token::Punct(b'.')), Some(Token::Ident(method))) if READING.contains(method)
            );
            (!read).then_some(field)
        }
        (Some(Token::Punct(b'.')), Some(Token::Ident(method))) => WRITING.contains(&method).then_some(field),
        (Some(Token::Punct(b'(' | b'=' | b'[')), _) => None,
        _ => is_kpis(tokens.get(at.checked_sub(1)?)).then_some(field),
    }
}

/// Whether a handle may be passed on by what stands before its `.`: `KPIS`, or a variable that is named after it.
fn is_kpis(receiver: Option<&Token<'_>>) -> bool {
    matches!(receiver, Some(Token::Ident(name)) if name.eq_ignore_ascii_case("kpis"))
}

/// `#[…]` or `#![…]`.
pub(super) struct Attribute {
    start: usize,
    pub(super) end: usize,
    inner: bool,
    is_test: bool,
}

impl Attribute {
    pub(super) fn at(tokens: &[Token<'_>], at: usize) -> Option<Self> {
        if !tokens[at].is(b'#') {
            return None;
        }
        let inner = tokens.get(at + 1)?.is(b'!');
        let start = at + 1 + usize::from(inner);
        if !tokens.get(start)?.is(b'[') {
            return None;
        }
        let end = group_end(tokens, start);
        Some(Self {
            start,
            end,
            inner,
            is_test: is_test(&tokens[start + 1..end.saturating_sub(1).max(start + 1)]),
        })
    }
}

/// `test`, `tokio::test`, `cfg(test)`, `cfg(all(test, …))`.
fn is_test(attribute: &[Token<'_>]) -> bool {
    if let [Token::Ident("cfg"), Token::Punct(b'('), condition @ ..] = attribute {
        needs_test(condition)
    } else {
        let path = attribute.iter().take_while(|token| !token.is(b'('));
        path.last() == Some(&Token::Ident("test"))
    }
}

/// Whether a condition can only hold in tests.
fn needs_test(condition: &[Token<'_>]) -> bool {
    match condition {
        [Token::Ident("test"), rest @ ..] => rest.first().is_none_or(|next| !next.is(b'=')),
        [Token::Ident("all"), Token::Punct(b'('), ..] => parts(condition).any(needs_test),
        [Token::Ident("any"), Token::Punct(b'('), ..] => parts(condition).all(needs_test),
        _ => false,
    }
}

/// The arguments of the group that begins at the second token.
fn parts<'t, 's>(group: &'t [Token<'s>]) -> impl Iterator<Item = &'t [Token<'s>]> {
    let inside = &group[2..group_end(group, 1).saturating_sub(1).max(2)];
    let mut depth = 0_usize;
    let split = inside.split(move |token| {
        match token {
            Token::Punct(b'(') => depth += 1,
            Token::Punct(b')') => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0 && token.is(b',')
    });
    split.filter(|part| !part.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(source: &str) -> Vec<&str> {
        scan(source).fields.into_iter().collect()
    }

    #[test]
    fn writes_count() {
        assert_eq!(
            fields("KPIS.a.set(Milliseconds(1.0)); self.kpis.b.inc(); k.r#type.observe(x)"),
            ["a", "b", "type"]
        );
        assert_eq!(fields("KPIS.a.with(Route::A, f(1)).inc(); let s = KPIS.b.with(x);"), ["a", "b"]);
        assert_eq!(fields("println!(\"{}\", KPIS.a.inc())"), ["a"]);
        assert_eq!(fields("KPIS\n    .a\n    // why\n    .start_timer()"), ["a"]);
        assert_eq!(fields("KPIS.a.track_result(f(), Outcome::of)?; KPIS.b.track_err(g())"), ["a", "b"]);
        assert_eq!(fields("record(&KPIS.a); let b = &kpis.b; [&KPIS.c]"), ["a", "b", "c"]);
        assert_eq!(
            fields("#[measured(duration = KPIS.a.with(Route::X), calls = KPIS.b)] fn f() {}"),
            ["a", "b"]
        );
    }

    #[test]
    fn reads_and_texts_do_not() {
        assert!(fields("KPIS.a.get(); KPIS.b.with(x).get(); // KPIS.c.inc()\n\"KPIS.d.inc()\"").is_empty());
        assert!(fields("self.a = 1; self.a(); x.a[0]; other.a; 1.0.set()").is_empty());
    }

    #[test]
    fn tests_do_not() {
        assert_eq!(
            fields("#[cfg(test)] mod tests { fn f() { KPIS.a.inc() } } fn g() { KPIS.b.inc() }"),
            ["b"]
        );
        assert_eq!(fields("#[test] #[ignore] fn f() -> [u8; 2] { KPIS.a.inc() } KPIS.b.inc()"), ["b"]);
        assert_eq!(
            fields("#[tokio::test(flavor = \"x\")] async fn f() { KPIS.a.inc() } KPIS.b.inc()"),
            ["b"]
        );
        assert_eq!(fields("#[cfg(all(unix, test))] KPIS.a.inc(); KPIS.b.inc();"), ["b"]);
        assert_eq!(fields("#[cfg(test)] use x::{y}; KPIS.b.inc();"), ["b"]);
        assert_eq!(fields("#[cfg(any(test, unix))] fn f() { KPIS.a.inc() }"), ["a"]);
        assert_eq!(fields("#[cfg(not(test))] fn f() { KPIS.a.inc() }"), ["a"]);
        assert!(fields("#![cfg(test)] fn f() { KPIS.a.inc() }").is_empty());
        assert_eq!(fields("mod m { #![cfg(test)] fn f() { KPIS.a.inc() } } KPIS.b.inc();"), ["b"]);
        assert_eq!(
            scan("#[cfg(test)] mod checks; #[cfg(test)] pub(crate) mod more;").test_modules,
            ["checks", "more"]
        );
        let mocked =
            "#[cfg(test)] #[path = \"mock.rs\"] mod net; #[cfg(not(test))] pub mod net; #[cfg(test)] mod a;";
        assert_eq!(scan(mocked).test_modules, ["a"]);
    }
}
