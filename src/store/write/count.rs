//! What a change is counted for, and its limit.

/// The holder of a budget, as a digest, and the limit in the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// The holder.
    pub holder: i64,
    /// The limit.
    pub allowed: i32,
}
