//! Checks made once before serving: repairs what can be repaired, and warns of database settings that weaken
//! guarantees.

use crate::{cli::failure::Failure, store::Store};

/// Runs the checks. Problems that can be worked around do not stop the server.
pub(super) async fn run(store: &Store) -> Result<(), Failure> {
    match store.databases().repair_sequences().await {
        Ok(false) => {}
        Ok(true) => tracing::warn!(
            "store.numbers_set_right: sequences were behind what is stored; whoever keeps families or is told of them begins anew"
        ),
        // Until they are repaired the server is not ready, and no cached read is used.
        Err(error) => tracing::error!(%error, "store.not_looked_at"),
    }
    store.check_triggers().await.map_err(Failure::problem)?;
    for weakened in store.databases().weak_settings().await.map_err(Failure::problem)? {
        tracing::warn!(
            setting = weakened.setting,
            value = weakened.value,
            lost = weakened.lost,
            "store.setting_gives_up"
        );
    }
    Ok(())
}

/// Warns of agreements in force whose review date has passed.
pub(super) async fn reviews(store: &Store) -> Result<(), Failure> {
    let today = store.clock().today();
    for (agreement, version) in store.agreements_past_review(today).await.map_err(Failure::problem)? {
        tracing::warn!(
            agreement,
            version,
            "agreement.review_is_past: it holds on, and its review_by is past; look at it, and load a new version"
        );
    }
    Ok(())
}
