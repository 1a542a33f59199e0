//! The connections to the trail's tables.

use std::sync::Arc;

use sea_orm::DatabaseConnection;

use crate::store::{connect::Databases, files::Files};

/// A handle on the trail's tables. Clones share the connections.
#[derive(Clone, Debug)]
pub struct TrailStore {
    pub(super) writer: DatabaseConnection,
    pub(super) reader: DatabaseConnection,
    pub(super) files: Option<Arc<Files>>,
}

impl TrailStore {
    /// A handle over open connections, which may be the same one. The writing connection is best not shared
    /// with the main database's many readers. Nothing checks that SQLite's files stay in place.
    pub fn over(writer: DatabaseConnection, reader: DatabaseConnection) -> Self {
        Self {
            writer,
            reader,
            files: None,
        }
    }

    /// The trail of open databases. On SQLite, a write only counts once it is in the files that were opened.
    pub fn of(databases: &Databases) -> Self {
        Self {
            writer: databases.trail().clone(),
            reader: databases.trail().clone(),
            files: databases.trail_files().cloned(),
        }
    }
}
