//! `mergePeople` and `splitPeople`.

use std::sync::Arc;

use async_graphql::{ID, InputObject};
use uuid::Uuid;

use super::{
    changed::payload,
    frame::{Change, changes, sent},
    idempotency::{Done, Stopped},
    user_error::{UserError, UserErrorCode},
    writable::{self, Named},
};
use crate::{
    graphql::{
        codes::IdentityReason,
        context::Request,
        ids::Kind,
        objects::{Entry, Member},
    },
    sharing::{
        facts::RowFacts,
        permit::Permit,
        register::{FieldId, field},
    },
    store::{
        dossier::Dossier,
        write::{Said, Who},
    },
};

changes! {
    /// Changes of whose records are one person's.
    OfPeople {
        /// Says that two members are one person of whom there are two records. What was decided for either counts for both, and if either is shielded both are.
        merge_people(MergePeopleInput, "Which members, and how it is known.") -> MergePeoplePayload;
        /// Says that two members are not one person, after all: each record has its own back.
        split_people(SplitPeopleInput, "Which members, and how it is known.") -> SplitPeoplePayload;
    }
}

/// Two members who are one person.
#[derive(InputObject)]
pub struct MergePeopleInput {
    /// The member whose names, date of birth, sex, ethnicity and disability stand for both.
    member_id: ID,
    /// The member who is the same person.
    other_member_id: ID,
    /// How it is known.
    reason: IdentityReason,
    /// A text of yours, of at most 100 characters: the same request sent again under the same key within seven days changes nothing again.
    idempotency_key: Option<String>,
}

payload! {
    /// What came of making two records one.
    MergePeoplePayload {}
    errors "Why they were not made one; empty when they are."
}

/// Two members who are not one person.
#[derive(InputObject)]
pub struct SplitPeopleInput {
    /// A member of the record with which another was made one.
    member_id: ID,
    /// A member of that other.
    other_member_id: ID,
    /// How it is known.
    reason: IdentityReason,
    /// A text of yours, of at most 100 characters: the same request sent again under the same key within seven days changes nothing again.
    idempotency_key: Option<String>,
}

payload! {
    /// What came of parting two records.
    SplitPeoplePayload {}
    errors "Why they were not parted; empty when they are."
}

const MERGED: FieldId = field::MERGE_PEOPLE_INPUT_OTHER_MEMBER_ID;
const OTHER: &str = "otherMemberId";

/// A member who may be written.
struct Found {
    dossier: Arc<Dossier>,
    member: Member,
    permit: Permit,
}

impl Found {
    fn who(&self) -> Who {
        Who {
            family: self.dossier.key(),
            person: self.member.person(),
        }
    }

    fn row(&self) -> (Uuid, Uuid) {
        (self.member.key(), self.dossier.key())
    }
}

/// Both members, where each may be written.
async fn both(request: &Request, [one, other]: [&ID; 2], mutation: FieldId) -> Result<[Found; 2], Stopped> {
    let keys = [request.key(one)?, request.key(other)?];
    if keys[0] == keys[1] {
        return Err(vec![UserError::invalid(OTHER, "It is the same member. Name another.")].into());
    }
    let find = async |key, field| {
        let named = Named { key, field };
        let (dossier, member, permit) = writable::row::<Member>(request, named, Kind::Member, mutation).await?;
        Ok::<_, Stopped>(Found {
            dossier,
            member,
            permit,
        })
    };
    Ok([find(keys[0], "memberId").await?, find(keys[1], OTHER).await?])
}

/// What came of it where nothing had to be done: whoever is told so is told whose records both are.
fn as_it_was(request: &Request, members: &[Found; 2]) -> Done {
    for found in members {
        request.disclose(&found.member.row().existence());
    }
    Done::changed(members[0].dossier.key(), Vec::new())
}

fn said(request: &Request, reason: IdentityReason) -> Said {
    let caller = &request.ceiling.caller().principal;
    Said {
        agency: caller.agency,
        subject: caller.subject.clone(),
        at: request.session.now(),
        reason,
    }
}

impl Change for MergePeopleInput {
    sent!(Self, by member_id, gives MergePeoplePayload);
    const MUTATION: FieldId = field::MUTATION_MERGE_PEOPLE;

    async fn change(&self, request: &Request) -> Result<Done, Stopped> {
        let members = both(request, [&self.member_id, &self.other_member_id], Self::MUTATION).await?;
        let who = [members[0].who(), members[1].who()];
        if who[0].person == who[1].person {
            return Ok(as_it_was(request, &members));
        }
        let at_once = request.session.families_at_once(who[0].person, who[1].person).await?;
        if !at_once.is_empty() {
            return Ok(Done::refused(at_once_in_one(request, &members, &at_once)));
        }
        let id = request.services.store.ids().uuid();
        let [one, other] = members.map(|found| request.session.write(found.permit));
        one.merge(&other, who, id, said(request, self.reason)).await?;
        Ok(Done::changed(who[0].family, Vec::new()))
    }
}

/// That they belong to one family at the same time, to whom it tells nothing that they may not see: both of them are in that family, and it is one of those that were
/// named.
fn at_once_in_one(request: &Request, members: &[Found; 2], families: &[Uuid]) -> UserError {
    let told = members.iter().filter(|found| families.contains(&found.dossier.key()));
    let told = told.filter_map(|found| {
        let people = members.iter().map(|of| RowFacts::person(of.member.person()));
        let told = people.map(|facts| found.dossier.grant.may_tell(MERGED, &facts));
        told.collect::<Option<Vec<_>>>()
    });
    let Some(told) = told.into_iter().next() else {
        return UserError::not_possible(OTHER);
    };
    for granted in &told {
        request.disclose(granted.disclosed());
    }
    UserError::new(
        OTHER,
        UserErrorCode::Conflict,
        "Both belong to one family at the same time. End the membership there that is one too many, by file, and merge them then.",
    )
}

impl Change for SplitPeopleInput {
    sent!(Self, by member_id, gives SplitPeoplePayload);
    const MUTATION: FieldId = field::MUTATION_SPLIT_PEOPLE;

    async fn change(&self, request: &Request) -> Result<Done, Stopped> {
        let members = both(request, [&self.member_id, &self.other_member_id], Self::MUTATION).await?;
        let who = [members[0].who(), members[1].who()];
        if who[0].person != who[1].person {
            return Ok(as_it_was(request, &members));
        }
        let rows = [members[0].row(), members[1].row()];
        let Some(merge) = request.session.merge_between(who[0].person, rows).await? else {
            return Ok(Done::refused(UserError::not_possible(OTHER)));
        };
        let [one, other] = members.map(|found| request.session.write(found.permit));
        one.split(&other, who, merge, said(request, self.reason)).await?;
        Ok(Done::changed(who[0].family, Vec::new()))
    }
}
