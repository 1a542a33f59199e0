//! The documents' pre-check.

#![no_main]
#![allow(dead_code, reason = "each program has one of the targets")]

#[path = "../../tests/fuzzing/targets.rs"]
mod targets;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    targets::document(data);
});
