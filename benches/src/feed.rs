//! The feed of markers: the first look of a consumer, and reading many changes page by page.

use std::{collections::HashMap, error::Error, fs, time::Instant};

use chrono::NaiveDate;
use serde_json::{Value, json};
use thinkfamily::{
    demo::{self, Size},
    store::{
        bulk,
        connect::{Databases, Settings},
        database_url::DatabaseUrl,
        dataset::Dataset,
    },
};

use crate::{
    http::{Connection, request},
    server::Program,
    usage,
};

const PAGE: &str = "query($after: String) { markerChanges(first: 500, after: $after) { nodes { kind markerId marker { onCohortSince leadProfessional { name phone } onePlan } } pageInfo { endCursor hasNextPage } } }";

/// Fills a database with families of one authority, as much of them as a marker needs. Gives the authority's code.
pub async fn fill(
    program: &Program,
    url: &DatabaseUrl,
    families: u64,
    day: NaiveDate,
) -> Result<String, Box<dyn Error>> {
    let size = Size {
        families,
        authorities: 1,
    };
    let made = demo::families(size, 1, day);
    let code = made.authority_codes().next().ok_or("no authority")?;
    program.run(&["migrate", "up"]).await?;
    let databases = Databases::open(url, &Settings::default()).await?;
    bulk::load_each(&databases, made.map(only_markers), &mut |_| {}).await?;
    databases.close().await?;
    let agreement = program.data.join("agreement.toml");
    fs::write(&agreement, demo::agreement_for(&code))?;
    program
        .run(&["agreement", "load", &agreement.display().to_string()])
        .await?;
    Ok(code)
}

/// Work with the family beyond its plan is left out: no marker tells of it.
fn only_markers(data: Dataset) -> Dataset {
    Dataset {
        statutory_statuses: Vec::new(),
        criteria_matches: Vec::new(),
        assessments: Vec::new(),
        distance_scores: Vec::new(),
        goals: Vec::new(),
        actions: Vec::new(),
        outcomes: Vec::new(),
        progress_values: Vec::new(),
        ..data
    }
}

/// Reads the whole feed of the authority's police, and tells how long it took and what it cost.
pub async fn measure(program: &Program, code: &str, database: Option<u32>) -> Result<String, Box<dyn Error>> {
    let token = program
        .token(code, &format!("{code}-police"), "marker_lookup", "safeguarding")
        .await?;
    let server = program.serve().await?;
    let mut connection = Connection::open(&server.address).await?;
    let mut after = Value::Null;
    let (mut changes, mut pages, mut kinds) = (0, 0, HashMap::<String, usize>::new());
    let mut first = None;
    let used = || {
        (
            usage::of(server.pid()).cpu,
            database.map_or(0.0, |pid| usage::of_tree(pid).cpu),
        )
    };
    let before = used();
    let begun = Instant::now();
    let mut slowest = 0.0_f64;
    let mut looked = before;
    loop {
        let asked = Instant::now();
        let body = json!({"query": PAGE, "variables": {"after": after}});
        let reply = connection.send(&request("/graphql", Some(&token), &body)).await?;
        let took = asked.elapsed().as_secs_f64();
        let answer: Value = serde_json::from_slice(&reply.body)?;
        let page = &answer["data"]["markerChanges"];
        let nodes = page["nodes"].as_array().ok_or_else(|| answer.to_string())?;
        if first.is_none() {
            first = Some(took);
            looked = used();
        } else {
            slowest = slowest.max(took);
        }
        for node in nodes {
            *kinds
                .entry(node["kind"].as_str().unwrap_or_default().to_owned())
                .or_default() += 1;
        }
        changes += nodes.len();
        pages += 1;
        after = page["pageInfo"]["endCursor"].clone();
        if page["pageInfo"]["hasNextPage"] != true {
            break;
        }
    }
    let took = begun.elapsed().as_secs_f64();
    let after = used();
    let resident = usage::of(server.pid()).resident / 1_000_000;
    server.stop().await?;
    let first = first.unwrap_or_default();
    #[expect(clippy::cast_precision_loss, reason = "a count of changes")]
    let each = changes as f64 / 1000.0;
    Ok(format!(
        "{changes} changes {kinds:?} in {pages} pages of 500: first page, with the look at every family, {first:.2} s \
         (server {:.2}, PostgreSQL {:.2} CPU s); all pages after it {:.2} s, the slowest {:.0} ms; for 1,000 changes of those pages \
         {:.4} CPU s of the server and {:.4} of PostgreSQL; {resident} MB resident at the end",
        looked.0 - before.0,
        looked.1 - before.1,
        took - first,
        slowest * 1000.0,
        (after.0 - looked.0) / each,
        (after.1 - looked.1) / each,
    ))
}
