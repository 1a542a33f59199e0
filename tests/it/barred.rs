//! A family that is barred to somebody, for a conflict of interest: whatever an agreement gives them, and in an emergency too, nothing of it is there for them, and nothing
//! tells them so. Everybody else sees it as before.

use chrono::Days;
use sea_orm::Value as SqlValue;
use serde_json::{Value, json};
use thinkfamily::{
    audit::{about_family, read},
    clock::{Clock, Ids},
    demo,
    graphql::ids::{Codec, Key, Kind},
    records::BarredSubjectRow,
    store::{bulk, dataset::Dataset},
};
use uuid::Uuid;

use crate::{
    feed::reader::{self, Reader},
    former::{AGREEMENT, CLAUSE},
    lookups::world::{ask, person},
    support::{
        app::{App, Partner, today},
        database::{TestDatabase, on_both},
    },
};

const FAMILY: &str = "TF-10001";
const WHY: &str = "A neighbour rang: shouting, a child screaming, a door broken in.";
/// The cousin of somebody in the family.
const COUSIN: &str = "cousin";

/// Everything of every family for the police, and what somebody may open in an emergency.
async fn serve(database: &TestDatabase, data: &Dataset) -> App {
    let databases = database.open().await;
    bulk::load(&databases, data, &mut |_| {}).await.unwrap();
    let app = App::over(databases, Clock::fixed(today()), Ids::seeded(1)).await;
    let everything = CLAUSE.replace("KIND", "police").replace("EXPLAINED", "true");
    app.load_agreement(&format!("{AGREEMENT}{everything}emergency = true\n"))
        .await;
    app
}

fn officer(app: &App, subject: &str) -> Partner {
    app.partner_named(
        "cambridgeshire",
        "cambs-police",
        "practitioner",
        "safeguarding",
        subject,
    )
}

fn family(data: &Dataset) -> Uuid {
    data.families
        .iter()
        .find(|row| row.reference == FAMILY)
        .expect("the Hardmans")
        .id
}

/// Bars the family to the cousin, from today on.
async fn bar(app: &App, agency_id: Option<Uuid>) -> Uuid {
    let row = BarredSubjectRow {
        authority_id: demo::CAMBRIDGESHIRE,
        id: Uuid::from_u128(4_000 + u128::from(agency_id.is_some())),
        family_id: family(&demo::worked(today().date_naive())),
        agency_id,
        subject: COUSIN.to_owned(),
        valid_from: today().date_naive(),
        valid_until: None,
    };
    let id = row.id;
    let more = Dataset {
        barred_subjects: vec![row],
        ..Dataset::default()
    };
    bulk::load(app.store.databases(), &more, &mut |_| {}).await.unwrap();
    id
}

/// The ids of the family and of somebody in it, and of its marker.
async fn ids(partner: &Partner) -> [Value; 3] {
    let query = format!("{{ family(reference: \"{FAMILY}\") {{ id members {{ id }} }} }}");
    let reply = partner.ask(&query).await;
    let of = &reply.data()["family"];
    let row = family(&demo::worked(today().date_naive()));
    let marker = Key {
        kind: Kind::Marker,
        family: row,
        row,
    };
    let marker = Codec::new(&[7; 32]).expect("a key").id(demo::CAMBRIDGESHIRE, marker);
    [of["id"].clone(), of["members"][0]["id"].clone(), json!(marker)]
}

/// All that somebody is answered who asks for the family in every way.
async fn answers(partner: &Partner, ids: &[Value; 3]) -> Vec<Vec<u8>> {
    let mut bytes = Vec::new();
    for query in [
        format!("{{ family(reference: \"{FAMILY}\") {{ id }} }}"),
        "{ families(first: 50) { totalCount nodes { reference memberCount } pageInfo { endCursor } } }".to_owned(),
        "{ families(first: 50, filter: { onCohort: true }) { totalCount nodes { reference } } }".to_owned(),
        "{ members(first: 100, orderBy: { field: FAMILY_NAME }) { totalCount nodes { givenName } } }".to_owned(),
        "{ members(first: 5, filter: { familyName: \"Hardman\" }) { totalCount nodes { id } } }".to_owned(),
        "{ criteriaMatches(first: 50) { totalCount nodes { id } } }".to_owned(),
        format!("{{ family(id: {}) {{ id }} }}", ids[0]),
        format!("{{ nodes(ids: [{}, {}, {}]) {{ id }} }}", ids[0], ids[1], ids[2]),
    ] {
        let reply = partner.ask(&query).await;
        assert!(reply.body["data"].is_object(), "{query}: {:#}", reply.body);
        bytes.push(reply.bytes.clone());
    }
    for described in [person("Dawn", "Hardman"), person("Tyler", "Hardman")] {
        bytes.push(ask(partner, described).await.bytes.clone());
    }
    bytes
}

on_both!(who_is_barred_is_told_to_nobody);
/// The trail says whom a bar is for, and no answer does.
async fn who_is_barred_is_told_to_nobody(database: &TestDatabase) {
    let app = App::start(database).await;
    let manager = app.partner("tff-team", "agreement_manager", "agreement_management");
    let [family, ..] = ids(&app.lead_professional()).await;
    let bar = "mutation ($input: BarSubjectInput!) { barSubject(input: $input) { errors { code } } }";
    let input = json!({ "familyId": family, "subject": COUSIN, "agency": "cambs-police", "until": "2026-07-01" });
    let reply = manager.ask_with(bar, json!({ "input": input })).await;
    assert_eq!(reply.data()["barSubject"]["errors"], json!([]), "{:#}", reply.body);
    let entries = read::latest(app.trail.store(), 1, None, 50).await.unwrap();
    let (_, told) = entries
        .iter()
        .find(|(_, entry)| !entry.barred.is_empty())
        .expect("an entry");
    let [bar] = &told.barred[..] else { panic!("one bar") };
    assert_eq!((bar.subject.as_str(), bar.from), (COUSIN, today().date_naive()));
    assert!(bar.agency.is_some() && bar.until.is_some());
    let query = "query ($id: ID!) { disclosures(familyId: $id, first: 50) { nodes { kind subject role purpose agreements clauses operationName categories } } }";
    let reply = manager.ask_with(query, json!({ "id": family })).await;
    let text = reply.body.to_string();
    assert!(
        text.to_uppercase().contains("WRITE") && !text.contains(COUSIN),
        "{text}"
    );
    let about = about_family(app.trail.store(), 1, told.families.first().copied().unwrap(), None, 50);
    assert!(about.await.unwrap().iter().all(|(_, entry)| entry.barred.is_empty()));
}

on_both!(for_them_it_is_as_if_it_were_not_there);
async fn for_them_it_is_as_if_it_were_not_there(database: &TestDatabase) {
    let data = demo::worked(today().date_naive());
    let app = serve(database, &data).await;
    let (cousin, colleague) = (officer(&app, COUSIN), officer(&app, "colleague"));
    let known = ids(&colleague).await;
    let before = answers(&colleague, &known).await;
    assert_eq!(answers(&cousin, &known).await, before, "nothing is barred yet");
    let bar = bar(&app, None).await;
    let barred = answers(&cousin, &known).await;
    assert_eq!(answers(&colleague, &known).await, before, "to others nothing is");
    assert!(barred.iter().zip(&before).all(|(barred, before)| barred != before));
    for answer in &barred {
        let text = String::from_utf8_lossy(answer);
        assert!(
            !text.contains(FAMILY) && !text.contains("Dawn") && !text.contains("BARRED"),
            "{text}"
        );
    }
    // Of its id it is answered as of one of nothing.
    let row = Uuid::from_u128(1);
    let nothing = Key {
        kind: Kind::Family,
        family: row,
        row,
    };
    let nothing = json!(Codec::new(&[7; 32]).expect("a key").id(demo::CAMBRIDGESHIRE, nothing));
    let named = async |id: &Value| cousin.ask(&format!("{{ node(id: {id}) {{ id }} }}")).await.bytes;
    assert_eq!(named(&known[0]).await, named(&nothing).await);

    // On the day of its end it is there again, at once.
    let sql = "UPDATE barred_subject SET valid_until = $1 WHERE id = $2";
    let end = |day: u64| vec![SqlValue::from(today().date_naive() + Days::new(day)), bar.into()];
    reader::change(&app.store, sql, end(1)).await;
    assert_eq!(answers(&cousin, &known).await, barred);
    reader::change(&app.store, sql, end(0)).await;
    assert_eq!(answers(&cousin, &known).await, before);
}

const OPEN: &str = "mutation($input: OpenEmergencyAccessInput!) { openEmergencyAccess(input: $input) { openedAt families { reference } \
     errors { code message } } }";

async fn open(partner: &Partner, field: &str, value: Value) -> Vec<u8> {
    let input = json!({ field: value, "ground": "THREAT_TO_LIFE", "justification": WHY });
    partner.ask_with(OPEN, json!({ "input": input })).await.bytes.clone()
}

on_both!(no_emergency_opens_it);
async fn no_emergency_opens_it(database: &TestDatabase) {
    let app = serve(database, &demo::worked(today().date_naive())).await;
    let (cousin, colleague) = (officer(&app, COUSIN), officer(&app, "colleague"));
    let [id, ..] = ids(&colleague).await;
    // Access that was opened before is worth nothing either.
    let opened = String::from_utf8(open(&cousin, "familyId", id.clone()).await).expect("text");
    assert!(opened.contains(FAMILY), "{opened}");
    bar(&app, None).await;
    let nobody = json!({ "givenName": "Otto", "familyName": "Quillfeather", "dateOfBirth": "1990-05-17" });
    for (field, value, in_vain) in [
        ("familyId", id.clone(), json!("made-up")),
        ("reference", json!(FAMILY), json!("TF-0")),
        ("reference", json!("tf 10001"), json!("TF-0")),
        ("person", person("Dawn", "Hardman"), nobody),
    ] {
        assert_eq!(
            open(&cousin, field, value).await,
            open(&cousin, field, in_vain).await,
            "{field}"
        );
    }
    let query = format!("{{ family(id: {id}) {{ id }} }}");
    assert_eq!(cousin.ask(&query).await.data()["family"], Value::Null);
    let colleagues = String::from_utf8(open(&colleague, "reference", json!(FAMILY)).await).expect("text");
    assert!(colleagues.contains(FAMILY), "{colleagues}");
}

on_both!(one_of_an_agency_is_barred_for_that_agency);
async fn one_of_an_agency_is_barred_for_that_agency(database: &TestDatabase) {
    let data = demo::worked(today().date_naive());
    let app = serve(database, &data).await;
    let agency = |code: &str| data.agencies.iter().find(|row| row.code == code).map(|row| row.id);
    let query = format!("{{ family(reference: \"{FAMILY}\") {{ id }} }}");
    bar(&app, agency("cambs-early-help")).await;
    let cousin = officer(&app, COUSIN);
    assert!(
        cousin.ask(&query).await.data()["family"].is_object(),
        "somebody else of that name"
    );
    bar(&app, None).await;
    assert!(cousin.ask(&query).await.data()["family"].is_null());
}

on_both!(the_feed_tells_them_nothing_of_it);
async fn the_feed_tells_them_nothing_of_it(database: &TestDatabase) {
    let app = serve(database, &demo::worked(today().date_naive())).await;
    let (cousin, colleague) = (officer(&app, COUSIN), officer(&app, "colleague"));
    let [.., marker] = ids(&colleague).await;
    let theirs = (String::from("SET"), marker.as_str().expect("an id").to_owned());
    bar(&app, None).await;
    let all = Reader::new(colleague).kinds().await;
    assert!(all.contains(&theirs));
    let others: Vec<_> = all.into_iter().filter(|told| *told != theirs).collect();
    assert_eq!(Reader::new(cousin).kinds().await, others);
}

async fn record(partner: &Partner, input: Value) -> Value {
    let document = "mutation($v: BarSubjectInput!) { barSubject(input: $v) { errors { field code } } }";
    let reply = partner.ask_with(document, json!({ "v": input })).await;
    reply.data()["barSubject"].clone()
}

on_both!(who_looks_after_the_agreement_bars_and_lifts_it);
async fn who_looks_after_the_agreement_bars_and_lifts_it(database: &TestDatabase) {
    let app = App::start(database).await;
    let manager = app.partner("tff-team", "agreement_manager", "agreement_management");
    let lead = app.lead_professional();
    let query = format!("{{ family(reference: \"{FAMILY}\") {{ id }} }}");
    let id = lead.ask(&query).await.data()["family"]["id"].clone();
    assert!(id.is_string());
    let day = |day: i64| json!(today().date_naive() + chrono::TimeDelta::days(day));
    let done = json!({ "errors": [] });
    let input = |more: Value| {
        let mut input = json!({ "familyId": id, "subject": demo::LEAD_SUBJECT });
        input
            .as_object_mut()
            .expect("an object")
            .extend(more.as_object().expect("an object").clone());
        input
    };
    let sees = async || lead.ask(&query).await.data()["family"].is_object();
    let rows = async || {
        app.number_of("SELECT count(*) AS number FROM barred_subject WHERE authority_id = 1")
            .await
    };
    let before = rows().await;

    // From a day to come, and then at once.
    assert_eq!(record(&manager, input(json!({ "from": day(1) }))).await, done);
    assert!(sees().await);
    assert_eq!(
        record(&manager, input(json!({ "agency": "cambs-early-help" }))).await,
        done
    );
    assert!(!sees().await, "at once");
    assert_eq!(rows().await, before + 2, "of an agency it is another");
    assert_eq!(
        record(
            &manager,
            input(json!({ "agency": "cambs-early-help", "until": day(0) }))
        )
        .await,
        done
    );
    assert!(sees().await, "it ended today");
    // The one of the day to come is brought forward, and lifted.
    assert_eq!(record(&manager, input(json!({}))).await, done);
    assert!(!sees().await, "brought forward");
    assert_eq!(record(&manager, input(json!({ "until": day(0) }))).await, done);
    assert!(sees().await, "lifted");
    assert_eq!(rows().await, before + 2, "one that is open is changed, and not doubled");

    // What is wrong, and for whom it is not.
    let refused = |field: &str, code: &str| json!({ "errors": [{ "field": field, "code": code }] });
    for (wrong, told) in [
        (json!({ "subject": "" }), refused("subject", "INVALID")),
        (json!({ "agency": "no-such-agency" }), refused("agency", "NOT_FOUND")),
        (json!({ "from": day(3), "until": day(2) }), refused("until", "INVALID")),
        (
            json!({ "familyId": lead.ask(&format!("{{ family(reference: \"{FAMILY}\") {{ members {{ id }} }} }}")).await
            .data()["family"]["members"][0]["id"] }),
            refused("familyId", "NOT_FOUND"),
        ),
    ] {
        assert_eq!(record(&manager, input(wrong)).await, told);
    }
    assert_eq!(
        record(&lead, input(json!({}))).await,
        Value::Null,
        "who leads the work does not decide it"
    );
    // Whom it is barred to bars nobody.
    let own = json!({ "subject": "agreement_manager-of-tff-team" });
    assert_eq!(record(&manager, input(own.clone())).await, done);
    assert_eq!(record(&manager, input(own)).await, refused("familyId", "NOT_FOUND"));
    // Each is in the trail, and names the family and nobody who is barred.
    let written = thinkfamily::audit::latest(app.trail.store(), demo::CAMBRIDGESHIRE, None, 50).await;
    let written = written
        .expect("the trail can be read")
        .into_iter()
        .map(|(_, entry)| entry);
    let of_bars = written.filter(|entry| entry.kind.code() == "write" && !entry.families.is_empty());
    assert_eq!(of_bars.count(), 6);
}

on_both!(who_lives_in_a_barred_family_opens_no_earlier_one);
async fn who_lives_in_a_barred_family_opens_no_earlier_one(database: &TestDatabase) {
    let app = serve(database, &demo::worked(today().date_naive())).await;
    // Tyler had moved out of another family before he came to the Hardmans.
    let sql = "INSERT INTO membership (authority_id, id, family_id, person_id, relationship, parental_responsibility, valid_from, \
               valid_until, end_reason) SELECT 1, f.id, f.id, p.id, 'child', FALSE, '2020-01-01', '2021-01-01', 'moved' FROM family f \
               JOIN person p ON p.authority_id = 1 AND p.given_name = 'Tyler' AND p.family_name = 'Hardman' \
               WHERE f.authority_id = 1 AND f.reference = 'TF-10003'";
    crate::feed::reader::change(&app.store, sql, vec![]).await;
    bar(&app, None).await;
    let cousin = officer(&app, COUSIN);
    let nobody = json!({ "givenName": "Otto", "familyName": "Quillfeather", "dateOfBirth": "1990-05-17" });
    assert_eq!(
        open(&cousin, "person", person("Tyler", "Hardman")).await,
        open(&cousin, "person", nobody).await
    );
}
