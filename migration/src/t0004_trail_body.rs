//! The audit trail: what an entry says is stored as it is. It is mostly keys, which PostgreSQL tries to compress each time, and cannot.

use crate::step::{Script, Step};

/// Changes how it is stored from now on. In SQLite there is nothing to do.
pub(crate) const STEP: Step = Step::new("t0004_trail_body", up, down);

fn up(script: &mut Script) {
    store_as(script, "EXTERNAL");
}

fn down(script: &mut Script) {
    store_as(script, "EXTENDED");
}

fn store_as(script: &mut Script, storage: &str) {
    if script.postgres {
        let statement = format!("ALTER TABLE trail_entry ALTER COLUMN body SET STORAGE {storage}");
        script.run(statement);
    }
}
