//! Whether a database is behind the other, for whoever would use them.

use std::path::Path;

use super::compare;
use crate::{
    audit::marks,
    cli::failure::Failure,
    store::{Store, trail::TrailStore},
};

/// Refuses databases of which one is behind the other, or both behind what was seen of them.
pub(in crate::cli) async fn refuse_behind(store: &Store, data_dir: &Path) -> Result<(), Failure> {
    let advice = "`thinkfamily restore` compares them and does again what the trail knows (with --check it changes nothing). Until then nobody is served";
    let marks = marks::read(data_dir).map_err(|error| Failure::problem(format!("{error}; {advice}")))?;
    let trail = TrailStore::of(store.databases());
    let behind = compare::compare(store, &trail, &marks)
        .await
        .map_err(Failure::problem)?;
    if behind.is_nothing() {
        return Ok(());
    }
    Err(Failure::problem(format!("{}; {advice}", behind.sentence())))
}

/// How many changes the trail knows to be made that the main database lacks.
pub(in crate::cli) async fn made_later(store: &Store) -> Result<usize, Failure> {
    let trail = TrailStore::of(store.databases());
    let behind = compare::compare(store, &trail, &[]).await.map_err(Failure::problem)?;
    Ok(behind.missing.len())
}
