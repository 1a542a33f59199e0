//! Many write at the same time. Nobody is told that another change came first where the server could make theirs after it; and what was made again was made once, counted once and is in the trail as made
//! once.
//!
//! `THINKFAMILY_CHANGES=10000` makes so many changes in the place of some hundreds.

use std::{
    collections::BTreeMap,
    env,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use serde_json::{Value, json};
use thinkfamily::{
    audit::Kind,
    clock::{Clock, Ids},
    demo,
    store::{bulk, connect::Settings},
};

use super::{hardmans, member};
use crate::{
    contacts::{self, AT_RISK, HARDMANS, contact, mailbox, marker_id, police},
    support::{
        app::{App, Partner, today},
        database::{self, TestDatabase, on_both},
        trail,
    },
};

const WRITERS: usize = 16;

fn changes() -> usize {
    let asked = env::var("THINKFAMILY_CHANGES").ok();
    asked.map_or(320, |number| number.parse().expect("a number of changes"))
}

/// A server with as many connections as there are writers, as one has by default.
async fn start(database: &TestDatabase) -> App {
    let settings = Settings {
        connections: 16,
        ..database::settings()
    };
    let databases = database.open_within(&settings).await;
    bulk::load(&databases, &demo::worked(today().date_naive()), &mut |_| {})
        .await
        .expect("the demonstration loads");
    let app = App::over(databases, Clock::fixed(today()), Ids::random()).await;
    for agreement in demo::worked_agreements() {
        app.load_agreement(agreement).await;
    }
    app
}

/// Has all writers make changes, one after the other each, until there were so many. What a change is given is its number.
async fn write<F: Future<Output = ()> + Send>(changes: usize, change: impl Fn(usize) -> F + Send + Sync + 'static) {
    let (next, change) = (Arc::new(AtomicUsize::new(0)), Arc::new(change));
    let writers = (0..WRITERS).map(|_| {
        let (next, change) = (Arc::clone(&next), Arc::clone(&change));
        tokio::spawn(async move {
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= changes {
                    break;
                }
                change(number).await;
            }
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.expect("it runs");
    }
}

/// How many entries of the trail say that something was changed, and how many that it was not after all.
async fn told(app: &App) -> (i64, i64) {
    let entries = trail::entries(app.store.databases()).await;
    let number = |kind: Kind| {
        let of_kind = entries.iter().filter(|(entry, _)| entry.kind == kind);
        i64::try_from(of_kind.count()).expect("a number")
    };
    (number(Kind::Write), number(Kind::WriteFailed))
}

async fn contacts_of_several_families_are_all_made(database: &TestDatabase) {
    let app = start(database).await;
    let (officer, many) = (police(&app), changes());
    let markers = [marker_id(&app, HARDMANS).await, marker_id(&app, AT_RISK).await];
    let (before, _) = told(&app).await;
    let counted = "SELECT CAST(coalesce(max(counted), 0) AS bigint) AS number FROM write_budget";
    assert_eq!(app.number_of(counted).await, 0);
    write(many, move |number| {
        let (officer, marker) = (officer.clone(), markers[number % 2].clone());
        async move {
            let mut input = contact(&marker);
            input["idempotencyKey"] = json!(format!("contact {number}"));
            let query = "mutation ($input: RecordContactInput!) { recordContact(input: $input) { errors { code } } }";
            let reply = officer.ask_with(query, json!({ "input": input })).await;
            assert_eq!(reply.data()["recordContact"]["errors"], json!([]), "{number}");
        }
    })
    .await;
    let (many, (announced, taken_back)) = (i64::try_from(many).unwrap(), told(&app).await);
    println!(
        "{many} contacts: {} made again, {taken_back} after the trail had them",
        app.engine.made_again()
    );
    assert_eq!(
        app.number_of("SELECT count(*) AS number FROM contact WHERE recorded_at = '2026-06-15T12:00:00+00:00'")
            .await,
        many
    );
    assert_eq!(app.number_of("SELECT count(*) AS number FROM idempotency").await, many);
    assert_eq!(app.number_of(counted).await, many, "each is counted once");
    assert_eq!(announced - taken_back - before, many, "each is told as made once");
}
on_both!(contacts_of_several_families_are_all_made);

/// Who asks, for which mutation, with what selected of its answer, and its input.
type Asked<'a> = (&'a Partner, &'static str, &'static str, Value);

/// What every mutation is tried with, by whom. Each has a number of its own.
struct Everything {
    app: App,
    colleagues: Vec<Partner>,
    lead: Partner,
    officer: Partner,
    practitioner: Partner,
    mailbox: Partner,
    keeper: Partner,
    family: Value,
    marker: String,
    consents: Mutex<Vec<Value>>,
    endpoints: Mutex<Vec<Value>>,
    alerts: Mutex<Vec<Value>>,
    involvement: Mutex<Option<Value>>,
    version: AtomicUsize,
}

impl Everything {
    async fn of(app: App) -> Self {
        let colleague = |number: i32| {
            let name = format!("colleague-{number}");
            app.partner_named("cambridgeshire", "cambs-police", "marker_lookup", "safeguarding", &name)
        };
        Self {
            colleagues: (0..50).map(colleague).collect(),
            lead: app.lead_professional(),
            officer: police(&app),
            practitioner: app.partner("cambs-police", "practitioner", "safeguarding"),
            mailbox: mailbox(&app),
            keeper: app.partner("tff-team", "agreement_manager", "agreement_management"),
            family: hardmans(&app).await,
            marker: marker_id(&app, HARDMANS).await,
            consents: Mutex::default(),
            endpoints: Mutex::default(),
            alerts: Mutex::default(),
            involvement: Mutex::default(),
            version: AtomicUsize::new(2),
            app,
        }
    }

    fn one_of(&self, list: &Mutex<Vec<Value>>) -> Value {
        list.lock().unwrap().pop().unwrap_or_else(|| self.family["id"].clone())
    }

    /// What is changed of the family.
    fn of_family(&self, number: usize) -> Asked<'_> {
        let (family, marker) = (&self.family["id"], &self.marker);
        let (system, day) = (format!("system {}", number % 7), "2026-06-15");
        match number % 16 {
            0 => {
                let dawn = member(&self.family, "Dawn");
                let input = json!({ "memberId": dawn, "categories": ["CRITERION_WORK"], "agencyKinds": ["POLICE"], "decision": "GIVEN" });
                (&self.lead, "recordConsent", "consents { id }", input)
            }
            1 => {
                let input = json!({ "consentId": self.one_of(&self.consents) });
                (&self.lead, "withdrawConsent", "", input)
            }
            2 => {
                let input = json!({ "familyId": family, "agency": "cambs-drugs-service", "contactName": "Sam Example", "startedOn": day });
                (&self.lead, "recordInvolvement", "involvement { id }", input)
            }
            3 => {
                let known = self.involvement.lock().unwrap().clone();
                let input = json!({ "involvementId": known.unwrap_or_else(|| family.clone()), "endedOn": day });
                (&self.lead, "endInvolvement", "", input)
            }
            4 => {
                let input = json!({ "familyId": family, "ground": "SAFEGUARDING", "justification": "A neighbour rang about shouting." });
                (&self.practitioner, "openEmergencyAccess", "", input)
            }
            6 => {
                let input = json!({ "markerId": marker, "system": system, "placedOn": day });
                (&self.officer, "recordMarkerPlaced", "", input)
            }
            7 => {
                let input = json!({ "markerId": marker, "system": system, "removedOn": day });
                (&self.officer, "recordMarkerRemoved", "", input)
            }
            8 => {
                let colleague = &self.colleagues[number % self.colleagues.len()];
                let input = json!({ "markerId": marker, "changedWhatWasDone": true, "seenOn": day });
                (colleague, "recordMarkerResponse", "", input)
            }
            _ => (&self.officer, "recordContact", "", contact(marker)),
        }
    }

    /// What is changed otherwise, and of the family where nothing else is.
    fn asked(&self, number: usize) -> Asked<'_> {
        match number % 16 {
            5 if number % 160 == 5 => {
                let version = self.version.fetch_add(1, Ordering::Relaxed);
                let day = 739_780 + i32::try_from(version).unwrap();
                let from = chrono::NaiveDate::from_num_days_from_ce_opt(day).unwrap();
                let document = demo::CAMBRIDGESHIRE_AGREEMENT
                    .replacen("version = 1", &format!("version = {version}"), 1)
                    .replacen("effective_from = 2026-01-01", &format!("effective_from = {from}"), 1);
                (&self.keeper, "loadAgreement", "", json!({ "document": document }))
            }
            9 => {
                let input = json!({ "url": format!("https://hooks.example.org/{number}") });
                (&self.mailbox, "addWebhookEndpoint", "endpoint { id }", input)
            }
            10 => {
                let input = json!({ "endpointId": self.one_of(&self.endpoints) });
                (&self.mailbox, "rotateWebhookSecret", "", input)
            }
            11 => {
                let input = json!({ "endpointId": self.one_of(&self.endpoints) });
                (&self.mailbox, "removeWebhookEndpoint", "", input)
            }
            12 => {
                let input = json!({ "url": format!("https://hooks.example.org/{}", number % 3) });
                (&self.keeper, "addAlertEndpoint", "endpoint { id }", input)
            }
            13 => {
                let input = json!({ "endpointId": self.one_of(&self.alerts) });
                (&self.keeper, "removeAlertEndpoint", "", input)
            }
            14 => {
                let input = json!({ "deliveryId": self.family["id"] });
                (&self.mailbox, "retryWebhookDelivery", "", input)
            }
            _ => self.of_family(number),
        }
    }

    async fn change(&self, number: usize) -> (&'static str, Value) {
        let (partner, name, selection, input) = self.asked(number);
        let payload = contacts::change(partner, name, selection, input).await;
        if let Some(id) = payload["consents"][0].get("id") {
            self.consents.lock().unwrap().push(id.clone());
        }
        if let Some(id) = payload["endpoint"].get("id") {
            let list = if name == "addAlertEndpoint" {
                &self.alerts
            } else {
                &self.endpoints
            };
            list.lock().unwrap().extend([id.clone(), id.clone()]);
        }
        if let Some(id) = payload["involvement"].get("id") {
            *self.involvement.lock().unwrap() = Some(id.clone());
        }
        (name, payload)
    }
}

async fn changes_of_every_kind_are_all_answered(database: &TestDatabase) {
    let everything = Arc::new(Everything::of(start(database).await).await);
    let made: Arc<Mutex<BTreeMap<&str, [usize; 2]>>> = Arc::default();
    let (all, told_of) = (Arc::clone(&everything), Arc::clone(&made));
    let many = changes();
    write(many, move |number| {
        let (all, told_of) = (Arc::clone(&all), Arc::clone(&told_of));
        async move {
            let (name, payload) = all.change(number).await;
            let refused = payload["errors"].as_array().is_none_or(|errors| !errors.is_empty());
            told_of.lock().unwrap().entry(name).or_default()[usize::from(refused)] += 1;
        }
    })
    .await;
    let (announced, taken_back) = told(&everything.app).await;
    let again = everything.app.engine.made_again();
    let made = made.lock().unwrap();
    println!("{many} changes, {again} made again, {taken_back} after the trail had them: {made:?}");
    for (name, [made, refused]) in &*made {
        // Nothing there can be tried again.
        assert!(
            *made > 0 || *name == "retryWebhookDelivery",
            "{name}: {made}, {refused}"
        );
    }
    assert_eq!(made.values().flatten().sum::<usize>(), many);
    assert!(announced > taken_back);
}
on_both!(changes_of_every_kind_are_all_answered);
