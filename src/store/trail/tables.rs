//! The connections to the trail's tables.

use std::sync::Arc;

use sea_orm::DatabaseConnection;

use crate::store::{connect::Databases, files::Files};

/// The trail's tables. Clones share the connections.
#[derive(Clone, Debug)]
pub struct TrailStore {
    pub(super) writer: DatabaseConnection,
    pub(super) reader: DatabaseConnection,
    pub(super) files: Option<Arc<Files>>,
}

impl TrailStore {
    /// The tables behind connections that are open already; they may be the same. The one that writes is best not shared
    /// with the main database's many readers. Nothing looks whether the files of SQLite stay in their place.
    pub fn over(writer: DatabaseConnection, reader: DatabaseConnection) -> Self {
        Self {
            writer,
            reader,
            files: None,
        }
    }

    /// The trail of open databases. On SQLite nothing counts as written unless it stands in the files that were opened.
    pub fn of(databases: &Databases) -> Self {
        Self {
            writer: databases.trail().clone(),
            reader: databases.trail().clone(),
            files: databases.trail_files().cloned(),
        }
    }
}
