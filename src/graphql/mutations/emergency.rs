//! `openEmergencyAccess`.

use async_graphql::{Context, ID, InputObject, Object};
use chrono::{DateTime, TimeDelta, Utc};

use super::{
    checks::Checks,
    not_found,
    once::{Done, once},
    user_error::{UserError, told},
};
use crate::{
    audit::entry,
    graphql::{
        api_error::ApiError,
        codes::{self, EmergencyGround},
        context::{Request, Write},
        ids::Kind,
    },
    sharing::{
        category::CategorySet,
        grant::Shared,
        register::{self, FieldId, field},
    },
    store::{rows::EmergencyAccessRow, write::Opened},
};

const MUTATION: FieldId = field::MUTATION_OPEN_EMERGENCY_ACCESS;

/// Which family, on what ground and why.
#[derive(InputObject)]
pub struct OpenEmergencyAccessInput {
    /// The family, which you need not otherwise be able to see.
    family_id: ID,
    /// On what ground.
    ground: EmergencyGround,
    /// Why, in 20 to 2000 characters. The Lead Professional and the agreement manager will read it.
    justification: String,
    /// A text of yours, of at most 100 characters: the same request sent again under the same key within seven days changes nothing again.
    idempotency_key: Option<String>,
}

/// What came of opening emergency access.
pub struct OpenEmergencyAccessPayload {
    opened: Option<Opened>,
    errors: Vec<UserError>,
}

/// What came of opening emergency access.
#[Object]
impl OpenEmergencyAccessPayload {
    /// When it was opened: before now if you had it open already.
    fn opened_at(&self, ctx: &Context<'_>) -> Shared<Option<DateTime<Utc>>> {
        told(ctx, field::OPEN_EMERGENCY_ACCESS_PAYLOAD_OPENED_AT, || {
            self.opened.map(|opened| opened.opened_at)
        })
    }

    /// Until when it holds.
    fn expires_at(&self, ctx: &Context<'_>) -> Shared<Option<DateTime<Utc>>> {
        told(ctx, field::OPEN_EMERGENCY_ACCESS_PAYLOAD_EXPIRES_AT, || {
            self.opened.map(|opened| opened.expires_at)
        })
    }

    /// Why it was not opened; empty when it was.
    fn errors(&self, ctx: &Context<'_>) -> Shared<Vec<UserError>> {
        told(ctx, field::OPEN_EMERGENCY_ACCESS_PAYLOAD_ERRORS, || self.errors.clone())
    }
}

/// Opens emergency access.
pub(super) async fn open(
    ctx: &Context<'_>,
    input: OpenEmergencyAccessInput,
) -> Result<Shared<OpenEmergencyAccessPayload>, ApiError> {
    let request = Request::of(ctx);
    let ceiling = &request.ceiling;
    if let Some(withheld) = Shared::beyond(ceiling, MUTATION).or_else(|| Shared::refused(ceiling, MUTATION)) {
        return Ok(withheld);
    }
    let key = input.idempotency_key.as_deref();
    let done = once(
        request,
        "openEmergencyAccess",
        &input,
        Some(&input.family_id),
        key,
        change(request, &input),
    )
    .await?;
    let opened = match done.family {
        Some(family) => {
            let own = request.session.opened_by(&ceiling.caller().principal, family).await?;
            own.into_iter().find(|opened| done.rows.contains(&opened.id))
        }
        None => None,
    };
    let errors = done.errors;
    Ok(Shared::about_nobody(ceiling, MUTATION, || OpenEmergencyAccessPayload {
        opened,
        errors,
    }))
}

async fn change(request: &Request, input: &OpenEmergencyAccessInput) -> Result<Done, ApiError> {
    let key = request.key(&input.family_id)?;
    let mut checks = Checks::default();
    let justification = checks.lines("justification", &input.justification, 20, 2000);
    let justification = match checks.finish(justification) {
        Ok(justification) => justification,
        Err(errors) => return Ok(Done::all_refused(errors)),
    };
    let family = key.row;
    if key.kind != Kind::Family || !request.session.has_family(family).await? {
        return Ok(not_found(request, "familyId", key));
    }
    let principal = &request.ceiling.caller().principal;
    let now = request.session.now();
    let own = request.session.opened_by(principal, family).await?;
    let holds = |opened: &&Opened| opened.closed_at.is_none() && (opened.opened_at..opened.expires_at).contains(&now);
    if let Some(open) = own.iter().find(holds) {
        return Ok(Done::changed(family, vec![open.id]));
    }
    let hours = request.session.authority_row().await?.emergency_hours;
    let row = EmergencyAccessRow {
        authority_id: request.authority(),
        id: request.services.store.ids().uuid(),
        family_id: family,
        agency_id: principal.agency,
        subject: principal.subject.clone(),
        ground: codes::code(input.ground),
        justification,
        opened_at: now,
        expires_at: now + TimeDelta::hours(i64::from(hours)),
        closed_at: None,
    };
    let row_key = row.id;
    request.session.open_emergency(row).await?;
    request.written(Write {
        kind: entry::Kind::Emergency,
        family: Some(family),
        person: None,
        clauses: request.ceiling.emergency_clauses(),
        categories: existence(),
        emergency: Some(row_key),
        loaded: None,
    });
    Ok(Done::changed(family, vec![row_key]))
}

/// The categories that the register says a row of emergency access has.
fn existence() -> CategorySet {
    register::get(field::EMERGENCY_ACCESS_ID).categories
}
