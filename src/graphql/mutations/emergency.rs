//! `openEmergencyAccess`.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object};
use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::{
    changed,
    checks::Checks,
    frame::{Change, sent},
    idempotency::Done,
    user_error::{UserError, errors},
};
use crate::{
    graphql::{
        api_error::ApiError,
        codes::EmergencyGround,
        context::Request,
        ids::Kind,
        objects::{Family, family},
    },
    records::EmergencyAccessRow,
    sharing::{
        grant::Shared,
        permit::Permit,
        register::{self, FieldId, field},
    },
    store::{
        dossier::Dossier,
        write::Opened,
        writing::{Deed, Written},
    },
};

/// Which family, on what ground and why. Name it by its id or by its reference: by one of the two.
#[derive(InputObject)]
pub struct OpenEmergencyAccessInput {
    /// The family's id. You need not otherwise be able to see the family.
    family_id: Option<ID>,
    /// Or its reference, as it is quoted over the telephone.
    reference: Option<String>,
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
    dossier: Option<Arc<Dossier>>,
    errors: Vec<UserError>,
}

/// What came of opening emergency access.
#[Object]
impl OpenEmergencyAccessPayload {
    /// When it was opened: before now if you had it open already.
    fn opened_at(&self, ctx: &Context<'_>) -> Shared<Option<DateTime<Utc>>> {
        Shared::rows(
            &Request::of(ctx).ceiling,
            field::OPEN_EMERGENCY_ACCESS_PAYLOAD_OPENED_AT,
            || self.opened.map(|opened| opened.opened_at),
        )
    }

    /// Until when it holds.
    fn expires_at(&self, ctx: &Context<'_>) -> Shared<Option<DateTime<Utc>>> {
        Shared::rows(
            &Request::of(ctx).ceiling,
            field::OPEN_EMERGENCY_ACCESS_PAYLOAD_EXPIRES_AT,
            || self.opened.map(|opened| opened.expires_at),
        )
    }

    /// The family, as you may see it now: what clauses with emergency access name, and whatever you could see before.
    fn family(&self, ctx: &Context<'_>) -> Shared<Option<Family>> {
        Shared::rows(
            &Request::of(ctx).ceiling,
            field::OPEN_EMERGENCY_ACCESS_PAYLOAD_FAMILY,
            || self.dossier.as_ref().and_then(|dossier| family(ctx, dossier)),
        )
    }

    /// Why it was not opened; empty when it was.
    fn errors(&self, ctx: &Context<'_>) -> Shared<Vec<UserError>> {
        errors(ctx, field::OPEN_EMERGENCY_ACCESS_PAYLOAD_ERRORS, &self.errors)
    }
}

/// A clause that lets the asker do so is all that it needs: whoever meets a family in an emergency need not be able to see anything of it, nor of the catalogues.
impl Change for OpenEmergencyAccessInput {
    sent!(Self, by family_id);
    type Payload = OpenEmergencyAccessPayload;
    const MUTATION: FieldId = field::MUTATION_OPEN_EMERGENCY_ACCESS;

    async fn change(&self, request: &Request) -> Result<Done, ApiError> {
        let (wanted, justification) = match check(self) {
            Ok(good) => good,
            Err(errors) => return Ok(Done::all_refused(errors)),
        };
        let (field, found) = match wanted {
            Wanted::Id(id) => ("familyId", by_id(request, id).await?),
            Wanted::Reference(reference) => ("reference", request.session.family_of_reference(&reference).await?),
        };
        let Some(family) = found else {
            return Ok(in_vain(request, field));
        };
        let principal = &request.ceiling.caller().principal;
        let now = request.session.now();
        let own = request.session.opened_by(principal, family).await?;
        let holds =
            |opened: &&Opened| opened.closed_at.is_none() && (opened.opened_at..opened.expires_at).contains(&now);
        let permit = Permit::to_open_emergency(&request.ceiling, family, field::EMERGENCY_ACCESS_ID);
        let writing = request.session.write(permit.ok_or(ApiError::Internal)?);
        if let Some(open) = own.iter().find(holds) {
            writing.emergency_is_open(family, open.id)?;
            return Ok(Done::changed(family, vec![open.id]));
        }
        let hours = request.session.authority_row().await?.emergency_hours;
        let row = EmergencyAccessRow {
            authority_id: request.authority(),
            id: request.services.store.ids().uuid(),
            family_id: family,
            agency_id: principal.agency,
            subject: principal.subject.clone(),
            ground: self.ground,
            justification,
            opened_at: now,
            expires_at: now + TimeDelta::hours(i64::from(hours)),
            closed_at: None,
        };
        let row_key = row.id;
        writing.open_emergency(row).await?;
        Ok(Done::changed(family, vec![row_key]))
    }

    async fn payload(self, request: &Request, done: Done) -> Result<OpenEmergencyAccessPayload, ApiError> {
        let (mut opened, mut dossier) = (None, None);
        if let Some(family) = done.family {
            let own = request
                .session
                .opened_by(&request.ceiling.caller().principal, family)
                .await?;
            opened = own.into_iter().find(|opened| done.rows.contains(&opened.id));
            // Decided on what holds now, the access that was opened among it.
            dossier = changed::dossier(request, family, request.wants).await?;
        }
        Ok(OpenEmergencyAccessPayload {
            opened,
            dossier,
            errors: done.errors,
        })
    }
}

/// How the family is named.
enum Wanted<'a> {
    /// By its id.
    Id(&'a ID),
    /// By its reference.
    Reference(String),
}

/// Which family and why, or all that is wrong with the input.
fn check(input: &OpenEmergencyAccessInput) -> Result<(Wanted<'_>, String), Vec<UserError>> {
    let mut checks = Checks::default();
    let justification = checks.lines("justification", &input.justification, 20, 2000);
    let wanted = match (&input.family_id, &input.reference) {
        (Some(id), None) => Some(Wanted::Id(id)),
        (None, Some(reference)) => checks.line("reference", reference, 1, 200).map(Wanted::Reference),
        _ => {
            checks.refuse(
                "familyId",
                "Name the family by its id or by its reference: by one of the two.",
            );
            None
        }
    };
    checks.finish(wanted.zip(justification))
}

/// The family of that id. An id of another authority, one that is none, and one of something else find as little as one of a family that is not there.
async fn by_id(request: &Request, id: &ID) -> Result<Option<Uuid>, ApiError> {
    let key = request.key(id).ok().filter(|key| key.kind == Kind::Family);
    Ok(match key {
        Some(key) if request.session.has_family(key.row).await? => Some(key.row),
        _ => None,
    })
}

/// The answer where there is no such family. That there is none is told to whoever may open emergency access, so each such try is an alert: somebody who tries
/// one reference after the other is seen.
fn in_vain(request: &Request, field: &str) -> Done {
    tracing::warn!("emergency.not_found");
    request.session.tried(Written {
        family: None,
        person: None,
        categories: register::get(field::EMERGENCY_ACCESS_ID).categories,
        clauses: request.ceiling.emergency_clauses(),
        emergency: None,
        deed: Deed::Alert,
    });
    Done::refused(UserError::not_found(field))
}
