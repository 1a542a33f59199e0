//! `recordConsent`.

use std::sync::Arc;

use async_graphql::{ID, InputObject};
use chrono::NaiveDate;
use uuid::Uuid;

use super::{
    changed::{categories_of, not_found, payload},
    decision::Asked,
    frame::{Change, sent},
    idempotency::{Done, Stopped},
    user_error::UserError,
    writable::{self, Named},
};
use crate::{
    graphql::{
        codes::{AgencyKind, ConsentAnswer, DataCategory},
        context::Request,
        ids::Kind,
        objects::{Consent, Entry, Member, visible},
    },
    records::Table,
    sharing::{
        facts::{Decider, RowFacts},
        grant::Grant,
        register::{FieldId, field},
    },
    store::dossier::Dossier,
};

const MUTATION: FieldId = field::MUTATION_RECORD_CONSENT;

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
    /// The last day on which a yes holds; without one it holds until it is withdrawn. A refusal stands whatever is said here.
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

impl RecordConsentInput {
    fn asked(&self) -> Asked<'_> {
        Asked {
            categories: &self.categories,
            agency_kinds: &self.agency_kinds,
            decision: self.decision,
            purposes: self.purposes.as_deref(),
            expires_on: self.expires_on,
            decider: ("decidedById", self.decided_by_id.is_some()),
            as_professional: self.as_professional == Some(true),
        }
    }
}

impl Change for RecordConsentInput {
    sent!(Self, by member_id, gives RecordConsentPayload);
    const MUTATION: FieldId = MUTATION;

    async fn change(&self, request: &Request) -> Result<Done, Stopped> {
        let key = request.key(&self.member_id)?;
        let decider = self.decided_by_id.as_ref().map(|id| request.key(id)).transpose()?;
        let terms = self.asked().check(request.session.today())?;
        let recorder = &request.ceiling.caller().principal;
        // The decisions will be rows about this person that come from this agency.
        let permit = |dossier: &Dossier, member: &Member| {
            let facts = RowFacts::person(member.person()).from_agency(recorder.agency);
            dossier.grant.may_write(categories_of(MUTATION), &facts).ok()
        };
        let named = Named { key, field: "memberId" };
        // With decisions comes who may decide.
        let more = Table::Consent.into();
        let (dossier, member, permit) = writable::row_with(request, named, Kind::Member, more, permit).await?;
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
            return Ok(Done::refused(may_not_decide(request, &dossier.grant, person, &decider)));
        }
        let writing = request.session.write(permit);
        let recorded_at = writing.next_consent_at(person).await?;
        let about = (dossier.key(), person);
        let rows = terms.rows(request, about, &decider, recorded_at);
        let keys = rows.iter().map(|row| row.id).collect();
        writing.add_consents(rows).await?;
        Ok(Done::changed(dossier.key(), keys))
    }
}

/// Why somebody may not decide, to whom all is permitted that this tells of the two; whether somebody lacks capacity tells of nobody but who would decide for themselves.
fn may_not_decide(request: &Request, grant: &Grant, person: Uuid, decider: &Decider) -> UserError {
    const DECIDER: FieldId = field::RECORD_CONSENT_INPUT_DECIDED_BY_ID;
    const PROFESSIONAL: FieldId = field::RECORD_CONSENT_INPUT_AS_PROFESSIONAL;
    let themselves = *decider == Decider::Person(person);
    let (name, told, why) = match decider {
        Decider::Professional { .. } => (
            "asProfessional",
            vec![(PROFESSIONAL, person)],
            "You may not decide for this member: no lack of capacity is recorded, and no parental responsibility of an authority that names you.",
        ),
        Decider::Person(decider) => {
            let mut told = vec![(DECIDER, person), (DECIDER, *decider)];
            if themselves && grant.may_be_of_own_consent_age(person) {
                told.push((PROFESSIONAL, person));
            }
            let why = "They may not decide for this member. From the own-consent age members of the family decide for themselves; below it somebody of that \
                       age who is in the family and has parental responsibility decides, as for a child not yet born. Where a date of birth leaves that open, \
                       both do. For who lacks capacity a professional decides.";
            ("decidedById", told, why)
        }
    };
    let told = told
        .into_iter()
        .map(|(input, of)| grant.may_tell(input, &RowFacts::person(of)));
    let Some(told) = told.collect::<Option<Vec<_>>>() else {
        return UserError::not_possible(name);
    };
    for told in told {
        request.disclose(told.disclosed());
    }
    UserError::invalid(name, why)
}

/// A member of that very family, if they exist for the asker.
fn member_named(dossier: &Arc<Dossier>, key: crate::graphql::ids::Key) -> Option<Member> {
    if key.kind != Kind::Member || key.family != dossier.key() {
        return None;
    }
    visible::<Member>(dossier).find(|member| member.key() == key.row)
}
