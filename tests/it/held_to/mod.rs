//! A trail that others can hold us to: what witnesses were told, what was stamped with the time, what chains say of each other, what the server finds by itself, and
//! receipts.

mod receipts;
mod stamped;
mod tied;
mod told;

use std::{fs, path::Path, time::Duration};

use sea_orm::{ConnectionTrait, Statement, Value as SqlValue};
use serde_json::json;
use thinkfamily::{
    audit::checkpoint::{Note, Notes},
    demo::LEAD_SUBJECT,
    store::connect::Databases,
};
use tokio::time::{sleep, timeout};
use uuid::Uuid;

use crate::support::{
    client::{Answer, Client},
    process::{Serving, Site, someone},
    trail,
};

/// Longer than this, and it does not come any more.
const PATIENCE: Duration = Duration::from_mins(2);
const READ: &str = "query Read { family(reference: \"TF-10001\") { reference members { id givenName phone } } }";

fn lead(site: &Site, serving: &Serving) -> Client {
    site.client(
        serving,
        &someone("cambs-early-help", "lead_professional", "family_support", LEAD_SUBJECT),
    )
}

/// Asks, and is answered.
async fn read(client: &Client) -> Answer {
    let answer = client.post(READ, json!({})).await.expect("an answer");
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer
}

/// Changes the trail, as nobody should, and says how many rows that were.
async fn harm(databases: &Databases, sql: &str, values: impl IntoIterator<Item = SqlValue>) -> u64 {
    let trail = databases.trail();
    let statement = Statement::from_sql_and_values(trail.get_database_backend(), sql, values);
    trail.execute_raw(statement).await.unwrap().rows_affected()
}

/// The chain in which a request's entry stands, and its place.
async fn place_of(databases: &Databases, request: Uuid) -> (Uuid, i64) {
    let placed = trail::placed(databases).await.into_iter();
    let mut of_request = placed.filter(|(_, entry, _)| entry.request_id == Some(request));
    let (place, _, _) = of_request.next().expect("an entry");
    (place.chain, place.seq)
}

/// Takes all of a chain away: its entries, its head, and that it ever was.
async fn take_chain(databases: &Databases, chain: Uuid) {
    let of_chain = "chain = (SELECT number FROM trail_chain WHERE chain_id = $1)";
    for (table, of_chain) in [
        ("trail_families", of_chain),
        ("trail_record", of_chain),
        ("trail_chain", "chain_id = $1"),
        ("trail_head", "chain_id = $1"),
    ] {
        let sql = format!("DELETE FROM {table} WHERE {of_chain}");
        harm(databases, &sql, [chain.into()]).await;
    }
}

/// The notes in a folder's files of one ending.
fn notes(folder: &Path, ending: &str) -> Vec<Note> {
    let mut notes = Vec::new();
    for file in fs::read_dir(folder).unwrap() {
        let file = file.unwrap().path();
        if file.extension().is_none_or(|extension| extension != ending) {
            continue;
        }
        let text = fs::read_to_string(file).unwrap();
        let mut read = Notes::new(text.as_bytes());
        while let Some(note) = read.next_note().unwrap() {
            notes.push(note.expect("a note"));
        }
    }
    notes
}

/// Waits until the log says it.
async fn logged(serving: &Serving, words: &[&str]) {
    let says = |line: &str| words.iter().all(|word| line.contains(word));
    let waiting = async {
        while !serving.log_so_far().lines().any(says) {
            sleep(Duration::from_millis(20)).await;
        }
    };
    let waited = timeout(PATIENCE, waiting).await;
    assert!(waited.is_ok(), "no {words:?} in the log:\n{}", serving.log_so_far());
}

/// Runs a command, and gives whether it succeeded and what it said.
fn run(site: &Site, words: &[&str]) -> (bool, String) {
    let output = site.run(words);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    (output.status.success(), said + &String::from_utf8_lossy(&output.stderr))
}
