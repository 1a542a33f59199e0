//! `recordInvolvement` and `endInvolvement`.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object};
use chrono::NaiveDate;

use super::{
    changed::{Changed, categories_of, not_found},
    checks::Checks,
    frame::{Change, sent},
    idempotency::Done,
    user_error::{UserError, UserErrorCode},
    writable,
};
use crate::{
    graphql::{
        api_error::ApiError,
        context::Request,
        ids::Kind,
        objects::{Entry, Family, Involvement, visible},
    },
    records::{InvolvementRow, Table},
    sharing::{
        facts::RowFacts,
        grant::Shared,
        register::{FieldId, field},
    },
    store::dossier::{Dossier, Wants},
};

const RECORD: FieldId = field::MUTATION_RECORD_INVOLVEMENT;
const END: FieldId = field::MUTATION_END_INVOLVEMENT;

/// That an agency works with a family, and whom to ask for.
#[derive(InputObject)]
pub struct RecordInvolvementInput {
    /// The family.
    family_id: ID,
    /// The code of the agency.
    agency: String,
    /// The team; at most 200 characters.
    service_team: Option<String>,
    /// Whom to ask for; at most 200 characters.
    contact_name: String,
    /// Their work telephone.
    contact_phone: Option<String>,
    /// Their work e-mail.
    contact_email: Option<String>,
    /// First day; today or before.
    started_on: NaiveDate,
    /// A text of yours, of at most 100 characters: the same request sent again under the same key within seven days changes nothing again.
    idempotency_key: Option<String>,
}

/// What came of recording an involvement.
pub struct RecordInvolvementPayload(Changed);

/// What came of recording an involvement.
#[Object]
impl RecordInvolvementPayload {
    /// The involvement that was recorded, if you may see it.
    fn involvement(&self, ctx: &Context<'_>) -> Shared<Option<Involvement>> {
        self.0.row(ctx, field::RECORD_INVOLVEMENT_PAYLOAD_INVOLVEMENT)
    }

    /// Why it was not recorded; empty when it was.
    fn errors(&self, ctx: &Context<'_>) -> Shared<Vec<UserError>> {
        self.0.errors(ctx, field::RECORD_INVOLVEMENT_PAYLOAD_ERRORS)
    }
}

/// Which involvement ended, and when.
#[derive(InputObject)]
pub struct EndInvolvementInput {
    /// An involvement that has not ended.
    involvement_id: ID,
    /// The day it ended: today or before, and not before it began.
    ended_on: NaiveDate,
    /// A text of yours, of at most 100 characters: the same request sent again under the same key within seven days changes nothing again.
    idempotency_key: Option<String>,
}

/// What came of ending an involvement.
pub struct EndInvolvementPayload(Changed);

/// What came of ending an involvement.
#[Object]
impl EndInvolvementPayload {
    /// The involvement that was ended, if you may see it.
    fn involvement(&self, ctx: &Context<'_>) -> Shared<Option<Involvement>> {
        self.0.row(ctx, field::END_INVOLVEMENT_PAYLOAD_INVOLVEMENT)
    }

    /// Why it was not ended; empty when it was.
    fn errors(&self, ctx: &Context<'_>) -> Shared<Vec<UserError>> {
        self.0.errors(ctx, field::END_INVOLVEMENT_PAYLOAD_ERRORS)
    }
}

/// An input that was found good by itself.
struct Terms {
    service_team: Option<String>,
    contact_name: String,
    contact_phone: Option<String>,
    contact_email: Option<String>,
    started_on: NaiveDate,
}

fn check(input: &RecordInvolvementInput, today: NaiveDate) -> Result<Terms, Vec<UserError>> {
    let mut checks = Checks::default();
    let service_team = checks.optional_line("serviceTeam", input.service_team.as_deref(), 200);
    let contact_name = checks.line("contactName", &input.contact_name, 1, 200);
    let contact_phone = checks.optional_phone("contactPhone", input.contact_phone.as_deref());
    let contact_email = checks.optional_email("contactEmail", input.contact_email.as_deref());
    let started_on = checks.past_day("startedOn", input.started_on, today);
    let terms = contact_name.zip(started_on).map(|(contact_name, started_on)| Terms {
        service_team,
        contact_name,
        contact_phone,
        contact_email,
        started_on,
    });
    checks.finish(terms)
}

impl Change for RecordInvolvementInput {
    sent!(Self, by family_id);
    type Payload = RecordInvolvementPayload;
    const MUTATION: FieldId = RECORD;

    async fn change(&self, request: &Request) -> Result<Done, ApiError> {
        let key = request.key(&self.family_id)?;
        let today = request.session.today();
        let terms = match check(self, today) {
            Ok(terms) => terms,
            Err(errors) => return Ok(Done::all_refused(errors)),
        };
        let agency = request
            .session
            .agencies()
            .await?
            .by_code(&self.agency)
            .map(|agency| agency.id);
        let Some(agency) = agency else {
            return Ok(Done::refused(UserError::not_found("agency")));
        };
        if key.kind != Kind::Family {
            return Ok(not_found(request, "familyId", key));
        }
        // A conflict tells that there is a row, and of which agency: so whoever may not see such a row may not record one either.
        let facts = RowFacts::family().from_agency(agency);
        let permitted = |dossier: &Arc<Dossier>| {
            Family::of(dossier)?;
            let would = |field| dossier.grant.would_show(field, &facts);
            let own = agency == request.ceiling.caller().principal.agency;
            let shown = would(field::INVOLVEMENT_ID) && (own || would(field::INVOLVEMENT_AGENCY));
            let permit = dossier.grant.may_write(categories_of(RECORD), &facts).ok();
            permit.filter(|_| shown)
        };
        let holds = |dossier: &Arc<Dossier>| permitted(dossier).is_some();
        let wants = Wants::of(&[Table::Involvement]);
        let found = request.named_one(key.row, wants, &holds).await?;
        let Some((dossier, permit)) = found.and_then(|dossier| {
            let permit = permitted(&dossier)?;
            Some((dossier, permit))
        }) else {
            return Ok(not_found(request, "familyId", key));
        };
        let open = visible::<Involvement>(&dossier).find(|involvement| {
            let open = involvement.row.release(field::INVOLVEMENT_ENDED_ON, |row| {
                row.agency_id == agency && row.ended_on.is_none_or(|ended| today < ended)
            });
            open.seen() == Some(&true)
        });
        if let Some(open) = open {
            request.disclose(&open.row().existence());
            return Ok(Done::refused(UserError::new(
                "agency",
                UserErrorCode::Conflict,
                "This agency works with the family already. End that involvement first.",
            )));
        }
        let row = InvolvementRow {
            authority_id: request.authority(),
            id: request.services.store.ids().uuid(),
            family_id: dossier.key(),
            agency_id: agency,
            service_team: terms.service_team,
            contact_name: terms.contact_name,
            contact_phone: terms.contact_phone,
            contact_email: terms.contact_email,
            started_on: terms.started_on,
            ended_on: None,
        };
        let row_key = row.id;
        request.session.write(permit).add_to_family(&[row]).await?;
        Ok(Done::changed(dossier.key(), vec![row_key]))
    }

    async fn payload(self, request: &Request, done: Done) -> Result<RecordInvolvementPayload, ApiError> {
        Ok(RecordInvolvementPayload(
            Changed::read(request, done, Kind::Involvement).await?,
        ))
    }
}

impl Change for EndInvolvementInput {
    sent!(Self, by involvement_id);
    type Payload = EndInvolvementPayload;
    const MUTATION: FieldId = END;

    async fn change(&self, request: &Request) -> Result<Done, ApiError> {
        let key = request.key(&self.involvement_id)?;
        let mut checks = Checks::default();
        let day = checks.past_day("endedOn", self.ended_on, request.session.today());
        let ended_on = match checks.finish(day) {
            Ok(ended_on) => ended_on,
            Err(errors) => return Ok(Done::all_refused(errors)),
        };
        let found = writable::row::<Involvement>(request, key, Kind::Involvement, END).await?;
        let Some((dossier, involvement, permit)) = found else {
            return Ok(not_found(request, "involvementId", key));
        };
        let row = involvement.row();
        let too_early = row.release(field::INVOLVEMENT_STARTED_ON, |row| {
            row.ended_on.is_none() && ended_on < row.started_on
        });
        if too_early.seen() == Some(&true) {
            request.disclose(&row.existence());
            return Ok(Done::refused(UserError::invalid(
                "endedOn",
                "It cannot end before it began.",
            )));
        }
        let writing = request.session.write(permit);
        if !writing
            .end_involvement(dossier.key(), involvement.key(), ended_on)
            .await?
        {
            request.disclose(&row.existence());
            return Ok(Done::refused(UserError::new(
                "involvementId",
                UserErrorCode::AlreadyDone,
                "This involvement has ended already.",
            )));
        }
        Ok(Done::changed(dossier.key(), vec![involvement.key()]))
    }

    async fn payload(self, request: &Request, done: Done) -> Result<EndInvolvementPayload, ApiError> {
        Ok(EndInvolvementPayload(
            Changed::read(request, done, Kind::Involvement).await?,
        ))
    }
}

#[cfg(test)]
mod tests;
