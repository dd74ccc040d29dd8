//! What has to be done to a directory, decided before anything is.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::{Path, PathBuf};

use super::disk::{self, Problem, WriteError};
use super::manifest::{self, Manifest};
use super::{Scope, sha256};
use crate::tree::{Entry, Tree};

/// The difference between a directory and a tree.
#[derive(Debug)]
pub struct Plan {
    out: PathBuf,
    changes: Vec<Change>,
    conflicts: Vec<Conflict>,
    unchanged: usize,
    before: Manifest,
    after: Manifest,
    manifest_on_disk: Option<String>,
}

/// One file that is not as it should be.
#[derive(Debug)]
pub struct Change {
    /// Its path relative to the directory.
    pub path: String,
    /// What has to be done.
    pub action: Action,
}

/// What has to be done to a file.
#[derive(Debug)]
pub enum Action {
    /// Make it, with this content.
    Create(Vec<u8>),
    /// Replace its content.
    Update {
        /// The content it has.
        old: Vec<u8>,
        /// The content it gets.
        new: Vec<u8>,
    },
    /// Remove it: it is no longer generated.
    Remove,
}

/// A file that is not ours to change.
#[derive(Debug, PartialEq, Eq)]
pub struct Conflict {
    /// Its path relative to the directory.
    pub path: String,
    /// Why it is not ours.
    pub kind: ConflictKind,
}

/// Why a file is not ours to change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConflictKind {
    /// Someone else made it, where a generated file belongs.
    Foreign,
    /// It was generated and then edited.
    Edited,
    /// It was generated, then edited, and is no longer generated.
    EditedAndStale,
}

impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let why = match self.kind {
            ConflictKind::Foreign => "was not made by kpi",
            ConflictKind::Edited => "was edited after it was generated",
            ConflictKind::EditedAndStale => "was edited after it was generated, and is no longer generated",
        };
        write!(f, "`{}` {why}", self.path)
    }
}

/// Compares a directory with a tree; changes nothing.
///
/// # Errors
///
/// When the directory or its manifest can't be read, a symbolic link, directory or device is where a file of
/// the tree belongs, or a path to take over is not one of ours.
pub fn plan(out: &Path, tree: &Tree, scope: &Scope) -> Result<Plan, WriteError> {
    let manifest_on_disk = read_manifest(out)?;
    let before = parse_manifest(out, manifest_on_disk.as_deref())?;
    let after = before.renewed(tree, &scope.origin, |group| !scope.covers(group));
    let plan = Plan {
        out: out.to_owned(),
        changes: Vec::new(),
        conflicts: Vec::new(),
        unchanged: 0,
        before,
        after,
        manifest_on_disk,
    };
    plan.compare(tree, scope)
}

fn read_manifest(out: &Path) -> Result<Option<String>, WriteError> {
    if !out.is_symlink() && !disk::is_directory(out)? {
        return Ok(None);
    }
    let path = out.join(manifest::NAME);
    let Some(bytes) = disk::read(&path)? else { return Ok(None) };
    let text = String::from_utf8(bytes);
    text.map(Some).map_err(|_| WriteError::new(&path, Problem::BadManifest("it is not UTF-8".into())))
}

fn parse_manifest(out: &Path, text: Option<&str>) -> Result<Manifest, WriteError> {
    let parsed = text.map_or_else(|| Ok(Manifest::default()), Manifest::parse);
    parsed.map_err(|why| WriteError::new(&out.join(manifest::NAME), Problem::BadManifest(why)))
}

/// The hashes of every content of ours, by path.
fn owned_hashes(manifest: &Manifest) -> BTreeMap<&str, BTreeSet<&str>> {
    let mut hashes: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (path, file) in manifest.groups.values().flat_map(|group| &group.files) {
        hashes.entry(path).or_default().insert(&file.sha256);
    }
    for (path, pending) in &manifest.pending {
        hashes.entry(path).or_default().extend(pending.sha256.iter().map(String::as_str));
    }
    hashes
}

impl Plan {
    fn compare(mut self, tree: &Tree, scope: &Scope) -> Result<Self, WriteError> {
        let before = std::mem::take(&mut self.before);
        let owned = owned_hashes(&before);
        let stale: BTreeSet<&str> = before
            .owned()
            .filter(|(path, group)| scope.covers(group) && tree.get(path).is_none())
            .map(|(path, _)| path)
            .collect();
        if let Some(path) =
            scope.force.iter().find(|path| tree.get(path).is_none() && !stale.contains(path.as_str()))
        {
            return Err(WriteError::new(Path::new(path), Problem::NothingToForce));
        }
        let mut seen = Directories::default();
        for (path, entry) in tree.iter() {
            seen.check(&self.out, path)?;
            self.compare_file(path, entry, owned.get(path), scope.force.contains(path))?;
        }
        for path in stale {
            seen.check(&self.out, path)?;
            self.compare_stale(path, owned.get(path), scope.force.contains(path))?;
        }
        self.changes.sort_by(|a, b| a.path.cmp(&b.path));
        self.conflicts.sort_by(|a, b| a.path.cmp(&b.path));
        self.before = before;
        Ok(self)
    }

    fn compare_file(
        &mut self,
        path: &str,
        entry: &Entry,
        owned: Option<&BTreeSet<&str>>,
        forced: bool,
    ) -> Result<(), WriteError> {
        let new = entry.bytes.clone();
        match disk::read(&self.out.join(path))? {
            None => self.changes.push(Change { path: path.to_owned(), action: Action::Create(new) }),
            Some(old) if old == new => self.unchanged += 1,
            Some(old) if forced || owned.is_some_and(|hashes| hashes.contains(sha256(&old).as_str())) => {
                self.changes.push(Change { path: path.to_owned(), action: Action::Update { old, new } });
            }
            Some(_) => {
                let kind = if owned.is_some() { ConflictKind::Edited } else { ConflictKind::Foreign };
                self.conflicts.push(Conflict { path: path.to_owned(), kind });
            }
        }
        Ok(())
    }

    fn compare_stale(
        &mut self,
        path: &str,
        owned: Option<&BTreeSet<&str>>,
        forced: bool,
    ) -> Result<(), WriteError> {
        let Some(old) = disk::read(&self.out.join(path))? else { return Ok(()) };
        let path = path.to_owned();
        if forced || owned.is_some_and(|hashes| hashes.contains(sha256(&old).as_str())) {
            self.changes.push(Change { path, action: Action::Remove });
        } else {
            self.conflicts.push(Conflict { path, kind: ConflictKind::EditedAndStale });
        }
        Ok(())
    }

    /// Every file that has to change, in order of path.
    pub fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// Every file in the way that is not ours, in order of path.
    pub fn conflicts(&self) -> &[Conflict] {
        &self.conflicts
    }

    /// How many files are as they should be.
    pub const fn unchanged(&self) -> usize {
        self.unchanged
    }

    /// Whether the manifest has to change.
    pub fn manifest_changes(&self) -> bool {
        self.manifest_on_disk.as_deref() != Some(self.after.to_text().as_str())
    }

    /// Whether the directory is exactly as it should be.
    pub fn is_clean(&self) -> bool {
        self.changes.is_empty() && self.conflicts.is_empty() && !self.manifest_changes()
    }

    /// Carries the plan out; does nothing at all when there are conflicts.
    ///
    /// # Errors
    ///
    /// When the system refuses: a read-only directory, a full disk. What was written until then is known as
    /// ours to the next plan.
    pub fn apply(&self) -> Result<(), WriteError> {
        if !self.conflicts.is_empty() || self.is_clean() {
            return Ok(());
        }
        disk::make_directory(&self.out)?;
        let manifest = self.out.join(manifest::NAME);
        let had_manifest = self.manifest_on_disk.is_some();
        if !self.changes.is_empty() {
            let announced = self.before.announcing(&self.after);
            disk::write(&manifest, announced.to_text().as_bytes(), !had_manifest)?;
        }
        self.write_files()?;
        self.remove_files()?;
        let fresh = !had_manifest && self.changes.is_empty();
        disk::write(&manifest, self.after.to_text().as_bytes(), fresh)
    }

    fn write_files(&self) -> Result<(), WriteError> {
        let mut made = BTreeSet::new();
        for change in &self.changes {
            let (bytes, fresh) = match &change.action {
                Action::Create(bytes) => (bytes, true),
                Action::Update { new, .. } => (new, false),
                Action::Remove => continue,
            };
            let path = self.out.join(&change.path);
            if let Some(directory) = path.parent().filter(|directory| !made.contains(*directory)) {
                disk::make_directory(directory)?;
                made.insert(directory.to_owned());
            }
            disk::write(&path, bytes, fresh)?;
        }
        Ok(())
    }

    fn remove_files(&self) -> Result<(), WriteError> {
        for change in self.changes.iter().filter(|change| matches!(change.action, Action::Remove)) {
            let path = self.out.join(&change.path);
            disk::remove(&path)?;
            let inside = path.ancestors().skip(1).take_while(|above| *above != self.out);
            for directory in inside {
                if !disk::remove_if_empty(directory) {
                    break;
                }
            }
        }
        Ok(())
    }
}

/// The directories already found to be real ones, or not there yet.
#[derive(Default)]
struct Directories(BTreeSet<String>);

impl Directories {
    /// Refuses a path whose way leads through a symbolic link or a file.
    fn check(&mut self, out: &Path, path: &str) -> Result<(), WriteError> {
        let Some((directory, _)) = path.rsplit_once('/') else { return Ok(()) };
        if self.0.contains(directory) {
            return Ok(());
        }
        let ends = directory.match_indices('/').map(|(at, _)| at).chain([directory.len()]);
        for end in ends {
            if !disk::is_directory(&out.join(&directory[..end]))? {
                break;
            }
        }
        self.0.insert(directory.to_owned());
        Ok(())
    }
}
