//! Short differences for people.

use std::fmt::Write;

use similar::TextDiff;

/// A unified difference of two files of one path, cut after `limit` lines with a word about the rest.
///
/// Content that is not UTF-8 is shown with replacement characters.
pub fn unified(path: &str, old: &[u8], new: &[u8], limit: usize) -> String {
    let (old, new) = (String::from_utf8_lossy(old), String::from_utf8_lossy(new));
    let diff = TextDiff::from_lines(old.as_ref(), new.as_ref());
    let whole = diff.unified_diff().context_radius(1).header(path, path).to_string();
    let mut text = String::new();
    for line in whole.lines().take(limit) {
        text.push_str(line);
        text.push('\n');
    }
    let left = whole.lines().count().saturating_sub(limit);
    if left > 0 {
        let _ = writeln!(text, "... {left} more lines");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_what_changed_and_says_what_it_left_out() {
        let text = unified("a.yml", b"one\ntwo\nthree\n", b"one\n2\nthree\n", 4);
        assert_eq!(text, "--- a.yml\n+++ a.yml\n@@ -1,3 +1,3 @@\n one\n... 3 more lines\n");
    }
}
