//! `lookups`: what an agency has looked up lately, from the trail. Whom it asked about is not in it.

use std::sync::Arc;

use async_graphql::{Context, Object};
use chrono::{DateTime, Utc};

use crate::{
    audit::{entry::Entry, read},
    graphql::{
        api_error::ApiError,
        codes::{self, Role},
        context::Request,
        objects::{PageInfo, forward_page},
        trail_page::TrailPage,
    },
    sharing::{
        grant::{Guarded, NoFamily, Shared, Visible},
        register::field,
    },
};

const LIST: &str = "lookups";

/// An operation that looked people up.
#[derive(Clone)]
pub struct Lookup(Visible<Entry, NoFamily>);

/// An operation of your own agency that looked people up: who asked, what for and with what success. Whom they asked about is not told.
#[Object]
impl Lookup {
    /// When.
    fn at(&self) -> Shared<DateTime<Utc>> {
        self.0.release(field::LOOKUP_AT, |entry| entry.at)
    }

    /// Who asked, as your agency names them.
    fn subject(&self) -> Shared<Option<String>> {
        self.0.release(field::LOOKUP_SUBJECT, |entry| {
            entry.subject.as_ref().map(|subject| subject.as_str().to_owned())
        })
    }

    /// With which program.
    fn client(&self) -> Shared<Option<String>> {
        self.0.release(field::LOOKUP_CLIENT, |entry| {
            entry.client.as_ref().map(|client| client.as_str().to_owned())
        })
    }

    /// Their role.
    fn role(&self) -> Shared<Option<Role>> {
        self.0.release(field::LOOKUP_ROLE, |entry| {
            entry.role.as_ref().and_then(|role| codes::parse(role.as_str()))
        })
    }

    /// What for.
    fn purpose(&self) -> Shared<Option<String>> {
        self.0.release(field::LOOKUP_PURPOSE, |entry| {
            entry.purpose.as_ref().map(|purpose| purpose.as_str().to_owned())
        })
    }

    /// The name of the operation, where it had one.
    fn operation_name(&self) -> Shared<Option<String>> {
        self.0.release(field::LOOKUP_OPERATION_NAME, |entry| {
            let name = entry.operation.as_ref().and_then(|operation| operation.name());
            name.map(str::to_owned)
        })
    }

    /// How many people were found.
    fn matched(&self) -> Shared<u64> {
        self.0.release(field::LOOKUP_MATCHED, |entry| entry.lookups.matched)
    }

    /// For how many questions it was not clear who was meant.
    fn ambiguous(&self) -> Shared<u64> {
        self.0.release(field::LOOKUP_AMBIGUOUS, |entry| entry.lookups.ambiguous)
    }

    /// For how many questions nobody was found.
    fn not_found(&self) -> Shared<u64> {
        self.0.release(field::LOOKUP_NOT_FOUND, |entry| entry.lookups.not_found)
    }
}

forward_page!(LookupConnection, LookupEdge, Lookup, "look-ups");

/// A page of what the asker's own agency has looked up, newest first.
pub async fn lookups(
    ctx: &Context<'_>,
    first: Option<i32>,
    after: Option<String>,
) -> Result<Shared<LookupConnection>, ApiError> {
    let request = Request::of(ctx);
    if let Some(withheld) = Shared::refused_own(&request.ceiling, field::QUERY_LOOKUPS) {
        return Ok(withheld);
    }
    let agency = request.ceiling.caller().principal.agency;
    let asked_for = TrailPage::asked_for(request, LIST, first, after)?;
    let trail = request.services.trail.store();
    let read = read::lookups_of(trail, request.authority(), agency, asked_for.before, asked_for.limit).await;
    let found = asked_for.found(request, read)?;
    let own = request.of_no_family();
    let edges = found.entries.into_iter().filter_map(|(cursor, _, entry)| {
        // An entry without an agency is nobody's own.
        let row = Arc::new(Guarded::of_no_family(entry.agency, entry));
        Some((cursor, Lookup(own.visible(field::LOOKUP_AT, &row)?)))
    });
    let page = LookupConnection {
        edges: edges.collect(),
        next: found.more,
        previous: false,
    };
    Ok(Shared::of_own_agency(&request.ceiling, field::QUERY_LOOKUPS, || page))
}
