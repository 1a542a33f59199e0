//! Small worlds of families in which consent is hard to get right, each as partners live through it.

use chrono::TimeDelta;
use serde_json::json;
use thinkfamily::{
    demo,
    store::{bulk, dataset::Dataset},
};

use super::{assert_done, change, hardmans, member};
use crate::{
    feed::reader,
    lookups::world::membership,
    support::{
        app::{App, today},
        database::{TestDatabase, on_both},
    },
};

async fn write(app: &App, sql: &str) {
    reader::change(&app.store, sql, vec![]).await;
}

/// A parent says for Tyler whether schools may know his name.
async fn says(app: &App, parent: &str, decision: &str) {
    let family = hardmans(app).await;
    let input = json!({
        "memberId": member(&family, "Tyler"),
        "decidedById": member(&family, parent),
        "categories": ["IDENTITY"],
        "agencyKinds": ["SCHOOL"],
        "decision": decision,
    });
    let payload = change(&app.lead_professional(), "recordConsent", "consents { id }", input).await;
    assert_done(&payload);
}

/// Whether a teacher is told Tyler's name.
async fn told(app: &App) -> bool {
    let school = app.partner("fenbrook-school", "practitioner", "education_support");
    let reply = school.ask("{ members { nodes { givenName } } }").await;
    reply.data().to_string().contains("Tyler")
}

const LEE: &str =
    "person_id = (SELECT id FROM person WHERE authority_id = 1 AND given_name = 'Lee' AND family_name = 'Sadler')";

/// The Hardmans, where Lee has parental responsibility for all children of the family, too.
async fn two_parents(database: &TestDatabase) -> App {
    let app = App::start(database).await;
    let both = format!("UPDATE membership SET parental_responsibility = TRUE WHERE authority_id = 1 AND {LEE}");
    write(&app, &both).await;
    app
}

async fn of_two_parents_of_two_minds_the_no_stands_until_who_said_it_takes_it_back(database: &TestDatabase) {
    let app = two_parents(database).await;
    assert!(told(&app).await, "the yes of one is enough");
    says(&app, "Lee", "REFUSED").await;
    assert!(!told(&app).await);
    says(&app, "Dawn", "GIVEN").await;
    assert!(!told(&app).await, "a newer yes of the other does not undo it");
    says(&app, "Lee", "GIVEN").await;
    assert!(told(&app).await);
    says(&app, "Dawn", "REFUSED").await;
    assert!(!told(&app).await, "nor is it another when she says it");
}
on_both!(of_two_parents_of_two_minds_the_no_stands_until_who_said_it_takes_it_back);

async fn the_no_of_a_parent_does_not_lapse_when_they_leave_or_die_and_their_yes_does(database: &TestDatabase) {
    let app = two_parents(database).await;
    says(&app, "Lee", "REFUSED").await;
    app.clock.set(today() + TimeDelta::days(1));
    assert!(!told(&app).await);
    let leaves = format!("UPDATE membership SET valid_until = '2026-06-16' WHERE authority_id = 1 AND {LEE}");
    write(&app, &leaves).await;
    assert!(!told(&app).await, "he left today");
    let stays = format!("UPDATE membership SET valid_until = NULL WHERE authority_id = 1 AND {LEE}");
    write(&app, &stays).await;
    let dies = "UPDATE person SET died_on = '2026-06-16' WHERE authority_id = 1 AND given_name = 'Lee' AND family_name = 'Sadler'";
    write(&app, dies).await;
    assert!(!told(&app).await, "he died today");
    says(&app, "Dawn", "GIVEN").await;
    assert!(!told(&app).await, "nobody can say otherwise in his place");

    // His yes is worth nothing from then on.
    let hers = "DELETE FROM consent WHERE authority_id = 1 AND category = 'IDENTITY' AND agency_kind = 'school' \
                AND person_id = (SELECT id FROM person WHERE authority_id = 1 AND given_name = 'Tyler') \
                AND (decision = 'refused' OR decided_by <> (SELECT id FROM person WHERE authority_id = 1 AND given_name = 'Lee' \
                AND family_name = 'Sadler'))";
    write(&app, hers).await;
    let lives =
        "UPDATE person SET died_on = NULL WHERE authority_id = 1 AND given_name = 'Lee' AND family_name = 'Sadler'";
    write(&app, lives).await;
    says(&app, "Lee", "GIVEN").await;
    assert!(told(&app).await);
    app.clock.set(today() + TimeDelta::days(2));
    assert!(told(&app).await);
    write(&app, &leaves).await;
    assert!(!told(&app).await);
    write(&app, &stays).await;
    write(&app, dies).await;
    assert!(!told(&app).await);
    write(&app, lives).await;
    assert!(told(&app).await);
}
on_both!(the_no_of_a_parent_does_not_lapse_when_they_leave_or_die_and_their_yes_does);

/// Whether the police, who ask for everybody's consent, know that the Hardmans are on the programme.
async fn known(app: &App) -> bool {
    let police = app.partner("cambs-police", "marker_lookup", "safeguarding");
    let reply = police.ask("{ family(reference: \"TF-10001\") { onCohort } }").await;
    reply.data()["family"].is_object()
}

async fn the_daughter_who_turns_18_today_is_asked_from_the_28th_day_on(database: &TestDatabase) {
    let app = App::start(database).await;
    assert!(known(&app).await);
    // What her mother said for her is hers no longer.
    for (born, not_yet_asked) in [("2008-06-15", true), ("2008-05-19", true), ("2008-05-18", false)] {
        let turns = format!(
            "UPDATE person SET date_of_birth = '{born}' WHERE authority_id = 1 AND given_name = 'Megan' AND family_name = 'Hardman'"
        );
        write(&app, &turns).await;
        assert_eq!(known(&app).await, not_yet_asked, "{born}");
    }
}
on_both!(the_daughter_who_turns_18_today_is_asked_from_the_28th_day_on);

async fn the_partner_who_moved_in_yesterday_is_asked_from_the_28th_day_on(database: &TestDatabase) {
    let app = App::start(database).await;
    let data = demo::worked(today().date_naive());
    let family = data
        .families
        .iter()
        .find(|row| row.reference == demo::HARDMAN_REFERENCE);
    let joe = data
        .people
        .iter()
        .find(|row| row.given_name == "Joe" && row.family_name == "Palmer");
    let mut joins = membership(family.expect("the Hardmans"), joe.expect("another adult").id, 9_701);
    joins.valid_from = today().date_naive() - TimeDelta::days(1);
    let joined = Dataset {
        memberships: vec![joins.clone()],
        ..Dataset::default()
    };
    bulk::load(app.store.databases(), &joined, &mut |_| {}).await.unwrap();
    assert!(known(&app).await, "he moved in yesterday");
    for (days, not_yet_asked) in [(27, true), (28, false)] {
        let since = today().date_naive() - TimeDelta::days(days);
        let moved = "UPDATE membership SET valid_from = $1 WHERE id = $2";
        reader::change(&app.store, moved, vec![since.into(), joins.id.into()]).await;
        assert_eq!(known(&app).await, not_yet_asked, "{days} days ago");
    }
}
on_both!(the_partner_who_moved_in_yesterday_is_asked_from_the_28th_day_on);
