//! Regular expressions of label conditions: as many as people write over a handful of values.

use std::collections::BTreeSet;

/// A regular expression without anchors, back references and counted repetition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pattern {
    alternatives: Vec<Vec<Piece>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Piece {
    atom: Atom,
    may_miss: bool,
    may_repeat: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Atom {
    One { of: Vec<(char, char)>, is_negated: bool },
    Group(Pattern),
}

/// Nested deeper than this nobody reads it.
const DEEPEST: usize = 16;

impl Pattern {
    /// `None` for what is not read here.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut rest = text.chars().collect::<Vec<_>>().into_iter().peekable();
        let pattern = alternatives(&mut rest, 0)?;
        rest.next().is_none().then_some(pattern)
    }

    /// The texts it stands for, in the order written, when it is nothing but a choice of them.
    pub(super) fn texts(&self) -> Option<Vec<String>> {
        let mut all = Vec::new();
        for pieces in &self.alternatives {
            if let [Piece { atom: Atom::Group(group), may_miss: false, may_repeat: false }] =
                pieces.as_slice()
            {
                all.extend(group.texts()?);
                continue;
            }
            let letters = pieces.iter().map(|piece| match piece {
                Piece { atom: Atom::One { of, is_negated: false }, may_miss: false, may_repeat: false } => {
                    let [(first, last)] = of.as_slice() else { return None };
                    (first == last).then_some(*first)
                }
                _ => None,
            });
            all.push(letters.collect::<Option<String>>()?);
        }
        Some(all)
    }

    /// Whether it matches a whole text.
    pub(super) fn matches(&self, text: &str) -> bool {
        let letters: Vec<char> = text.chars().collect();
        self.ends(&letters, &BTreeSet::from([0])).contains(&letters.len())
    }

    /// Where it may end that begins at one of these places.
    fn ends(&self, text: &[char], starts: &BTreeSet<usize>) -> BTreeSet<usize> {
        let of = |pieces: &Vec<Piece>| {
            pieces.iter().fold(starts.clone(), |at, piece| {
                let mut reached = piece.atom.ends(text, &at);
                let mut newest = reached.clone();
                while piece.may_repeat && !newest.is_empty() {
                    newest = piece.atom.ends(text, &newest).difference(&reached).copied().collect();
                    reached.extend(&newest);
                }
                if piece.may_miss {
                    reached.extend(&at);
                }
                reached
            })
        };
        self.alternatives.iter().flat_map(of).collect()
    }
}

impl Atom {
    fn ends(&self, text: &[char], starts: &BTreeSet<usize>) -> BTreeSet<usize> {
        match self {
            Self::Group(group) => group.ends(text, starts),
            Self::One { of, is_negated } => {
                let takes = |at: &&usize| {
                    let Some(c) = text.get(**at) else { return false };
                    of.iter().any(|(first, last)| (first..=last).contains(&c)) != *is_negated
                };
                starts.iter().filter(takes).map(|at| at + 1).collect()
            }
        }
    }
}

type Rest = std::iter::Peekable<std::vec::IntoIter<char>>;

fn alternatives(rest: &mut Rest, depth: usize) -> Option<Pattern> {
    if depth > DEEPEST {
        return None;
    }
    let mut all = vec![Vec::new()];
    while let Some(c) = rest.next_if(|c| *c != ')') {
        let atom = match c {
            '|' => {
                all.push(Vec::new());
                continue;
            }
            '(' => {
                if rest.next_if_eq(&'?').is_some() {
                    rest.next_if_eq(&':')?;
                }
                let group = alternatives(rest, depth + 1)?;
                rest.next_if_eq(&')')?;
                Atom::Group(group)
            }
            '[' => class(rest)?,
            '.' => Atom::One { of: Vec::new(), is_negated: true },
            '\\' => Atom::One { of: escaped(rest.next()?)?, is_negated: false },
            '*' | '+' | '?' | '{' | '}' | '^' | '$' | ']' => return None,
            c => Atom::One { of: vec![(c, c)], is_negated: false },
        };
        let sign = rest.next_if(|c| matches!(c, '*' | '+' | '?'));
        all.last_mut()?.push(Piece {
            atom,
            may_miss: matches!(sign, Some('*' | '?')),
            may_repeat: matches!(sign, Some('*' | '+')),
        });
    }
    Some(Pattern { alternatives: all })
}

/// What stands between brackets.
fn class(rest: &mut Rest) -> Option<Atom> {
    let is_negated = rest.next_if_eq(&'^').is_some();
    let mut of = Vec::new();
    loop {
        match rest.next()? {
            ']' if !of.is_empty() => return Some(Atom::One { of, is_negated }),
            '\\' => of.extend(escaped(rest.next()?)?),
            '[' if rest.peek() == Some(&':') => return None,
            first => {
                let last = match rest.next_if_eq(&'-') {
                    Some(_) => rest.next().filter(|last| *last != ']')?,
                    None => first,
                };
                of.push((first, last));
            }
        }
    }
}

/// What a letter after `\` stands for.
fn escaped(c: char) -> Option<Vec<(char, char)>> {
    match c {
        'd' => Some(vec![('0', '9')]),
        'w' => Some(vec![('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')]),
        c if c.is_ascii_alphanumeric() => None,
        c => Some(vec![(c, c)]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_write() {
        for (pattern, matching, other) in [
            ("5..", vec!["500", "503"], vec!["50", "404", "5000"]),
            ("4..|5..", vec!["404", "500"], vec!["200"]),
            ("(4|5)[0-9]{0}", vec![], vec![]),
            ("[45]\\d\\d", vec!["404"], vec!["4x4"]),
            ("[^2].*", vec!["500", "3"], vec!["200", ""]),
            ("(?:ok|not_(found|modified))?", vec!["", "ok", "not_found"], vec!["not_"]),
            ("(a*)*b", vec!["b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab"], vec!["aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"]),
        ] {
            let Some(parsed) = Pattern::parse(pattern) else {
                assert!(matching.is_empty(), "{pattern}");
                continue;
            };
            assert!(matching.iter().all(|text| parsed.matches(text)), "{pattern}");
            assert!(!other.iter().any(|text| parsed.matches(text)), "{pattern}");
        }
    }

    #[test]
    fn choices_are_texts() {
        let texts = |text: &str| Pattern::parse(text).and_then(|pattern| pattern.texts());
        assert_eq!(texts("b|a[.]c|(d|e)"), Some(vec!["b".into(), "a.c".into(), "d".into(), "e".into()]));
        assert_eq!(texts("5.."), None);
        for refused in ["a{2}", "^a", "a$", "(", ")", "[", "[]", "*", "\\b", "(?i)a", &"(".repeat(99)] {
            assert_eq!(Pattern::parse(refused), None, "{refused}");
        }
    }
}
