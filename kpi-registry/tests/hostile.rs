//! Input that nobody wrote in good faith: no panic, no hang, and every error has a place.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]
#![allow(clippy::format_collect, clippy::format_push_string, reason = "short and rare")]

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use kpi_registry::diagnostic::{Diagnostic, Severity};
use kpi_registry::load::{Loaded, load, load_bytes};
use kpi_registry::render::human;

const VERSION_2: &str = include_str!("hostile/version2.yaml");
const FLOW: &str = include_str!("hostile/flow.yaml");
const VERSION_1: &str = include_str!("hostile/version1.yaml");
const BINDING: &str = include_str!("hostile/binding.yaml");

/// Loads bytes and asserts what holds for every input.
fn read(bytes: &[u8]) -> Loaded {
    let start = Instant::now();
    let loaded = load_bytes(Path::new("no-such-directory/a.yaml"), bytes.to_vec());
    let took = start.elapsed();
    assert!(took < Duration::from_secs(20), "{took:?} for {} bytes", bytes.len());
    for diagnostic in &loaded.diagnostics {
        let places = diagnostic.also.iter().map(|(at, _)| *at).chain(diagnostic.at);
        let edits = diagnostic.patch.iter().flat_map(|patch| patch.edits.iter().map(|(at, _)| *at));
        for span in places.chain(edits) {
            let text = &loaded.sources.file(span.file).text;
            let (start, end) = (span.start as usize, span.end as usize);
            assert!(start <= end && end <= text.len(), "{diagnostic:?}");
            assert!(text.is_char_boundary(start) && text.is_char_boundary(end), "{diagnostic:?}");
        }
        assert!(diagnostic.at.is_some() || diagnostic.severity != Severity::Error, "{diagnostic:?}");
        assert!(!diagnostic.message.is_empty() && !diagnostic.message.contains('\n'), "{diagnostic:?}");
    }
    assert!(loaded.registry.is_some() || loaded.diagnostics.has_errors());
    loaded
}

/// The codes of everything that was found.
fn codes(bytes: &[u8]) -> Vec<&'static str> {
    read(bytes).diagnostics.iter().map(|diagnostic| diagnostic.code).collect()
}

/// `code file:line:column` of the first error.
fn first(bytes: &[u8]) -> String {
    let loaded = read(bytes);
    let is_error = |diagnostic: &&Diagnostic| diagnostic.severity == Severity::Error;
    let Some(diagnostic) = loaded.diagnostics.iter().find(is_error) else { return String::new() };
    let place = diagnostic.at.map_or_else(String::new, |at| loaded.sources.place(at).to_string());
    format!("{} {place}", diagnostic.code)
}

/// xorshift64*: the same mutations on every machine.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let wide = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        usize::try_from(wide).unwrap() % limit.max(1)
    }
}

/// What is put into the text at random: everything that means something somewhere.
const TOKENS: &[&str] = &[
    "&a",
    "*a",
    "<<: *a",
    "- ",
    ": ",
    "? ",
    "!!str ",
    "!x ",
    "---\n",
    "...\n",
    "|\n",
    ">-\n",
    "{",
    "}",
    "[",
    "]",
    "\"",
    "'",
    "#",
    "\t",
    "\r\n",
    "\u{feff}",
    "\u{2028}",
    "é",
    "心",
    "\0",
    "\x07",
    "null",
    "~",
    "on",
    "1_000",
    "12:30:45",
    "0x1F",
    ".inf",
    "-1e999",
    "99999999999999999999",
    "version: 3\n",
    "kpis: []\n",
    "self",
    "__x",
    "%TAG ! x\n",
    "%",
    "@",
    "`",
    "\\",
    "$",
    "{{ x }}",
    "< 20",
    ">= 10 over 7d",
    "expr: up\n",
    "type: histogram\n",
    "type: state\n",
    "buckets: [1, 1]\n",
    "slo: {}\n",
    "agents: [x]\n",
    "0",
    "-1",
    "🙂",
];

fn mutate(seed: &[u8], random: &mut Random) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for _ in 0..=random.below(4) {
        let at = random.below(bytes.len() + 1);
        match random.below(8) {
            0 if at < bytes.len() => bytes[at] ^= 1 << random.below(8),
            1 if at < bytes.len() => bytes[at] = u8::try_from(random.below(256)).unwrap(),
            2 => drop(bytes.drain(at..(at + 1 + random.below(20)).min(bytes.len()))),
            3 => {
                let piece = bytes[at..(at + 1 + random.below(40)).min(bytes.len())].to_vec();
                let to = random.below(bytes.len() + 1);
                bytes.splice(to..to, piece);
            }
            4 => {
                let mut lines: Vec<Vec<u8>> =
                    bytes.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
                let (one, other) = (random.below(lines.len()), random.below(lines.len()));
                if one < lines.len() && other < lines.len() {
                    lines.swap(one, other);
                }
                bytes = lines.concat();
            }
            5 => {
                let lines: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\n').collect();
                let line = lines.get(random.below(lines.len())).map_or_else(Vec::new, |line| line.to_vec());
                bytes.splice(at..at, line);
            }
            6 => bytes.truncate(at),
            _ => {
                let token = TOKENS[random.below(TOKENS.len())].bytes();
                bytes.splice(at..at, token);
            }
        }
    }
    bytes
}

#[test]
fn the_seeds_themselves_are_read() {
    for (seed, errors) in [(VERSION_2, 0), (FLOW, 0), (VERSION_1, 0)] {
        let loaded = read(seed.as_bytes());
        let shown = human(&loaded.diagnostics, &loaded.sources, false);
        assert_eq!(loaded.diagnostics.errors(), errors, "{shown}");
    }
}

#[test]
fn a_hundred_thousand_mutations() {
    const ROUNDS: u64 = 100_000;
    const THREADS: u64 = 2;
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            scope.spawn(move || {
                let mut random = Random(0x9e37_79b9_7f4a_7c15 ^ (thread + 1));
                let seeds = [VERSION_2, FLOW, VERSION_1, BINDING];
                for round in 0..ROUNDS / THREADS {
                    let seed = seeds[random.below(seeds.len())];
                    let loaded = read(&mutate(seed.as_bytes(), &mut random));
                    if round % 16 == 0 {
                        human(&loaded.diagnostics, &loaded.sources, round % 32 == 0);
                    }
                }
            });
        }
    });
}

#[test]
fn deep_nesting() {
    for (open, close) in [("[", "]"), ("{a: ", "}"), ("- ", ""), ("a:\n ", "")] {
        let text = format!("version: 2\nkpis: {}{}", open.repeat(100_000), close.repeat(100_000));
        assert!(codes(text.as_bytes()).iter().any(|code| matches!(*code, "KPI0007" | "KPI0005")), "{open}");
    }
    let indented: String = (0..2000).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect();
    assert_eq!(codes(indented.as_bytes()), ["KPI0007"]);
    // Aliases of aliases nest too.
    let mut text = "a0: &a0 [x]\n".to_owned();
    for level in 1..200 {
        text.push_str(&format!("a{level}: &a{level} [[[[*a{}]]]]\n", level - 1));
    }
    assert_eq!(codes(text.as_bytes()), ["KPI0007"]);
}

#[test]
fn alias_bombs() {
    let mut text = "version: 2\na0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let aliases = vec![format!("*a{}", level - 1); 10].join(", ");
        text.push_str(&format!("a{level}: &a{level} [{aliases}]\n"));
    }
    assert_eq!(codes(text.as_bytes()), ["KPI0009"]);
    let merges: String = (1..12)
        .map(|level| {
            let keys: String = (0..10).map(|key| format!("k{level}{key}: *m{}, ", level - 1)).collect();
            format!("m{level}: &m{level} {{<<: *m{}, {keys}}}\n", level - 1)
        })
        .collect();
    assert!(codes(format!("m0: &m0 {{a: b}}\n{merges}").as_bytes()).contains(&"KPI0009"));
    assert!(codes(b"a: &a [*a]\n").contains(&"KPI0011"));
    assert!(codes(b"a: *nobody\n").contains(&"KPI0010"));
}

#[test]
fn bytes_that_are_no_text() {
    assert_eq!(first(b"version: 2\nplatform: \xff\xfe\n"), "KPI0002 a.yaml:2:11");
    assert_eq!(first(b"\xff\xfev\0e\0"), "KPI0002 a.yaml:1:1");
    assert_eq!(first(b"version: 2\nplat\0form: x\n"), "KPI0003 a.yaml:2:5");
    assert_eq!(first(b"version: 2\n# \x1b[31m\n"), "KPI0003 a.yaml:2:3");
    assert_eq!(first(b""), "KPI0020 a.yaml:1:1");
    assert_eq!(codes(b"# nothing\n"), ["KPI0020"]);
    assert_eq!(first(b"- 1\n"), "KPI0103 a.yaml:1:1");
}

#[test]
fn marks_and_line_ends_do_not_move_places() {
    let plain = VERSION_2.replace("unit: ms", "unit: msec");
    let expected = first(plain.as_bytes());
    assert!(expected.starts_with("KPI0201 a.yaml:"), "{expected}");
    assert_eq!(first(plain.replace('\n', "\r\n").as_bytes()), expected);
    assert_eq!(first(format!("\u{feff}{plain}").as_bytes()), expected);
    assert!(read(VERSION_2.replace('\n', "\r\n").as_bytes()).diagnostics.errors() == 0);
    assert!(read(format!("\u{feff}{VERSION_2}").as_bytes()).diagnostics.errors() == 0);
    assert_eq!(first(b"version: 2\nkpis:\n\t- name: x\n"), "KPI0006 a.yaml:3:1");
}

#[test]
fn duplicates_show_both_places() {
    let loaded = read(VERSION_2.replace("    unit: ms\n", "    unit: ms\n    unit: seconds\n").as_bytes());
    let duplicate = loaded.diagnostics.iter().find(|diagnostic| diagnostic.code == "KPI0012").unwrap();
    let (again, first) =
        (loaded.sources.place(duplicate.at.unwrap()), loaded.sources.place(duplicate.also[0].0));
    assert_eq!(again.at.line, first.at.line + 1);
}

#[test]
fn what_yaml_1_1_reads_differently() {
    let with = |values: &str| VERSION_2.replace("values: [analyze, health]", &format!("values: [{values}]"));
    for word in ["on", "no", "Yes", "OFF", "y", "1_000", "12:30:45", "017", "0x1F", "0o17"] {
        let loaded = read(with(word).as_bytes());
        let trap = loaded.diagnostics.iter().find(|diagnostic| diagnostic.code == "KPI0017").expect(word);
        let patch = trap.patch.as_ref().unwrap();
        assert_eq!(patch.edits[0].1, format!("\"{word}\""));
        assert!(!codes(with(&format!("'{word}'")).as_bytes()).contains(&"KPI0017"), "{word}");
    }
    assert!(codes(with("~").as_bytes()).contains(&"KPI0103"));
    let limit = |text: &str| VERSION_2.replace("limit: 20", &format!("limit: {text}"));
    for (written, mended) in
        [("1_000", Some("1000")), ("0x1F", Some("31")), ("0o17", Some("15")), ("'20'", Some("20"))]
    {
        let loaded = read(limit(written).as_bytes());
        let wrong = loaded.diagnostics.iter().find(|diagnostic| diagnostic.code == "KPI0103").expect(written);
        assert_eq!(wrong.patch.as_ref().map(|patch| patch.edits[0].1.as_str()), mended);
    }
    for written in ["017", "12:30:45", "yes", ".inf", ".nan", "1e400", "-5", "1.5", "[]", "~x"] {
        assert!(read(limit(written).as_bytes()).diagnostics.has_errors(), "{written}");
    }
}

#[test]
fn fifty_megabytes() {
    let path = directory().join("large.yaml");
    fs::write(&path, "a".repeat(50 << 20)).unwrap();
    let loaded = load(&path);
    fs::remove_file(&path).unwrap();
    let finding = loaded.diagnostics.iter().next().unwrap();
    assert_eq!((finding.code, loaded.diagnostics.len()), ("KPI0004", 1));
    assert_eq!(loaded.sources.place(finding.at.unwrap()).to_string(), "large.yaml:1:1");
}

#[test]
fn nonsense_of_the_largest_size_ends() {
    let limit = 16 << 20;
    let line = "x: 1\n".repeat(40_000);
    assert!(read(format!("version: 2\n{line}").as_bytes()).diagnostics.has_errors());
    assert!(read("]".repeat(limit).as_bytes()).diagnostics.has_errors());
    assert!(read("\"".repeat(limit - 1).as_bytes()).diagnostics.has_errors());
    let names: String =
        (0..20_000).map(|index| format!("  - {{name: k{index}, depends_on: [j{index}]}}\n")).collect();
    let loaded = read(format!("version: 2\nplatform: p\nkpis:\n{names}").as_bytes());
    assert!(loaded.diagnostics.left_out() > 0 && loaded.diagnostics.len() <= 10_001);
}

fn directory() -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("hostile");
    fs::create_dir_all(&path).unwrap();
    path
}

#[cfg(unix)]
#[test]
fn a_device_without_end() {
    let loaded = load(Path::new("/dev/zero"));
    assert_eq!(loaded.diagnostics.iter().next().unwrap().code, "KPI0004");
}
