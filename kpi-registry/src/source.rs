//! Source files and places in them.

use std::fmt;
use std::ops::Deref;
use std::path::{Path, PathBuf};

/// A file of a [`SourceMap`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FileId(u32);

/// A range of bytes in one source file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// Offset of the first byte.
    pub start: u32,
    /// Offset after the last byte; equal to `start` for a point.
    pub end: u32,
}

impl Span {
    /// The range `start..end` of `file`.
    pub const fn new(file: FileId, start: u32, end: u32) -> Self {
        Self { file, start, end }
    }

    /// The smallest range that covers both; `self` when they lie in different files.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        if self.file == other.file {
            Self::new(self.file, self.start.min(other.start), self.end.max(other.end))
        } else {
            self
        }
    }
}

/// A value and the place it was written at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Where it was written.
    pub span: Span,
}

impl<T> Spanned<T> {
    /// Joins a value to its place.
    pub const fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }

    /// The same place with another value.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Spanned<U> {
        Spanned { value: f(self.value), span: self.span }
    }
}

impl<T> Deref for Spanned<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: fmt::Display> fmt::Display for Spanned<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt(f)
    }
}

/// One file as it was read.
#[derive(Debug)]
pub struct SourceFile {
    /// Where it was read from.
    pub path: PathBuf,
    /// The name to show: relative to the registry's own directory, with `/` on every system.
    pub name: String,
    /// The text, decoded as UTF-8.
    pub text: String,
    line_starts: Vec<u32>,
}

/// Line and column of a place, both from 1; columns count characters.
#[derive(Clone, Copy, Debug)]
pub struct LineColumn {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

impl SourceFile {
    /// Line and column of a byte offset; an offset past the end counts as the end.
    pub fn line_column(&self, offset: u32) -> LineColumn {
        let line = self.line_starts.partition_point(|start| *start <= offset).max(1);
        let start = self.line_starts[line - 1] as usize;
        let end = self.floor_char_boundary(offset as usize).max(start);
        LineColumn { line, column: self.text[start..end].chars().count() + 1 }
    }

    /// The text of a line (from 1) without its line break; empty past the end.
    pub fn line(&self, line: usize) -> &str {
        let Some(start) = line.checked_sub(1).and_then(|index| self.line_starts.get(index)) else {
            return "";
        };
        let rest = &self.text[*start as usize..];
        rest.split(['\n', '\r']).next().unwrap_or(rest)
    }

    /// The offset of the first byte of a line (from 1); the end of the text past the last line.
    pub fn line_start(&self, line: usize) -> u32 {
        let index = line.saturating_sub(1);
        self.line_starts.get(index).copied().unwrap_or_else(|| to_u32(self.text.len()))
    }

    /// How many lines there are; at least 1.
    pub fn line_count(&self) -> usize {
        self.line_starts.len()
    }

    /// The text of a range, cut to what exists.
    pub fn slice(&self, span: Span) -> &str {
        let start = self.floor_char_boundary(span.start as usize);
        let end = self.floor_char_boundary(span.end as usize).max(start);
        &self.text[start..end]
    }

    fn floor_char_boundary(&self, mut at: usize) -> usize {
        at = at.min(self.text.len());
        while !self.text.is_char_boundary(at) {
            at -= 1;
        }
        at
    }
}

/// All files of one registry.
#[derive(Debug, Default)]
pub struct SourceMap {
    files: Vec<SourceFile>,
}

impl SourceMap {
    /// Adds a file. `name` is what diagnostics and documentation show.
    pub fn add(&mut self, path: PathBuf, name: String, text: String) -> FileId {
        let mut line_starts = vec![0];
        for (at, byte) in text.bytes().enumerate() {
            if byte == b'\n' {
                line_starts.push(to_u32(at + 1));
            }
        }
        self.files.push(SourceFile { path, name, text, line_starts });
        FileId(to_u32(self.files.len() - 1))
    }

    /// The file of an id that this map gave out.
    pub fn file(&self, id: FileId) -> &SourceFile {
        &self.files[id.0 as usize]
    }

    /// Every file, in the order it was added.
    pub fn files(&self) -> impl Iterator<Item = (FileId, &SourceFile)> {
        self.files.iter().enumerate().map(|(index, file)| (FileId(to_u32(index)), file))
    }

    /// Every path that was read: what a build has to watch.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        self.files.iter().map(|file| file.path.as_path())
    }

    /// The text of a place.
    pub fn slice(&self, span: Span) -> &str {
        self.file(span.file).slice(span)
    }

    /// `file:line:column` of the start of a place.
    pub fn place(&self, span: Span) -> Place<'_> {
        let file = self.file(span.file);
        Place { name: &file.name, at: file.line_column(span.start) }
    }
}

/// A place as people write it; displays as `file:line:column`.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The shown name of the file.
    pub name: &'a str,
    /// Line and column.
    pub at: LineColumn,
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.name, self.at.line, self.at.column)
    }
}

/// Offsets are 32 bits wide: the loader refuses files far below 4 GiB.
fn to_u32(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}
