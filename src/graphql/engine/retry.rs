//! A change that another one came before is made again: from its beginning, in a new transaction, decided by what holds then. So nobody is told to send a request again that the server could have
//! made.

use std::sync::{Arc, atomic::Ordering};

use super::{attempt::Attempt, parts::Engine};
use crate::{
    error::{ErrorCode, RequestError},
    graphql::{
        operation::{Answer, Asked},
        plan::Plan,
        write_budget::Admitted,
    },
    store::session::Mode,
};

/// How often a change is made at most. Alone, the second time is the last one, unless somebody writes past the program: a load, or an older version of it.
const TRIES: u32 = 8;

impl Engine {
    /// Executes an operation that changes something: beside others, and if another change came first, alone.
    pub(super) async fn until_made(&self, asked: &Asked, plan: &Plan) -> Result<Answer, RequestError> {
        let store = &self.parts.services.store;
        let admitted = Arc::<Admitted>::default();
        let mut tried = 0;
        loop {
            tried += 1;
            let alone = tried > 1 || store.writes_are_contended();
            let attempt = Attempt {
                mode: if alone { Mode::Exclusive } else { Mode::Write },
                admitted: Arc::clone(&admitted),
                again: tried < TRIES && asked.began.passed() < self.parts.limits.time,
            };
            let answered = self.attempt(asked, plan, &attempt).await;
            match answered {
                Err(error) if error.code == ErrorCode::Conflict && attempt.again => {
                    store.note_conflict();
                    admitted.again();
                    self.parts.again.fetch_add(1, Ordering::Relaxed);
                    if tried > 1 {
                        // It was alone, so nobody came first: a sequence gave a number that is stored already.
                        if let Err(error) = store.databases().repair_sequences().await {
                            tracing::warn!(%error, "store.not_looked_at");
                        }
                    }
                }
                answered => return answered,
            }
        }
    }
}
