//! What one would write by hand for these questions alone and for one caller: prepared statements with the caller's conditions written in, the same
//! JSON, and none of the rules, the trail, the budget or the matching. The ceiling for everybody else.

mod answers;
mod cells;
mod parts;
mod postgres;
mod sqlite;
mod statements;

use std::{error::Error, io::Write as _, sync::Arc};

use axum::{
    Json, Router,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::post,
};
use chrono::NaiveDate;
use serde::Deserialize;

pub use self::statements::INDEX;
use self::{
    answers::Answer,
    cells::{Given, Store},
    postgres::Postgres,
    sqlite::Sqlite,
    statements::Statement,
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Asked {
    authority: i32,
    given_name: String,
    family_name: String,
    date_of_birth: NaiveDate,
    postcode: String,
}

#[derive(Deserialize)]
struct Family {
    authority: i32,
    reference: String,
}

#[derive(Deserialize)]
struct Authority {
    authority: i32,
}

#[derive(Deserialize)]
struct Filter {
    authority: i32,
    criterion: String,
    since: NaiveDate,
}

type Reply = Result<Answer, Failure>;

/// The database failed; nobody asks a bench why.
struct Failure;

impl<E: Error> From<E> for Failure {
    fn from(_: E) -> Self {
        Self
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        StatusCode::INTERNAL_SERVER_ERROR.into_response()
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        ([(header::CONTENT_TYPE, "application/json")], self.0).into_response()
    }
}

/// Serves until it is ended: a `postgres://` or `sqlite:` address.
pub async fn serve(url: &str) -> Result<(), Box<dyn Error>> {
    let router = if url.starts_with("sqlite:") {
        router(Sqlite::open(url).await?)
    } else {
        router(Postgres::open(url).await?)
    };
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

fn router<S: Store>(store: S) -> Router {
    Router::new()
        .route("/lookup", post(look_up::<S>))
        .route("/family", post(family::<S>))
        .route("/families", post(families::<S>))
        .route("/filtered", post(filtered::<S>))
        .route("/plans", post(plans::<S>))
        .with_state(Arc::new(store))
}

async fn look_up<S: Store>(State(store): State<Arc<S>>, Json(asked): Json<Asked>) -> Reply {
    let given = [
        Given::Number(asked.authority),
        Given::Text(&asked.given_name),
        Given::Text(&asked.family_name),
        Given::Day(asked.date_of_birth),
        Given::Text(&asked.postcode),
    ];
    answers::look_up(&store.rows(Statement::LookUp, &given).await?)
}

async fn family<S: Store>(State(store): State<Arc<S>>, Json(asked): Json<Family>) -> Reply {
    let given = [Given::Number(asked.authority), Given::Text(&asked.reference)];
    let (family, members, matches, plans, outcomes, consents) = tokio::try_join!(
        store.rows(Statement::Family, &given),
        store.rows(Statement::FamilyMembers, &given),
        store.rows(Statement::FamilyMatches, &given),
        store.rows(Statement::FamilyPlans, &given),
        store.rows(Statement::FamilyOutcomes, &given),
        store.rows(Statement::FamilyConsents, &given),
    )?;
    answers::family(&family, &members, &matches, &plans, &outcomes, &consents)
}

async fn families<S: Store>(State(store): State<Arc<S>>, Json(asked): Json<Authority>) -> Reply {
    let given = [Given::Number(asked.authority)];
    let (families, members, matches) = tokio::try_join!(
        store.rows(Statement::Families, &given),
        store.rows(Statement::FamiliesMembers, &given),
        store.rows(Statement::FamiliesMatches, &given),
    )?;
    answers::families(&families, &members, &matches)
}

async fn filtered<S: Store>(State(store): State<Arc<S>>, Json(asked): Json<Filter>) -> Reply {
    let given = [
        Given::Number(asked.authority),
        Given::Text(&asked.criterion),
        Given::Day(asked.since),
    ];
    answers::filtered(&store.rows(Statement::Filtered, &given).await?)
}

async fn plans<S: Store>(State(store): State<Arc<S>>, Json(asked): Json<Authority>) -> Reply {
    let given = [Given::Number(asked.authority)];
    let (plans, outcomes) = tokio::try_join!(
        store.rows(Statement::Plans, &given),
        store.rows(Statement::PlansOutcomes, &given),
    )?;
    answers::plans(&plans, &outcomes)
}
