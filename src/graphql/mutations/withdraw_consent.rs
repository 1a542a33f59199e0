//! `withdrawConsent`.

use async_graphql::{Context, ID, InputObject, Object};

use super::{
    Changed, not_found,
    once::{Done, once},
    user_error::{UserError, UserErrorCode},
    writable::{self, write},
};
use crate::{
    audit::{
        Code,
        decided::{Decided, Decision},
        entry,
    },
    graphql::{
        api_error::ApiError,
        context::{Request, Write},
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

/// Withdraws a consent.
pub(super) async fn withdraw(
    ctx: &Context<'_>,
    input: WithdrawConsentInput,
) -> Result<Shared<WithdrawConsentPayload>, ApiError> {
    let request = Request::of(ctx);
    if let Some(withheld) = Shared::beyond(&request.ceiling, MUTATION) {
        return Ok(withheld);
    }
    let key = input.idempotency_key.as_deref();
    let done = once(
        request,
        "withdrawConsent",
        &input,
        Some(&input.consent_id),
        key,
        change(request, &input),
    )
    .await?;
    let changed = Changed::read(request, done, Kind::Consent).await?;
    Ok(Shared::rows(&request.ceiling, MUTATION, || {
        WithdrawConsentPayload(changed)
    }))
}

async fn change(request: &Request, input: &WithdrawConsentInput) -> Result<Done, ApiError> {
    let key = request.key(&input.consent_id)?;
    let found = writable::row::<Consent>(request, key, Kind::Consent, MUTATION).await?;
    let Some((dossier, consent, permits)) = found else {
        return Ok(not_found(request, "consentId", key));
    };
    let row = consent.row();
    let refused = row.release(field::CONSENT_DECISION, |row| row.decision != "given");
    if refused.seen() == Some(&true) {
        request.disclose(&row.existence());
        return Ok(Done::refused(UserError::invalid(
            "consentId",
            "This decision is a refusal, and only a consent can be withdrawn. Record a new decision.",
        )));
    }
    let at = request.session.now();
    let person = row.link(Link::Person).unwrap_or_default();
    if !request
        .session
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
    let said = |code: Shared<String>| code.seen().map(Code::nearest).into_iter().collect();
    request.written(Write {
        kind: entry::Kind::Consent,
        person: row.link(Link::Person),
        consents: vec![Decided {
            categories: said(row.release(field::CONSENT_CATEGORY, |row| row.category.clone())),
            agency_kinds: said(row.release(field::CONSENT_AGENCY_KIND, |row| row.agency_kind.clone())),
            ..Decided::of_row(Decision::Withdrawn, person, consent.key())
        }],
        ..write(MUTATION, dossier.key(), permits)
    });
    Ok(Done::changed(dossier.key(), vec![consent.key()]))
}
