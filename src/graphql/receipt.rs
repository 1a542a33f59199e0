//! What a receipt says of an operation: no more than its answer does.
//!
//! Clauses and agreements are those of the asker's own ceiling that have the categories. Which of them held for a family tells of that family (that it consented, say), and stands
//! in the trail alone.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::{lookups::Looked, operation::Asked};
use crate::{
    audit::{
        code::Code,
        hash::Hash,
        receipt::{AgreementText, Given, LookedUp, UnsignedReceipt},
    },
    sharing::{
        agreement::Access,
        category::CategorySet,
        ceiling::{Ceiling, ClauseInForce},
        disclosure::Account,
    },
    store::{policy::Policies, writing::Written},
};

/// What it says.
pub fn told(
    asked: &Asked,
    (ceiling, policies): (&Ceiling, &Policies),
    account: &Account,
    looked: &Looked,
    writes: &[Written],
    at: DateTime<Utc>,
) -> UnsignedReceipt {
    let (mut read, mut changed, mut families) = (CategorySet::EMPTY, CategorySet::EMPTY, 0);
    for (ground, of_ground) in account.disclosed() {
        read = read.union(ground.categories);
        // How many come into question where it is not clear who is meant, is not told.
        let others = of_ground.iter().filter(|(family, _)| !looked.families.contains(family));
        families += others.count() as u64;
    }
    for write in writes.iter().filter(|write| write.deed.is_change()) {
        changed = changed.union(write.categories);
    }
    let people = account
        .members()
        .filter(|(family, _)| !looked.families.contains(family));
    let given = Given {
        families,
        people: people.count() as u64,
        looked_up: LookedUp {
            matched: looked.matched,
            ambiguous: looked.ambiguous,
            not_found: looked.not_found,
        },
        categories: codes(read),
        changed: codes(changed),
    };
    let has = |clause: &ClauseInForce, access, categories: CategorySet| {
        let mut personal = categories.iter().filter(|category| category.is_personal());
        personal.any(|category| clause.permits(access, category))
    };
    let clauses = ceiling.parties().iter().flat_map(|party| &party.clauses);
    let clauses: Vec<_> = clauses
        .filter(|clause| has(clause, Access::Read, read) || has(clause, Access::Write, changed))
        .collect();
    UnsignedReceipt {
        request_id: asked.request_id,
        at,
        purpose: Code::nearest(&asked.caller.purpose),
        given,
        clauses: clauses.iter().map(|clause| Code::nearest(&clause.id)).collect(),
        agreements: clauses
            .iter()
            .filter_map(|clause| agreement(policies, clause))
            .collect(),
    }
}

fn agreement(policies: &Policies, clause: &ClauseInForce) -> Option<AgreementText> {
    let mut stored = policies.stored.iter();
    let found = stored.find(|one| one.agreement.code == clause.agreement && one.agreement.version == clause.version)?;
    Some(AgreementText {
        code: Code::nearest(&clause.agreement),
        version: clause.version,
        sha256: Hash::from(found.text_sha256),
    })
}

fn codes(categories: CategorySet) -> BTreeSet<Code> {
    let personal = categories.iter().filter(|category| category.is_personal());
    personal.map(|category| Code::nearest(category.code())).collect()
}
