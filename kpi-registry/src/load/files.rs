//! Finds and reads the files of a registry.

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::document::{Document, is_registry, may_be_registry};
use super::glob;
use crate::diagnostic::{Diagnostic, Diagnostics, codes};
use crate::directory::names;
use crate::index::Index;
use crate::source::{FileId, SourceMap, Span, Spanned};
use crate::syntax::{self, shortened};

/// The largest file that is read, in bytes.
pub const MAX_FILE_SIZE: u64 = 16 * 1024 * 1024;

/// How deep directories are walked.
const MAX_DEPTH: usize = 32;

/// All files of a registry.
#[derive(Default)]
pub(super) struct Files {
    pub(super) sources: SourceMap,
    pub(super) documents: Vec<Document>,
    /// The name of what was loaded.
    pub(super) shown: String,
    /// Whether something could not be read.
    pub(super) incomplete: bool,
    pub(super) directories: Vec<PathBuf>,
    /// Canonical paths of everything read.
    seen: Index,
}

/// Why a file is read.
enum Reason {
    /// It is what the caller named.
    Root,
    /// It lies in the directory the caller named.
    Listed,
    /// `include:` names it; the canonical paths of the files that led to it.
    Included { at: Span, by: Vec<PathBuf> },
}

/// Reads what `path` names, and what that includes.
pub(super) fn read(path: &Path, out: &mut Diagnostics) -> Files {
    let mut files = Files::default();
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
    files.shown = name.unwrap_or_else(|| path.to_string_lossy().into_owned());
    if path.is_dir() {
        let mut found = Vec::new();
        let mut walked = Index::default();
        files.walk(path, "", 0, &mut walked, &mut found);
        for (path, name) in found {
            files.file(&path, name, &Reason::Listed, out);
        }
        if files.documents.is_empty() && !files.incomplete {
            out.push(
                Diagnostic::error(
                    codes::NO_REGISTRY,
                    None,
                    format!("no registry in the directory `{}`", files.shown),
                )
                .help("a registry is a *.yaml or *.yml file with `version: 2` and `kpis:`"),
            );
        }
    } else {
        let name = files.shown.clone();
        files.file(path, name, &Reason::Root, out);
    }
    files
}

/// Reads `content` as if it stood at `path`, and what that includes.
pub(super) fn read_bytes(path: &Path, content: Vec<u8>, out: &mut Diagnostics) -> Files {
    let mut files = Files::default();
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
    files.shown = name.unwrap_or_else(|| path.to_string_lossy().into_owned());
    let canonical = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    files.seen.insert(&canonical.to_string_lossy());
    let (file, is_whole) = files.admitted(path.to_owned(), files.shown.clone(), content, out);
    files.document(path, (file, is_whole), canonical, &Reason::Root, out);
    files
}

/// Adds a file that is no part of a registry to `sources`, if it is one that could be: of text, and not too large. What
/// is wrong with it is reported.
#[cfg(feature = "import")]
pub fn add_file(path: &Path, sources: &mut SourceMap, out: &mut Diagnostics) -> Option<FileId> {
    let mut files = Files { sources: std::mem::take(sources), ..Files::default() };
    let text = files.text(path, path.to_string_lossy().into_owned(), &Reason::Root, out);
    *sources = files.sources;
    text.filter(|(_, is_whole)| *is_whole).map(|(file, _)| file)
}

impl Files {
    /// Every `*.yaml` and `*.yml` below a directory, sorted by name. Hidden directories, and those that hold generated
    /// files, are passed over; links are followed once.
    fn walk(
        &mut self,
        directory: &Path,
        shown: &str,
        depth: usize,
        walked: &mut Index,
        found: &mut Vec<(PathBuf, String)>,
    ) {
        let canonical = directory.canonicalize().unwrap_or_else(|_| directory.to_owned());
        let Ok(names) = names(directory) else { return };
        if depth > MAX_DEPTH || !walked.insert(&canonical.to_string_lossy()) {
            return;
        }
        self.directories.push(directory.to_owned());
        for name in names.into_iter().filter(|name| !name.starts_with('.')) {
            let path = directory.join(&name);
            let shown = if shown.is_empty() { name.clone() } else { format!("{shown}/{name}") };
            if path.is_dir() {
                if !path.join(MANIFEST).exists() {
                    self.walk(&path, &shown, depth + 1, walked, found);
                }
            } else if matches!(name.rsplit_once('.'), Some((_, "yaml" | "yml"))) && path.is_file() {
                found.push((path, shown));
            }
        }
    }

    /// Reads one file, then what it includes.
    fn file(&mut self, path: &Path, name: String, reason: &Reason, out: &mut Diagnostics) {
        let canonical = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        if !self.seen.insert(&canonical.to_string_lossy()) {
            if let Reason::Included { at, by } = reason
                && by.len() > 1
                && by.contains(&canonical)
            {
                out.push(
                    Diagnostic::warning(
                        codes::INCLUDE_CYCLE,
                        *at,
                        format!("`{name}` includes this file in turn"),
                    )
                    .label("read once all the same")
                    .help("remove one of the two"),
                );
            }
            return;
        }
        match self.text(path, name, reason, out) {
            Some(text) => self.document(path, text, canonical, reason, out),
            None => self.incomplete = true,
        }
    }

    /// Parses a file whose text is there, then reads what it includes.
    fn document(
        &mut self,
        path: &Path,
        (file, text_is_whole): (FileId, bool),
        canonical: PathBuf,
        reason: &Reason,
        out: &mut Diagnostics,
    ) {
        let text = self.sources.file(file).text.as_str();
        let listed = matches!(reason, Reason::Listed);
        if listed && text_is_whole && !may_be_registry(text) {
            out.push(ignored(file));
            return;
        }
        let node = if text_is_whole { syntax::parse(file, text, out) } else { None };
        let Some(node) = node else {
            self.incomplete = true;
            return;
        };
        if listed && !is_registry(&node) {
            out.push(ignored(file));
            return;
        }
        let Some(document) = Document::new(file, node, out) else {
            self.incomplete = true;
            return;
        };
        let includes = document.includes(out);
        self.documents.push(document);
        let mut by = match reason {
            Reason::Included { by, .. } => by.clone(),
            Reason::Root | Reason::Listed => Vec::new(),
        };
        by.push(canonical);
        for pattern in includes {
            self.include(path, file, &pattern, &by, out);
        }
    }

    fn include(
        &mut self,
        from: &Path,
        from_file: FileId,
        pattern: &Spanned<String>,
        by: &[PathBuf],
        out: &mut Diagnostics,
    ) {
        let base = match from.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        let found =
            if pattern.starts_with('/') { glob::Found::default() } else { glob::expand(base, pattern) };
        self.directories.extend(found.directories);
        if found.files.is_empty() {
            self.incomplete = true;
            let finding = Diagnostic::error(
                codes::INCLUDE_NOTHING,
                pattern.span,
                format!("`{}` names no file", shortened(pattern)),
            );
            out.push(
                finding.help(
                    "patterns are relative to this file; `*` stays in one directory, `**` crosses them",
                ),
            );
        }
        let parent = self.sources.file(from_file).name.rsplit_once('/').map(|(parent, _)| parent.to_owned());
        for relative in found.files {
            let path = base.join(&relative);
            let name =
                parent.as_ref().map_or_else(|| relative.clone(), |parent| format!("{parent}/{relative}"));
            let reason = Reason::Included { at: pattern.span, by: by.to_vec() };
            self.file(&path, without_detours(&name), &reason, out);
        }
    }

    /// Adds the text of a file; `false` when it can't be parsed, which has been reported.
    fn text(
        &mut self,
        path: &Path,
        name: String,
        reason: &Reason,
        out: &mut Diagnostics,
    ) -> Option<(FileId, bool)> {
        let read = fs::metadata(path).and_then(|meta| {
            let mut bytes = Vec::new();
            // What is no regular file has no size beforehand, and may never end.
            if meta.len() <= MAX_FILE_SIZE {
                fs::File::open(path)?.take(MAX_FILE_SIZE + 1).read_to_end(&mut bytes)?;
            }
            Ok((meta.len().max(bytes.len() as u64), bytes))
        });
        let (size, bytes) = match read {
            Ok(read) => read,
            Err(error) => {
                let at = if let Reason::Included { at, .. } = reason { Some(*at) } else { None };
                out.push(
                    Diagnostic::error(codes::UNREADABLE, at, format!("`{name}` can't be read: {error}"))
                        .help("check the path and its permissions"),
                );
                return None;
            }
        };
        let oversized = size > MAX_FILE_SIZE;
        Some(if oversized {
            self.too_large(path.to_owned(), name, size, out)
        } else {
            self.admitted(path.to_owned(), name, bytes, out)
        })
    }

    /// Adds a text unless it is too large.
    fn admitted(
        &mut self,
        path: PathBuf,
        name: String,
        bytes: Vec<u8>,
        out: &mut Diagnostics,
    ) -> (FileId, bool) {
        let size = bytes.len() as u64;
        if size > MAX_FILE_SIZE {
            return self.too_large(path, name, size, out);
        }
        self.decoded(path, name, bytes, out)
    }

    fn too_large(&mut self, path: PathBuf, name: String, size: u64, out: &mut Diagnostics) -> (FileId, bool) {
        let file = self.sources.add(path, name, String::new());
        let message = format!("a file of {} MiB; {} MiB is the most", size >> 20, MAX_FILE_SIZE >> 20);
        out.push(
            Diagnostic::error(codes::TOO_LARGE, Span::new(file, 0, 0), message)
                .help("split the registry into several files of one directory"),
        );
        (file, false)
    }

    fn decoded(
        &mut self,
        path: PathBuf,
        name: String,
        bytes: Vec<u8>,
        out: &mut Diagnostics,
    ) -> (FileId, bool) {
        let text = match String::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => {
                let valid = error.utf8_error().valid_up_to();
                let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
                let file = self.sources.add(path, name, text);
                // The replacement character that now stands there is three bytes long.
                let at = Span::new(file, to_u32(valid), to_u32(valid + 3));
                out.push(
                    Diagnostic::error(codes::NOT_UTF8, at, "this byte is not UTF-8")
                        .help("save the file as UTF-8; `iconv -f latin1 -t utf-8` converts an old one"),
                );
                return (file, false);
            }
        };
        let control = control_character(&text);
        let file = self.sources.add(path, name, text);
        if let Some((at, byte)) = control {
            let at = Span::new(file, to_u32(at), to_u32(at + 1));
            out.push(
                Diagnostic::error(codes::CONTROL_CHARACTER, at, format!("control character U+{byte:04X}"))
                    .help(format!("remove it, or write \"\\u{byte:04x}\" in double quotes")),
            );
        }
        (file, control.is_none())
    }
}

/// What the generator leaves in a directory it owns.
const MANIFEST: &str = ".kpi-manifest.json";

/// The first control character that YAML does not allow.
fn control_character(text: &str) -> Option<(usize, u8)> {
    let mut first: Option<(usize, u8)> = None;
    for byte in 0..=0x7f_u8 {
        if !byte.is_ascii_control() || matches!(byte, b'\t' | b'\n' | b'\r') {
            continue;
        }
        // `find(char)` is a vectorised search, which unoptimised builds have too.
        if let Some(at) = text.find(char::from(byte))
            && first.is_none_or(|(earliest, _)| at < earliest)
        {
            first = Some((at, byte));
        }
    }
    first
}

fn ignored(file: FileId) -> Diagnostic {
    Diagnostic::note(
        codes::IGNORED_FILE,
        Span::new(file, 0, 0),
        "this file has no key of a registry and is left alone",
    )
    .help("move it elsewhere if it does not belong here")
}

/// `a/b/../c` → `a/c`.
fn without_detours(name: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in name.split('/') {
        match part {
            "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

fn to_u32(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}
