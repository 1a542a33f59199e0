//! The steps that make the databases: one file a step, each with its way back, the same SQL for SQLite and PostgreSQL.
//!
//! Knows nothing of GraphQL, of sharing or of who asks; only the store runs it. A step that was released is never changed:
//! what comes later is a step of its own, added at the end of its list.

use sea_orm_migration::prelude::*;
pub use sea_orm_migration::{MigrationStatus, MigratorTrait};

mod m0001_who_is_who;
mod m0002_family;
mod m0003_need;
mod m0004_work;
mod m0005_consent;
mod m0006_agreement;
mod m0007_operation;
mod m0008_matching;
mod m0009_feed;
mod m0010_contact;
mod m0011_webhook;
mod m0012_document;
mod m0013_lookup_window;
mod m0014_written;
mod m0015_tries;
mod m0016_birth;
mod m0017_write_budget;
mod m0018_said;
mod m0019_announced;
mod m0020_taking_turns;
mod m0021_announced_by_chain;
mod m0030_authority_fence;
mod step;
mod t0001_trail;
mod t0002_trail_agency;
mod t0003_trail_group;
mod t0004_trail_body;
mod t0005_trail_announced;
mod t0006_trail_record;
mod t0008_trail_made;

/// Names of triggers, each with its table, that must be there and fire for every write of something that is read with families.
pub fn triggers_that_note(postgres: bool) -> Vec<(&'static str, String)> {
    let events: &[&str] = if postgres {
        &["", "_truncated"]
    } else {
        &["_insert", "_update", "_delete"]
    };
    let of_table = |table| {
        events
            .iter()
            .map(move |event| (table, format!("{table}_written{event}")))
    };
    m0014_written::noted_tables().flat_map(of_table).collect()
}

/// The steps of the main database.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_who_is_who::Step),
            Box::new(m0002_family::Step),
            Box::new(m0003_need::Step),
            Box::new(m0004_work::Step),
            Box::new(m0005_consent::Step),
            Box::new(m0006_agreement::Step),
            Box::new(m0007_operation::Step),
            Box::new(m0008_matching::Step),
            Box::new(m0009_feed::Step),
            Box::new(m0010_contact::Step),
            Box::new(m0011_webhook::Step),
            Box::new(m0012_document::Step),
            Box::new(m0013_lookup_window::Step),
            Box::new(m0014_written::Step),
            Box::new(m0015_tries::Step),
            Box::new(m0016_birth::Step),
            Box::new(m0017_write_budget::Step),
            Box::new(m0018_said::Step),
            Box::new(m0019_announced::Step),
            Box::new(m0020_taking_turns::Step),
            Box::new(m0021_announced_by_chain::Step),
            Box::new(m0030_authority_fence::Step),
        ]
    }

    fn migration_table_name() -> DynIden {
        "schema_step".into_iden()
    }
}

/// The steps of the trail's database, which on PostgreSQL is the main one: hence a list of applied steps of its own.
pub struct TrailMigrator;

#[async_trait::async_trait]
impl MigratorTrait for TrailMigrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(t0001_trail::Step),
            Box::new(t0002_trail_agency::Step),
            Box::new(t0003_trail_group::Step),
            Box::new(t0004_trail_body::Step),
            Box::new(t0005_trail_announced::Step),
            Box::new(t0006_trail_record::Step),
            Box::new(t0008_trail_made::Step),
        ]
    }

    fn migration_table_name() -> DynIden {
        "trail_schema_step".into_iden()
    }
}
