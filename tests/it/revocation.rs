//! A withdrawal holds at once and everywhere: no answer that began after it was acknowledged discloses.
//!
//! Changes go through the first server; readers ask it and the second one, each time about the newest acknowledged change.

mod race;

use std::sync::Mutex;

use chrono::{NaiveDate, NaiveTime, TimeDelta};
use race::{Phase, Subject, enough, run, trials};
use sea_orm::{ConnectionTrait, Statement, TransactionTrait, Value as SqlValue};
use serde_json::{Value, json};
use thinkfamily::{
    clock::{Clock, Ids},
    demo,
    records::{ConsentAnswer, ConsentRow, FamilyRow, MembershipRow, PersonRow},
    store::{bulk, dataset::Dataset},
};
use uuid::Uuid;

use crate::support::{
    app::{App, Partner, today},
    database::TestDatabase,
    process::{Serving, Site, someone},
};

const FAMILIES: usize = 48;

/// Families on the cohort with one adult each, who agreed that the police see the marker. Gives their keys with those of the consents.
fn families_with_consent(data: &mut Dataset) -> Vec<(String, Uuid)> {
    let ids = Ids::seeded(77);
    let day = NaiveDate::from_ymd_opt(2026, 1, 5).unwrap();
    let recorder = data
        .agencies
        .iter()
        .find(|row| row.code == "cambs-early-help")
        .unwrap()
        .id;
    let mut made = Vec::new();
    for number in 0..FAMILIES {
        let (family, person, consent) = (ids.uuid(), ids.uuid(), ids.uuid());
        let mut row: FamilyRow = data.families[0].clone();
        (row.id, row.reference, row.attached_on, row.closed_on) = (family, format!("R-{number}"), Some(day), None);
        data.families.push(row);
        let mut row: PersonRow = data.people[0].clone();
        (row.id, row.shielded) = (person, false);
        data.people.push(row);
        let mut row: MembershipRow = data.memberships[0].clone();
        (row.id, row.family_id, row.person_id, row.valid_until) = (ids.uuid(), family, person, None);
        data.memberships.push(row);
        let mut row: ConsentRow = data.consents[0].clone();
        (row.id, row.family_id, row.person_id, row.decided_by) = (consent, family, person, Some(person));
        (row.category, row.agency_kind) = ("MARKER".to_owned(), "police".to_owned());
        (row.decision, row.recorded_at) = (ConsentAnswer::Given, day.and_time(NaiveTime::MIN).and_utc());
        (row.expires_on, row.withdrawn_at, row.recorded_by_agency) = (None, None, recorder);
        data.consents.push(row);
        made.push((format!("R-{number}"), consent));
    }
    data.consents
        .retain(|row| row.authority_id == demo::CAMBRIDGESHIRE || !made.iter().any(|(_, key)| *key == row.id));
    made
}

/// One or more servers over one database with all those families, each with connections, caches and a chain of its own.
async fn servers(database: &TestDatabase, number: usize) -> (Vec<App>, Vec<(String, Uuid)>) {
    let databases = database.open().await;
    let mut data = demo::worked(today().date_naive());
    let families = families_with_consent(&mut data);
    bulk::load(&databases, &data, &mut |_| {}).await.unwrap();
    let mut apps = vec![App::over(databases, Clock::fixed(today()), Ids::random()).await];
    for document in demo::worked_agreements() {
        apps[0].load_agreement(document).await;
    }
    while apps.len() < number {
        apps.push(App::over(database.open().await, Clock::fixed(today()), Ids::random()).await);
    }
    (apps, families)
}

const MARKED: &str = "query($reference: String!) { family(reference: $reference) { onCohort } }";

/// The coordinator, who records and withdraws consents at the first server.
struct Coordinator {
    partner: Partner,
    /// For each family the member's id and the id of their consent.
    known: Vec<Mutex<(Value, Value)>>,
}

impl Coordinator {
    async fn of(partner: Partner, families: &[(String, Uuid)]) -> Self {
        let query = "query($reference: String!) { family(reference: $reference) { members { id } consents { id } } }";
        let mut known = Vec::new();
        for (reference, _) in families {
            let reply = partner.ask_with(query, json!({ "reference": reference })).await;
            let family = &reply.data()["family"];
            known.push(Mutex::new((
                family["members"][0]["id"].clone(),
                family["consents"][0]["id"].clone(),
            )));
        }
        Self { partner, known }
    }

    /// Sends a mutation until it was not in conflict with another; then it is acknowledged.
    async fn change(&self, mutation: &str, input: Value) -> Value {
        for _ in 0..100 {
            let reply = self.partner.ask_with(mutation, json!({ "input": input })).await;
            if reply.code() != "CONFLICT" {
                let payload = reply.data()["done"].clone();
                assert_eq!(payload["errors"], json!([]), "{payload:#}");
                return payload;
            }
        }
        panic!("always in conflict");
    }

    async fn withdraw(&self, at: usize) {
        let (_, consent) = self.known[at].lock().unwrap().clone();
        let mutation =
            "mutation($input: WithdrawConsentInput!) { done: withdrawConsent(input: $input) { errors { code } } }";
        self.change(mutation, json!({ "consentId": consent })).await;
    }

    async fn give(&self, at: usize) {
        let (member, _) = self.known[at].lock().unwrap().clone();
        let mutation = "mutation($input: RecordConsentInput!) { done: recordConsent(input: $input) { consents { id } errors { code } } }";
        let input =
            json!({ "memberId": member, "categories": ["MARKER"], "agencyKinds": ["POLICE"], "decision": "GIVEN" });
        let payload = self.change(mutation, input).await;
        self.known[at].lock().unwrap().1 = payload["consents"][0]["id"].clone();
    }
}

async fn consents_are_withdrawn(database: &TestDatabase, servers_of_it: usize) {
    let (apps, families) = servers(database, servers_of_it).await;
    let coordinator = apps[0].partner("tff-team", "coordinator", "programme_management");
    let police = apps
        .iter()
        .map(|app| app.partner("cambs-police", "marker_lookup", "safeguarding"));
    race_of_consents(coordinator, police.collect(), &families, trials(1)).await;
}

/// The same with two processes of the program itself, which share nothing but PostgreSQL and their keys.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn consents_are_withdrawn_from_two_processes() {
    let Some(database) = TestDatabase::postgres().await else {
        return;
    };
    let (apps, families) = servers(&database, 1).await;
    drop(apps);
    let folder = tempfile::tempdir().unwrap();
    let site = Site::new(folder.path(), Some(database.text()));
    let few = [
        "--database-connections=6",
        "--writes-per-client=100000000",
        "--writes-per-family=100000000",
        "--writes-per-family-and-kind=100000000",
    ];
    let processes = [site.serve(&few), site.serve(&few)];
    let at = |process: &Serving, agency, role, purpose| {
        Partner::at(
            &process.url,
            site.token(&someone(agency, role, purpose, "somebody-made-up")),
        )
    };
    let coordinator = at(&processes[0], "tff-team", "coordinator", "programme_management");
    let police = processes
        .iter()
        .map(|process| at(process, "cambs-police", "marker_lookup", "safeguarding"));
    race_of_consents(coordinator, police.collect(), &families, trials(2)).await;
}

async fn race_of_consents(coordinator: Partner, police: Vec<Partner>, families: &[(String, Uuid)], wanted: usize) {
    let coordinator = Coordinator::of(coordinator, families).await;
    let subjects = families.iter().map(|(reference, _)| Subject {
        phase: Phase::default(),
        partners: police.clone(),
        query: MARKED,
        variables: json!({ "reference": reference }),
    });
    let found = run(subjects.collect(), 4, wanted, async |at: usize, withdraw: bool| {
        if withdraw {
            coordinator.withdraw(at).await;
        } else {
            coordinator.give(at).await;
        }
    });
    enough(&*found.await, wanted);
}

/// Runs a change on the first server's database and waits until it is committed: then it is acknowledged.
async fn commit(app: &App, statements: &[(&str, Vec<SqlValue>)]) {
    for attempt in 0.. {
        let main = app.store.databases().main();
        let done = async {
            let transaction = main.begin().await?;
            for (sql, values) in statements {
                let statement = Statement::from_sql_and_values(main.get_database_backend(), *sql, values.clone());
                let changed = transaction.execute_raw(statement).await?.rows_affected();
                assert!(changed > 0, "{sql} changed nothing");
            }
            transaction.commit().await
        };
        match done.await {
            Ok(()) => return,
            Err(error) => assert!(attempt < 100, "{error}"),
        }
    }
}

/// The kinds of agency whose look-up sees the Hardmans' marker with the family's consent.
const LOOKS_UP: [(&str, &str); 4] = [
    ("cambs-police", "safeguarding"),
    ("jcp-cambridge", "employment_support"),
    ("fenbrook-school", "education_support"),
    ("city-housing", "housing_support"),
];

async fn agencies_leave_the_agreement(database: &TestDatabase, servers_of_it: usize) {
    let (apps, _) = servers(database, servers_of_it).await;
    let subjects = LOOKS_UP.iter().map(|(agency, purpose)| Subject {
        phase: Phase::default(),
        partners: apps
            .iter()
            .map(|app| app.partner(agency, "marker_lookup", purpose))
            .collect(),
        query: MARKED,
        variables: json!({ "reference": demo::HARDMAN_REFERENCE }),
    });
    let wanted = trials(servers_of_it) / 10;
    let found = run(subjects.collect(), 1, wanted, async |at: usize, withdraw: bool| {
        let left = withdraw.then(|| today().date_naive());
        let leave = "UPDATE agreement_signatory SET withdrawn_on = $1 WHERE authority_id = 1 \
                     AND agency_id = (SELECT id FROM agency WHERE authority_id = 1 AND code = $2)";
        // What every change of an agreement does, in its own transaction.
        let raise = "UPDATE policy_version SET version = version + 1 WHERE authority_id = 1";
        commit(
            &apps[0],
            &[(leave, vec![left.into(), LOOKS_UP[at].0.into()]), (raise, vec![])],
        )
        .await;
    });
    enough(&*found.await, wanted);
}

/// Loads a version at a server, as the agreement manager does.
async fn load(app: &App, document: &str) {
    let manager = app.partner("tff-team", "agreement_manager", "agreement_management");
    let mutation =
        "mutation($input: LoadAgreementInput!) { done: loadAgreement(input: $input) { errors { code message } } }";
    let reply = manager
        .ask_with(mutation, json!({ "input": { "document": document } }))
        .await;
    assert_eq!(reply.data()["done"]["errors"], json!([]), "{:#}", reply.body);
}

/// A new version that gives the police nothing takes effect as soon as its loading is acknowledged, on every server; and one with a later
/// date on that date, without a restart.
async fn a_new_version_takes_effect(database: &TestDatabase, servers_of_it: usize) {
    let (apps, _) = servers(database, servers_of_it).await;
    let versions: Vec<String> = (2..22)
        .map(|version| {
            let narrow = version % 2 == 0;
            let document =
                demo::CAMBRIDGESHIRE_AGREEMENT.replace("\nversion = 1\n", &format!("\nversion = {version}\n"));
            let document = document.replace(
                "effective_from = 2026-01-01",
                &format!("effective_from = 2026-03-{version:02}"),
            );
            if narrow {
                document
                    .replace("    \"police\", ", "    ")
                    .replace("[\"police\"]", "[\"prison\"]")
            } else {
                document
            }
        })
        .collect();
    for (at, document) in versions.iter().enumerate() {
        load(&apps[0], document).await;
        let reads = apps.iter().map(|app| async {
            let police = app.partner("cambs-police", "marker_lookup", "safeguarding");
            police
                .ask_with(MARKED, json!({ "reference": demo::HARDMAN_REFERENCE }))
                .await
                .data()["family"]
                .clone()
        });
        for seen in futures_util::future::join_all(reads).await {
            let expected = if at % 2 == 0 {
                Value::Null
            } else {
                json!({ "onCohort": true })
            };
            assert_eq!(seen, expected, "version {}", at + 2);
        }
    }
    // The last one read permits. One that begins tomorrow takes that away tomorrow.
    let last = versions[0]
        .replace("\nversion = 2\n", "\nversion = 90\n")
        .replace("effective_from = 2026-03-02", "effective_from = 2026-06-16");
    load(&apps[0], &last).await;
    for (day, permitted) in [(0, true), (1, false)] {
        for app in &apps {
            app.clock.set(today() + TimeDelta::days(day));
            let police = app.partner("cambs-police", "marker_lookup", "safeguarding");
            let seen = police
                .ask_with(MARKED, json!({ "reference": demo::HARDMAN_REFERENCE }))
                .await;
            assert_eq!(seen.data()["family"].is_object(), permitted, "day {day}");
        }
    }
}

/// The same test on one server over `SQLite`, and on two servers over one `PostgreSQL` database.
macro_rules! on_one_and_two_servers {
    ($($name:ident)+) => {$(
        mod $name {
            use crate::support::database::TestDatabase;

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                super::$name(&TestDatabase::sqlite().await, 1).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                if let Some(database) = TestDatabase::postgres().await {
                    super::$name(&database, 2).await;
                }
            }
        }
    )+};
}
on_one_and_two_servers!(consents_are_withdrawn agencies_leave_the_agreement a_new_version_takes_effect);
