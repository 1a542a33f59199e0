//! What is looked at once, before anybody is served: what can be set right is, and what the settings of others give up is said.

use crate::{cli::failure::Failure, store::Store};

/// Looks. What is not as it should be and can be worked around does not keep the server from starting.
pub(super) async fn look(store: &Store) -> Result<(), Failure> {
    match store.databases().repair_sequences().await {
        Ok(false) => {}
        Ok(true) => tracing::warn!(
            "store.numbers_set_right: sequences were behind what is stored; whoever keeps families or is told of them begins anew"
        ),
        // The server is not ready while they are behind, and nothing that was read is used again.
        Err(error) => tracing::error!(%error, "store.not_looked_at"),
    }
    store.check_triggers().await.map_err(Failure::problem)?;
    for one in store.databases().weak_settings().await.map_err(Failure::problem)? {
        tracing::warn!(
            setting = one.setting,
            value = one.value,
            lost = one.lost,
            "store.setting_gives_up"
        );
    }
    Ok(())
}

/// Says which agreements in force should have been looked at anew.
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
