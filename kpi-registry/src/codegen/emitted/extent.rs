//! How far something reaches that is compiled for tests only: what follows it counts again.

use super::lexer::Token;
use super::scan::Attribute;

/// How far something with an attribute goes.
#[derive(Clone, Copy, PartialEq)]
enum Extent {
    /// To the end of its body, or to a semicolon if it has none: a function, a module, a type.
    Body,
    /// To a semicolon: `let`, `use`, `static`.
    Semicolon,
    /// An expression, match arm or field: to a comma or semicolon, or to the end of a block that needs neither.
    Expression,
}

impl Extent {
    /// Of what begins with these words.
    fn of(words: &[&str]) -> Self {
        let is_prefix = |word: &&&str| matches!(**word, "pub" | "crate" | "super" | "self" | "in" | "unsafe");
        let mut own = words.iter().skip_while(is_prefix);
        match (own.next(), own.next()) {
            (Some(&"const"), Some(&("fn" | "unsafe" | "async" | "extern"))) | (Some(&"extern"), _) => {
                Self::Body
            }
            (Some(&("let" | "use" | "static" | "type")), _) | (Some(&"const"), Some(_)) => Self::Semicolon,
            _ if words.iter().any(|word| ITEMS.contains(word)) => Self::Body,
            _ => Self::Expression,
        }
    }
}

/// Words of items that have a body.
const ITEMS: &[&str] = &["fn", "mod", "impl", "struct", "enum", "union", "trait", "macro_rules"];

/// The place behind the item, statement, arm or field that begins here, further attributes included. A module in a file
/// of its own is added to the list.
pub(super) fn skip_item<'s>(tokens: &[Token<'s>], mut at: usize, test_modules: &mut Vec<&'s str>) -> usize {
    while let Some(attribute) = (at < tokens.len()).then(|| Attribute::at(tokens, at)).flatten() {
        at = attribute.end;
    }
    let start = at;
    let mut words = Vec::new();
    for token in &tokens[at..] {
        match token {
            Token::Punct(b'{' | b';' | b'=') => break,
            Token::Ident(word) => words.push(*word),
            _ => {}
        }
    }
    if let Some(module) = words.iter().position(|word| *word == "mod").and_then(|at| words.get(at + 1)) {
        test_modules.push(module);
    }
    let extent = Extent::of(&words);
    while let Some(token) = tokens.get(at) {
        match token {
            Token::Punct(b';') => return at + 1,
            Token::Punct(b',') if extent == Extent::Expression => return at + 1,
            Token::Punct(b'}' | b')' | b']') => return at,
            Token::Punct(b'{') => {
                let end = group_end(tokens, at);
                let is_last = match extent {
                    Extent::Body => true,
                    Extent::Semicolon => false,
                    Extent::Expression => ends_with_block(tokens, start, at, end),
                };
                if is_last {
                    let separator = tokens.get(end).filter(|next| next.is(b',') || next.is(b';'));
                    return end + usize::from(separator.is_some());
                }
                at = end;
            }
            Token::Punct(b'(' | b'[') => at = group_end(tokens, at),
            _ => at += 1,
        }
    }
    at
}

/// Whether the expression that begins at `start` is done with the block from `open` to `end`: one that is a statement
/// without a semicolon, the block of a match arm, or a macro with braces.
fn ends_with_block(tokens: &[Token<'_>], start: usize, open: usize, end: usize) -> bool {
    let goes_on = match tokens.get(end) {
        Some(Token::Punct(next)) => matches!(next, b'.' | b'?' | b'=' | b'|'),
        Some(Token::Ident(next)) => matches!(*next, "else" | "in"),
        _ => false,
    };
    let is_statement = match &tokens[start..=open] {
        // A label.
        [Token::Other, Token::Ident(_), Token::Punct(b':'), ..] | [Token::Punct(b'{')] => true,
        [Token::Ident(word), ..] => {
            matches!(*word, "if" | "match" | "for" | "while" | "loop" | "unsafe" | "const")
        }
        _ => false,
    };
    let is_arm_or_macro = matches!(
        &tokens[start..open],
        [.., Token::Punct(b'='), Token::Punct(b'>')] | [.., Token::Punct(b'!')]
    );
    !goes_on && (is_statement || is_arm_or_macro)
}

/// The end of the group, or file, that this place is in.
pub(super) fn enclosing_end(tokens: &[Token<'_>], mut at: usize) -> usize {
    while let Some(token) = tokens.get(at) {
        match token {
            Token::Punct(b'(' | b'[' | b'{') => at = group_end(tokens, at),
            Token::Punct(b')' | b']' | b'}') => return at,
            _ => at += 1,
        }
    }
    at
}

/// The place behind the group that is opened here.
pub(super) fn group_end(tokens: &[Token<'_>], open: usize) -> usize {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate().skip(open) {
        match token {
            Token::Punct(b'(' | b'[' | b'{') => depth += 1,
            Token::Punct(b')' | b']' | b'}') => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return at + 1;
        }
    }
    tokens.len()
}

#[cfg(test)]
mod tests {
    use super::super::scan::scan;

    fn fields(source: &str) -> Vec<&str> {
        scan(source).fields.into_iter().collect()
    }

    #[test]
    fn what_follows_a_test_counts() {
        for skipped in [
            "{ KPIS.a.inc(); }",
            "if x { KPIS.a.inc(); }",
            "if let X { y } = x { KPIS.a.inc(); } else if z { KPIS.a.inc() } else { KPIS.a.dec() }",
            "for x in y.map(|z| { z }) { KPIS.a.inc(); }",
            "'l: loop { KPIS.a.inc(); }",
            "unsafe { KPIS.a.inc(); }",
            "match x { X { y } => KPIS.a.inc(), _ => {} }",
            "thread_local! { static A: () = KPIS.a.inc(); }",
            "macro_rules! m { () => { KPIS.a.inc() } }",
            "extern \"C\" { fn f(); }",
            "let x: Map<u8, u8> = KPIS.a.inc();",
            "let x = if y { KPIS.a.inc() } else { 1 };",
            "let Some(x) = y else { return KPIS.a.inc(); };",
            "const X: fn(u8) -> u8 = { |x| KPIS.a.inc() };",
            "static X: Map<u8, u8> = KPIS.a.inc();",
            "f(X { y: 1 }, KPIS.a.inc()).await;",
            "X { y: 1 }.f(KPIS.a.inc());",
            "impl X for Y { fn f() { KPIS.a.inc() } }",
            "async fn f() -> [u8; { 2 }] { KPIS.a.inc() }",
        ] {
            let source =
                format!("fn f() {{ #[cfg(test)] {skipped} KPIS.b.inc(); }} fn g() {{ KPIS.c.inc() }}");
            assert_eq!(fields(&source), ["b", "c"], "{skipped}");
        }
        let arms = "match x { #[cfg(test)] X { y } if y => { KPIS.a.inc(); } Y => { KPIS.b.inc(); } }";
        assert_eq!(fields(arms), ["b"]);
        let arms = "match x { #[cfg(test)] X => KPIS.a.inc(), Y => KPIS.b.inc(), #[cfg(test)] Z => {} }";
        assert_eq!(fields(arms), ["b"]);
        assert_eq!(fields("X { #[cfg(test)] a: KPIS.a.get(), b: KPIS.b.inc(), }"), ["b"]);
    }
}
