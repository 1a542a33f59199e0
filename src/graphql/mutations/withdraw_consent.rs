//! `withdrawConsent`.

use async_graphql::{Context, ID, InputObject, Object};

use super::{
    changed::{Changed, not_found},
    frame::{Change, sent},
    idempotency::Done,
    user_error::{UserError, UserErrorCode},
    writable,
};
use crate::{
    graphql::{
        api_error::ApiError,
        codes::ConsentAnswer,
        context::Request,
        ids::Kind,
        objects::{Consent, Entry},
    },
    sharing::{
        grant::{Link, Shared},
        register::{FieldId, field},
    },
};

const MUTATION: FieldId = field::MUTATION_WITHDRAW_CONSENT;

/// Which consent is withdrawn.
#[derive(InputObject)]
pub struct WithdrawConsentInput {
    /// A consent that was given.
    consent_id: ID,
    /// A text of yours, of at most 100 characters: the same request sent again under the same key within seven days changes nothing again.
    idempotency_key: Option<String>,
}

/// What came of withdrawing a consent.
pub struct WithdrawConsentPayload(Changed);

/// What came of withdrawing a consent.
#[Object]
impl WithdrawConsentPayload {
    /// The consent that was withdrawn, if you may see it.
    fn consent(&self, ctx: &Context<'_>) -> Shared<Option<Consent>> {
        self.0.row(ctx, field::WITHDRAW_CONSENT_PAYLOAD_CONSENT)
    }

    /// Why it was not withdrawn; empty when it was.
    fn errors(&self, ctx: &Context<'_>) -> Shared<Vec<UserError>> {
        self.0.errors(ctx, field::WITHDRAW_CONSENT_PAYLOAD_ERRORS)
    }
}

impl Change for WithdrawConsentInput {
    sent!(Self, by consent_id);
    type Payload = WithdrawConsentPayload;
    const MUTATION: FieldId = MUTATION;

    async fn change(&self, request: &Request) -> Result<Done, ApiError> {
        let key = request.key(&self.consent_id)?;
        let found = writable::row::<Consent>(request, key, Kind::Consent, MUTATION).await?;
        let Some((dossier, consent, permit)) = found else {
            return Ok(not_found(request, "consentId", key));
        };
        let row = consent.row();
        let refused = row.release(field::CONSENT_DECISION, |row| row.decision != ConsentAnswer::Given);
        if refused.seen() == Some(&true) {
            request.disclose(&row.existence());
            return Ok(Done::refused(UserError::invalid(
                "consentId",
                "This decision is a refusal, and only a consent can be withdrawn. Record a new decision.",
            )));
        }
        let at = request.session.now();
        let person = row.link(Link::Person).unwrap_or_default();
        let writing = request.session.write(permit);
        if !writing
            .withdraw_consent(dossier.key(), person, consent.key(), at)
            .await?
        {
            request.disclose(&row.existence());
            return Ok(Done::refused(UserError::new(
                "consentId",
                UserErrorCode::AlreadyDone,
                "This consent has been withdrawn already.",
            )));
        }
        Ok(Done::changed(dossier.key(), vec![consent.key()]))
    }

    async fn payload(self, request: &Request, done: Done) -> Result<WithdrawConsentPayload, ApiError> {
        Ok(WithdrawConsentPayload(
            Changed::read(request, done, Kind::Consent).await?,
        ))
    }
}
