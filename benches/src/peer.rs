//! What a hand-written handler needs for the same look-up: one prepared statement, four shared connections that pipeline, the same answer, and none
//! of the rules, the trail, the budget or the matching.

use std::{
    io::Write as _,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use axum::{Json, Router, extract::State, http::StatusCode, routing::post};
use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio_postgres::{Client, NoTls, Statement};
use uuid::Uuid;

/// The index that the statement needs.
pub const INDEX: &str =
    "CREATE INDEX IF NOT EXISTS bench_person_name ON person (authority_id, family_name, date_of_birth)";

const STATEMENT: &str = "
    SELECT f.id, f.attached_on, l.name, l.phone, l.email, l.team, a.name AS agency,
           EXISTS (SELECT 1 FROM plan WHERE plan.authority_id = f.authority_id AND plan.family_id = f.id AND plan.status <> 'closed')
    FROM person p
    JOIN membership m ON m.authority_id = p.authority_id AND m.person_id = p.id AND m.valid_until IS NULL
    JOIN family f ON f.authority_id = p.authority_id AND f.id = m.family_id
    LEFT JOIN lead_professional l ON l.authority_id = f.authority_id AND l.family_id = f.id AND l.valid_until IS NULL
    LEFT JOIN agency a ON a.authority_id = l.authority_id AND a.id = l.agency_id
    WHERE p.authority_id = $1 AND p.family_name = $2 AND p.date_of_birth = $3 AND f.attached_on <= current_date AND f.closed_on IS NULL
      AND EXISTS (SELECT 1 FROM address d WHERE d.authority_id = f.authority_id AND d.family_id = f.id AND d.postcode = $4)
    LIMIT 2";

struct Peer {
    connections: Vec<(Client, Statement)>,
    next: AtomicUsize,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Asked {
    authority: i32,
    family_name: String,
    date_of_birth: NaiveDate,
    postcode: String,
}

/// Serves until it is ended.
pub async fn serve(url: &str) -> Result<(), Box<dyn std::error::Error>> {
    let mut connections = Vec::new();
    for _ in 0..4 {
        let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
        tokio::spawn(connection);
        client.batch_execute("SET plan_cache_mode = force_generic_plan").await?;
        let statement = client.prepare(STATEMENT).await?;
        connections.push((client, statement));
    }
    let peer = Arc::new(Peer {
        connections,
        next: AtomicUsize::new(0),
    });
    let router = Router::new().route("/lookup", post(look_up)).with_state(peer);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    println!("http://{}", listener.local_addr()?);
    std::io::stdout().flush()?;
    axum::serve(
        axum::serve::ListenerExt::tap_io(listener, |stream| {
            // A connection that keeps its delay is only slower.
            let _ = stream.set_nodelay(true);
        }),
        router,
    )
    .await?;
    Ok(())
}

async fn look_up(State(peer): State<Arc<Peer>>, Json(asked): Json<Asked>) -> Result<Json<Value>, StatusCode> {
    let at = peer.next.fetch_add(1, Ordering::Relaxed) % peer.connections.len();
    let (client, statement) = &peer.connections[at];
    let rows = client
        .query(
            statement,
            &[
                &asked.authority,
                &asked.family_name,
                &asked.date_of_birth,
                &asked.postcode,
            ],
        )
        .await
        .map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    let answer = match &rows[..] {
        [] => json!({"status": "NOT_FOUND", "marker": null}),
        [row] => json!({"status": "MATCHED", "marker": {
            "id": row.get::<_, Uuid>(0).to_string(),
            "onCohortSince": row.get::<_, Option<NaiveDate>>(1),
            "leadProfessional": {
                "name": row.get::<_, Option<String>>(2), "phone": row.get::<_, Option<String>>(3),
                "email": row.get::<_, Option<String>>(4), "team": row.get::<_, Option<String>>(5),
                "agency": {"name": row.get::<_, Option<String>>(6)},
            },
            "onePlan": row.get::<_, bool>(7),
        }}),
        _ => json!({"status": "AMBIGUOUS", "marker": null}),
    };
    Ok(Json(json!({"data": {"markerLookup": answer}})))
}
