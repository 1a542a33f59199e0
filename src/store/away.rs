//! Why nothing of an authority is answered here.

/// Why nothing of an authority is answered here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Away {
    /// It is served nowhere for a moment.
    #[error("the authority is being moved to another database")]
    Moving,
    /// It is served by another database.
    #[error("the authority is served by another database")]
    Elsewhere,
}
