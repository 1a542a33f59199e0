//! Mistakes about what the agreement says, for whom and through whom.

use super::*;

/// See [`super`].
pub(super) const MUTANTS: &[Mutant] = &[
    // Agreements.
    ("an expired agreement is still in force", |case| {
        agreements(case, |agreement| agreement.effective_to = None)
    }),
    ("an agreement holds on the day after its last", |case| {
        agreements(case, |agreement| {
            agreement.effective_to = agreement.effective_to.map(|last| last + Days::new(1));
        })
    }),
    ("an agreement ends on its last day", |case| {
        agreements(case, |agreement| {
            agreement.effective_to = agreement.effective_to.map(|last| last - Days::new(1));
        })
    }),
    ("an agreement begins a day early", |case| {
        agreements(case, |agreement| {
            agreement.effective_from = agreement.effective_from - Days::new(1);
        })
    }),
    ("an old version counts beside the new one", |case| {
        agreements(case, |agreement| {
            agreement.code = format!("{} {}", agreement.code, agreement.version);
        })
    }),
    ("the oldest version counts", |case| {
        agreements(case, |agreement| agreement.version = -agreement.version)
    }),
    ("an agency that has left is still a signatory", |case| {
        agreements(case, |agreement| {
            agreement
                .signatories
                .iter_mut()
                .for_each(|signatory| signatory.withdrawn_on = None);
        })
    }),
    ("an agency is a signatory on the day it leaves", |case| {
        agreements(case, |agreement| {
            for signatory in &mut agreement.signatories {
                signatory.withdrawn_on = signatory.withdrawn_on.map(|left| left + Days::new(1));
            }
        })
    }),
    ("an agency is a signatory before it signs", |case| {
        agreements(case, |agreement| {
            let signed = agreement.effective_from;
            agreement
                .signatories
                .iter_mut()
                .for_each(|signatory| signatory.signed_on = signed.min(signatory.signed_on));
        })
    }),
    ("nobody needs to have signed", |case| {
        let (codes, day): (Vec<_>, _) = (
            case.caller.parties().map(|party| party.agency_code.clone()).collect(),
            case.today,
        );
        agreements(case, |agreement| {
            agreement.signatories = codes
                .iter()
                .map(|code| thinkfamily::sharing::agreement::Signatory {
                    agency: code.clone(),
                    signed_on: day,
                    withdrawn_on: None,
                })
                .collect();
        })
    }),
    // Clauses.
    ("any role will do", |case| {
        clauses(case, |clause| clause.roles = ROLES.map(str::to_owned).to_vec())
    }),
    ("any kind of agency will do", |case| {
        let kinds: Vec<_> = case.caller.parties().map(|party| party.agency_kind.clone()).collect();
        clauses(case, |clause| clause.agency_kinds.clone_from(&kinds))
    }),
    ("another purpose of the token is accepted", |case| {
        let mut decision = case.decide();
        for purpose in &case.caller.purposes {
            decision = decision.or_else(|_| twisted(case, |case| case.caller.purpose.clone_from(purpose)));
        }
        decision
    }),
    ("who may write may read", |case| {
        clauses(case, |clause| {
            if clause.access.contains(&Access::Write) {
                clause.access.push(Access::Read);
            }
        })
    }),
    ("who may read may write", |case| {
        clauses(case, |clause| {
            if clause.access.contains(&Access::Read) {
                clause.access.push(Access::Write);
            }
        })
    }),
    ("one category is enough", |case| {
        let one = |category| {
            twisted(case, |case| {
                case.field.categories = CategorySet::EMPTY.with(category);
                case.row.categories = CategorySet::EMPTY;
            })
        };
        case.needs()
            .categories
            .iter()
            .fold(case.decide(), |decision, category| decision.or_else(|_| one(category)))
    }),
    ("the row's own categories are forgotten", |case| {
        twisted(case, |case| case.row.categories = CategorySet::EMPTY)
    }),
    ("an agency exists wherever it is named", |case| {
        twisted(case, |case| {
            let others = case.field.categories.without(CategorySet::of(&[Category::Reference]));
            if !others.is_empty() {
                case.field.categories = others;
            }
        })
    }),
    // The caller and the row.
    ("the portal is ignored", |case| {
        twisted(case, |case| case.caller.portal = None)
    }),
    ("the portal stands for its user", |case| {
        twisted(case, |case| {
            if let Some(portal) = case.caller.portal.take() {
                case.caller.principal = portal;
            }
        })
    }),
    ("another authority's family is accepted", |case| {
        twisted(case, |case| case.facts.authority = case.caller.authority)
    }),
];
