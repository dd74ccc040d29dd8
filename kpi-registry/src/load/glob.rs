//! Patterns of `include:`.

use crate::directory::names;
use crate::index::Index;
use std::path::{Path, PathBuf};

/// How deep `**` goes.
const MAX_DEPTH: usize = 32;

/// What a pattern found.
#[derive(Default)]
pub(super) struct Found {
    /// Files, relative to the base, with `/`; sorted.
    pub(super) files: Vec<String>,
    /// Directories that were listed.
    pub(super) directories: Vec<PathBuf>,
}

/// The files below `base` that a pattern names. `*` and `?` stay inside one component, `**` stands for any number of
/// directories; hidden names are found only by patterns that begin with `.`.
pub(super) fn expand(base: &Path, pattern: &str) -> Found {
    let parts: Vec<&str> = pattern.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    let mut found = Found::default();
    descend(base, "", &parts, 0, &mut found);
    found.files = Index::of(found.files.iter().map(String::as_str)).to_texts();
    found
}

fn descend(directory: &Path, shown: &str, parts: &[&str], depth: usize, found: &mut Found) {
    let Some((part, rest)) = parts.split_first() else { return };
    if depth > MAX_DEPTH {
        return;
    }
    if *part == "**" {
        descend(directory, shown, rest, depth, found);
    } else if !part.contains(['*', '?']) {
        let (path, shown) = (directory.join(part), join(shown, part));
        if !rest.is_empty() {
            descend(&path, &shown, rest, depth + 1, found);
        } else if path.is_file() {
            found.files.push(shown);
        }
        return;
    }
    for name in list(directory, found) {
        let (path, shown) = (directory.join(&name), join(shown, &name));
        if *part == "**" {
            // A link could lead back up; a literal or `*` component may still follow one.
            if path.is_dir() && !path.is_symlink() && !name.starts_with('.') {
                descend(&path, &shown, parts, depth + 1, found);
            }
            continue;
        }
        if !matches(part, &name) || (name.starts_with('.') && !part.starts_with('.')) {
            continue;
        }
        if !rest.is_empty() && path.is_dir() {
            descend(&path, &shown, rest, depth + 1, found);
        } else if rest.is_empty() && path.is_file() {
            found.files.push(shown);
        }
    }
}

fn list(directory: &Path, found: &mut Found) -> Vec<String> {
    let Ok(names) = names(directory) else { return Vec::new() };
    found.directories.push(directory.to_owned());
    names
}

fn join(parent: &str, name: &str) -> String {
    if parent.is_empty() { name.to_owned() } else { format!("{parent}/{name}") }
}

/// Whether a component fits a pattern with `*` and `?`. Time is at most the product of the lengths.
fn matches(pattern: &str, name: &str) -> bool {
    let (pattern, name): (Vec<char>, Vec<char>) = (pattern.chars().collect(), name.chars().collect());
    let (mut p, mut n) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while n < name.len() {
        if pattern.get(p) == Some(&'*') {
            star = Some((p, n));
            p += 1;
        } else if pattern.get(p).is_some_and(|wanted| *wanted == '?' || *wanted == name[n]) {
            p += 1;
            n += 1;
        } else if let Some((at, from)) = star {
            star = Some((at, from + 1));
            p = at + 1;
            n = from + 1;
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn stars_and_question_marks() {
        assert!(matches("*.yaml", "kpi_bindings.yaml") && matches("*", "x") && matches("a?c", "abc"));
        assert!(matches("*a*b*", "xxaxxbxx") && matches("", "") && matches("**", "x"));
        assert!(!matches("*.yaml", "a.yml") && !matches("a?c", "ac") && !matches("", "x"));
        assert!(!matches("*a*a*a*a*a*a*b", &"a".repeat(200)));
    }
}
