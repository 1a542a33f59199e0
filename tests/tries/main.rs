//! Shows by simulation what the stop for series of questions does to honest people, and what it leaves to somebody who tries values (docs/tries.md).
//!
//! It drives the very code that the server runs, over rows in memory in the place of the database's. Everybody in it is made up. The same seed gives the same figures:
//!
//! ```sh
//! THINKFAMILY_TRIES=long cargo test --release --test tries -- --nocapture
//! ```

#![expect(clippy::unwrap_used, reason = "what a test cannot do, it fails with")]

mod cover;
mod honest;
mod ladder;
mod memory;
mod people;

/// Whether what takes minutes is to be done as well; if not, that is said.
fn long() -> bool {
    let long = std::env::var("THINKFAMILY_TRIES").is_ok_and(|how| how == "long");
    if !long {
        println!("left out: it takes minutes (THINKFAMILY_TRIES=long)");
    }
    long
}
