//! `withdrawConsent`.

use async_graphql::{ID, InputObject};

use super::{
    changed::payload,
    frame::{Change, sent},
    idempotency::{Done, Stopped},
    user_error::{UserError, UserErrorCode},
    writable::{self, Named},
};
use crate::{
    graphql::{
        codes::ConsentAnswer,
        context::Request,
        ids::Kind,
        objects::{Consent, Entry},
    },
    sharing::{
        grant::Link,
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

payload! {
    /// What came of withdrawing a consent.
    WithdrawConsentPayload {
        /// The consent that was withdrawn, if you may see it.
        consent: Consent
    }
    errors "Why it was not withdrawn; empty when it was."
}

impl Change for WithdrawConsentInput {
    sent!(Self, by consent_id, gives WithdrawConsentPayload);
    const MUTATION: FieldId = MUTATION;

    async fn change(&self, request: &Request) -> Result<Done, Stopped> {
        let key = request.key(&self.consent_id)?;
        let named = Named {
            key,
            field: "consentId",
        };
        let (dossier, consent, permit) = writable::row::<Consent>(request, named, Kind::Consent, MUTATION).await?;
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
}
