//! What must compile, and what must not, with the words it is refused with.
//!
//! `fail` holds our own texts. `rustc` holds misuse that the compiler itself refuses: its words are pinned for the
//! toolchain in `rust-toolchain.toml`. After a change, look at the difference and run with `TRYBUILD=overwrite`.

#[test]
fn ui() {
    let cases = trybuild::TestCases::new();
    cases.pass("pass/*.rs");
    cases.compile_fail("fail/*.rs");
    cases.compile_fail("rustc/*.rs");
}
