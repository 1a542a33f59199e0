//! `loadAgreement`.

use async_graphql::{Context, InputObject, Object};
use uuid::Uuid;

use super::{
    frame::{Change, sent},
    idempotency::{Done, Stopped},
    user_error::{UserError, UserErrorCode, errors},
};
use crate::{
    catalogue,
    graphql::{api_error::ApiError, context::Request, objects::Agreement},
    sharing::{
        agreement_file::{self, AgreementFile, Known, Refused},
        grant::Shared,
        permit::Permit,
        register::{FieldId, field},
    },
};

const MUTATION: FieldId = field::MUTATION_LOAD_AGREEMENT;

/// An agreement file.
#[derive(InputObject)]
pub struct LoadAgreementInput {
    /// The file's text (TOML), of at most 256 KiB.
    document: String,
    /// A text of yours, of at most 100 characters: the same request sent again under the same key within seven days changes nothing again.
    idempotency_key: Option<String>,
}

/// What came of loading an agreement.
pub struct LoadAgreementPayload {
    agreement: Option<Agreement>,
    warnings: Vec<String>,
    errors: Vec<UserError>,
}

/// What came of loading an agreement.
#[Object]
impl LoadAgreementPayload {
    /// The version that was loaded.
    fn agreement(&self, ctx: &Context<'_>) -> Shared<Option<Agreement>> {
        let ceiling = &Request::of(ctx).ceiling;
        Shared::about_nobody(ceiling, field::LOAD_AGREEMENT_PAYLOAD_AGREEMENT, || {
            self.agreement.clone()
        })
    }

    /// What in it can never hold, though it was loaded, with its lines and what would be right.
    fn warnings(&self, ctx: &Context<'_>) -> Shared<Vec<String>> {
        let ceiling = &Request::of(ctx).ceiling;
        Shared::rows(ceiling, field::LOAD_AGREEMENT_PAYLOAD_WARNINGS, || {
            self.warnings.clone()
        })
    }

    /// All that is wrong with the file, with its lines; empty when it was loaded.
    fn errors(&self, ctx: &Context<'_>) -> Shared<Vec<UserError>> {
        errors(ctx, field::LOAD_AGREEMENT_PAYLOAD_ERRORS, &self.errors)
    }
}

impl Change for LoadAgreementInput {
    sent!(Self, by nothing);
    type Payload = LoadAgreementPayload;
    const MUTATION: FieldId = MUTATION;

    fn refused(request: &Request) -> Option<Shared<LoadAgreementPayload>> {
        Shared::refused(&request.ceiling, MUTATION)
    }

    async fn change(&self, request: &Request) -> Result<Done, Stopped> {
        let ceiling = &request.ceiling;
        let Some(permit) = Permit::about_nobody(ceiling, MUTATION) else {
            return Ok(Done::refused(UserError::not_found("document")));
        };
        let agencies = request.session.agencies().await?;
        let known = catalogue::known(agencies.all().into_iter().map(|agency| agency.code.clone()).collect());
        let file = read(&self.document, &ceiling.caller().authority_code, &known)?;
        let existing = request.session.policies_as_written().await?;
        if let Err(refused) = file.check_versions(&existing.policy.agreements) {
            return Ok(Done::all_refused(told_of(&refused, UserErrorCode::Conflict)));
        }
        let key = request.services.store.ids().uuid();
        let loaded_by = ceiling.caller().principal.subject.clone();
        let (agreement, now) = (&file.agreement, request.session.now());
        request
            .session
            .write(permit)
            .add_agreement(key, agreement, self.document.clone(), now, loaded_by)
            .await?;
        Ok(Done {
            rows: vec![key],
            ..Done::default()
        })
    }

    async fn payload(self, request: &Request, done: Done) -> Result<LoadAgreementPayload, ApiError> {
        let agreement = match done.rows.first() {
            Some(key) => loaded(request, *key).await?,
            None => None,
        };
        let warnings = match agreement {
            Some(_) => warnings(request, &self.document).await?,
            None => Vec::new(),
        };
        Ok(LoadAgreementPayload {
            agreement,
            warnings,
            errors: done.errors,
        })
    }

    fn give(request: &Request, payload: LoadAgreementPayload) -> Shared<LoadAgreementPayload> {
        Shared::about_nobody(&request.ceiling, MUTATION, || payload)
    }
}

/// What in a file that was loaded can never hold.
async fn warnings(request: &Request, document: &str) -> Result<Vec<String>, ApiError> {
    let agencies = request.session.agencies().await?.all();
    let known = catalogue::known(agencies.iter().map(|agency| agency.code.clone()).collect());
    let kinds = agencies.iter().map(|agency| (agency.code.clone(), agency.kind.clone()));
    let kinds = kinds.collect();
    let file = agreement_file::read(document, &known);
    let warnings = file.map(|file| file.warnings(&kinds)).unwrap_or_default();
    Ok(warnings.iter().map(ToString::to_string).collect())
}

/// The version with that key, among the agreements as they are after the change.
async fn loaded(request: &Request, key: Uuid) -> Result<Option<Agreement>, ApiError> {
    let policies = request.session.policies_as_written().await?;
    let today = request.session.today();
    let stored = policies.stored.iter().find(|stored| stored.key == key).cloned();
    Ok(stored.map(|stored| Agreement {
        in_force: policies
            .policy
            .in_force(today)
            .any(|agreement| *agreement == stored.agreement),
        stored,
    }))
}

/// Reads a file for an authority.
fn read(document: &str, authority: &str, known: &Known) -> Result<AgreementFile, Vec<UserError>> {
    let invalid = |refused: Refused| told_of(&refused, UserErrorCode::Invalid);
    let named = agreement_file::authority_of(document).map_err(invalid)?;
    if named != authority {
        return Err(vec![UserError::invalid(
            "document",
            "The agreement is another authority's. You can load agreements of your own authority only.",
        )]);
    }
    agreement_file::read(document, known).map_err(invalid)
}

fn told_of(refused: &Refused, code: UserErrorCode) -> Vec<UserError> {
    let problems = refused.problems.iter().map(ToString::to_string);
    let more = (refused.more > 0).then(|| format!("and {} more", refused.more));
    problems
        .chain(more)
        .map(|message| UserError::new("document", code, message))
        .collect()
}

#[cfg(test)]
mod tests;
