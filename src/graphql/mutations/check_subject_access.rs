//! `checkSubjectAccess`.

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
    graphql::{
        codes::CheckOutcome,
        context::Request,
        ids::Kind,
        objects::{AccessCheck, Member},
    },
    records::{AccessCheckRow, TableSet},
    sharing::{
        facts::RowFacts,
        register::{FieldId, field},
    },
    store::dossier::Dossier,
};

/// Whether telling a member who saw what of them would do serious harm.
#[derive(InputObject)]
pub struct CheckSubjectAccessInput {
    /// Who is to be told.
    member_id: ID,
    /// What came of the check.
    outcome: CheckOutcome,
    /// Why, in at most 1000 characters.
    reason: String,
    /// Whose advice was taken, such as that of a social worker; at most 200 characters.
    advised_by: Option<String>,
    /// The day of the check; today or before.
    checked_on: NaiveDate,
    /// A text of yours, of at most 100 characters: the same request sent again under the same key within seven days changes nothing again.
    idempotency_key: Option<String>,
}

payload! {
    /// What came of recording a check.
    CheckSubjectAccessPayload {
        /// The check, if you may see it.
        check: AccessCheck
    }
    errors "Why it was not recorded; empty when it was."
}

impl CheckSubjectAccessInput {
    /// The reason and whose advice was taken, or all that is wrong with the input.
    fn check(&self, today: NaiveDate) -> Result<(String, Option<String>), Vec<UserError>> {
        let mut checks = Checks::default();
        let reason = checks.lines("reason", &self.reason, 1, 1000);
        let advised_by = checks.optional_line("advisedBy", self.advised_by.as_deref(), 200);
        checks.past_day("checkedOn", self.checked_on, today);
        checks.finish(reason.map(|reason| (reason, advised_by)))
    }
}

impl Change for CheckSubjectAccessInput {
    sent!(Self, by member_id, gives CheckSubjectAccessPayload);
    const MUTATION: FieldId = field::MUTATION_CHECK_SUBJECT_ACCESS;

    async fn change(&self, request: &Request) -> Result<Done, Stopped> {
        let key = request.key(&self.member_id)?;
        let (reason, advised_by) = self.check(request.session.today())?;
        let permit = |dossier: &Dossier, member: &Member| {
            let facts = RowFacts::person(member.person());
            dossier.grant.may_write(categories_of(Self::MUTATION), &facts).ok()
        };
        let named = Named { key, field: "memberId" };
        let (dossier, member, permit) =
            writable::row_with(request, named, Kind::Member, TableSet::EMPTY, permit).await?;
        let checker = &request.ceiling.caller().principal;
        let row = AccessCheckRow {
            authority_id: request.authority(),
            id: request.services.store.ids().uuid(),
            family_id: dossier.key(),
            person_id: member.person(),
            outcome: self.outcome,
            reason,
            advised_by,
            checked_on: self.checked_on,
            recorded_at: request.session.now(),
            agency_id: checker.agency,
            subject: checker.subject.clone(),
        };
        let row_key = row.id;
        request.session.write(permit).add_to_family(&[row]).await?;
        Ok(Done::changed(dossier.key(), vec![row_key]))
    }
}
