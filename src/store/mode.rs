//! How a session is begun.

/// Whether a session may change anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Only read.
    Read,
    /// Read and write, beside others who write.
    Write,
    /// Read and write while nobody else does, so that no other change can come first.
    Alone,
    /// Read, and write only what the feed keeps of whom it told what. Such a session never makes another one fail.
    Feed,
}
