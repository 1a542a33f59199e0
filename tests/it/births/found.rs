//! Who of them is found, and who is not since somebody has yet to be asked.

use serde_json::{Value, json};

use super::world::{YES, add, add_family, people_but, without};
use crate::support::{
    app::{App, Partner},
    database::{TestDatabase, on_both},
};

const ONE: &str = "query ($input: MarkerLookupInput!) { markerLookup(input: $input) { status errors { field code } } }";

fn police(app: &App) -> Partner {
    app.partner("cambs-police", "marker_lookup", "safeguarding")
}

async fn status(app: &App, question: Value) -> String {
    let reply = police(app).ask_with(ONE, json!({ "input": question })).await;
    reply.data()["markerLookup"]["status"]
        .as_str()
        .unwrap_or("null")
        .to_owned()
}

on_both!(who_is_known_in_part_is_found);
async fn who_is_known_in_part_is_found(database: &TestDatabase) {
    let app = App::start(database).await;
    add_family(&app, &YES).await;
    let postcode = "zq9 3ab";
    for (what, question) in [
        (
            "one name, as the family name",
            json!({ "familyName": "Suharno", "yearOfBirth": 1961, "postcode": postcode, "sex": "MALE" }),
        ),
        (
            "one name, on a form that wants two",
            json!({ "familyName": "Suharno", "givenName": "Suharno", "dateOfBirth": "1961-11-30", "postcode": postcode }),
        ),
        (
            "no date of birth is known",
            json!({ "familyName": "Lindqvist", "givenName": "Astrid", "dateOfBirth": "1980-03-09", "postcode": postcode }),
        ),
        (
            "born on a leap day",
            json!({ "familyName": "Lindqvist", "givenName": "Leo", "dateOfBirth": "2000-02-29" }),
        ),
        (
            "born on a leap day that a form does not take",
            json!({ "familyName": "Lindqvist", "givenName": "Leo", "dateOfBirth": "2000-03-01", "postcode": postcode }),
        ),
        (
            "the asker knows the year",
            json!({ "familyName": "Lindqvist", "yearOfBirth": 2000, "sex": "MALE", "postcode": postcode }),
        ),
        (
            "the year is recorded",
            json!({ "familyName": "Lindqvist", "givenName": "Noor", "dateOfBirth": "2013-09-09", "postcode": postcode }),
        ),
        (
            "the month is recorded",
            json!({ "familyName": "Lindqvist", "givenName": "Mia", "yearOfBirth": 2019, "monthOfBirth": 2, "postcode": postcode }),
        ),
        (
            "not yet born, expected on the same day",
            json!({ "familyName": "Lindqvist", "dateOfBirth": "2026-08-20" }),
        ),
        (
            "not yet born, expected on another day",
            json!({ "familyName": "Lindqvist", "dateOfBirth": "2026-08-11", "postcode": postcode }),
        ),
        (
            "born before anybody wrote it down",
            json!({ "familyName": "Lindqvist", "givenName": "Amy", "dateOfBirth": "2026-06-14", "postcode": postcode }),
        ),
    ] {
        assert_eq!(status(&app, question).await, "MATCHED", "{what}");
    }
    for (what, question) in [
        (
            "a sister in the year after Mia",
            json!({ "familyName": "Lindqvist", "givenName": "Ida", "dateOfBirth": "2020-06-01", "postcode": postcode }),
        ),
        (
            "the next child",
            json!({ "familyName": "Lindqvist", "dateOfBirth": "2027-04-01", "postcode": postcode }),
        ),
        (
            "another family",
            json!({ "familyName": "Okonjo", "dateOfBirth": "2026-08-20" }),
        ),
    ] {
        assert_ne!(status(&app, question).await, "MATCHED", "{what}");
    }
}

on_both!(what_cannot_be_a_birth_is_refused);
async fn what_cannot_be_a_birth_is_refused(database: &TestDatabase) {
    let app = App::start(database).await;
    for (question, field) in [
        (
            json!({ "familyName": "Lee", "dateOfBirth": "2027-04-12" }),
            "dateOfBirth",
        ),
        (
            json!({ "familyName": "Lee", "dateOfBirth": "1849-12-31" }),
            "dateOfBirth",
        ),
        (
            json!({ "familyName": "Lee", "yearOfBirth": 2027, "postcode": "ZQ9 3AB" }),
            "yearOfBirth",
        ),
        (
            json!({ "familyName": "Lee", "yearOfBirth": 1849, "postcode": "ZQ9 3AB" }),
            "yearOfBirth",
        ),
        (
            json!({ "familyName": "Lee", "dateOfBirth": "1990-01-01", "yearOfBirth": 1990 }),
            "yearOfBirth",
        ),
        (
            json!({ "familyName": "Lee", "yearOfBirth": 1990, "monthOfBirth": 13, "postcode": "ZQ9 3AB" }),
            "monthOfBirth",
        ),
        (
            json!({ "familyName": "Lee", "dateOfBirth": "1990-01-01", "monthOfBirth": 1 }),
            "monthOfBirth",
        ),
    ] {
        let reply = police(&app).ask_with(ONE, json!({ "input": question.clone() })).await;
        let told = &reply.data()["markerLookup"];
        assert!(told["status"].is_null(), "{question}: {told}");
        assert_eq!(
            told["errors"],
            json!([{ "field": field, "code": "INVALID" }]),
            "{question}"
        );
    }
    // A day that no year has: it does not come as far as the question.
    let common = json!({ "familyName": "Lee", "dateOfBirth": "2001-02-29" });
    let reply = police(&app).ask_with(ONE, json!({ "input": common })).await;
    assert_eq!(reply.code(), "BAD_USER_INPUT", "{:#}", reply.body);
}

on_both!(who_may_be_an_adult_is_asked_for_the_family);
async fn who_may_be_an_adult_is_asked_for_the_family(database: &TestDatabase) {
    let app = App::start(database).await;
    // Of the eldest only is known that he was born in 2008: he is 18, or will be in this year.
    let people = people_but("eldest", "eldest,Leo,Lindqvist,2008,male,,");
    add(&app, &people, &without("eldest", "eldest")).await;
    let noor = json!({ "familyName": "Lindqvist", "givenName": "Noor", "dateOfBirth": "2013-09-09" });
    assert_eq!(
        status(&app, noor).await,
        "NOT_FOUND",
        "the marker is the whole family's"
    );
}
