//! The steps that make the databases: one file a step, each with its way back, the same SQL for SQLite and PostgreSQL.
//!
//! Knows nothing of GraphQL, of sharing or of who asks, and sends nothing: a step is text, which only the store runs. A step that was released is never changed:
//! what comes later is a step of its own, added at the end of its list.

pub use self::step::{Database, Step};

mod households_noted;
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
mod m0031_of_households;
mod m0032_number_to_ring;
mod m0034_deciders;
mod m0035_meetings;
mod m0036_membership_end;
mod m0037_barred_subject;
mod m0039_withdrawals;
mod m0040_person_merge;
mod m0041_access_check;
mod m0042_plan_steps;
mod m0045_emergency_alerts;
mod of_families;
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
    let tables = m0014_written::noted_tables()
        .chain(m0034_deciders::noted_tables())
        .chain(m0035_meetings::noted_tables())
        .chain(m0037_barred_subject::noted_tables())
        .chain(m0041_access_check::noted_tables())
        .chain(m0042_plan_steps::noted_tables());
    tables.flat_map(of_table).collect()
}

/// The steps of a database.
#[derive(Debug)]
pub struct Steps {
    /// The table that says which were applied.
    pub table: &'static str,
    /// The steps, in order.
    pub all: &'static [Step],
}

impl Steps {
    /// The statement that makes that table where it is not there.
    pub fn table_made(&self) -> String {
        format!(
            "CREATE TABLE IF NOT EXISTS {} (version varchar NOT NULL PRIMARY KEY, applied_at bigint NOT NULL)",
            self.table
        )
    }

    /// The statements that apply a step and note it.
    pub fn applied(&self, step: &Step, database: Database) -> Vec<String> {
        let now = match database {
            Database::Sqlite => "unixepoch()",
            Database::Postgres => "CAST(extract(epoch FROM now()) AS bigint)",
        };
        let (table, name) = (self.table, step.name);
        let mut statements = step.up(database);
        statements.push(format!(
            "INSERT INTO {table} (version, applied_at) VALUES ('{name}', {now})"
        ));
        statements
    }

    /// The statements that take a step back.
    pub fn taken_back(&self, step: &Step, database: Database) -> Vec<String> {
        let mut statements = step.down(database);
        statements.push(format!("DELETE FROM {} WHERE version = '{}'", self.table, step.name));
        statements
    }
}

/// The steps of the main database.
pub const MAIN: Steps = Steps {
    table: "schema_step",
    all: &[
        m0001_who_is_who::STEP,
        m0002_family::STEP,
        m0003_need::STEP,
        m0004_work::STEP,
        m0005_consent::STEP,
        m0006_agreement::STEP,
        m0007_operation::STEP,
        m0008_matching::STEP,
        m0009_feed::STEP,
        m0010_contact::STEP,
        m0011_webhook::STEP,
        m0012_document::STEP,
        m0013_lookup_window::STEP,
        m0014_written::STEP,
        m0015_tries::STEP,
        m0016_birth::STEP,
        m0017_write_budget::STEP,
        m0018_said::STEP,
        m0019_announced::STEP,
        m0020_taking_turns::STEP,
        m0021_announced_by_chain::STEP,
        m0030_authority_fence::STEP,
        m0031_of_households::STEP,
        m0032_number_to_ring::STEP,
        m0034_deciders::STEP,
        m0035_meetings::STEP,
        m0036_membership_end::STEP,
        m0037_barred_subject::STEP,
        m0039_withdrawals::STEP,
        m0040_person_merge::STEP,
        m0041_access_check::STEP,
        m0042_plan_steps::STEP,
        m0045_emergency_alerts::STEP,
    ],
};

/// The steps of the trail's database, which on PostgreSQL is the main one: hence a list of applied steps of its own.
pub const TRAIL: Steps = Steps {
    table: "trail_schema_step",
    all: &[
        t0001_trail::STEP,
        t0002_trail_agency::STEP,
        t0003_trail_group::STEP,
        t0004_trail_body::STEP,
        t0005_trail_announced::STEP,
        t0006_trail_record::STEP,
        t0008_trail_made::STEP,
    ],
};
