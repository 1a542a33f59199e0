//! `barSubject`.

use async_graphql::{ID, InputObject};
use chrono::NaiveDate;

use super::{
    changed::{categories_of, payload},
    checks::Checks,
    frame::{Change, sent},
    idempotency::{Done, Stopped},
    user_error::UserError,
    writable::{self, Named},
};
use crate::{
    graphql::context::Request,
    records::BarredSubjectRow,
    sharing::{
        facts::RowFacts,
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
    /// The first day; today where it is not said. A bar that is yet to begin is brought forward to it, and none is put off.
    from: Option<NaiveDate>,
    /// The day on which it holds no longer; without one it has no end.
    until: Option<NaiveDate>,
    /// A text of yours, of at most 100 characters: the same request sent again under the same key within seven days changes nothing again.
    idempotency_key: Option<String>,
}

payload! {
    /// What came of barring a family to somebody.
    BarSubjectPayload {}
    errors "Why it was not recorded; empty when it was."
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
    sent!(Self, by family_id, gives BarSubjectPayload);
    const MUTATION: FieldId = field::MUTATION_BAR_SUBJECT;

    async fn change(&self, request: &Request) -> Result<Done, Stopped> {
        let key = request.key(&self.family_id)?;
        let today = request.session.today();
        let (subject, valid_from) = self.check(today)?;
        let agencies = request.session.agencies().await?;
        let agency = self
            .agency
            .as_ref()
            .map(|code| writable::agency(agencies, "agency", code));
        let agency_id = agency.transpose()?;
        let categories = categories_of(Self::MUTATION);
        let permit = |dossier: &Dossier| dossier.grant.may_write(categories, &RowFacts::family()).ok();
        let named = Named { key, field: "familyId" };
        let (_, permit) = writable::family(request, named, Wants::default(), permit).await?;
        let row = BarredSubjectRow {
            authority_id: request.authority(),
            id: request.services.store.ids().uuid(),
            family_id: key.row,
            agency_id,
            subject,
            valid_from,
            valid_until: self.until,
        };
        request.session.write(permit).bar(row, today).await?;
        Ok(Done::changed(key.row, Vec::new()))
    }
}
