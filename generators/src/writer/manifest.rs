//! The record of what was generated into a directory.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::Origin;
use crate::tree::{Entry, Tree, is_plain};
use crate::wire;

/// The manifest's name in the output directory.
pub const NAME: &str = ".kpi-manifest.json";

/// The version of the format that this build reads and writes.
pub const FORMAT: u32 = 1;

/// Everything in a directory that is ours.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The version of this format.
    pub format: u32,
    /// The files of each group.
    pub groups: BTreeMap<String, Group>,
    /// What a generation that is under way, or was cut short, writes; absent otherwise.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub pending: BTreeMap<String, Pending>,
}

/// The files of one group and what they were made from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// The file name of the registry.
    pub registry: String,
    /// The hash of the registry's text, as [`Registry::hash`](kpi_registry::registry::Registry::hash).
    pub registry_hash: String,
    /// The files by path.
    pub files: BTreeMap<String, Written>,
}

/// One generated file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Written {
    /// The id of the artifact that made it.
    pub artifact: String,
    /// What its content is.
    pub kind: String,
    /// The SHA-256 of its content, in hexadecimal.
    pub sha256: String,
}

/// A file about to be written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    /// The group it is in.
    pub group: String,
    /// The SHA-256 of every content that it may have got, in hexadecimal.
    pub sha256: BTreeSet<String>,
}

impl Default for Manifest {
    fn default() -> Self {
        Self { format: FORMAT, groups: BTreeMap::new(), pending: BTreeMap::new() }
    }
}

impl Manifest {
    /// Reads a manifest.
    ///
    /// # Errors
    ///
    /// A text that says what is wrong with it: not JSON of this shape, a format of another version, or a path
    /// that leads out of the directory.
    pub fn parse(text: &str) -> Result<Self, String> {
        #[derive(Deserialize)]
        struct Format {
            format: u32,
        }
        let Format { format } = serde_json::from_str(text).map_err(|error| error.to_string())?;
        if format != FORMAT {
            return Err(format!("it has format {format}, and this build reads format {FORMAT}"));
        }
        let manifest: Self = serde_json::from_str(text).map_err(|error| error.to_string())?;
        if let Some(path) = manifest.owned().map(|(path, _)| path).find(|path| !is_plain(path)) {
            return Err(format!("it lists `{path}`, which is not a plain relative path"));
        }
        Ok(manifest)
    }

    /// Its text.
    pub fn to_text(&self) -> String {
        wire::json(self)
    }

    /// Every path that is ours, with its group; a path may come twice.
    pub fn owned(&self) -> impl Iterator<Item = (&str, &str)> {
        let written = self
            .groups
            .iter()
            .flat_map(|(name, group)| group.files.keys().map(move |path| (path.as_str(), name.as_str())));
        written.chain(self.pending.iter().map(|(path, pending)| (path.as_str(), pending.group.as_str())))
    }

    /// The same files, without those of a group that `keep` refuses or that are in `tree`, and with those of
    /// `tree`.
    pub(super) fn renewed(&self, tree: &Tree, origin: &Origin, keep: impl Fn(&str) -> bool) -> Self {
        let stays = |path: &String, group: &str| keep(group) && tree.get(path).is_none();
        let mut renewed = self.clone();
        for (name, group) in &mut renewed.groups {
            group.files.retain(|path, _| stays(path, name));
        }
        renewed.pending.retain(|path, pending| stays(path, &pending.group));
        renewed.groups.retain(|_, group| !group.files.is_empty());
        for (path, entry) in tree.iter() {
            let group = renewed.groups.entry(entry.group.to_owned()).or_insert_with(|| Group {
                registry: String::new(),
                registry_hash: String::new(),
                files: BTreeMap::new(),
            });
            group.registry.clone_from(&origin.registry);
            group.registry_hash.clone_from(&origin.registry_hash);
            group.files.insert(path.to_owned(), Written::of(entry));
        }
        renewed
    }

    /// This manifest with the files of another announced.
    pub(super) fn announcing(&self, next: &Self) -> Self {
        let mut announced = self.clone();
        for (name, group) in &next.groups {
            for (path, file) in &group.files {
                let known = self.groups.get(name).and_then(|group| group.files.get(path));
                if known.is_some_and(|known| known.sha256 == file.sha256) {
                    continue;
                }
                let pending = announced
                    .pending
                    .entry(path.clone())
                    .or_insert_with(|| Pending { group: name.clone(), sha256: BTreeSet::new() });
                pending.sha256.insert(file.sha256.clone());
            }
        }
        announced
    }
}

impl Written {
    fn of(entry: &Entry) -> Self {
        Self {
            artifact: entry.artifact.to_owned(),
            kind: entry.kind.as_str().to_owned(),
            sha256: super::sha256(&entry.bytes),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_what_is_wrong() {
        let error = |text| Manifest::parse(text).unwrap_err();
        assert!(error("no json").contains("line 1"));
        assert_eq!(error(r#"{"format": 7}"#), "it has format 7, and this build reads format 1");
        let outside = r#"{"format": 1, "groups": {}, "pending": {"../x": {"group": "g", "sha256": []}}}"#;
        assert_eq!(error(outside), "it lists `../x`, which is not a plain relative path");
    }

    #[test]
    fn reads_what_it_writes() {
        let manifest = Manifest::default();
        assert_eq!(Manifest::parse(&manifest.to_text()), Ok(manifest));
    }
}
