//! A contact's note is for those who may know of the contact and of what the note is about.

use serde_json::{Value, json};

use super::{HARDMANS, change_past_the_server, contact, marker_id, police, report, with};
use crate::support::{
    app::{App, Partner},
    database::{TestDatabase, on_both},
};

const NOTES: &str = "{ family(reference: \"TF-10001\") { contacts { note { text category } } } }";

/// The texts of all notes that the partner sees, and how many contacts.
async fn notes(partner: &Partner) -> (Vec<String>, usize) {
    let reply = partner.ask(NOTES).await;
    let contacts = reply.data()["family"]["contacts"].clone();
    let contacts = contacts.as_array().cloned().unwrap_or_default();
    let texts = contacts.iter().filter_map(|contact| contact["note"]["text"].as_str());
    let mut texts: Vec<String> = texts.map(str::to_owned).collect();
    texts.sort();
    (texts, contacts.len())
}

async fn a_note_is_read_by_its_category(database: &TestDatabase) {
    let app = App::start(database).await;
    let (police, marker) = (police(&app), marker_id(&app, HARDMANS).await);
    for (text, category) in [
        ("about crime", "CRITERION_CRIME"),
        ("about health", "CRITERION_HEALTH"),
        ("please ring", "INVOLVEMENT"),
    ] {
        let note = json!({ "text": text, "category": category });
        report(&police, with(&contact(&marker), "note", note)).await;
    }
    report(&police, contact(&marker)).await;
    let lead = app.lead_professional();
    // The step-father refused that early help learns of health, and what is about the family needs him too.
    assert_eq!(
        notes(&lead).await,
        (vec!["about crime".to_owned(), "please ring".to_owned()], 4)
    );
    // Nothing tells a note that is withheld from none at all.
    let reply = lead.ask(NOTES).await;
    let empty = reply.data()["family"]["contacts"].as_array().expect("a list").iter();
    assert_eq!(empty.filter(|contact| contact["note"] == Value::Null).count(), 2);
    assert_eq!(reply.withheld("Contact.note"), Vec::<&str>::new());
    consent_to_health(&app).await;
    assert_eq!(notes(&lead).await.0, ["about crime", "about health", "please ring"]);

    // A manager of the same agency may know of contacts, and of neither matter.
    let mailbox = super::mailbox(&app);
    assert_eq!(notes(&mailbox).await, (vec!["please ring".to_owned()], 4));
    // A police officer who does not work with the family sees no contact, the police's own report included.
    let officer = app.partner("cambs-police", "practitioner", "safeguarding");
    assert_eq!(notes(&officer).await, (vec![], 0));
    involve_police(&app).await;
    assert_eq!(
        notes(&officer).await,
        (vec!["about crime".to_owned(), "please ring".to_owned()], 4)
    );
    // Whoever only looks up markers never sees a contact.
    let reply = police.ask(NOTES).await;
    assert_eq!(reply.data()["family"]["contacts"], Value::Null);
    assert_eq!(reply.withheld("Family.contacts"), ["NOT_IN_AGREEMENT"]);
}
on_both!(a_note_is_read_by_its_category);

async fn consent_to_health(app: &App) {
    let sql = "DELETE FROM consent WHERE authority_id = 1 AND category = $1 AND agency_kind = $2 AND decision = $3";
    let values = vec!["CRITERION_HEALTH".into(), "early_help".into(), "refused".into()];
    change_past_the_server(app, sql, values).await;
}

async fn involve_police(app: &App) {
    let sql = "INSERT INTO involvement (authority_id, id, family_id, agency_id, contact_name, started_on) \
               SELECT 1, $1, family.id, agency.id, 'Somebody', $2 FROM family, agency WHERE family.authority_id = 1 \
               AND family.reference = 'TF-10001' AND agency.authority_id = 1 AND agency.code = 'cambs-police'";
    let key = thinkfamily::clock::Ids::random().uuid();
    change_past_the_server(app, sql, vec![key.into(), app.clock.today().into()]).await;
}
