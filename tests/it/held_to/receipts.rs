//! Receipts: from the answer to somebody who has nothing but files and the public key; and that they say no more than the answer does.

use std::fs;

use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};
use thinkfamily::audit::hash::Hash;

use super::{READ, lead, read, run};
use crate::support::{
    app::{App, Partner},
    client::{Answer, Client},
    database::{TestDatabase, on_both},
    process::Site,
};

const WANTED: (&str, &str) = ("x-receipt", "true");

async fn ask(client: &Client, headers: &[(&str, &str)], query: &str) -> Answer {
    let body = json!({ "query": query }).to_string();
    client.send(headers, body).await.expect("an answer")
}

/// What a receipt says; only its form, without what is different each time.
fn said(answer: &Answer) -> Value {
    let receipt = &answer.json()["extensions"]["receipt"];
    serde_json::from_str(
        receipt["signed"]
            .as_str()
            .unwrap_or_else(|| panic!("{}", answer.text())),
    )
    .unwrap()
}

on_both!(a_receipt_is_proved_and_checked_by_whoever_has_the_public_key);
async fn a_receipt_is_proved_and_checked_by_whoever_has_the_public_key(database: &TestDatabase) {
    let folder = tempfile::tempdir().unwrap();
    let site = Site::new(folder.path(), Some(database.text()));
    let serving = site.serve(&[]);
    let client = lead(&site, &serving);
    read(&client).await;
    let answer = ask(&client, &[WANTED], READ).await;
    for _ in 0..20 {
        read(&client).await;
    }
    let told = said(&answer);
    let members = answer.json()["data"]["family"]["members"].as_array().unwrap().len();
    assert_eq!(told["request_id"], json!(answer.request_id));
    assert_eq!(told["purpose"], json!("family_support"));
    assert_eq!(told["given"]["families"], json!(1));
    assert_eq!(told["given"]["people"], json!(members));
    assert_eq!(
        told["given"]["categories"],
        json!(["CONTACT", "HOUSEHOLD", "IDENTITY", "MARKER"])
    );
    assert_eq!(told["given"]["changed"], json!([]));
    // The agreements are those whose texts were loaded.
    let databases = database.open().await;
    let agreements = told["agreements"].as_array().unwrap();
    assert!(!agreements.is_empty());
    for agreement in agreements {
        let main = databases.main();
        let sql = "SELECT document FROM agreement WHERE authority_id = 1 AND code = $1 AND version = $2";
        let (code, version) = (
            agreement["code"].as_str().unwrap(),
            agreement["version"].as_i64().unwrap(),
        );
        let values = [code.into(), i32::try_from(version).unwrap().into()];
        let statement = Statement::from_sql_and_values(main.get_database_backend(), sql, values);
        let row = main.query_one_raw(statement).await.unwrap().unwrap();
        let text: String = row.try_get("", "document").unwrap();
        assert_eq!(agreement["sha256"], json!(Hash::of(&[text.as_bytes()]).to_string()));
    }
    databases.close().await.unwrap();

    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (receipt, proof, heads) = (path("receipt.json"), path("proof.json"), path("heads"));
    let receipt_of = |answer: &Answer| answer.json()["extensions"]["receipt"].to_string();
    fs::write(&receipt, receipt_of(&answer)).unwrap();
    let (done, words) = run(&site, &["audit", "export", "--heads-only", &heads]);
    assert!(done, "{words}");
    let public = format!("{heads}.pub");
    let (done, words) = run(&site, &["audit", "prove", &receipt, "--out", &proof]);
    assert!(done, "{words}");
    // Elsewhere: another folder, no database, no key but the public one.
    let elsewhere = tempfile::tempdir().unwrap();
    let away = Site::new(elsewhere.path(), None);
    let check = |more: &[&str]| {
        run(
            &away,
            &[&["audit", "verify-receipt", "--public-key", &public], more].concat(),
        )
    };
    let (good, words) = check(&[&receipt, &proof]);
    assert!(good && words.contains("its entries are in the trail"), "{words}");
    assert_eq!(
        fs::read_dir(elsewhere.path()).unwrap().count(),
        0,
        "nothing is made there"
    );
    let changed = path("changed.json");
    let fewer = receipt_of(&answer).replace(&format!("\\\"people\\\":{members}"), "\\\"people\\\":1");
    assert_ne!(fewer, receipt_of(&answer));
    fs::write(&changed, fewer).unwrap();
    let (good, words) = check(&[&changed, &proof]);
    assert!(!good && words.starts_with("RECEIPT_NOT_SIGNED"), "{words}");
    fs::write(&changed, receipt_of(&ask(&client, &[WANTED], READ).await)).unwrap();
    let (good, words) = check(&[&changed, &proof]);
    assert!(!good && words.starts_with("OTHER_ENTRIES"), "{words}");
    let (good, words) = check(&[&changed]);
    assert!(good, "{words}");
    assert!(
        !run(&away, &["audit", "verify-receipt", &receipt]).0,
        "the key is needed"
    );
}

/// The same but for what is different each time.
fn form(answer: &Answer) -> Value {
    let mut told = said(answer);
    let text = |value: &Value| value.as_str().map_or(0, str::len);
    for word in ["request_id", "at"] {
        told[word] = json!(text(&told[word]));
    }
    if !told["recorded"].is_null() {
        for word in ["entries", "place"] {
            told["recorded"][word] = json!(text(&told["recorded"][word]));
        }
    }
    told
}

async fn by(app: &App, partner: &Partner, headers: &[(&str, &str)], query: &str) -> Answer {
    ask(&Client::new(&app.url, &partner.token), headers, query).await
}

on_both!(a_receipt_says_no_more_than_its_answer);
async fn a_receipt_says_no_more_than_its_answer(database: &TestDatabase) {
    let app = App::start(database).await;
    let of = |reference: &str| READ.replace("TF-10001", reference);
    // A family that is there for others, and one that is not.
    let mut tried = 0;
    for (agency, role, purpose) in [
        ("cambs-health", "practitioner", "direct_support"),
        ("cambs-school", "practitioner", "family_support"),
        ("cambs-early-help", "practitioner", "family_support"),
        ("cambs-police", "practitioner", "safeguarding"),
        ("cambs-police", "practitioner", "research"),
    ] {
        let partner = app.partner(agency, role, purpose);
        let [hidden, absent] = [
            by(&app, &partner, &[WANTED], &of("TF-10001")).await,
            by(&app, &partner, &[WANTED], &of("TF-99999")).await,
        ];
        if hidden.status != 200 || !hidden.json()["data"]["family"].is_null() {
            continue;
        }
        tried += 1;
        assert_eq!(form(&hidden), form(&absent), "{agency}");
        assert_eq!(form(&hidden)["recorded"], Value::Null);
        assert_eq!(form(&hidden)["clauses"], json!([]));
    }
    assert!(tried >= 2, "nobody to whom the family is hidden");

    // What was withheld is not in it, nor how often.
    let police = app.partner("cambs-police", "practitioner", "safeguarding");
    let query =
        "{ family(reference: \"TF-10001\") { reference addresses { line1 } members { givenName consents { id } } } }";
    for partner in [&police, &app.lead_professional()] {
        let answer = by(&app, partner, &[WANTED], query).await;
        let text = said(&answer).to_string();
        for word in ["withheld", "CONSENT", "reason"] {
            let given = said(&answer)["given"]["categories"].to_string();
            assert!(!text.contains(word) || given.contains(word), "{word}: {text}");
        }
    }

    // One that is refused as a whole has none; one that is not asked for neither; and what it must say is said.
    let fail = ("x-withheld", "fail");
    let refused = by(
        &app,
        &police,
        &[WANTED, fail],
        "{ families { nodes { consents { nodes { id } } } } }",
    )
    .await;
    assert!(refused.json().get("data").is_none(), "{}", refused.text());
    assert!(!refused.text().contains("receipt"), "{}", refused.text());
    let lead = app.lead_professional();
    let without = by(&app, &lead, &[], READ).await;
    assert!(without.json()["extensions"].get("receipt").is_none());
    let wrong = by(&app, &lead, &[("x-receipt", "yes")], READ).await;
    assert_eq!(
        (wrong.status, wrong.json()["errors"][0]["extensions"]["code"].clone()),
        (400, json!("BAD_USER_INPUT"))
    );
    // Who asks for nothing of anybody.
    let nobody = by(&app, &lead, &[WANTED], "{ viewer { subject } }").await;
    assert_eq!(said(&nobody)["recorded"], Value::Null);
    assert_eq!(said(&nobody)["given"]["families"], json!(0));
}

on_both!(a_receipt_of_a_change_names_what_was_changed_and_of_a_look_up_how_it_ended);
async fn a_receipt_of_a_change_names_what_was_changed_and_of_a_look_up_how_it_ended(database: &TestDatabase) {
    let app = App::start(database).await;
    let lead = app.lead_professional();
    let family = by(&app, &lead, &[], READ).await.json()["data"]["family"].clone();
    let members = family["members"].as_array().unwrap();
    let dawn = members.iter().find(|member| member["givenName"] == "Dawn").unwrap();
    let query = format!(
        "mutation {{ recordConsent(input: {{ memberId: {}, categories: [CRITERION_WORK], agencyKinds: [POLICE], \
         decision: GIVEN }}) {{ consents {{ id }} errors {{ code }} }} }}",
        dawn["id"]
    );
    let changed = by(&app, &lead, &[WANTED], &query).await;
    let told = said(&changed);
    assert_eq!(told["given"]["changed"], json!(["CONSENT"]), "{}", changed.text());
    assert!(told["recorded"]["place"].is_string());
    // A change that is refused changes nothing.
    let refused = query.replace(dawn["id"].as_str().unwrap(), "AAAA");
    let refused = by(&app, &lead, &[WANTED], &refused).await;
    if refused.json().get("data").is_some() {
        assert_eq!(said(&refused)["given"]["changed"], json!([]));
    }

    let police = app.partner("cambs-police", "practitioner", "safeguarding");
    let look = |name: &str| {
        format!(
            "{{ markerLookup(input: {{ familyName: \"{name}\", givenName: \"Nobody\", dateOfBirth: \"1979-04-12\" }}) {{ status }} }}"
        )
    };
    let answer = by(&app, &police, &[WANTED], &look("Atall")).await;
    let told = said(&answer);
    assert_eq!(told["given"]["looked_up"]["not_found"], json!(1), "{}", answer.text());
    assert_eq!(
        (told["given"]["families"].clone(), told["recorded"].clone()),
        (json!(0), Value::Null)
    );
}
