//! `barSubject`.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object};
use chrono::NaiveDate;

use super::{
    changed::{categories_of, not_found},
    checks::Checks,
    frame::{Change, sent},
    idempotency::Done,
    user_error::{UserError, errors},
};
use crate::{
    graphql::{api_error::ApiError, context::Request, ids::Kind, objects::Family},
    records::BarredSubjectRow,
    sharing::{
        facts::RowFacts,
        grant::Shared,
        register::{FieldId, field},
    },
    store::dossier::{Dossier, Wants},
};

/// To whom a family is barred, and for which days.
#[derive(InputObject)]
pub struct BarSubjectInput {
    /// The family.
    family_id: ID,
    /// Who, as the tokens of their agency name them (`sub`); at most 255 characters.
    subject: String,
    /// The code of the agency for which they ask. Without one it is whichever.
    agency: Option<String>,
    /// The first day; today where it is not said. Of a bar that has not ended it stays as it is.
    from: Option<NaiveDate>,
    /// The day on which it holds no longer; without one it has no end.
    until: Option<NaiveDate>,
    /// A text of yours, of at most 100 characters: the same request sent again under the same key within seven days changes nothing again.
    idempotency_key: Option<String>,
}

/// What came of barring a family to somebody.
pub struct BarSubjectPayload {
    errors: Vec<UserError>,
}

/// What came of barring a family to somebody.
#[Object]
impl BarSubjectPayload {
    /// Why it was not recorded; empty when it was.
    fn errors(&self, ctx: &Context<'_>) -> Shared<Vec<UserError>> {
        errors(ctx, field::BAR_SUBJECT_PAYLOAD_ERRORS, &self.errors)
    }
}

impl BarSubjectInput {
    /// Who and when, or all that is wrong with it.
    fn check(&self, today: NaiveDate) -> Result<(String, NaiveDate), Vec<UserError>> {
        let mut checks = Checks::default();
        let subject = checks.line("subject", &self.subject, 1, 255);
        let from = checks.day("from", self.from.unwrap_or(today));
        let until = self.until.and_then(|until| checks.day("until", until));
        if from.zip(until).is_some_and(|(from, until)| until < from) {
            checks.refuse("until", "It cannot be before the first day.");
        }
        checks.finish(subject.zip(from))
    }
}

impl Change for BarSubjectInput {
    sent!(Self, by family_id);
    type Payload = BarSubjectPayload;
    const MUTATION: FieldId = field::MUTATION_BAR_SUBJECT;

    async fn change(&self, request: &Request) -> Result<Done, ApiError> {
        let key = request.key(&self.family_id)?;
        let today = request.session.today();
        let (subject, valid_from) = match self.check(today) {
            Ok(terms) => terms,
            Err(errors) => return Ok(Done::all_refused(errors)),
        };
        let agencies = request.session.agencies().await?;
        let agency = self.agency.as_ref().map(|code| agencies.by_code(code));
        if agency == Some(None) {
            return Ok(Done::refused(UserError::not_found("agency")));
        }
        if key.kind != Kind::Family {
            return Ok(not_found(request, "familyId", key));
        }
        let permitted = |dossier: &Arc<Dossier>| {
            Family::of(dossier)?;
            let categories = categories_of(Self::MUTATION);
            dossier.grant.may_write(categories, &RowFacts::family()).ok()
        };
        let holds = |dossier: &Arc<Dossier>| permitted(dossier).is_some();
        let found = request.named_one(key.row, Wants::default(), &holds).await?;
        let Some(permit) = found.as_ref().and_then(permitted) else {
            return Ok(not_found(request, "familyId", key));
        };
        let row = BarredSubjectRow {
            authority_id: request.authority(),
            id: request.services.store.ids().uuid(),
            family_id: key.row,
            agency_id: agency.flatten().map(|agency| agency.id),
            subject,
            valid_from,
            valid_until: self.until,
        };
        request.session.write(permit).bar(row, today).await?;
        Ok(Done::changed(key.row, Vec::new()))
    }

    async fn payload(self, _: &Request, done: Done) -> Result<BarSubjectPayload, ApiError> {
        Ok(BarSubjectPayload { errors: done.errors })
    }
}
