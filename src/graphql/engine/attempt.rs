//! One way to execute an operation.

use std::sync::Arc;

use crate::{graphql::write_budget::Admitted, store::session::Mode};

/// One way to execute an operation.
pub(super) struct Attempt {
    /// How its session is begun.
    pub(super) mode: Mode,
    /// What was counted of it, this time and before.
    pub(super) admitted: Arc<Admitted>,
    /// Whether there is another if this one comes second.
    pub(super) again: bool,
}

impl Attempt {
    /// The only one.
    pub(super) fn only(mode: Mode) -> Self {
        Self {
            mode,
            admitted: Arc::default(),
            again: false,
        }
    }
}
