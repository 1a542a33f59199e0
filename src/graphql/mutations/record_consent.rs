//! `recordConsent`.

use std::{collections::BTreeSet, sync::Arc};

use async_graphql::{ID, InputObject};
use chrono::NaiveDate;

use super::{
    changed::{categories_of, not_found, payload},
    checks::Checks,
    frame::{Change, sent},
    idempotency::{Done, Stopped},
    user_error::UserError,
    writable::{self, Named},
};
use crate::{
    audit::{
        Code,
        decided::{Decided, Decision, Professional},
    },
    catalogue,
    graphql::{
        codes::{self, AgencyKind, ConsentAnswer, DataCategory},
        context::Request,
        ids::Kind,
        objects::{Consent, Entry, Member, visible},
    },
    records::ConsentRow,
    sharing::{
        category::Category,
        facts::{Decider, RowFacts},
        register::{FieldId, field},
    },
    store::dossier::Dossier,
};

const MUTATION: FieldId = field::MUTATION_RECORD_CONSENT;
/// The most decisions that one request records.
const MOST: usize = 200;

/// What was decided about sharing data of a member.
#[derive(InputObject)]
pub struct RecordConsentInput {
    /// Whose data it is about; someone who belongs to the family now.
    member_id: ID,
    /// Which categories of data; categories about nobody need no consent.
    categories: Vec<DataCategory>,
    /// For agencies of which kinds. Categories times kinds may be 200 at most.
    agency_kinds: Vec<AgencyKind>,
    /// Given or refused.
    decision: ConsentAnswer,
    /// For which purposes, as tokens and agreements name them; without any it is for every one. A refusal always is.
    purposes: Option<Vec<String>>,
    /// Who decided; the member when it is not said. Below the own-consent age it must be somebody of the family of that age with parental responsibility.
    decided_by_id: Option<ID>,
    /// That you decided yourself: in the best interests of a member who lacks capacity, or for a child for whom the authority has parental
    /// responsibility and names you.
    as_professional: Option<bool>,
    /// The last day on which it holds; without one it holds until it is withdrawn.
    expires_on: Option<NaiveDate>,
    /// A text of yours, of at most 100 characters: the same request sent again under the same key within seven days changes nothing again.
    idempotency_key: Option<String>,
}

payload! {
    /// What came of recording a consent.
    RecordConsentPayload {
        /// The decisions that were recorded, of those that you may see.
        consents: [Consent]
    }
    errors "Why nothing was recorded; empty when it was."
}

/// An input that was found good by itself.
#[derive(Debug, PartialEq, Eq)]
struct Terms {
    categories: Vec<&'static str>,
    agency_kinds: Vec<String>,
    purposes: BTreeSet<String>,
    expires_on: Option<NaiveDate>,
}

fn check(input: &RecordConsentInput, today: NaiveDate) -> Result<Terms, Vec<UserError>> {
    let mut checks = Checks::default();
    let named = input.categories.iter().map(|category| codes::upper(*category));
    let categories: BTreeSet<Category> = named.filter_map(|code| Category::from_code(&code)).collect();
    if categories.is_empty() {
        checks.refuse("categories", "Name at least one category.");
    } else if categories.iter().any(|category| !category.is_personal()) {
        checks.refuse(
            "categories",
            "Name only categories about people; what is about nobody needs no consent.",
        );
    }
    let agency_kinds: BTreeSet<String> = input.agency_kinds.iter().map(|kind| codes::code(*kind)).collect();
    if agency_kinds.is_empty() {
        checks.refuse("agencyKinds", "Name at least one kind of agency.");
    }
    if categories.len() * agency_kinds.len() > MOST {
        checks.refuse(
            "categories",
            "Categories times kinds of agency may be 200 at most. Send several requests.",
        );
    }
    let purposes: BTreeSet<String> = input.purposes.iter().flatten().cloned().collect();
    if let Some(at) = input
        .purposes
        .iter()
        .flatten()
        .position(|purpose| !catalogue::is_purpose(purpose))
    {
        checks.refuse(
            &format!("purposes[{at}]"),
            "There is no such purpose. The catalogue lists them.",
        );
    } else if input.purposes.as_ref().is_some_and(Vec::is_empty) {
        checks.refuse(
            "purposes",
            "Name at least one purpose, or leave it out for every purpose.",
        );
    } else if !purposes.is_empty() && input.decision == ConsentAnswer::Refused {
        checks.refuse("purposes", "A refusal is for every purpose: leave them out.");
    }
    if input.as_professional == Some(true) && input.decided_by_id.is_some() {
        checks.refuse("decidedById", "Say either who decided or that you did yourself.");
    }
    let expires_on = input
        .expires_on
        .and_then(|day| checks.coming_day("expiresOn", day, today));
    checks.finish(Some(Terms {
        categories: categories.into_iter().map(Category::code).collect(),
        agency_kinds: agency_kinds.into_iter().collect(),
        purposes,
        expires_on,
    }))
}

impl Change for RecordConsentInput {
    sent!(Self, by member_id, gives RecordConsentPayload);
    const MUTATION: FieldId = MUTATION;

    async fn change(&self, request: &Request) -> Result<Done, Stopped> {
        let key = request.key(&self.member_id)?;
        let decider = self.decided_by_id.as_ref().map(|id| request.key(id)).transpose()?;
        let terms = check(self, request.session.today())?;
        let recorder = &request.ceiling.caller().principal;
        // The decisions will be rows about this person that come from this agency.
        let permit = |dossier: &Dossier, member: &Member| {
            let facts = RowFacts::person(member.person()).from_agency(recorder.agency);
            dossier.grant.may_write(categories_of(MUTATION), &facts).ok()
        };
        let named = Named { key, field: "memberId" };
        let (dossier, member, permit) = writable::row_with(request, named, Kind::Member, permit).await?;
        let person = member.person();
        let named = match decider {
            None => member.clone(),
            Some(key) => match member_named(&dossier, key) {
                Some(decider) => decider,
                None => return Ok(not_found(request, "decidedById", key)),
            },
        };
        let professional = self.as_professional == Some(true);
        let decider = if professional {
            Decider::Professional {
                agency: recorder.agency,
                subject: recorder.subject.clone(),
            }
        } else {
            Decider::Person(named.person())
        };
        if !dossier.grant.may_decide(person, &decider) {
            request.disclose(&member.row().existence());
            request.disclose(&named.row().existence());
            return Ok(Done::refused(may_not_decide(professional)));
        }
        let writing = request.session.write(permit);
        let recorded_at = writing.next_consent_at(person).await?;
        let words = Decided {
            at: Some(recorded_at).filter(|at| *at != request.session.now()),
            decided_by: (!professional).then(|| named.person()),
            professional: Professional::of(professional.then_some(recorder.agency), Some(recorder.subject.as_str())),
            purposes: terms.purposes.iter().map(Code::nearest).collect(),
            categories: terms.categories.iter().map(Code::nearest).collect(),
            agency_kinds: terms.agency_kinds.iter().map(Code::nearest).collect(),
            until: terms.expires_on,
            ..Decided::of_row(said(self.decision), person, request.services.store.ids().uuid())
        };
        let rows: Vec<ConsentRow> = words
            .rows()
            .map(|(id, category, agency_kind)| ConsentRow {
                authority_id: request.authority(),
                id,
                family_id: dossier.key(),
                person_id: person,
                category: category.as_str().to_owned(),
                agency_kind: agency_kind.as_str().to_owned(),
                decision: self.decision,
                purposes: words.purposes_in_words(),
                decided_by: words.decided_by,
                decided_by_agency: professional.then_some(recorder.agency),
                decided_by_subject: professional.then(|| recorder.subject.clone()),
                recorded_at,
                expires_on: terms.expires_on,
                withdrawn_at: None,
                recorded_by_agency: recorder.agency,
                recorded_by_subject: recorder.subject.clone(),
            })
            .collect();
        let keys = rows.iter().map(|row| row.id).collect();
        writing.add_consents(rows).await?;
        Ok(Done::changed(dossier.key(), keys))
    }
}

fn may_not_decide(professional: bool) -> UserError {
    if professional {
        return UserError::invalid(
            "asProfessional",
            "You may not decide for this member: no lack of capacity is recorded, and no parental responsibility of an authority that names you.",
        );
    }
    UserError::invalid(
        "decidedById",
        "They may not decide for this member. From the own-consent age members of the family decide for themselves; below it somebody of that \
         age who is in the family and has parental responsibility decides, as for a child not yet born. Where a date of birth leaves that open, \
         both do. For who lacks capacity a professional decides.",
    )
}

/// The answer, in the trail's words.
fn said(answer: ConsentAnswer) -> Decision {
    match answer {
        ConsentAnswer::Given => Decision::Given,
        ConsentAnswer::Refused => Decision::Refused,
    }
}

/// A member of that very family, if they exist for the asker.
fn member_named(dossier: &Arc<Dossier>, key: crate::graphql::ids::Key) -> Option<Member> {
    if key.kind != Kind::Member || key.family != dossier.key() {
        return None;
    }
    visible::<Member>(dossier).find(|member| member.key() == key.row)
}

#[cfg(test)]
mod tests;
