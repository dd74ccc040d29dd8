//! What writes compile to, in a release build for x86-64.
#![cfg(target_arch = "x86_64")]
#![allow(clippy::expect_used, reason = "tests may fail loudly")]

use std::path::Path;
use std::process::Command;
use std::sync::LazyLock;

/// The assembly of this package's library.
fn assembly(flags: &str) -> String {
    let name = if flags.is_empty() { "plain" } else { "flags" };
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let file = directory.join(format!("{name}.s"));
    let output = Command::new(env!("CARGO"))
        .args(["rustc", "--quiet", "--release", "--lib", "--manifest-path"])
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"))
        // As in a program: a library must find its thread-local memory by a call.
        .args(["--", "-Crelocation-model=static", "-Ccodegen-units=1", "-Clto=off"])
        .arg(format!("--emit=asm={}", file.display()))
        .env("CARGO_TARGET_DIR", directory.join(name))
        .env("CARGO_ENCODED_RUSTFLAGS", flags)
        .output()
        .expect("cargo starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    std::fs::read_to_string(file).expect("was written")
}

/// The instructions of a function.
fn instructions(assembly: &str, function: &str) -> Vec<String> {
    // The length of a name precedes it in its symbol.
    let function = format!("{}{function}", function.len());
    let is_begin = |line: &&str| line.starts_with('_') && line.contains(&function) && line.ends_with(':');
    let body = assembly.lines().skip_while(|line| !is_begin(line)).skip(1);
    let body = body.take_while(|line| !line.trim_start().starts_with(".cfi_endproc"));
    let body = body.map(str::trim).filter(|line| !line.starts_with(['.', '#']) && !line.ends_with(':'));
    body.map(str::to_owned).collect()
}

/// As agents build it.
static PLAIN: LazyLock<String> = LazyLock::new(|| assembly(""));

#[test]
fn a_write_to_a_thread_s_own_cell_is_one_addition_to_memory() {
    for (function, most) in [("write_counter", 12), ("write_labelled", 16)] {
        let code = instructions(&PLAIN, function);
        assert!(
            code.iter().any(|line| line.starts_with("incq") || line.starts_with("addq\t$1,")),
            "{code:#?}"
        );
        assert!(!code.is_empty() && code.len() <= most, "{code:#?}");
        let is_slow =
            |line: &&String| line.contains("lock") || line.starts_with("xchg") || line.starts_with("div");
        assert_eq!(code.iter().find(is_slow), None, "{code:#?}");
        // With a thread's first write alone.
        let branches = code.iter().filter(|line| line.starts_with('j') && !line.starts_with("jmp")).count();
        assert!(branches <= 1, "{code:#?}");
    }
}

#[test]
fn setting_a_gauge_is_a_store() {
    let code = instructions(&PLAIN, "write_gauge");
    assert!(!code.is_empty() && code.iter().all(|line| !line.contains("lock")), "{code:#?}");
}

#[test]
fn what_is_left_out_compiles_to_nothing() {
    assert_eq!(instructions(&PLAIN, "write_debug"), ["retq"]);
}

#[test]
fn with_its_flag_the_debug_tier_is_in_a_release_build() {
    let code = instructions(&assembly("--cfg\u{1f}kpi_debug"), "write_debug");
    assert!(code.len() > 50, "{code:#?}");
}
