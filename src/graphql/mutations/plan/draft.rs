//! `draftPlan`.

use async_graphql::{ID, InputObject};
use chrono::NaiveDate;

use super::step::Taken;
use crate::{
    graphql::{
        context::Request,
        mutations::{
            changed::{categories_of, payload},
            checks::Checks,
            frame::{Change, sent},
            idempotency::{Done, Stopped},
            user_error::{UserError, UserErrorCode},
            writable::{self, Named},
        },
        objects::{Plan, visible},
    },
    programme::steps::{PlanStatus, PlanStep, begin},
    records::{PlanRow, Table},
    sharing::{
        facts::RowFacts,
        register::{FieldId, field},
    },
    store::dossier::{Dossier, Wants},
};

/// A plan that is begun.
#[derive(InputObject)]
pub struct DraftPlanInput {
    /// The family.
    family_id: ID,
    /// The day on which it was drawn up; today or before.
    drawn_up_on: NaiveDate,
    /// A text of yours, of at most 100 characters: the same request sent again under the same key within seven days changes nothing again.
    idempotency_key: Option<String>,
}

payload! {
    /// What came of beginning a plan.
    DraftPlanPayload {
        /// The plan, if you may see it.
        plan: Plan
    }
    errors "Why it was not begun; empty when it was."
}

impl Change for DraftPlanInput {
    sent!(Self, by family_id, gives DraftPlanPayload);
    const MUTATION: FieldId = field::MUTATION_DRAFT_PLAN;

    async fn change(&self, request: &Request) -> Result<Done, Stopped> {
        let key = request.key(&self.family_id)?;
        let mut checks = Checks::default();
        checks.past_day("drawnUpOn", self.drawn_up_on, request.session.today());
        checks.finish(Some(()))?;
        let named = Named { key, field: "familyId" };
        // That another plan is open tells that there is one: so whoever may not see plans begins none.
        let permit = |dossier: &Dossier| {
            let facts = RowFacts::family();
            let permit = dossier.grant.may_write(categories_of(Self::MUTATION), &facts).ok();
            permit.filter(|_| dossier.grant.would_show(field::PLAN_STATUS, &facts))
        };
        let (dossier, permit) = writable::family(request, named, Wants::of(&[Table::Plan]), permit).await?;
        if let Some(open) = visible::<Plan>(&dossier).find(Plan::is_open) {
            request.disclose(&open.row.existence());
            return Ok(Done::refused(UserError::new(
                "familyId",
                UserErrorCode::PlanIsOpen,
                "The family has a plan that is not closed. Add to that one, or close it first.",
            )));
        }
        let status = begin::<PlanStatus>(PlanStep::Draft).unwrap_or(PlanStatus::Draft);
        let plan = PlanRow {
            authority_id: request.authority(),
            id: request.services.store.ids().uuid(),
            family_id: key.row,
            status,
            drawn_up_on: self.drawn_up_on,
            agreed_on: None,
            signed_by_family_on: None,
            closed_on: None,
            closure: None,
        };
        let plan_key = plan.id;
        let writing = request.session.write(permit);
        writing.add_to_family(&[plan]).await?;
        Taken::drafted(status)
            .keep(request, &writing, (key.row, plan_key))
            .await?;
        Ok(Done::changed(key.row, vec![plan_key]))
    }
}
