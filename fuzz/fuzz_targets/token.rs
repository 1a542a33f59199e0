//! Tokens. The key is made anew each time, so what was found is to be looked at in the same run.

#![no_main]
#![allow(dead_code, reason = "each program has one of the targets")]

use std::sync::LazyLock;

#[path = "../../tests/fuzzing/targets.rs"]
mod targets;

static TOKENS: LazyLock<targets::Tokens> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a folder");
    targets::Tokens::new(folder.path())
});

libfuzzer_sys::fuzz_target!(|data: &[u8]| TOKENS.check(data));
