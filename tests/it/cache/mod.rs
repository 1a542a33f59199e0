//! What is kept of families in memory is what is stored: whoever writes, by whatever way, is seen by the next question.
//!
//! One server keeps families, one keeps none; both are over the same database, and a third hand writes past both.

mod commits;
mod hidden;
mod noted;

use std::collections::BTreeSet;

use rand::{RngExt as _, SeedableRng as _, rngs::ChaCha12Rng};
use sea_orm::{ConnectionTrait as _, DatabaseConnection, Statement};
use serde_json::json;
use thinkfamily::{
    clock::{Clock, Ids},
    demo,
    records::{
        AccessCheckRow, AddressRow, Attendance, CheckOutcome, ContactKind, ContactUrgency, PlanHistoryRow, PlanStatus,
        PlanStep, Table, TafAttendanceRow, TafMeetingRow, WholeContactRow, WithoutGoalRow,
    },
    sharing::category::Category,
    store::{bulk, connect::Databases, dataset::Dataset},
};
use uuid::Uuid;

use crate::support::{
    app::{App, Partner, today},
    database::{TestDatabase, on_both},
};

const FAMILIES: u64 = 30;

/// Everything of every family.
const ALL: &str = "{ families(first: 100) { nodes {
    id reference district needLevel onCohort hasPlan memberCount
    leadProfessional { name agency { name } } leadProfessionalHistory { name }
    members { id accessChecks { reason } memberFrom familyName age statutoryStatuses { validFrom } identifiers { value } familyProgress { periodTo } }
    addresses { town } involvements { serviceTeam agency { name } } criteriaMatches { evidence }
    assessments { startedOn distanceScores { scoredOn } }
    plans { drawnUpOn withoutGoals { reason } history { subject } goals { description actions { description } } } outcomes { evidence } familyProgress { periodTo }
    consents { category expiresOn } markerPlacements { requestedOn } contacts { kind occurredAt }
    meetings { heldOn attendance { attendee } } emergencyAccesses { justification }
} } }";

/// A table, what is changed in one row of it, and whether a row of it may be deleted by itself.
const TABLES: [(&str, &str, bool); 26] = [
    ("family", "district = 'Elsewhere'", false),
    ("person", "family_name = 'Elsewhere'", false),
    ("membership", "valid_from = '2001-01-01'", true),
    ("address", "town = 'Elsewhere'", true),
    ("statutory_status", "valid_from = '2001-01-01'", true),
    ("local_identifier", "value = value || ' elsewhere'", true),
    ("involvement", "service_team = 'Elsewhere'", true),
    ("lead_professional", "name = 'Elsewhere'", true),
    ("criteria_match", "evidence = 'Elsewhere'", true),
    ("assessment", "started_on = '2001-01-01'", false),
    ("distance_score", "scored_on = '2001-01-01'", true),
    ("plan", "drawn_up_on = '2001-01-01'", false),
    ("goal", "description = 'Elsewhere'", false),
    ("action", "description = 'Elsewhere'", true),
    ("outcome", "evidence = 'Elsewhere'", true),
    ("progress_value", "period_to = '2001-01-01'", true),
    ("marker", "requested_on = '2001-01-01'", true),
    ("consent", "expires_on = '2031-01-01'", true),
    ("emergency_access", "justification = 'Another made-up reason.'", true),
    ("taf_meeting", "held_on = '2001-01-01'", false),
    ("taf_attendance", "attendee = 'Elsewhere'", true),
    ("without_goal", "reason = 'Elsewhere'", true),
    ("plan_history", "subject = 'Elsewhere'", true),
    ("access_check", "reason = 'Elsewhere'", true),
    ("contact", "occurred_at = '2026-01-01T00:00:00Z'", true),
    ("agency", "name = 'Elsewhere'", false),
];

/// What no answer tells by itself: who may decide about consent (tests/it/deciding.rs), and to whom a family is barred (tests/it/barred.rs).
const NOT_TOLD: [Table; 3] = [
    Table::ParentalResponsibility,
    Table::LacksCapacity,
    Table::BarredSubject,
];

#[test]
fn a_row_of_every_table_that_is_kept_is_written() {
    let kept = Table::ALL
        .iter()
        .filter(|table| table.noted() && !NOT_TOLD.contains(table));
    let kept: BTreeSet<&str> = kept.map(|table| table.name()).collect();
    assert_eq!(kept, TABLES.map(|(name, ..)| name).into());
}

/// Somebody who may see everything, so that nothing can change unseen.
const EVERYTHING: &str = r#"
[[clause]]
id = "everything"
agency_kinds = ["tff_team"]
roles = ["manager"]
categories = [ALL]
purposes = ["programme_management"]
access = ["read"]
scope = "authority"
consent = "not_required"
shielded = true
lawful_basis = "public_task"
condition = "safeguarding_of_children_and_individuals_at_risk"
"#;

/// A server that keeps families, one that keeps none, and the code of their authority.
struct Both {
    keeps: App,
    plain: App,
    authority: String,
    by_hand: Databases,
}

impl Both {
    async fn over(database: &TestDatabase, known: usize) -> Self {
        let databases = database.open_keeping(known).await;
        let made = demo::families(demo::Size::of(FAMILIES), 7, today().date_naive());
        let authority = made.authority_codes().next().unwrap();
        bulk::load_each(&databases, made, &mut |_| {}).await.unwrap();
        let clock = || Clock::fixed(today());
        let keeps = App::over(databases, clock(), Ids::seeded(2)).await;
        let all: Vec<String> = Category::ALL.iter().map(|one| format!("\"{}\"", one.code())).collect();
        let everything = EVERYTHING.replace("ALL", &all.join(", "));
        keeps
            .load_agreement(&(demo::agreement_for(&authority) + &everything))
            .await;
        let plain = App::over(database.open_keeping(0).await, clock(), Ids::seeded(2)).await;
        Self {
            keeps,
            plain,
            authority,
            by_hand: database.open_keeping(0).await,
        }
    }

    fn hand(&self) -> &DatabaseConnection {
        self.by_hand.main()
    }

    fn partner(&self, app: &App, (agency, role, purpose): (&str, &str, &str)) -> Partner {
        let agency = format!("{}-{agency}", self.authority);
        app.partner_named(&self.authority, &agency, role, purpose, "somebody")
    }

    /// What both answer, which must be the same.
    async fn both_answer(&self, of: (&str, &str, &str), query: &str, why: &str) -> String {
        let keeps = self.partner(&self.keeps, of).ask(query).await;
        let plain = self.partner(&self.plain, of).ask(query).await;
        let [keeps, plain] = [keeps, plain].map(|reply| String::from_utf8(reply.bytes).unwrap());
        assert_eq!(keeps, plain, "{of:?} after {why}");
        keeps
    }

    /// The number of the authority, with the keys of a family and of an agency that is involved with it.
    async fn keys(&self) -> (i32, Uuid, Uuid) {
        let text = "SELECT authority_id, family_id, agency_id FROM involvement ORDER BY id LIMIT 1";
        let statement = Statement::from_string(self.hand().get_database_backend(), text.to_owned());
        let row = self.hand().query_one_raw(statement).await.unwrap().unwrap();
        let key = |column| row.try_get("", column).unwrap();
        (
            row.try_get("", "authority_id").unwrap(),
            key("family_id"),
            key("agency_id"),
        )
    }

    /// A plan, and whose it is.
    async fn plan(&self) -> (Uuid, Uuid) {
        let text = "SELECT id, family_id FROM plan ORDER BY id LIMIT 1";
        let statement = Statement::from_string(self.hand().get_database_backend(), text.to_owned());
        let row = self.hand().query_one_raw(statement).await.unwrap().unwrap();
        (row.try_get("", "id").unwrap(), row.try_get("", "family_id").unwrap())
    }

    /// Somebody who is in a family, and in which.
    async fn member(&self) -> (Uuid, Uuid) {
        let text = "SELECT person_id, family_id FROM membership WHERE valid_until IS NULL ORDER BY id LIMIT 1";
        let statement = Statement::from_string(self.hand().get_database_backend(), text.to_owned());
        let row = self.hand().query_one_raw(statement).await.unwrap().unwrap();
        (
            row.try_get("", "person_id").unwrap(),
            row.try_get("", "family_id").unwrap(),
        )
    }

    /// How many families were found in memory so far.
    fn found(&self) -> u64 {
        self.keeps.store.family_cache_hits().cached
    }
}

const MANAGER: (&str, &str, &str) = ("tff-team", "manager", "programme_management");
const POLICE: (&str, &str, &str) = ("police", "practitioner", "safeguarding");
const CALLERS: [(&str, &str, &str); 7] = [
    MANAGER,
    ("tff-team", "coordinator", "programme_management"),
    POLICE,
    ("social-care", "practitioner", "safeguarding"),
    ("school", "practitioner", "education_support"),
    ("early-help", "manager", "family_support"),
    ("tff-team", "data_analyst", "programme_management"),
];

/// Emergency access to a family, a contact with it and a meeting about it, of which the demonstration's families have none.
async fn more_rows(both: &Both) {
    let police = both.partner(&both.keeps, POLICE);
    let families = police.ask("{ families(first: 1) { nodes { id } } }").await;
    let family = families.data()["families"]["nodes"][0]["id"].clone();
    let query =
        "mutation($input: OpenEmergencyAccessInput!) { openEmergencyAccess(input: $input) { errors { code } } }";
    let input = json!({ "familyId": family, "ground": "SAFEGUARDING", "justification": "A made-up reason of more than twenty characters." });
    let opened = police.ask_with(query, json!({ "input": input })).await;
    assert_eq!(
        opened.data()["openEmergencyAccess"]["errors"],
        json!([]),
        "{:#}",
        opened.body
    );
    let (authority_id, family_id, agency_id) = both.keys().await;
    let contact = WholeContactRow {
        authority_id,
        id: Uuid::from_u128(78),
        family_id,
        agency_id,
        subject: "somebody".to_owned(),
        kind: ContactKind::Visit,
        urgency: ContactUrgency::Routine,
        occurred_at: today(),
        note: None,
        note_category: None,
        recorded_at: today(),
    };
    let meeting = TafMeetingRow {
        authority_id,
        id: Uuid::from_u128(79),
        family_id,
        chaired_by: agency_id,
        held_on: today().date_naive(),
        next_on: None,
    };
    let attendance = TafAttendanceRow {
        authority_id,
        id: Uuid::from_u128(80),
        family_id,
        meeting_id: meeting.id,
        agency_id,
        attendee: None,
        attendance: Attendance::Attended,
    };
    let (plan_id, planned) = both.plan().await;
    let without_goal = WithoutGoalRow {
        authority_id,
        id: Uuid::from_u128(81),
        family_id: planned,
        plan_id,
        criterion: "WORK".to_owned(),
        reason: "Not now.".to_owned(),
    };
    let step = PlanHistoryRow {
        authority_id,
        id: Uuid::from_u128(82),
        family_id: planned,
        plan_id,
        step: PlanStep::Draft,
        before: None,
        after: PlanStatus::Draft,
        taken_at: today(),
        agency_id,
        subject: "somebody".to_owned(),
    };
    let (person_id, checked) = both.member().await;
    let check = AccessCheckRow {
        authority_id,
        id: Uuid::from_u128(83),
        family_id: checked,
        person_id,
        outcome: CheckOutcome::Release,
        reason: "Made up.".to_owned(),
        advised_by: None,
        checked_on: today().date_naive(),
        recorded_at: today(),
        agency_id,
        subject: "somebody".to_owned(),
    };
    let data = Dataset {
        access_checks: vec![check],
        without_goals: vec![without_goal],
        plan_histories: vec![step],
        contacts: vec![contact],
        taf_meetings: vec![meeting],
        taf_attendances: vec![attendance],
        ..Dataset::default()
    };
    bulk::load(&both.by_hand, &data, &mut |_| {}).await.unwrap();
}

async fn whoever_writes_is_seen_at_once(database: &TestDatabase) {
    let both = Both::over(database, 100_000_000).await;
    more_rows(&both).await;
    let hand = both.hand();
    for (table, change, alone) in TABLES {
        let row = match table {
            "agency" => "id = (SELECT agency_id FROM involvement ORDER BY id LIMIT 1)".to_owned(),
            _ => format!("id = (SELECT id FROM {table} ORDER BY id LIMIT 1)"),
        };
        let mut writes = vec![format!("UPDATE {table} SET {change} WHERE {row}")];
        if alone {
            let keep = format!("CREATE TABLE kept_{table} AS SELECT * FROM {table} WHERE {row}");
            hand.execute_unprepared(&keep).await.unwrap();
            writes.push(format!("DELETE FROM {table} WHERE {row}"));
            writes.push(format!("INSERT INTO {table} SELECT * FROM kept_{table}"));
        }
        for write in writes {
            let before = both.both_answer(MANAGER, ALL, "nothing").await;
            let known = both.found();
            let again = both.both_answer(MANAGER, ALL, "nothing").await;
            assert!(before == again && both.found() - known == FAMILIES, "before {write}");
            let written = hand.execute_unprepared(&write).await.unwrap().rows_affected();
            assert_eq!(written, 1, "{write}");
            let after = both.both_answer(MANAGER, ALL, &write).await;
            assert_ne!(before, after, "{write} changes nothing that is told");
        }
    }
}
on_both!(whoever_writes_is_seen_at_once);

/// Only what was written is read again.
async fn what_was_not_written_is_not_read_again(database: &TestDatabase) {
    let both = Both::over(database, 100_000_000).await;
    both.both_answer(MANAGER, ALL, "nothing").await;
    let known = both.found();
    let write = "UPDATE plan SET drawn_up_on = '2001-01-01' WHERE id = (SELECT id FROM plan ORDER BY id LIMIT 1)";
    both.hand().execute_unprepared(write).await.unwrap();
    both.both_answer(MANAGER, ALL, write).await;
    assert_eq!(both.found() - known, FAMILIES - 1);
}
on_both!(what_was_not_written_is_not_read_again);

/// A load of many rows writes past the notes of single rows, and is seen as well.
async fn a_load_is_seen_at_once(database: &TestDatabase) {
    let both = Both::over(database, 100_000_000).await;
    let before = both.both_answer(MANAGER, ALL, "nothing").await;
    let (authority_id, family_id, _) = both.keys().await;
    let address = AddressRow {
        authority_id,
        id: Uuid::from_u128(77),
        family_id,
        line1: "1 Made-up Street".to_owned(),
        line2: None,
        town: Some("Loadham".to_owned()),
        postcode: "ZZ99 9ZZ".to_owned(),
        valid_from: today().date_naive(),
        valid_until: None,
    };
    let data = Dataset {
        addresses: vec![address],
        ..Dataset::default()
    };
    bulk::load(&both.by_hand, &data, &mut |_| {}).await.unwrap();
    let after = both.both_answer(MANAGER, ALL, "a load").await;
    assert!(!before.contains("Loadham") && after.contains("Loadham"));
}
on_both!(a_load_is_seen_at_once);

/// Any writes, any callers, in any order, with room for few families.
async fn whatever_is_written_both_answer_the_same(database: &TestDatabase) {
    let both = Both::over(database, 1_000_000).await;
    more_rows(&both).await;
    let mut random = ChaCha12Rng::seed_from_u64(31);
    let size = usize::try_from(FAMILIES).unwrap();
    let mut told = std::collections::BTreeSet::new();
    for step in 0..200 {
        let mut why = "nothing".to_owned();
        if random.random_bool(0.6) {
            let (table, change, alone) = TABLES[random.random_range(0..TABLES.len())];
            let count = if table == "agency" { 5 } else { size };
            let offset = random.random_range(0..count);
            let row = format!("id IN (SELECT id FROM {table} ORDER BY id LIMIT 1 OFFSET {offset})");
            why = if alone && random.random_bool(0.3) {
                format!("DELETE FROM {table} WHERE {row}")
            } else if table == "consent" {
                format!("UPDATE consent SET withdrawn_at = '2026-06-01T00:00:00Z' WHERE {row}")
            } else if table == "person" {
                format!("UPDATE person SET shielded = NOT shielded WHERE {row}")
            } else if table == "involvement" {
                format!("UPDATE involvement SET ended_on = '2026-06-15' WHERE {row}")
            } else {
                let change = change
                    .replace("Elsewhere", &format!("Elsewhere {step}"))
                    .replace("elsewhere", &format!("elsewhere {step}"));
                format!("UPDATE {table} SET {change} WHERE {row}")
            };
            both.hand().execute_unprepared(&why).await.unwrap();
        }
        let first = [5, 12, 100][random.random_range(0..3)];
        let of = CALLERS[random.random_range(0..CALLERS.len())];
        let query = if of == MANAGER {
            ALL.replace("100", &first.to_string())
        } else {
            format!(
                "{{ families(first: {first}) {{ totalCount nodes {{ reference onCohort members {{ givenName }} plan {{ status }} }} }} }}"
            )
        };
        told.insert(both.both_answer(of, &query, &format!("{why} ({step})")).await);
    }
    assert!(
        told.len() > 45 && both.found() > 500,
        "{} answers, {} found",
        told.len(),
        both.found()
    );
}
on_both!(whatever_is_written_both_answer_the_same);

/// Tables that speak of a family and are not read with families, or are read by themselves each time.
const BESIDE: [&str; 9] = [
    "family_change",
    "family_written",
    "marker_told",
    "marker_change",
    "marker_response",
    "webhook_delivery",
    "alert",
    "trail_subject",
    "trail_record",
];

async fn no_table_of_families_is_written_unseen(database: &TestDatabase) {
    let databases = database.open().await;
    let db = databases.main();
    let names = async |text: &str| {
        let rows = db
            .query_all_raw(Statement::from_string(db.get_database_backend(), text.to_owned()))
            .await
            .unwrap();
        let names = rows.iter().map(|row| row.try_get_by_index::<String>(0).unwrap());
        names.collect::<std::collections::BTreeSet<_>>()
    };
    let (tables, noted) = if database.url().is_postgres() {
        (
            "SELECT DISTINCT table_name::text FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'family_id'",
            "SELECT relname::text FROM pg_class c WHERE (SELECT count(*) FROM pg_trigger t WHERE t.tgrelid = c.oid AND t.tgname LIKE '%_written%') = 2",
        )
    } else {
        (
            "SELECT DISTINCT t.name FROM sqlite_master t, pragma_table_info(t.name) c WHERE t.type = 'table' AND c.name = 'family_id'",
            "SELECT tbl_name FROM sqlite_master WHERE type = 'trigger' GROUP BY tbl_name HAVING count(*) = 3",
        )
    };
    let mut of_families = names(tables).await;
    // The trail's records are in partitions by month.
    of_families.retain(|table| !BESIDE.contains(&table.as_str()) && !table.starts_with("trail_record_"));
    of_families.extend(["family", "person", "agency"].map(str::to_owned));
    assert_eq!(names(noted).await, of_families);
}
on_both!(no_table_of_families_is_written_unseen);
