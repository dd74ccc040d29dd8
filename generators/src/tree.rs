//! All files of one generation, each with exactly one owner.

use std::collections::BTreeMap;
use std::fmt;

use crate::artifact::{File, FileKind};

/// The files of one generation by path.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tree {
    files: BTreeMap<String, Entry>,
}

/// One file of a [`Tree`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The id of the artifact it belongs to.
    pub artifact: &'static str,
    /// The group of that artifact.
    pub group: &'static str,
    /// What its content is.
    pub kind: FileKind,
    /// The whole content.
    pub bytes: Vec<u8>,
}

/// A mistake in an artifact: its files can't stand together with those already there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TreeError {
    /// Two files of one path.
    TwoOwners {
        /// The path.
        path: String,
        /// The artifact that has it.
        first: &'static str,
        /// The artifact that wants it too.
        second: &'static str,
    },
    /// A path that is a file of one artifact and a directory of another.
    FileAndDirectory {
        /// The path.
        path: String,
        /// The artifact whose file it is.
        file: &'static str,
        /// The artifact that has files below it.
        directory: &'static str,
    },
    /// A path that could leave the output directory, or isn't portable.
    BadPath {
        /// The path.
        path: String,
        /// The artifact it came from.
        artifact: &'static str,
    },
}

impl fmt::Display for TreeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TwoOwners { path, first, second } => {
                write!(f, "the artifacts `{first}` and `{second}` both generate `{path}`")
            }
            Self::FileAndDirectory { path, file, directory } => write!(
                f,
                "the artifact `{file}` generates the file `{path}`, and `{directory}` needs a directory of that name"
            ),
            Self::BadPath { path, artifact } => {
                write!(f, "the artifact `{artifact}` generates `{path}`, which is not a plain relative path")
            }
        }
    }
}

impl std::error::Error for TreeError {}

impl Tree {
    /// Adds a file of an artifact.
    ///
    /// # Errors
    ///
    /// When the path is taken, is a directory of another file, lies below another file or isn't a plain
    /// relative path.
    pub fn insert(
        &mut self,
        artifact: &'static str,
        group: &'static str,
        file: File,
    ) -> Result<(), TreeError> {
        let File { path, kind, syntax: _, bytes } = file;
        if !is_plain(&path) {
            return Err(TreeError::BadPath { path, artifact });
        }
        if let Some(taken) = self.files.get(&path) {
            return Err(TreeError::TwoOwners { path, first: taken.artifact, second: artifact });
        }
        for (at, _) in path.match_indices('/') {
            if let Some(above) = self.files.get(&path[..at]) {
                let path = path[..at].to_owned();
                return Err(TreeError::FileAndDirectory { path, file: above.artifact, directory: artifact });
            }
        }
        let inside = format!("{path}/");
        let below = self.files.range(inside.clone()..).next();
        if let Some((_, below)) = below.filter(|(other, _)| other.starts_with(&inside)) {
            return Err(TreeError::FileAndDirectory { path, file: artifact, directory: below.artifact });
        }
        self.files.insert(path, Entry { artifact, group, kind, bytes });
        Ok(())
    }

    /// Every file, in order of path.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Entry)> {
        self.files.iter().map(|(path, entry)| (path.as_str(), entry))
    }

    /// The file of a path.
    pub fn get(&self, path: &str) -> Option<&Entry> {
        self.files.get(path)
    }

    /// How many files there are.
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Whether there is no file.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }
}

/// Whether a path names something below the output directory on every system.
pub(crate) fn is_plain(path: &str) -> bool {
    !path.contains(['\\', '\0', ':', '\n', '\r'])
        && path.split('/').all(|part| !matches!(part, "" | "." | ".."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::artifact::Syntax;

    fn file(path: &str) -> File {
        File { path: path.into(), kind: FileKind::PrometheusRules, syntax: Syntax::Yaml, bytes: Vec::new() }
    }

    #[test]
    fn a_path_has_one_owner() {
        let mut tree = Tree::default();
        tree.insert("one", "g", file("a/b.yml")).unwrap();
        let refused = tree.insert("two", "g", file("a/b.yml")).unwrap_err();
        assert_eq!(refused, TreeError::TwoOwners { path: "a/b.yml".into(), first: "one", second: "two" });
    }

    #[test]
    fn a_file_is_no_directory() {
        let mut tree = Tree::default();
        tree.insert("one", "g", file("a/b")).unwrap();
        assert!(matches!(
            tree.insert("two", "g", file("a/b/c")),
            Err(TreeError::FileAndDirectory { path, file: "one", directory: "two" }) if path == "a/b"
        ));
        assert!(matches!(
            tree.insert("two", "g", file("a")),
            Err(TreeError::FileAndDirectory { path, file: "two", directory: "one" }) if path == "a"
        ));
        tree.insert("two", "g", file("a/b.c")).unwrap();
    }

    #[test]
    fn paths_stay_inside() {
        for path in ["", "/etc/passwd", "../x", "a/../b", "a//b", "a/", "./a", "a\\b", "c:x", "a\nb"] {
            let refused = Tree::default().insert("one", "g", file(path));
            assert!(matches!(refused, Err(TreeError::BadPath { .. })), "{path:?}");
        }
    }
}
