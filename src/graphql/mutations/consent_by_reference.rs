//! `recordConsentByReference`: a decision about somebody of whom its recorder may see nothing.

use async_graphql::{Context, InputObject, Object};
use chrono::NaiveDate;
use uuid::Uuid;

use super::{
    changed::categories_of,
    checks::Checks,
    decision::{Asked, Terms},
    frame::{Change, sent},
    idempotency::{Done, Stopped},
    user_error::{UserError, errors},
};
use crate::{
    graphql::{
        api_error::ApiError,
        codes::{AgencyKind, ConsentAnswer, ConsentReceipt, DataCategory},
        context::Request,
        lookups::{Described, Descriptions, Desk, MarkerLookupInput},
    },
    records::Table,
    sharing::{
        born::age_on,
        facts::Decider,
        grant::{Grant, Shared},
        permit::Permit,
        register::{FieldId, field},
    },
    store::{
        dossier::Wants,
        reach::FamilySet,
        writing::{Deed, Written},
    },
};

const MUTATION: FieldId = field::MUTATION_RECORD_CONSENT_BY_REFERENCE;

/// What was decided about sharing data of somebody whom you name by the family's reference and by what is known of them.
#[derive(InputObject)]
pub struct RecordConsentByReferenceInput {
    /// The family's reference.
    reference: String,
    /// Whose data it is about: what is known of somebody who belongs to the family now, as for a look-up.
    person: MarkerLookupInput,
    /// Which categories of data; categories about nobody need no consent.
    categories: Vec<DataCategory>,
    /// For agencies of which kinds. Categories times kinds may be 200 at most.
    agency_kinds: Vec<AgencyKind>,
    /// Given or refused.
    decision: ConsentAnswer,
    /// For which purposes, as tokens and agreements name them; without any it is for every one. A refusal always is.
    purposes: Option<Vec<String>>,
    /// Who decided, described likewise; the member when it is not said. A decision of somebody who may not decide is kept, and passed over.
    decided_by: Option<MarkerLookupInput>,
    /// That you decided yourself: in the best interests of a member who lacks capacity, or for a child for whom the authority has parental
    /// responsibility and names you.
    as_professional: Option<bool>,
    /// The last day on which a yes holds; without one it holds until it is withdrawn. A refusal stands whatever is said here.
    expires_on: Option<NaiveDate>,
    /// A text of yours, of at most 100 characters: the same request sent again under the same key within seven days changes nothing again.
    idempotency_key: Option<String>,
}

/// What came of telling a decision.
pub struct RecordConsentByReferencePayload {
    errors: Vec<UserError>,
}

/// What came of telling a decision.
#[Object]
impl RecordConsentByReferencePayload {
    /// That the decision was taken in; null where something is wrong with the input. It is recorded if you lead that family or your agency works with it, and if one
    /// member of it clearly fits: whether that is so is not told.
    fn receipt(&self, ctx: &Context<'_>) -> Shared<Option<ConsentReceipt>> {
        Shared::rows(
            &Request::of(ctx).ceiling,
            field::RECORD_CONSENT_BY_REFERENCE_PAYLOAD_RECEIPT,
            || self.errors.is_empty().then_some(ConsentReceipt::Recorded),
        )
    }

    /// What is wrong with the input, whoever is stored.
    fn errors(&self, ctx: &Context<'_>) -> Shared<Vec<UserError>> {
        errors(ctx, field::RECORD_CONSENT_BY_REFERENCE_PAYLOAD_ERRORS, &self.errors)
    }
}

impl RecordConsentByReferenceInput {
    /// The reference, what was decided and of whom, or all that is wrong: the same whoever is stored.
    fn check(&self, request: &Request, own_consent_age: i32) -> Result<(String, Terms, Descriptions), Vec<UserError>> {
        let mut checks = Checks::default();
        let reference = checks.line("reference", &self.reference, 1, 200);
        let asked = Asked {
            categories: &self.categories,
            agency_kinds: &self.agency_kinds,
            decision: self.decision,
            purposes: self.purposes.as_deref(),
            expires_on: self.expires_on,
            decider: ("decidedBy", self.decided_by.is_some()),
            as_professional: self.as_professional == Some(true),
        };
        let decider = self.decided_by.as_ref().map(|decider| ("decidedBy", decider));
        let described: Vec<_> = std::iter::once(("person", &self.person)).chain(decider).collect();
        let mut wrong = Vec::new();
        let mut good = |errors: Vec<UserError>| wrong.extend(errors);
        let reference = checks.finish(reference).map_err(&mut good);
        let terms = asked.check(request.session.today()).map_err(&mut good);
        let described = Descriptions::of(request, &described).map_err(&mut good);
        // As the caller describes them, whoever is stored: a child decides nothing, and the word of who does would be passed over.
        let born = self.person.date_of_birth;
        let too_young = born.is_some_and(|born| age_on(born, request.session.today()) < own_consent_age);
        if too_young && self.decided_by.is_none() && self.as_professional != Some(true) {
            let told = "Say who decided: somebody so young does not decide themselves.";
            good(vec![UserError::invalid("decidedBy", told)]);
            return Err(wrong);
        }
        match (reference, terms, described) {
            (Ok(reference), Ok(terms), Ok(described)) => Ok((reference, terms, described)),
            _ => Err(wrong),
        }
    }

    /// Whose decision it is to be, and what permits to record it, where one person of the family fits.
    fn found(&self, request: &Request, grant: &Grant, described: &Described) -> Option<(Uuid, Decider, Permit)> {
        let one = |number| described.one_of(request, grant, number);
        let person = one(0)?;
        let own = &request.ceiling.caller().principal;
        let decider = match self.decided_by {
            _ if self.as_professional == Some(true) => Decider::Professional {
                agency: own.agency,
                subject: own.subject.clone(),
            },
            Some(_) => Decider::Person(one(1)?),
            None => Decider::Person(person),
        };
        let permit = grant.may_record_unseen(categories_of(MUTATION), person, &decider)?;
        Some((person, decider, permit))
    }
}

/// What was decided, and where whom it describes is looked up.
pub(super) struct Unseen<'a> {
    pub(super) input: RecordConsentByReferenceInput,
    pub(super) desk: &'a Desk,
}

/// Whatever becomes of it, the same is read, the trail has one entry of a kind, the same is kept under the caller's key, and the answer leaves at the pace of look-ups: so
/// that it is told by nothing whether there is such a family or member, nor whether it is the caller's.
impl Change for Unseen<'_> {
    sent!(input: RecordConsentByReferenceInput, by reference);
    type Payload = RecordConsentByReferencePayload;
    const MUTATION: FieldId = MUTATION;

    async fn change(&self, request: &Request) -> Result<Done, Stopped> {
        let own_consent_age = request.session.authority_row().await?.own_consent_age;
        let (reference, terms, described) = self.input.check(request, own_consent_age)?;
        request.at_pace();
        let barred = request.session.barred_to(request.ceiling.caller()).await?;
        let described = described.look(request, self.desk, &barred).await??;
        let family = request.session.family_of_reference(&reference, &barred).await?;
        // In the place of one that is not there stands one that nobody has.
        let families = FamilySet::Keys(vec![family.unwrap_or_default()]);
        // Whether they work with it, and who may decide, is asked whatever their clauses ask: so it is read whatever these ask.
        let wants = Wants::of(&[Table::Involvement, Table::Consent]);
        let dossiers = request.named(&families, wants, &|_| false).await?;
        let found = dossiers.first().and_then(|dossier| {
            let (person, decider, permit) = self.input.found(request, &dossier.grant, &described)?;
            Some((dossier.key(), person, decider, permit))
        });
        let Some((family, person, decider, permit)) = found else {
            request.session.tried(Written {
                family: None,
                person: None,
                categories: categories_of(Self::MUTATION),
                clauses: Vec::new(),
                emergency: None,
                deed: Deed::DecidedOfNobody,
            });
            request.session.as_before_a_decision().await?;
            return Ok(Done::default());
        };
        let writing = request.session.write(permit);
        let recorded_at = writing.next_consent_at(person).await?;
        let rows = terms.rows(request, (family, person), &decider, recorded_at);
        writing.add_consents(rows).await?;
        Ok(Done::default())
    }

    async fn payload(self, _: &Request, done: Done) -> Result<RecordConsentByReferencePayload, ApiError> {
        Ok(RecordConsentByReferencePayload { errors: done.errors })
    }
}
