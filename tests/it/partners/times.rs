//! The edges of time and place: the day an agreement ends, a thirteenth birthday, the second in which emergency access runs out, a person at
//! risk, another authority.

use chrono::{TimeDelta, TimeZone, Utc};
use serde_json::{Value, json};

use super::{
    NAMES, changes,
    seen::{BEYOND, MARKER, NOTHING, Seen, marker, see},
};
use crate::support::{
    app::{App, Partner},
    database::{TestDatabase, on_both},
};

async fn the_last_day_of_an_agreement_and_of_a_signature(database: &TestDatabase) {
    let app = App::start(database).await;
    let police = app.partner("cambs-police", "marker_lookup", "safeguarding");
    let (yesterday, today) = (app.clock.today().pred_opt().unwrap(), app.clock.today());
    changes::agreement_ends(&app, today).await;
    assert!(marker(&police).await, "it ends today, so it holds today");
    changes::agreement_ends(&app, yesterday).await;
    assert!(!marker(&police).await, "it ended yesterday");
    assert_eq!(
        see(&police, BEYOND).await.withheld("Query.family"),
        ["NOT_IN_AGREEMENT"]
    );

    changes::agreement_ends(&app, today).await;
    changes::leave(&app, "cambs-police", today.succ_opt().unwrap()).await;
    assert!(marker(&police).await, "they leave tomorrow");
    changes::leave(&app, "cambs-police", today).await;
    assert!(!marker(&police).await, "they left today");
    let school = app.partner("fenbrook-school", "practitioner", "education_support");
    assert!(marker(&school).await, "who else signed is not concerned");
}
on_both!(the_last_day_of_an_agreement_and_of_a_signature);

async fn a_child_comes_of_the_age_to_decide(database: &TestDatabase) {
    let app = App::start(database).await;
    // Tyler is 12, and 13 on 26 January.
    for (month, day, names, why) in [
        (1, 25, NAMES, "his mother decides until he is 13"),
        (2, 22, NAMES, "her yes lasts for 28 days more"),
        (
            2,
            23,
            "Alfie, Dawn, Lee, Megan",
            "then his own decision counts, and there is none",
        ),
    ] {
        app.clock.set(Utc.with_ymd_and_hms(2027, month, day, 9, 0, 0).unwrap());
        let school = app.partner("fenbrook-school", "practitioner", "education_support");
        assert_eq!(see(&school, BEYOND).await.seen.names, names, "{why}");
    }
}
on_both!(a_child_comes_of_the_age_to_decide);

async fn emergency_access_runs_out(database: &TestDatabase) {
    let app = App::start(database).await;
    changes::withdraw(&app, "Dawn", "PLAN", "police").await;
    let until = app.clock.now() + TimeDelta::hours(1);
    changes::emergency(&app, "cambs-police", "an-officer", until).await;
    let officer = |subject: &str, purpose: &str| {
        app.partner_named("cambridgeshire", "cambs-police", "practitioner", purpose, subject)
    };
    let opened = Seen {
        marker: MARKER,
        district: "Alderley",
        names: NAMES,
        phones: "-, -, -, -, -",
        ethnicities: "-, -, -, -, -",
        criteria: "CRIME",
        goals: "CRIME, none",
        ..NOTHING
    };
    let closed = Seen {
        marker: MARKER,
        names: "",
        phones: "",
        ethnicities: "",
        criteria: "",
        ..NOTHING
    };
    assert_eq!(
        see(&officer("an-officer", "safeguarding"), BEYOND).await.seen,
        opened,
        "without involvement and consent"
    );
    assert_eq!(
        see(&officer("a-colleague", "safeguarding"), BEYOND).await.seen,
        closed,
        "it is not their colleague's"
    );
    assert_eq!(
        see(&officer("an-officer", "prevention_of_crime"), BEYOND).await.seen,
        closed,
        "nor for another purpose"
    );
    app.clock.set(until - TimeDelta::seconds(1));
    assert_eq!(
        see(&officer("an-officer", "safeguarding"), BEYOND).await.seen,
        opened,
        "its last second"
    );
    app.clock.set(until);
    let reply = see(&officer("an-officer", "safeguarding"), BEYOND).await;
    assert_eq!(reply.seen, closed, "it has run out");
    assert_eq!(reply.withheld("Family.district"), ["NOT_INVOLVED"]);
}
on_both!(emergency_access_runs_out);

const WHERE: &str =
    "{ family(reference: \"TF-10002\") { district ward addresses { postcode } members { givenName phone email } } }";

/// District, postcodes and the mother's telephone.
fn found(family: &Value) -> [Value; 3] {
    let mother = family["members"]
        .as_array()
        .into_iter()
        .flatten()
        .find(|member| member["givenName"] == "Sofia");
    [
        family["district"].clone(),
        family["addresses"].clone(),
        mother.expect("the mother is seen")["phone"].clone(),
    ]
}

async fn where_a_mother_at_risk_lives(database: &TestDatabase) {
    let app = App::start(database).await;
    let hidden = [json!(null), json!([]), json!(null)];
    let housing = app
        .partner("city-housing", "practitioner", "housing_support")
        .ask(WHERE)
        .await;
    assert_eq!(found(&housing.data()["family"]), hidden);
    assert_eq!(housing.withheld("Family.district"), ["WITHHELD"]);
    let social = app
        .partner("cambs-social-care", "practitioner", "safeguarding")
        .ask(WHERE)
        .await;
    assert_eq!(found(&social.data()["family"]), hidden);
    assert_eq!(social.withheld("Member.phone"), ["SHIELDED"]);
    let police = app
        .partner("cambs-police", "practitioner", "safeguarding")
        .ask(WHERE)
        .await;
    assert_eq!(police.data()["family"]["district"], json!(null));
    assert_eq!(police.data()["family"]["addresses"], json!(null));

    let lead = |portal: bool| -> Partner {
        let (agency, role, subject) = ("cambs-social-care", "lead_professional", "demo-lead-social-worker");
        if portal {
            app.through_portal("tff-team", agency, role, "family_support", subject)
        } else {
            app.partner_named("cambridgeshire", agency, role, "family_support", subject)
        }
    };
    let seen = lead(false).ask(WHERE).await;
    let shown = [
        json!("Colnbury"),
        json!([{ "postcode": "ZQ9 2MC" }]),
        json!("07700 900201"),
    ];
    assert_eq!(found(&seen.data()["family"]), shown, "only her Lead Professional");
    let through = lead(true).ask(WHERE).await;
    assert_eq!(found(&through.data()["family"]), hidden, "and not through a portal");
    for reply in [&housing, &social, &police, &through] {
        let text = String::from_utf8_lossy(&reply.bytes);
        assert!(
            !text.contains("ZQ9 2MC") && !text.contains("07700 900201") && !text.contains("Colnbury"),
            "{text}"
        );
    }
}
on_both!(where_a_mother_at_risk_lives);

async fn another_authority(database: &TestDatabase) {
    let app = App::start(database).await;
    let lead = app.lead_professional();
    let own = lead
        .ask("{ family(reference: \"TF-10001\") { id members { id } } }")
        .await;
    let family = &own.data()["family"];
    let ids = json!({ "id": family["id"], "member": family["members"][0]["id"] });
    let query = "query($id: ID!) { family(id: $id) { reference } node(id: $id) { id } }";
    let named = app.partner_named(
        "kingston_richmond",
        "kr-tff-team",
        "coordinator",
        "programme_management",
        "somebody",
    );
    let theirs = named.ask_with(query, json!({ "id": ids["id"] })).await;
    let nonsense = named.ask_with(query, json!({ "id": "AAAAAAAAAAAAAAAAAAAAAAAA" })).await;
    assert_eq!(
        theirs.body["errors"], nonsense.body["errors"],
        "an id of another authority is as good as none"
    );
    assert_eq!(theirs.code(), "BAD_USER_INPUT");
    assert_eq!(theirs.body["data"], json!({ "family": null, "node": null }));
    let reference = named
        .ask("{ family(reference: \"TF-10001\") { reference } members { nodes { familyName } } }")
        .await;
    assert_eq!(reference.data()["family"], json!(null));
    assert!(!reference.body.to_string().contains("Hardman"));
    assert_eq!(
        lead.ask_with(query, json!({ "id": ids["id"] })).await.data()["family"]["reference"],
        "TF-10001"
    );
}
on_both!(another_authority);
