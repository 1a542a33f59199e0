//! Everybody whom some clause in force names, with what they could ever see.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use chrono::NaiveDate;
use uuid::Uuid;

use crate::sharing::{
    agreement::{Access, Policy},
    caller::{Caller, Party},
    category::Category,
    ceiling::Ceiling,
};

/// Who is asked about: an agency kind, a role and a purpose that some clause names together.
pub(super) type Who = (String, String, String);

/// Every agency kind, role and purpose that a clause in force names, with its ceiling: that of an agency that has signed everything.
pub(in crate::graphql) fn ceilings(policy: &Policy, today: NaiveDate) -> BTreeMap<Who, Ceiling> {
    let mut signed = policy.clone();
    let mut who = BTreeSet::new();
    for agreement in &mut signed.agreements {
        agreement.signatories = vec![crate::sharing::agreement::Signatory {
            agency: "any".to_owned(),
            signed_on: NaiveDate::MIN,
            withdrawn_on: None,
        }];
    }
    for clause in signed.in_force(today).flat_map(|agreement| &agreement.clauses) {
        for kind in &clause.agency_kinds {
            for role in &clause.roles {
                who.extend(
                    clause
                        .purposes
                        .iter()
                        .map(|purpose| (kind.clone(), role.clone(), purpose.clone())),
                );
            }
        }
    }
    who.into_iter()
        .map(|who| {
            let party = Party {
                agency: Uuid::nil(),
                agency_code: "any".to_owned(),
                agency_kind: who.0.clone(),
                role: who.1.clone(),
                subject: "anyone".to_owned(),
            };
            let caller = Caller {
                authority: 0,
                authority_code: String::new(),
                principal: party,
                portal: None,
                client: String::new(),
                purpose: who.2.clone(),
                purposes: vec![who.2.clone()],
            };
            (who, Ceiling::of(&signed, Arc::new(caller), today))
        })
        .collect()
}

/// For which families, and on what conditions, the caller's own clauses permit a category.
pub(super) fn ways(ceiling: &Ceiling, access: Access, category: Category) -> String {
    let clauses = ceiling.parties().first().map(|party| party.clauses.as_slice());
    let mut words = BTreeSet::new();
    for clause in clauses.unwrap_or_default() {
        if !clause.permits(access, category) {
            continue;
        }
        let mut word = clause.scope.code().to_owned();
        for (holds, condition) in [
            (clause.consent_required, "+consent"),
            (clause.shielded, "+shielded"),
            (clause.emergency, "+emergency"),
        ] {
            if holds {
                word.push_str(condition);
            }
        }
        words.insert(word);
    }
    words.into_iter().collect::<Vec<_>>().join(" or ")
}
