//! Whoever tries values is stopped by their own questions: whatever is stored, however the questions are spread, and nobody else with them.

use chrono::{NaiveDate, TimeDelta};
use serde_json::{Value, json};
use thinkfamily::{
    clock::{Clock, Ids},
    demo,
    store::bulk,
};

use super::world::{MANY, ask, born, person, police, status, with};
use crate::support::{
    app::{self, App, Partner, today},
    database::{TestDatabase, on_both},
};

/// A server over a database that another one may have filled already.
async fn server(database: &TestDatabase, clock: &Clock) -> App {
    App::over_with(database.open().await, clock.clone(), Ids::seeded(3), app::lookups()).await
}

/// The first server over a fresh database.
async fn first(database: &TestDatabase, clock: &Clock) -> App {
    let databases = database.open().await;
    bulk::load(&databases, &demo::worked(today().date_naive()), &mut |_| {})
        .await
        .unwrap();
    let app = App::over_with(databases, clock.clone(), Ids::seeded(3), app::lookups()).await;
    for agreement in demo::worked_agreements() {
        app.load_agreement(agreement).await;
    }
    app
}

/// Whether it was answered.
fn is_answered(result: &Value) -> bool {
    let stopped = result["errors"][0]["code"] == "TOO_MANY_REQUESTS";
    assert_eq!(result["status"].is_null(), stopped, "{result:#}");
    !stopped
}

/// How many of these questions are answered, each in an operation of its own.
async fn answered(partner: &Partner, questions: impl IntoIterator<Item = Value>) -> usize {
    let mut count = 0;
    for question in questions {
        count += usize::from(is_answered(&ask(partner, question).await.data()["markerLookup"]));
    }
    count
}

/// The results of a batch.
async fn batch(partner: &Partner, questions: &[Value]) -> Vec<Value> {
    let reply = partner.ask_with(MANY, json!({ "inputs": questions })).await;
    reply.data()["markerLookups"].as_array().unwrap().clone()
}

fn days(from: &str, count: usize, step: i64) -> impl Iterator<Item = NaiveDate> {
    let from: NaiveDate = from.parse().unwrap();
    (0..i64::try_from(count).unwrap()).map(move |number| from + TimeDelta::days(step * number))
}

fn named(given: &str, family: &str, born: NaiveDate) -> Value {
    json!({ "givenName": given, "familyName": family, "dateOfBirth": born })
}

on_both!(a_birthday_is_not_found_by_trying);
async fn a_birthday_is_not_found_by_trying(database: &TestDatabase) {
    let app = first(database, &Clock::fixed(today())).await;
    let police = police(&app);
    // As many questions as once gave the birthday. She is known by the right one afterwards no more.
    let ladder: Vec<Value> = days("1980-01-05", 139, 37)
        .map(|born| named("Dawn", "Hardman", born))
        .collect();
    let results = batch(&police, &ladder).await;
    let few: Vec<Value> = ladder
        .iter()
        .zip(&results)
        .filter(|(_, result)| is_answered(result))
        .map(|(asked, _)| asked.clone())
        .collect();
    assert!((2..=16).contains(&few.len()), "{} answers", few.len());
    // What was answered is answered again, one by one or together, and nothing else is.
    assert_eq!(answered(&police, few.iter().cloned()).await, few.len());
    assert_eq!(
        batch(&police, &ladder)
            .await
            .iter()
            .filter(|result| is_answered(result))
            .count(),
        few.len()
    );
    assert_eq!(answered(&police, [person("Dawn", "Hardman")]).await, 0);
    // Whoever is asked about besides is found.
    assert_eq!(status(&police, person("Tyler", "Hardman")).await, "MATCHED");
}

on_both!(a_stop_is_told_alike_whether_anybody_is_there);
async fn a_stop_is_told_alike_whether_anybody_is_there(database: &TestDatabase) {
    let app = first(database, &Clock::fixed(today())).await;
    let told = async |given: &str, family: &str, from: &str| {
        let agency = app.police_with("a-client", "somebody", "safeguarding");
        let mut told = Vec::new();
        for born in days(from, 12, 1) {
            let before = app.store.statements_sent();
            let reply = ask(&agency, named(given, family, born)).await;
            let statements = app.store.statements_sent() - before;
            let result = &reply.data()["markerLookup"];
            told.push((!is_answered(result)).then(|| (reply.bytes.clone(), statements)));
        }
        told
    };
    // Somebody who is there, from the day of her birth on and from another day; and somebody of as rare a name who is not.
    let birthday = born("Dawn", "Hardman").to_string();
    let somebody = told("Dawn", "Hardman", &birthday).await;
    let nobody = told("Dawn", "Quillfeather", "1981-03-03").await;
    assert!(somebody.iter().any(Option::is_some) && somebody[0].is_none());
    // The first stop of each writes an alert, the next ones count it.
    assert_eq!(
        somebody
            .iter()
            .map(|told| told.as_ref().map(|(bytes, _)| bytes))
            .collect::<Vec<_>>(),
        nobody
            .iter()
            .map(|told| told.as_ref().map(|(bytes, _)| bytes))
            .collect::<Vec<_>>()
    );
    let last = |told: &[Option<(Vec<u8>, u64)>]| told.last().unwrap().as_ref().unwrap().1;
    assert_eq!(last(&somebody), last(&nobody), "statements");
}

on_both!(a_postcode_is_not_found_by_trying);
async fn a_postcode_is_not_found_by_trying(database: &TestDatabase) {
    let app = first(database, &Clock::fixed(today())).await;
    let police = police(&app);
    let nearly = named("Dawn", "Hardman", born("Dawn", "Hardman") + TimeDelta::days(1));
    let postcodes = |number: usize| {
        let letter = |of: usize| char::from(b'A' + u8::try_from(of % 26).unwrap());
        format!(
            "CB{} {}{}{}",
            1 + number % 4,
            number % 10,
            letter(number / 26),
            letter(number)
        )
    };
    let ladder: Vec<Value> = (0..400)
        .map(|number| with(nearly.clone(), &json!({ "postcode": postcodes(number) })))
        .collect();
    let results = batch(&police, &ladder).await;
    let few = results.iter().filter(|result| is_answered(result)).count();
    assert!((2..=8).contains(&few), "{few} answers");
    let addresses = (0..30).map(|number| with(nearly.clone(), &json!({ "address": format!("{number} Mill Road") })));
    let few = answered(&police, addresses).await;
    assert!(few <= 8, "{few} answers");
}

on_both!(numbers_are_not_found_by_trying);
async fn numbers_are_not_found_by_trying(database: &TestDatabase) {
    let app = first(database, &Clock::fixed(today())).await;
    let police = police(&app);
    let number = |system: &str, value: String| json!({ "identifiers": [{ "system": system, "value": value }] });
    // In sequence, with a place and nobody's name: alone such a number is too little to ask by.
    let mut few = 0;
    for from in [100_000, 100_500, 101_000] {
        let ladder: Vec<Value> = (from..from + 500)
            .map(|value| {
                with(
                    number("TENANCY", format!("T{value}")),
                    &json!({ "postcode": "ZQ4 7HA" }),
                )
            })
            .collect();
        few += batch(&police, &ladder)
            .await
            .iter()
            .filter(|result| is_answered(result))
            .count();
    }
    assert!(few <= 32, "{few} of 1,500 answered");
    // With a wrong date: right or wrong, a number made a difference.
    let wrong = named("Dawn", "Hardman", "1950-05-05".parse().unwrap());
    let ladder: Vec<Value> = (0..60)
        .map(|value| {
            with(
                wrong.clone(),
                &number("NINO", format!("QQ{:06}C", 123_000 + value * 37)),
            )
        })
        .collect();
    let few = batch(&police, &ladder)
        .await
        .iter()
        .filter(|result| is_answered(result))
        .count();
    assert!((2..=8).contains(&few), "{few} answers");
    // One number, with more and more birthdays.
    let ladder: Vec<Value> = days("1970-01-01", 60, 100)
        .map(|born| with(json!({ "dateOfBirth": born }), &number("NINO", "QQ999999A".to_owned())))
        .collect();
    let few = batch(&police, &ladder)
        .await
        .iter()
        .filter(|result| is_answered(result))
        .count();
    assert!((2..=8).contains(&few), "{few} answers");
}

on_both!(a_ladder_that_is_spread_is_one);
async fn a_ladder_that_is_spread_is_one(database: &TestDatabase) {
    let clock = Clock::fixed(today());
    let one = first(database, &clock).await;
    let two = server(database, &clock).await;
    let mut few = 0;
    let spellings = [
        ("Dawn", "Hardman"),
        ("Hardman", "Dawn"),
        ("dawn", "HARD-MAN"),
        ("Ms Dawn", "Hardmann"),
    ];
    for (step, born) in days("1980-01-05", 120, 37).enumerate() {
        let app = if step % 2 == 0 { &one } else { &two };
        let purpose = ["safeguarding", "prevention_of_crime"][step / 2 % 2];
        let partner = app.police_with(
            &format!("client-{}", step % 5),
            &format!("officer-{}", step % 7),
            purpose,
        );
        let (given, family) = spellings[step % spellings.len()];
        clock.set(today() + TimeDelta::hours(4 * i64::try_from(step).unwrap()));
        few += answered(&partner, [named(given, family, born)]).await;
    }
    assert!(few <= 16, "{few} answers in twenty days");
    // Another agency has tried nothing.
    let others = one.partner("jcp-cambridge", "marker_lookup", "employment_support");
    assert_eq!(answered(&others, [person("Dawn", "Hardman")]).await, 1);
    // A restart forgets nothing; after its time everything is forgotten.
    drop((one, two));
    let again = server(database, &clock).await;
    assert_eq!(
        answered(
            &police(&again),
            [named("Dawn", "Hardman", "1999-09-09".parse().unwrap())]
        )
        .await,
        0
    );
    let reply = ask(&police(&again), named("Dawn", "Hardman", "1999-09-09".parse().unwrap())).await;
    let retry = reply.data()["markerLookup"]["errors"][0]["retryAt"]
        .as_str()
        .map(str::to_owned);
    clock.set(today() + TimeDelta::days(50));
    assert_eq!(
        answered(
            &police(&again),
            [named("Dawn", "Hardman", "1999-09-09".parse().unwrap())]
        )
        .await,
        1
    );
    assert!(retry.is_none_or(|at| at.parse::<chrono::DateTime<chrono::Utc>>().unwrap() > today()));
}

on_both!(two_servers_at_once_answer_as_many_as_one);
async fn two_servers_at_once_answer_as_many_as_one(database: &TestDatabase) {
    let clock = Clock::fixed(today());
    let one = first(database, &clock).await;
    let two = server(database, &clock).await;
    let ask = async |app: &App, from: &str| {
        let police = police(app);
        let all = days(from, 25, 1).map(|born| {
            let police = police.clone();
            async move { answered(&police, [named("Dora", "Quillfeather", born)]).await }
        });
        futures_util::future::join_all(all).await.into_iter().sum::<usize>()
    };
    let (here, there) = tokio::join!(ask(&one, "1981-01-01"), ask(&two, "1981-06-01"));
    assert_eq!(here + there, usize::try_from(app::lookups().tries).unwrap());
    assert_eq!(ask(&one, "1981-10-01").await, 0);
}

on_both!(whoever_puts_slips_right_is_not_stopped);
async fn whoever_puts_slips_right_is_not_stopped(database: &TestDatabase) {
    let app = first(database, &Clock::fixed(today())).await;
    let police = police(&app);
    let right = person("Dawn", "Hardman");
    let born = born("Dawn", "Hardman");
    for slip in [
        named("Dawn", "Hardman", born + TimeDelta::days(1)),
        named("Dawn", "Hardmann", born),
        named("Dwan", "Hardman", born),
        with(right.clone(), &json!({ "postcode": "CB1 2AB" })),
        with(
            right.clone(),
            &json!({ "postcode": "CB1 2BA", "address": "3 Mill Road" }),
        ),
        with(
            right.clone(),
            &json!({ "identifiers": [{ "system": "NINO", "value": "QQ123456C" }] }),
        ),
        json!({ "familyName": "Hardman", "dateOfBirth": born }),
    ] {
        assert_eq!(answered(&police, [slip]).await, 1);
    }
    // The household, each by name and birthday, day after day.
    for day in 0..30 {
        app.clock.set(today() + TimeDelta::days(day));
        let police = self::police(&app);
        assert_eq!(status(&police, right.clone()).await, "MATCHED");
        assert_eq!(status(&police, person("Tyler", "Hardman")).await, "MATCHED");
    }
    // A force that meets five John Smiths a day.
    for day in 0..20 {
        app.clock.set(today() + TimeDelta::days(day));
        let police = self::police(&app);
        let smiths = (0..5).map(|number| {
            let years = 365 * ((day * 5 + number) % 50);
            named(
                "John",
                "Smith",
                today().date_naive() - TimeDelta::days(3_000 + years + day * 3 + number),
            )
        });
        assert_eq!(answered(&police, smiths).await, 5, "day {day}");
    }
}
