//! A withdrawal holds at once and everywhere: no answer that began after it was acknowledged discloses.
//!
//! Changes go through the first server. Readers ask both, each time about the newest acknowledged change. Around every change is a mark
//! (see [`Phase`]): a read is a trial if its family was withdrawn before the read began, and still so when it ended.

use std::{
    env,
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use chrono::{NaiveDate, NaiveTime, TimeDelta};
use sea_orm::{ConnectionTrait, Statement, TransactionTrait, Value as SqlValue};
use serde_json::{Value, json};
use thinkfamily::{
    clock::{Clock, Ids},
    demo,
    store::{
        bulk,
        dataset::Dataset,
        rows::{ConsentRow, FamilyRow, MembershipRow, PersonRow},
    },
};
use uuid::Uuid;

use crate::support::{
    app::{App, Partner, today},
    database::TestDatabase,
};

const READERS: usize = 32;
const FAMILIES: usize = 48;
/// Trials of consent on two servers; `THINKFAMILY_REVOCATION` asks for another number. One server, which has less to get wrong, has a
/// quarter of it.
const TRIALS: usize = 10_000;
/// A run that is this slow fails, since it has then proved too little.
const LONGEST: Duration = Duration::from_secs(240);

fn trials(servers: usize) -> usize {
    let asked = env::var("THINKFAMILY_REVOCATION").ok();
    let trials = asked.map_or(TRIALS, |number| number.parse().expect("a number of trials"));
    if servers > 1 { trials } else { trials / 4 }
}

/// What is known of one thing that can be withdrawn. It counts up: permitted, being withdrawn, withdrawn, being given again, permitted, …
/// What lies between two marks is true of every moment between them.
#[derive(Default)]
struct Phase(AtomicU64);

impl Phase {
    fn next(&self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }

    fn now(&self) -> u64 {
        self.0.load(Ordering::SeqCst)
    }
}

fn is_permitted(phase: u64) -> bool {
    phase % 4 == 0
}

fn is_withdrawn(phase: u64) -> bool {
    phase % 4 == 2
}

/// What was found.
#[derive(Default)]
struct Found {
    trials: AtomicUsize,
    disclosed_while_permitted: AtomicUsize,
    changes: AtomicUsize,
    /// What each lane of changes withdrew last.
    newest: Vec<AtomicUsize>,
}

/// One thing that can be withdrawn: who asks what, to see it.
struct Subject {
    phase: Phase,
    /// One for each server.
    partners: Vec<Partner>,
    query: &'static str,
    variables: Value,
}

/// Whether the answer discloses; anything but an orderly answer fails the test.
async fn discloses(subject: &Subject, server: usize) -> bool {
    let reply = subject.partners[server]
        .ask_with(subject.query, subject.variables.clone())
        .await;
    let family = &reply.data()["family"];
    if family.is_null() {
        assert!(
            !String::from_utf8_lossy(&reply.bytes).contains("true"),
            "{:#}",
            reply.body
        );
        return false;
    }
    assert_eq!(family["onCohort"], true, "{:#}", reply.body);
    true
}

/// Reads until there were enough trials.
async fn read(number: usize, subjects: Arc<Vec<Subject>>, found: Arc<Found>, wanted: usize) {
    let began = Instant::now();
    for turn in number.. {
        if found.trials.load(Ordering::Relaxed) >= wanted {
            return;
        }
        assert!(
            began.elapsed() < LONGEST,
            "too slow: {} trials",
            found.trials.load(Ordering::Relaxed)
        );
        // Mostly what was changed last, and now and then what will be changed next or was changed long ago.
        let newest = found.newest[turn % found.newest.len()].load(Ordering::SeqCst);
        let at = if turn % 4 == 3 { newest + 1 + turn % 7 } else { newest } % subjects.len();
        let subject = &subjects[at];
        let before = subject.phase.now();
        let disclosed = discloses(subject, turn % subject.partners.len()).await;
        if subject.phase.now() != before {
            continue;
        }
        if is_withdrawn(before) {
            assert!(
                !disclosed,
                "subject {at} was disclosed by server {} after its withdrawal",
                turn % subject.partners.len()
            );
            found.trials.fetch_add(1, Ordering::Relaxed);
        } else if is_permitted(before) {
            assert!(
                disclosed,
                "subject {at} was withheld by server {} although permitted",
                turn % subject.partners.len()
            );
            found.disclosed_while_permitted.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// Gives one subject after the other, sees that it is disclosed and withdraws it, while the readers read. The subjects are shared out
/// among so many lanes of changes.
async fn run<F: AsyncFn(usize, bool)>(subjects: Vec<Subject>, lanes: usize, wanted: usize, change: F) -> Arc<Found> {
    let found = Found {
        newest: (0..lanes).map(AtomicUsize::new).collect(),
        ..Found::default()
    };
    let (subjects, found) = (Arc::new(subjects), Arc::new(found));
    let mut readers = tokio::task::JoinSet::new();
    for number in 0..READERS {
        readers.spawn(read(number, Arc::clone(&subjects), Arc::clone(&found), wanted));
    }
    let lane = |lane: usize| {
        let (subjects, found, change) = (&subjects, &found, &change);
        async move {
            for turn in 0.. {
                let at = (lane + turn * lanes) % subjects.len();
                let subject = &subjects[at];
                if found.trials.load(Ordering::Relaxed) >= wanted {
                    return;
                }
                if is_withdrawn(subject.phase.now()) {
                    subject.phase.next();
                    change(at, false).await;
                    subject.phase.next();
                }
                let server = turn % subject.partners.len();
                assert!(
                    discloses(subject, server).await,
                    "subject {at} is to be seen before it is withdrawn"
                );
                found.disclosed_while_permitted.fetch_add(1, Ordering::Relaxed);
                subject.phase.next();
                // Reads that overlap the change may see either side of it. What they leave behind must not outlive it.
                for server in 0..subject.partners.len() {
                    let subjects = Arc::clone(subjects);
                    tokio::spawn(async move { discloses(&subjects[at], server).await });
                }
                change(at, true).await;
                subject.phase.next();
                found.newest[lane].store(at, Ordering::SeqCst);
                found.changes.fetch_add(1, Ordering::Relaxed);
                let at_once = (0..subject.partners.len()).map(|server| discloses(subject, server));
                for disclosed in futures_util::future::join_all(at_once).await {
                    assert!(!disclosed, "subject {at} was disclosed right after its withdrawal");
                    found.trials.fetch_add(1, Ordering::Relaxed);
                }
            }
        }
    };
    let changing = futures_util::future::join_all((0..lanes).map(lane));
    let reading = async {
        while let Some(ended) = readers.join_next().await {
            ended.expect("a reader found something");
        }
    };
    futures_util::future::join(changing, reading).await;
    found
}

fn enough(found: &Found, wanted: usize) {
    let [trials, permitted, changes] =
        [&found.trials, &found.disclosed_while_permitted, &found.changes].map(|number| number.load(Ordering::Relaxed));
    println!("{trials} trials after {changes} changes, {permitted} disclosed while permitted");
    assert!(trials >= wanted);
    assert!(
        permitted * 50 >= wanted,
        "only {permitted} reads disclosed anything: the test proves nothing"
    );
    assert!(changes * 200 >= wanted, "only {changes} changes");
}

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
        (row.id, row.family_id, row.person_id, row.decided_by) = (consent, family, person, person);
        (row.category, row.agency_kind) = ("MARKER".to_owned(), "police".to_owned());
        (row.decision, row.recorded_at) = ("given".to_owned(), day.and_time(NaiveTime::MIN).and_utc());
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

const MARKED: &str = "query($reference: String!) { family(reference: $reference) { onCohort } }";

async fn consents_are_withdrawn(database: &TestDatabase, servers_of_it: usize) {
    let (apps, families) = servers(database, servers_of_it).await;
    let police: Vec<Partner> = apps
        .iter()
        .map(|app| app.partner("cambs-police", "marker_lookup", "safeguarding"))
        .collect();
    let subjects = families.iter().map(|(reference, _)| Subject {
        phase: Phase::default(),
        partners: police.clone(),
        query: MARKED,
        variables: json!({ "reference": reference }),
    });
    let wanted = trials(servers_of_it);
    let found = run(subjects.collect(), 4, wanted, async |at: usize, withdraw: bool| {
        let withdrawn_at = withdraw.then(|| today() - TimeDelta::seconds(1));
        let sql = "UPDATE consent SET withdrawn_at = $1 WHERE authority_id = 1 AND id = $2";
        commit(&apps[0], &[(sql, vec![withdrawn_at.into(), families[at].1.into()])]).await;
    });
    enough(&*found.await, wanted);
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

/// A new version that gives the police nothing takes effect as soon as its loading is acknowledged, on every server; and one with a later
/// date on that date, without a restart.
async fn a_new_version_takes_effect(database: &TestDatabase, servers_of_it: usize) {
    let (apps, _) = servers(database, servers_of_it).await;
    let versions: Vec<String> = (2..22)
        .map(|version| {
            let narrow = version % 2 == 0;
            let document =
                demo::CAMBRIDGESHIRE_AGREEMENT.replace("\nversion = 1\n", &format!("\nversion = {version}\n"));
            let document = document.replace("effective_from = 2026-01-01", "effective_from = 2026-06-01");
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
        apps[0].load_agreement(document).await;
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
        .replace("effective_from = 2026-06-01", "effective_from = 2026-06-16");
    apps[0].load_agreement(&last).await;
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
