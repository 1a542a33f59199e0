//! A membership begins and ends at midnight in London: for whoever sees the family, and for whoever looks somebody up.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde_json::Value;
use thinkfamily::demo;

use crate::{
    feed::reader::change,
    lookups::world::{ask, person},
    support::{
        app::App,
        database::{TestDatabase, on_both},
    },
};

/// A midnight in London, and the day that begins: in summer, when the clocks change, and on a leap day.
const MIDNIGHTS: [(&str, &str); 5] = [
    ("2026-07-01T23:00:00Z", "2026-07-02"),
    ("2026-10-26T00:00:00Z", "2026-10-26"),
    ("2027-03-28T00:00:00Z", "2027-03-28"),
    ("2027-03-28T23:00:00Z", "2027-03-29"),
    ("2028-02-29T00:00:00Z", "2028-02-29"),
];

/// Whether Megan and Lee are told as members to who leads the family, and whether each is found.
async fn there(app: &App) -> [(bool, bool); 2] {
    let query = format!(
        "{{ family(reference: \"{}\") {{ members {{ givenName }} }} }}",
        demo::HARDMAN_REFERENCE
    );
    let reply = app.lead_professional().ask(&query).await;
    let members = reply.data()["family"]["members"].as_array().expect("members").clone();
    let social_care = app.partner("cambs-social-care", "marker_lookup", "safeguarding");
    let mut there = [(false, false); 2];
    for (there, (given, family)) in there.iter_mut().zip([("Megan", "Hardman"), ("Lee", "Sadler")]) {
        let reply = ask(&social_care, person(given, family)).await;
        let status = &reply.data()["markerLookup"]["status"];
        assert!(["MATCHED", "NOT_FOUND"].map(Value::from).contains(status), "{status}");
        *there = (
            members.iter().any(|member| member["givenName"] == given),
            status == "MATCHED",
        );
    }
    there
}

async fn a_membership_begins_and_ends_at_midnight_in_london(database: &TestDatabase) {
    let app = App::start(database).await;
    for (at, first) in MIDNIGHTS {
        let at: DateTime<Utc> = at.parse().expect("an instant");
        let first: NaiveDate = first.parse().expect("a day");
        app.clock.set(at - TimeDelta::microseconds(1));
        for (column, given) in [("valid_until", "Megan"), ("valid_from", "Lee")] {
            let sql = format!(
                "UPDATE membership SET {column} = $1 WHERE authority_id = 1 AND person_id = (SELECT id FROM person \
                 WHERE authority_id = 1 AND given_name = '{given}' AND family_name IN ('Hardman', 'Sadler'))"
            );
            change(&app.store, &sql, vec![first.into()]).await;
        }
        assert_eq!(there(&app).await, [(true, true), (false, false)], "before {at}");
        app.clock.set(at);
        assert_eq!(app.clock.today(), first);
        assert_eq!(there(&app).await, [(false, false), (true, true)], "from {at}");
    }
}
on_both!(a_membership_begins_and_ends_at_midnight_in_london);
