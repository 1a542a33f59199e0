//! Partners who keep in step with the feed, and families made for the tests.

use std::{collections::BTreeMap, sync::Arc};

use chrono::{NaiveDate, NaiveTime};
use sea_orm::{ConnectionTrait, Statement, Value as SqlValue};
use serde_json::{Value, json};
use thinkfamily::{
    auth::Directory as _,
    clock::{Clock, Ids},
    demo,
    graphql::{
        engine::Engine,
        ids::{Codec, Key, Kind},
        operation::{Allowed, OperationRequest, WithheldMode},
    },
    records::{ConsentAnswer, ConsentRow, FamilyRow, MembershipRow, PersonRow},
    sharing::caller::{Caller, Party},
    store::{
        Store, bulk,
        dataset::Dataset,
        session::{Mode, Session},
    },
};
use uuid::Uuid;

use crate::support::{
    app::{App, Partner, today},
    database::TestDatabase,
};

/// A page of the feed.
pub(super) const PAGE: &str = "query Feed($after: String, $first: Int) { markerChanges(after: $after, first: $first) {
    edges { cursor node { kind markerId cursor marker { id onCohortSince onePlan whatToDo leadProfessional { name phone agency { code } } } } }
    nodes { kind } pageInfo { hasNextPage endCursor }
} }";

/// The same of one event.
pub(super) const LIVE: &str = "subscription Live($after: String) { markerChanged(after: $after) {
    kind markerId cursor marker { id onCohortSince onePlan leadProfessional { name } }
} }";

/// Somebody who reads the feed from where they were.
pub(crate) struct Reader {
    pub(crate) partner: Partner,
    pub(super) after: Option<String>,
    pub(super) size: i32,
}

/// An event as its reader got it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Told {
    pub(super) kind: String,
    pub(super) id: String,
    pub(super) marker: Value,
    pub(super) cursor: String,
}

impl Told {
    pub(super) fn of(node: &Value) -> Self {
        let text = |name: &str| node[name].as_str().expect(name).to_owned();
        let told = Self {
            kind: text("kind"),
            id: text("markerId"),
            marker: node["marker"].clone(),
            cursor: text("cursor"),
        };
        assert_eq!(told.kind == "REMOVED", told.marker.is_null(), "{node:#}");
        if !told.marker.is_null() {
            assert_eq!(told.marker["id"], json!(told.id));
        }
        told
    }
}

impl Reader {
    pub(crate) fn new(partner: Partner) -> Self {
        Self {
            partner,
            after: None,
            size: 3,
        }
    }

    /// All that came since the last time.
    pub(crate) async fn read(&mut self) -> Vec<Told> {
        let mut told = Vec::new();
        loop {
            let variables = json!({ "after": self.after, "first": self.size });
            let reply = self.partner.ask_with(PAGE, variables).await;
            let page = &reply.data()["markerChanges"];
            assert!(page.is_object(), "{:#}", reply.body);
            let edges = page["edges"].as_array().expect("edges");
            assert_eq!(edges.len(), page["nodes"].as_array().expect("nodes").len());
            for edge in edges {
                assert_eq!(edge["cursor"], edge["node"]["cursor"]);
                told.push(Told::of(&edge["node"]));
            }
            self.after = Some(
                page["pageInfo"]["endCursor"]
                    .as_str()
                    .expect("always a place to go on")
                    .to_owned(),
            );
            if page["pageInfo"]["hasNextPage"] == json!(false) {
                return told;
            }
        }
    }

    /// What came since the last time, as kinds and ids.
    pub(crate) async fn kinds(&mut self) -> Vec<(String, String)> {
        let told = self.read().await;
        told.into_iter().map(|told| (told.kind, told.id)).collect()
    }

    /// That nothing came, and that not even the place has changed.
    #[track_caller]
    pub(crate) fn nothing(&mut self) -> impl Future<Output = ()> + '_ {
        let caller = std::panic::Location::caller();
        async move {
            let before = self.after.clone();
            let told = self.read().await;
            assert!(told.is_empty(), "{caller}: {told:#?}");
            if before.is_some() {
                assert_eq!(self.after, before, "{caller}: the place has moved");
            }
        }
    }
}

/// What is known of markers to somebody who took all events in: by id, what each says.
pub(super) fn take_in(known: &mut BTreeMap<String, Value>, told: &[Told]) {
    for told in told {
        if told.kind == "REMOVED" {
            known.remove(&told.id);
        } else {
            known.insert(told.id.clone(), told.marker.clone());
        }
    }
}

/// Runs a statement of the main database that must change something.
pub(crate) async fn change(store: &Store, sql: &str, values: Vec<SqlValue>) {
    let main = store.databases().main();
    let statement = Statement::from_sql_and_values(main.get_database_backend(), sql, values);
    assert!(main.execute_raw(statement).await.unwrap().rows_affected() > 0, "{sql}");
}

/// The key of the family with that reference.
pub(super) async fn family(store: &Store, reference: &str) -> Uuid {
    let main = store.databases().main();
    let sql = "SELECT id FROM family WHERE authority_id = 1 AND reference = $1";
    let statement = Statement::from_sql_and_values(main.get_database_backend(), sql, [reference.into()]);
    let row = main.query_one_raw(statement).await.unwrap().expect("the family");
    row.try_get("", "id").unwrap()
}

/// The id of a family's marker.
pub(super) async fn marker_id(store: &Store, reference: &str) -> String {
    let family = family(store, reference).await;
    let key = Key {
        kind: Kind::Marker,
        family,
        row: family,
    };
    Codec::new(&[7; 32]).expect("32 bytes").id(1, key)
}

/// Says that something of a family was written, as every writer does.
pub(super) async fn touch(store: &Store, reference: &str) {
    let key = family(store, reference).await;
    let session = Session::begin(store, 1, Mode::Write).await.unwrap();
    session.write_as_operator().touch(key);
    session.commit().await.unwrap();
}

/// A change of the Hardmans, written as every writer does.
pub(super) async fn touched(app: &App, change: impl Future<Output = ()>) {
    change.await;
    touch(&app.store, demo::HARDMAN_REFERENCE).await;
}

/// Families on the cohort with one adult each, who agreed that the police see the marker: `R-0`, `R-1`, …
pub(super) fn with_families(data: &mut Dataset, number: usize) -> Vec<(Uuid, Uuid)> {
    let ids = Ids::seeded(78);
    let day = NaiveDate::from_ymd_opt(2026, 1, 5).unwrap();
    let recorder = data
        .agencies
        .iter()
        .find(|row| row.code == "cambs-early-help")
        .unwrap()
        .id;
    let mut made = Vec::new();
    for number in 0..number {
        let (family, person) = (ids.uuid(), ids.uuid());
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
        (row.id, row.family_id, row.person_id, row.decided_by) = (ids.uuid(), family, person, Some(person));
        (row.category, row.agency_kind) = ("MARKER".to_owned(), "police".to_owned());
        (row.decision, row.recorded_at) = (ConsentAnswer::Given, day.and_time(NaiveTime::MIN).and_utc());
        (row.expires_on, row.withdrawn_at, row.recorded_by_agency) = (None, None, recorder);
        data.consents.push(row);
        made.push((family, person));
    }
    made
}

/// One or more servers over one database, each with connections and caches of its own, with the demonstration and some families more.
pub(super) async fn servers(database: &TestDatabase, number: usize, families: usize) -> (Vec<App>, Vec<(Uuid, Uuid)>) {
    let databases = database.open().await;
    let mut data = demo::worked(today().date_naive());
    let families = with_families(&mut data, families);
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

/// Somebody of a Cambridgeshire agency, as the engine knows them.
pub(crate) async fn caller(store: &Store, agency: &str, role: &str, purpose: &str) -> Caller {
    let entry = store
        .agency("cambridgeshire", agency, "test-client")
        .await
        .unwrap()
        .expect("the agency");
    Caller {
        authority: entry.authority,
        authority_code: "cambridgeshire".to_owned(),
        principal: Party {
            agency: entry.agency,
            agency_code: agency.to_owned(),
            agency_kind: entry.kind,
            role: role.to_owned(),
            subject: format!("{role}-of-{agency}"),
        },
        portal: None,
        client: "test-client".to_owned(),
        purpose: purpose.to_owned(),
        purposes: vec![purpose.to_owned()],
    }
}

/// An operation as the wire hands it over.
pub(super) fn operation(caller: &Caller, query: &str, variables: &Value) -> OperationRequest {
    OperationRequest {
        began: thinkfamily::clock::Stopwatch::start(),
        request_id: Ids::random().uuid(),
        caller: caller.clone(),
        query: query.to_owned(),
        document: Arc::new(async_graphql_parser::parse_query(query).expect("a document")),
        operation_name: None,
        variables: variables.as_object().expect("variables").clone(),
        withheld: WithheldMode::Report,
        receipt: false,
        allowed: Allowed::QueriesAndMutations,
    }
}

/// An engine over a server's store and trail.
pub(super) fn engine(app: &App) -> Engine {
    crate::support::app::engine(app.store.clone(), app.trail.clone(), crate::support::app::lookups())
}
