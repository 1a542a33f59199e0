//! `recordInvolvement` and `endInvolvement`.

use async_graphql::{ID, InputObject};
use chrono::NaiveDate;

use super::{
    changed::{categories_of, payload},
    checks::Checks,
    frame::{Change, sent},
    idempotency::{Done, Stopped},
    user_error::{UserError, UserErrorCode},
    writable::{self, Named},
};
use crate::{
    graphql::{
        context::Request,
        ids::Kind,
        objects::{Entry, Involvement, visible},
    },
    records::{InvolvementRow, Table},
    sharing::{
        facts::RowFacts,
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

payload! {
    /// What came of recording an involvement.
    RecordInvolvementPayload {
        /// The involvement that was recorded, if you may see it.
        involvement: Involvement
    }
    errors "Why it was not recorded; empty when it was."
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

payload! {
    /// What came of ending an involvement.
    EndInvolvementPayload {
        /// The involvement that was ended, if you may see it.
        involvement: Involvement
    }
    errors "Why it was not ended; empty when it was."
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
    sent!(Self, by family_id, gives RecordInvolvementPayload);
    const MUTATION: FieldId = RECORD;

    async fn change(&self, request: &Request) -> Result<Done, Stopped> {
        let key = request.key(&self.family_id)?;
        let today = request.session.today();
        let terms = check(self, today)?;
        let agencies = request.session.agencies().await?;
        let agency = writable::agency(agencies, "agency", &self.agency)?;
        // A conflict tells that there is a row, and of which agency: so whoever may not see such a row may not record one either.
        let facts = RowFacts::family().from_agency(agency);
        let permit = |dossier: &Dossier| {
            let would = |field| dossier.grant.would_show(field, &facts);
            let own = agency == request.ceiling.caller().principal.agency;
            let shown = would(field::INVOLVEMENT_ID) && (own || would(field::INVOLVEMENT_AGENCY));
            let permit = dossier.grant.may_write(categories_of(RECORD), &facts).ok();
            permit.filter(|_| shown)
        };
        let named = Named { key, field: "familyId" };
        let wants = Wants::of(&[Table::Involvement]);
        let (dossier, permit) = writable::family(request, named, wants, permit).await?;
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
}

impl Change for EndInvolvementInput {
    sent!(Self, by involvement_id, gives EndInvolvementPayload);
    const MUTATION: FieldId = END;

    async fn change(&self, request: &Request) -> Result<Done, Stopped> {
        let key = request.key(&self.involvement_id)?;
        let mut checks = Checks::default();
        let day = checks.past_day("endedOn", self.ended_on, request.session.today());
        let ended_on = checks.finish(day)?;
        let named = Named {
            key,
            field: "involvementId",
        };
        let (dossier, involvement, permit) =
            writable::row::<Involvement>(request, named, Kind::Involvement, END).await?;
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
}

#[cfg(test)]
mod tests;
