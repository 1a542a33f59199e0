//! How a session is begun.

/// Whether a session may change anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Read-only.
    Read,
    /// Read and write, concurrently with other writers.
    Write,
    /// Read and write exclusively, so that no other change can come first.
    Exclusive,
    /// Read, and write only the feed's records of what it told whom. Such a session never makes another one
    /// fail.
    Feed,
}
