//! Who may open emergency access: who has a clause for it in force, signed and for the purpose, and needs nothing else.

use thinkfamily::sharing::{
    agreement::{Access, Signatory},
    category::Category,
};

use crate::{
    cases::{Case, World},
    cedar, number_from,
};

/// A wrong reading of who may, and the mistake that it makes.
type Mutant = (&'static str, fn(&Case) -> bool);

fn may(case: &Case) -> bool {
    case.ceiling().may_open_emergency()
}

fn twisted(case: &Case, twist: impl FnOnce(&mut Case)) -> bool {
    let mut case = case.clone();
    twist(&mut case);
    may(&case)
}

const MUTANTS: &[Mutant] = &[
    ("it asks for the catalogues besides", |case| {
        may(case) && case.ceiling().categories(Access::Read).contains(Category::Reference)
    }),
    ("it asks for something that may be read", |case| {
        may(case) && !case.ceiling().categories(Access::Read).is_empty()
    }),
    ("any clause will do", |case| {
        twisted(case, |case| {
            let clauses = case.policy.agreements.iter_mut().flat_map(|of| &mut of.clauses);
            clauses.for_each(|clause| clause.emergency = true);
        })
    }),
    ("a clause for another purpose will do", |case| {
        twisted(case, |case| {
            let purpose = case.caller.purpose.clone();
            let clauses = case.policy.agreements.iter_mut().flat_map(|of| &mut of.clauses);
            clauses.for_each(|clause| clause.purposes = vec![purpose.clone()]);
        })
    }),
    ("the agreement need not be signed", |case| {
        twisted(case, |case| {
            let codes: Vec<_> = case.caller.parties().map(|party| party.agency_code.clone()).collect();
            for agreement in &mut case.policy.agreements {
                agreement.signatories = codes
                    .iter()
                    .map(|code| Signatory {
                        agency: code.clone(),
                        signed_on: case.today,
                        withdrawn_on: None,
                    })
                    .collect();
            }
        })
    }),
    ("the agreement need not be in force", |case| {
        twisted(case, |case| {
            for agreement in &mut case.policy.agreements {
                (agreement.effective_from, agreement.effective_to) = (case.today, None);
            }
        })
    }),
    ("the portal is not asked", |case| {
        twisted(case, |case| case.caller.portal = None)
    }),
];

#[test]
fn who_may_open_emergency_access_is_as_the_cedar_policies_say() {
    let decisions = number_from("THINKFAMILY_DIFFERENTIAL", 10_000);
    let first = number_from("SEED", 20_160_315);
    let (mut made, mut let_in) = (0_u64, 0_u64);
    let mut caught = vec![0_u64; MUTANTS.len()];
    for seed in first..first + decisions.div_ceil(100) {
        let mut world = World::new(seed);
        let policies = cedar::policies(&world.policy);
        for _ in 0..100 {
            let case = world.case();
            let expected = cedar::may_open(&policies, &case);
            assert_eq!(may(&case), expected, "SEED={seed}: {case:#?}");
            made += 1;
            let_in += u64::from(expected);
            for (caught, (_, mutant)) in caught.iter_mut().zip(MUTANTS) {
                *caught += u64::from(mutant(&case) != expected);
            }
        }
    }
    assert!((10..=90).contains(&(let_in * 100 / made)), "{let_in} of {made} let in");
    for (caught, (name, _)) in caught.into_iter().zip(MUTANTS) {
        assert!(caught > 0, "not caught: {name}");
    }
}
