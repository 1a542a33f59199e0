//! Changes of what sharing rests on: consent, involvement, emergency access, bars and the agreement.

use async_graphql::{Context, Object};

use super::{
    bar_subject::{BarSubjectInput, BarSubjectPayload},
    emergency::{OpenEmergencyAccessInput, OpenEmergencyAccessPayload, Opening},
    frame::make,
    involvement::{EndInvolvementInput, EndInvolvementPayload, RecordInvolvementInput, RecordInvolvementPayload},
    load_agreement::{LoadAgreementInput, LoadAgreementPayload},
    record_consent::{RecordConsentInput, RecordConsentPayload},
    withdraw_consent::{WithdrawConsentInput, WithdrawConsentPayload},
};
use crate::graphql::{context::beside, lookups::Desk, shared::Outcome};

/// Changes of what sharing rests on: consent, involvement, emergency access and the agreement.
#[derive(Default)]
pub struct OfSharing;

/// Changes of what sharing rests on: consent, involvement, emergency access and the agreement.
#[Object]
impl OfSharing {
    /// Records what was decided about sharing data of a member: one decision for each category and kind of agency. The newest decision
    /// counts.
    async fn record_consent(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose data, and what was decided.")] input: RecordConsentInput,
    ) -> Outcome<RecordConsentPayload> {
        make(ctx, input).await
    }

    /// Withdraws a consent that was given. It holds from the moment of the answer.
    async fn withdraw_consent(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which consent.")] input: WithdrawConsentInput,
    ) -> Outcome<WithdrawConsentPayload> {
        make(ctx, input).await
    }

    /// Records that an agency works with a family, and whom to ask for.
    async fn record_involvement(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which family, which agency, since when.")] input: RecordInvolvementInput,
    ) -> Outcome<RecordInvolvementPayload> {
        make(ctx, input).await
    }

    /// Records that an agency works with a family no longer.
    async fn end_involvement(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which involvement, and when it ended.")] input: EndInvolvementInput,
    ) -> Outcome<EndInvolvementPayload> {
        make(ctx, input).await
    }

    /// Opens access to a family in an emergency: for some hours it stands in for involvement and consent where a clause of the agreement says
    /// so. The Lead Professional and the agreement manager are shown it, with your reason.
    async fn open_emergency_access(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which family, on what ground and why.")] input: OpenEmergencyAccessInput,
    ) -> Outcome<OpenEmergencyAccessPayload> {
        let desk = beside::<Desk>(ctx);
        make(ctx, Opening { input, desk }).await
    }

    /// Bars a family to somebody who has a conflict of interest: whatever an agreement says, and in an emergency too, nothing of it is there for them, from the
    /// moment of the answer or the first day on. Where it is barred to them already, the end of that is set.
    async fn bar_subject(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which family, to whom, for which days.")] input: BarSubjectInput,
    ) -> Outcome<BarSubjectPayload> {
        make(ctx, input).await
    }

    /// Loads a version of an information sharing agreement. It takes effect by its dates, and at once where these have come.
    async fn load_agreement(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The agreement file.")] input: LoadAgreementInput,
    ) -> Outcome<LoadAgreementPayload> {
        make(ctx, input).await
    }
}
