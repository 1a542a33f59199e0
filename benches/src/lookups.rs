//! Marker look-ups: processor time, latency at a fixed rate, batches, and whether time tells apart what must look alike.

use std::{collections::HashMap, error::Error, sync::Arc};

use rand::{SeedableRng, rngs::ChaCha12Rng, seq::SliceRandom};
use serde_json::{Value, json};

use crate::{
    http::{Connection, Reply, request},
    load::{self, Pace, Run},
    people::{Case, Person},
    report::{Figures, Report},
    server::{Process, Program},
    usage,
};

const ONE: &str = "query($i: MarkerLookupInput!) { markerLookup(input: $i) { status marker { id onCohortSince leadProfessional { name phone email team agency { name } } onePlan } } }";
const MANY: &str = "query($i: [MarkerLookupInput!]!) { markerLookups(inputs: $i) { status marker { id onCohortSince leadProfessional { name phone email team agency { name } } onePlan } } }";

/// Requests of a closed run.
const CLOSED: usize = 5_000;
/// Connections of a closed run, as in the figures of the design.
const CONNECTIONS: usize = 32;
/// Look-ups a second of the open run, and how many.
const RATE: f64 = 500.0;
const OPEN: usize = 10_000;
/// Batches of 500.
const BATCHES: usize = 10;

/// What is measured against.
#[derive(Debug)]
pub struct Sides {
    /// Our server.
    pub ours: Process,
    /// The hand-written handler, where the database is PostgreSQL.
    pub peer: Option<Process>,
    /// The first process of PostgreSQL.
    pub database: Option<u32>,
}

fn input(person: &Person) -> Value {
    json!({
        "givenName": person.given_name, "familyName": person.family_name,
        "dateOfBirth": person.date_of_birth, "postcode": person.postcode,
    })
}

fn matched(reply: &Reply) -> bool {
    reply.status == 200 && contains(&reply.body, b"\"MATCHED\"")
}

fn answered(reply: &Reply) -> bool {
    reply.status == 200 && !contains(&reply.body, b"\"errors\":[{\"message")
}

fn contains(body: &[u8], what: &[u8]) -> bool {
    body.windows(what.len()).any(|window| window == what)
}

/// Tokens of the police of each authority that is asked.
pub async fn tokens(program: &Program, people: &[Person]) -> Result<HashMap<String, String>, Box<dyn Error>> {
    let mut tokens = HashMap::new();
    for person in people {
        if !tokens.contains_key(&person.authority_code) {
            let agency = format!("{}-police", person.authority_code);
            let token = program
                .token(&person.authority_code, &agency, "marker_lookup", "safeguarding")
                .await?;
            tokens.insert(person.authority_code.clone(), token);
        }
    }
    Ok(tokens)
}

/// Measures all of it.
pub async fn measure(
    sides: &Sides,
    people: &[Person],
    tokens: &HashMap<String, String>,
    rounds: usize,
    report: &mut Report,
) -> Result<(), Box<dyn Error>> {
    let mut chance = ChaCha12Rng::seed_from_u64(1);
    let mut shared: Vec<&Person> = people.iter().filter(|person| person.case == Case::Shared).collect();
    shared.shuffle(&mut chance);
    let mut next = shared.iter().copied().cycle();
    let ours = |person: &Person| {
        let body = json!({"query": ONE, "variables": {"i": input(person)}});
        request(
            "/graphql",
            tokens.get(&person.authority_code).map(String::as_str),
            &body,
        )
    };
    let theirs = |person: &Person| {
        let body = json!({
            "authority": person.authority, "givenName": person.given_name, "familyName": person.family_name,
            "dateOfBirth": person.date_of_birth, "postcode": person.postcode,
        });
        request("/lookup", None, &body)
    };
    let warm: Vec<_> = next.by_ref().take(500).collect();
    load::run(
        &sides.ours.address,
        CONNECTIONS,
        Pace::Closed,
        warm.iter().map(|person| ours(person)).collect(),
        answered,
    )
    .await?;
    if let Some(peer) = &sides.peer {
        load::run(
            &peer.address,
            CONNECTIONS,
            Pace::Closed,
            warm.iter().map(|person| theirs(person)).collect(),
            answered,
        )
        .await?;
    }
    for _ in 0..rounds {
        let asked: Vec<_> = next.by_ref().take(CLOSED).collect();
        let requests = asked.iter().map(|person| ours(person)).collect();
        let (run, figures) = closed(&sides.ours, sides.database, requests, matched).await?;
        report.add("look-up", "ours", &run, figures);
        if let Some(peer) = &sides.peer {
            let requests = asked.iter().map(|person| theirs(person)).collect();
            let (run, figures) = closed(peer, sides.database, requests, answered).await?;
            report.add("look-up", "hand-written", &run, figures);
        }
        let requests = next.by_ref().take(OPEN).map(&ours).collect();
        let run = load::run(&sides.ours.address, CONNECTIONS, Pace::Rate(RATE), requests, matched).await?;
        report.add("look-up, 500 a second", "ours", &run, Figures::default());
        let requests = (0..BATCHES)
            .map(|batch| {
                let code = &shared[batch * 97 % shared.len()].authority_code;
                let inputs: Vec<Value> = shared
                    .iter()
                    .filter(|person| person.authority_code == *code)
                    .cycle()
                    .take(500)
                    .map(|person| input(person))
                    .collect();
                let body = json!({"query": MANY, "variables": {"i": inputs}});
                request("/graphql", tokens.get(code).map(String::as_str), &body)
            })
            .collect();
        let (run, figures) = closed_over(&sides.ours, sides.database, 1, requests, matched).await?;
        report.add("batch of 500", "ours", &run, figures);
    }
    Ok(())
}

async fn closed(
    process: &Process,
    database: Option<u32>,
    requests: Vec<Vec<u8>>,
    right: fn(&Reply) -> bool,
) -> Result<(Run, Figures), Box<dyn Error>> {
    closed_over(process, database, CONNECTIONS, requests, right).await
}

/// A closed run, with what the processes used for it.
pub async fn closed_over(
    process: &Process,
    database: Option<u32>,
    connections: usize,
    requests: Vec<Vec<u8>>,
    right: fn(&Reply) -> bool,
) -> Result<(Run, Figures), Box<dyn Error>> {
    let before = (
        usage::of(process.pid()),
        database.map(usage::of_tree).unwrap_or_default(),
    );
    let run = load::run(&process.address, connections, Pace::Closed, requests, right).await?;
    let after = (
        usage::of(process.pid()),
        database.map(usage::of_tree).unwrap_or_default(),
    );
    #[expect(clippy::cast_precision_loss, reason = "a count of requests")]
    let thousands = run.latencies.len() as f64 / 1000.0;
    let figures = Figures {
        server: Some((after.0.cpu - before.0.cpu) / thousands),
        database: database.map(|_| (after.1.cpu - before.1.cpu) / thousands),
        resident: Some(after.0.resident),
    };
    Ok((run, figures))
}

/// Asks one after the other about people of all cases in a random order, and compares how long the answers took.
pub async fn timing(
    sides: &Sides,
    people: &[Person],
    tokens: &HashMap<String, String>,
    each: usize,
) -> Result<String, Box<dyn Error>> {
    let mut chance = ChaCha12Rng::seed_from_u64(2);
    let cases = [Case::Nobody, Case::NotOnCohort, Case::NotShared, Case::Shielded];
    let mut asked: Vec<&Person> = cases
        .into_iter()
        .flat_map(|case| {
            let of_case: Vec<&Person> = people.iter().filter(|person| person.case == case).collect();
            of_case.into_iter().cycle().take(each).collect::<Vec<_>>()
        })
        .collect();
    asked.shuffle(&mut chance);
    let mut connection = Connection::open(&sides.ours.address).await?;
    let mut took: HashMap<Case, Vec<f64>> = HashMap::new();
    let nobody = people
        .iter()
        .find(|person| person.case == Case::Nobody)
        .ok_or("nobody")?;
    let mut other_bytes = 0;
    let request = |person: &Person| {
        let body = json!({"query": ONE, "variables": {"i": input(person)}});
        request(
            "/graphql",
            tokens.get(&person.authority_code).map(String::as_str),
            &body,
        )
    };
    let not_found: Arc<[u8]> = connection.send(&request(nobody)).await?.body.as_slice().into();
    // Everybody once before it counts: who is asked about for the first time is counted, which takes longer, and the asker knows that it is the first time.
    for measured in [false, true] {
        for person in &asked {
            let request = request(person);
            let since = std::time::Instant::now();
            let reply = connection.send(&request).await?;
            let passed = since.elapsed().as_secs_f64() * 1e6;
            if !measured {
                continue;
            }
            // Somebody else of whom the police may know fits as well: that is another answer.
            if *not_found == *reply.body {
                took.entry(person.case).or_default().push(passed);
            } else {
                other_bytes += 1;
            }
        }
    }
    Ok(crate::report::samples(
        &format!("answers about a visible namesake, left out: {other_bytes}; all others are the same bytes"),
        &cases.map(|case| (format!("{case:?}"), took.remove(&case).unwrap_or_default())),
    ))
}
