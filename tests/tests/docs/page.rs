//! Pages of the reference, and the fenced blocks in them.

use std::fs;
use std::path::PathBuf;

use kpi_tests::repository;

/// Every page that has examples or generated parts.
pub(crate) const PAGES: &[&str] =
    &["README.md", "docs/registry.md", "docs/rust.md", "docs/kpi.md", "docs/slo.md", "docs/diagnostics.md"];

/// Where a page lies.
pub(crate) fn path(page: &str) -> PathBuf {
    repository().join(page)
}

/// The text of a page.
pub(crate) fn text(page: &str) -> String {
    fs::read_to_string(path(page)).unwrap_or_else(|error| panic!("{page}: {error}"))
}

/// A fenced block.
#[derive(Debug)]
pub(crate) struct Block {
    /// Page and line, for messages.
    pub(crate) place: String,
    /// What stands behind the first fence: the language.
    pub(crate) language: String,
    /// And what comes after it.
    pub(crate) role: String,
    /// What is between the fences.
    pub(crate) text: String,
}

/// The blocks of a page in one language.
pub(crate) fn blocks(page: &str, language: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Option<Block> = None;
    for (number, line) in text(page).lines().enumerate() {
        match (line.strip_prefix("```"), &mut open) {
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (Some(info), None) => {
                let (language, role) = info.split_once(' ').unwrap_or((info, ""));
                let (language, role) = (language.to_owned(), role.to_owned());
                let place = format!("{page}:{}", number + 1);
                open = Some(Block { place, language, role, text: String::new() });
            }
            (None, Some(block)) => {
                block.text.push_str(line);
                block.text.push('\n');
            }
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "{page}: a block is not closed");
    blocks.retain(|block| block.language == language);
    blocks
}
