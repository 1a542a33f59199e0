//! Whether a database is behind the other, for the commands that use them.

use std::path::Path;

use super::compare;
use crate::{
    audit::marks,
    cli::failure::Failure,
    store::{Store, trail::TrailStore},
};

/// Refuses databases if one is behind the other, or both are behind what the data directory has seen of them.
pub(in crate::cli) async fn refuse_behind(store: &Store, data_dir: &Path) -> Result<(), Failure> {
    let advice = "`thinkfamily restore` compares them and does again what the trail knows (with --check it changes nothing). Until then nobody is served";
    let marks = marks::read(data_dir).map_err(|error| Failure::problem(format!("{error}; {advice}")))?;
    let trail = TrailStore::of(store.databases());
    let lag = compare::compare(store, &trail, &marks)
        .await
        .map_err(Failure::problem)?;
    if lag.is_none() {
        return Ok(());
    }
    Err(Failure::problem(format!("{}; {advice}", lag.sentence())))
}

/// The number of changes that the trail knows were made and the main database lacks.
pub(in crate::cli) async fn changes_missing(store: &Store) -> Result<usize, Failure> {
    let trail = TrailStore::of(store.databases());
    let lag = compare::compare(store, &trail, &[]).await.map_err(Failure::problem)?;
    Ok(lag.missing.len())
}
