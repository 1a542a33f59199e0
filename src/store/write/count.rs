//! What a change is counted for.

/// What a change is counted for, as a digest, and how many may be counted for it in the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// What for.
    pub holder: i64,
    /// How many may be.
    pub allowed: i32,
}
