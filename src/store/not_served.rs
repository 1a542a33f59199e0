//! Why requests about an authority are refused.

/// Why requests about an authority are refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotServed {
    /// It is briefly served nowhere.
    #[error("the authority is being moved to another database")]
    Moving,
    /// It is served by another database.
    #[error("the authority is served by another database")]
    Elsewhere,
}
