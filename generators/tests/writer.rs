//! What the writer does to a directory, and what it leaves alone.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use generators::artifact::{File, FileKind, Syntax};
use generators::tree::Tree;
use generators::writer::manifest::{Manifest, NAME};
use generators::writer::{Action, Conflict, ConflictKind, Origin, Plan, Problem, Scope, WriteError, plan};

fn tree(files: &[(&'static str, &str, &str)]) -> Tree {
    let mut tree = Tree::default();
    for (group, path, text) in files {
        let (path, bytes) = ((*path).to_owned(), text.as_bytes().to_vec());
        let file = File { path, kind: FileKind::PrometheusRules, syntax: Syntax::Yaml, bytes };
        tree.insert("test", group, file).unwrap();
    }
    tree
}

fn scope() -> Scope {
    Scope::all(Origin { registry: "kpi_registry.yaml".into(), registry_hash: "1".into() })
}

fn only(group: &str) -> Scope {
    Scope { only: Some(BTreeSet::from([group.to_owned()])), ..scope() }
}

fn force(path: &str) -> Scope {
    Scope { force: BTreeSet::from([path.to_owned()]), ..scope() }
}

/// Plans and applies; the directory has to be clean afterwards.
fn write(out: &Path, tree: &Tree) {
    plan(out, tree, &scope()).unwrap().apply().unwrap();
    assert!(plan(out, tree, &scope()).unwrap().is_clean());
}

fn read(out: &Path, path: &str) -> Option<String> {
    fs::read_to_string(out.join(path)).ok()
}

fn actions(plan: &Plan) -> Vec<(&str, &str)> {
    let verb = |action: &Action| match action {
        Action::Create(_) => "create",
        Action::Update { .. } => "update",
        Action::Remove => "remove",
    };
    plan.changes().iter().map(|change| (change.path.as_str(), verb(&change.action))).collect()
}

fn problem(result: Result<Plan, WriteError>) -> Problem {
    result.unwrap_err().problem
}

#[test]
fn files_come_change_and_go() {
    let home = tempfile::tempdir().unwrap();
    let out = home.path().join("deep/out");
    write(&out, &tree(&[("p", "a/one.yml", "1"), ("p", "a/b/two.yml", "2"), ("p", "three.yml", "3")]));
    assert_eq!(read(&out, "a/b/two.yml").as_deref(), Some("2"));
    let next = tree(&[("p", "a/one.yml", "1"), ("p", "three.yml", "drei"), ("p", "four.yml", "4")]);
    let planned = plan(&out, &next, &scope()).unwrap();
    let expected = [("a/b/two.yml", "remove"), ("four.yml", "create"), ("three.yml", "update")];
    assert_eq!((actions(&planned), planned.unchanged()), (expected.into(), 1));
    planned.apply().unwrap();
    assert_eq!(read(&out, "three.yml").as_deref(), Some("drei"));
    assert!(!out.join("a/b").exists() && out.join("a").exists());
    write(&out, &Tree::default());
    let left: Vec<_> = fs::read_dir(&out).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, [NAME]);
}

#[test]
fn a_foreign_file_stops_everything() {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("b.yml"), "mine").unwrap();
    let planned = plan(home.path(), &tree(&[("p", "a.yml", "1"), ("p", "b.yml", "2")]), &scope()).unwrap();
    assert_eq!(planned.conflicts(), [Conflict { path: "b.yml".into(), kind: ConflictKind::Foreign }]);
    planned.apply().unwrap();
    assert_eq!((read(home.path(), "a.yml"), read(home.path(), "b.yml").as_deref()), (None, Some("mine")));
    assert!(!home.path().join(NAME).exists());
}

#[test]
fn an_edited_file_stops_everything_until_it_is_forced() {
    let home = tempfile::tempdir().unwrap();
    let (first, next) = (
        tree(&[("p", "a.yml", "1"), ("p", "b.yml", "1")]),
        tree(&[("p", "a.yml", "2"), ("p", "b.yml", "2")]),
    );
    write(home.path(), &first);
    fs::write(home.path().join("b.yml"), "edited").unwrap();
    let planned = plan(home.path(), &next, &scope()).unwrap();
    assert_eq!(planned.conflicts(), [Conflict { path: "b.yml".into(), kind: ConflictKind::Edited }]);
    assert_eq!(planned.conflicts()[0].to_string(), "`b.yml` was edited after it was generated");
    planned.apply().unwrap();
    assert_eq!(read(home.path(), "a.yml").as_deref(), Some("1"));
    plan(home.path(), &next, &force("b.yml")).unwrap().apply().unwrap();
    assert_eq!(read(home.path(), "b.yml").as_deref(), Some("2"));
    assert!(matches!(problem(plan(home.path(), &next, &force("c.yml"))), Problem::NothingToForce));
}

#[test]
fn a_stale_file_that_was_edited_stays() {
    let home = tempfile::tempdir().unwrap();
    write(home.path(), &tree(&[("p", "a.yml", "1"), ("p", "b.yml", "1")]));
    fs::write(home.path().join("b.yml"), "edited").unwrap();
    let next = tree(&[("p", "a.yml", "1")]);
    let planned = plan(home.path(), &next, &scope()).unwrap();
    assert_eq!(planned.conflicts(), [Conflict { path: "b.yml".into(), kind: ConflictKind::EditedAndStale }]);
    plan(home.path(), &next, &force("b.yml")).unwrap().apply().unwrap();
    assert_eq!(read(home.path(), "b.yml"), None);
}

#[test]
fn a_foreign_file_with_our_content_is_ours() {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("a.yml"), "1").unwrap();
    write(home.path(), &tree(&[("p", "a.yml", "1")]));
}

#[test]
fn other_files_in_the_directory_are_nobodys_business() {
    let home = tempfile::tempdir().unwrap();
    fs::create_dir(home.path().join("a")).unwrap();
    fs::write(home.path().join("a/README"), "mine").unwrap();
    write(home.path(), &tree(&[("p", "a/one.yml", "1")]));
    write(home.path(), &Tree::default());
    assert_eq!(read(home.path(), "a/README").as_deref(), Some("mine"));
}

#[test]
fn a_group_alone_leaves_the_others() {
    let home = tempfile::tempdir().unwrap();
    write(home.path(), &tree(&[("p", "p.yml", "1"), ("g", "g.yml", "1")]));
    let planned = plan(home.path(), &tree(&[("g", "new.yml", "1")]), &only("g")).unwrap();
    assert_eq!(actions(&planned), [("g.yml", "remove"), ("new.yml", "create")]);
    planned.apply().unwrap();
    let manifest = Manifest::parse(&read(home.path(), NAME).unwrap()).unwrap();
    assert!(manifest.groups["p"].files.contains_key("p.yml"));
    assert_eq!(read(home.path(), "p.yml").as_deref(), Some("1"));
    write(home.path(), &tree(&[("p", "p.yml", "2"), ("g", "new.yml", "1")]));
}

/// A process that dies leaves some files of the new generation beside the announcement, and the next generation
/// may be another one: neither the old nor the new files may look like somebody else's.
#[test]
fn a_generation_cut_short_is_still_ours() {
    let home = tempfile::tempdir().unwrap();
    let out = home.path();
    write(out, &tree(&[("p", "a.yml", "1"), ("p", "b.yml", "1")]));
    // The system refuses in the middle: `new/` can't be made where a file is put after planning.
    let cut = tree(&[("p", "a.yml", "2"), ("p", "b.yml", "2"), ("p", "new/c.yml", "2")]);
    let planned = plan(out, &cut, &scope()).unwrap();
    fs::write(out.join("new"), "in the way").unwrap();
    let refused = planned.apply().unwrap_err();
    assert!(matches!(refused.problem, Problem::Io(..)), "{refused}");
    assert_eq!(read(out, "a.yml").as_deref(), Some("2"));
    assert!(!Manifest::parse(&read(out, NAME).unwrap()).unwrap().pending.is_empty());
    fs::remove_file(out.join("new")).unwrap();
    // Files of the cut generation that the next one doesn't have go too.
    fs::create_dir(out.join("new")).unwrap();
    fs::write(out.join("new/c.yml"), "2").unwrap();
    let next = tree(&[("p", "a.yml", "3"), ("p", "b.yml", "3")]);
    let planned = plan(out, &next, &scope()).unwrap();
    assert_eq!(planned.conflicts(), []);
    assert_eq!(actions(&planned), [("a.yml", "update"), ("b.yml", "update"), ("new/c.yml", "remove")]);
    write(out, &next);
    assert!(Manifest::parse(&read(out, NAME).unwrap()).unwrap().pending.is_empty());
}

#[test]
fn a_file_that_comes_between_plan_and_apply_stays() {
    let home = tempfile::tempdir().unwrap();
    let planned = plan(home.path(), &tree(&[("p", "a.yml", "1")]), &scope()).unwrap();
    fs::write(home.path().join("a.yml"), "mine").unwrap();
    assert!(matches!(planned.apply().unwrap_err().problem, Problem::Io(..)));
    assert_eq!(read(home.path(), "a.yml").as_deref(), Some("mine"));
}

#[test]
fn no_temporary_file_stays_behind() {
    let home = tempfile::tempdir().unwrap();
    write(home.path(), &tree(&[("p", "a.yml", "1")]));
    let mut names: Vec<_> =
        fs::read_dir(home.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, [NAME, "a.yml"]);
}

#[test]
fn directories_and_files_in_the_way_are_named() {
    let home = tempfile::tempdir().unwrap();
    fs::create_dir_all(home.path().join("a.yml")).unwrap();
    assert!(matches!(problem(plan(home.path(), &tree(&[("p", "a.yml", "1")]), &scope())), Problem::NotAFile));
    fs::write(home.path().join("b"), "").unwrap();
    assert!(matches!(
        problem(plan(home.path(), &tree(&[("p", "b/c.yml", "1")]), &scope())),
        Problem::NotADirectory
    ));
    let out = home.path().join("b");
    assert!(matches!(problem(plan(&out, &tree(&[("p", "c.yml", "1")]), &scope())), Problem::NotADirectory));
}

#[test]
fn a_manifest_that_lies_is_refused() {
    let home = tempfile::tempdir().unwrap();
    let files = tree(&[("p", "a.yml", "1")]);
    for text in ["", "{}", r#"{"format": 99}"#] {
        fs::write(home.path().join(NAME), text).unwrap();
        assert!(matches!(problem(plan(home.path(), &files, &scope())), Problem::BadManifest(_)), "{text}");
    }
}

#[cfg(unix)]
#[test]
fn symbolic_links_are_never_followed() {
    use std::os::unix::fs::symlink;
    let (home, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let victim = elsewhere.path().join("victim.yml");
    fs::write(&victim, "1").unwrap();
    symlink(&victim, home.path().join("a.yml")).unwrap();
    symlink(elsewhere.path(), home.path().join("dir")).unwrap();
    for path in ["a.yml", "dir/victim.yml"] {
        let refused = plan(home.path(), &tree(&[("p", path, "2")]), &force(path));
        assert!(matches!(problem(refused), Problem::SymbolicLink), "{path}");
    }
    assert_eq!(fs::read_to_string(&victim).unwrap(), "1");
}

#[cfg(unix)]
#[test]
fn others_may_read_what_is_written() {
    use std::os::unix::fs::PermissionsExt;
    let home = tempfile::tempdir().unwrap();
    let plain = home.path().join("plain");
    fs::write(&plain, "").unwrap();
    write(home.path(), &tree(&[("p", "a.yml", "1")]));
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode();
    assert_eq!(mode(&home.path().join("a.yml")), mode(&plain));
}
