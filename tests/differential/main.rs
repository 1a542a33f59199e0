//! The decision against an independent evaluation of the same agreements.
//!
//! Random agreements, callers, families, rows, consents and dates go to `decide` and, as Cedar policies and facts, to the `cedar-policy`
//! crate. Both must permit the same by the same clauses, and `decide` must tell the reason that a plain reading of the rules gives. The
//! same comparison is then run on deliberately wrong deciders, each of which it must catch.
//!
//! `THINKFAMILY_DIFFERENTIAL=1000000` runs that many decisions; `SEED=…` starts from the seed that a failure printed.

#![expect(clippy::print_stderr, reason = "a run says what it saw")]

mod agreements;
mod alike;
mod cases;
mod cedar;
mod chance;
mod compare;
mod families;
mod histories;
mod moved;
mod mutants;
mod opening;
mod reading;
mod replay;

use std::{collections::BTreeMap, env};

use thinkfamily::sharing::reason::{
    Reason::{
        self, AgreementNotSigned, ConsentExpired, ConsentNotGiven, ConsentWithdrawn, NotAMember, NotInAgreement,
        NotInvolved, NotLeadProfessional, NotOnCohort, NotOwn, OtherAuthority, Shielded,
    },
    Told,
};

use cases::{Case, Question, World};
use compare::{Answer, answer, difference};

/// Decisions that one agreement is used for: reading its policies takes longer than many decisions.
const CASES_A_WORLD: u64 = 200;
const DEFAULT_DECISIONS: u64 = 100_000;
/// Every mutant must be caught within this many decisions.
const DECISIONS_FOR_MUTANTS: u64 = 200_000;

fn number_from(variable: &str, default: u64) -> u64 {
    env::var(variable).map_or(default, |text| text.parse().expect("the variable is a number"))
}

/// Gives that many cases with the answer they should have; the seed tells where a case came from.
fn each_case(decisions: u64, mut visit: impl FnMut(&str, &Case, &Answer) -> bool) {
    let first = number_from("SEED", 20_160_315);
    for seed in first..first + decisions.div_ceil(CASES_A_WORLD) {
        let mut world = World::new(seed);
        let policies = cedar::policies(&world.policy);
        for case_number in 0..CASES_A_WORLD {
            let case = world.case();
            let answer = answer(&policies, &case);
            if !visit(&format!("SEED={seed}, case {case_number}"), &case, &answer) {
                return;
            }
        }
    }
}

#[test]
fn the_decision_is_what_the_cedar_policies_say() {
    let decisions = number_from("THINKFAMILY_DIFFERENTIAL", DEFAULT_DECISIONS);
    let (mut made, mut permitted, mut by_emergency) = (0_u64, 0_u64, 0_u64);
    let mut reasons: BTreeMap<(Reason, bool), u64> = BTreeMap::new();
    let mut others: BTreeMap<(&str, Option<Reason>), u64> = BTreeMap::new();
    each_case(decisions, |place, case, expected| {
        let decision = case.decide();
        if let Some(difference) = difference(case, expected, &decision) {
            panic!("{place}: {difference}\n{case:#?}\nexpected {expected:#?}\ngot {decision:#?}");
        }
        made += 1;
        let kind = match case.question {
            Question::Value => "a value",
            Question::Found(_) => "somebody found",
            Question::Own => "one's own",
        };
        let outcome = decision.as_ref().err().map(|withheld| withheld.reason);
        *others.entry((kind, outcome)).or_default() += 1;
        match decision {
            Ok(permits) => {
                permitted += 1;
                by_emergency += u64::from(permits.emergency.is_some());
            }
            Err(withheld) => {
                let exactly = matches!(withheld.told, Told::Exactly(_) | Told::Ring);
                *reasons.entry((withheld.reason, exactly)).or_default() += 1;
            }
        }
        true
    });
    eprintln!(
        "{made} decisions, {permitted} permitted, {by_emergency} of them by emergency access; withheld: {reasons:#?}; {others:#?}"
    );
    let tried = |kind, outcome| others.get(&(kind, outcome)).copied().unwrap_or(0) * 2_000 > made;
    for outcome in [
        None,
        Some(Shielded),
        Some(NotOnCohort),
        Some(NotInvolved),
        Some(ConsentNotGiven),
    ] {
        assert!(tried("somebody found", outcome), "somebody found: {outcome:?}");
    }
    assert!(tried("one's own", None) && tried("one's own", Some(NotInAgreement)));

    let share = permitted * 100 / made;
    assert!((10..=90).contains(&share), "{share} % permitted tries little");
    assert!(by_emergency > 0, "no emergency access was needed");
    assert!(reasons.contains_key(&(NotInAgreement, false)));
    assert!(reasons.contains_key(&(OtherAuthority, false)));
    assert!(reasons.contains_key(&(Reason::Barred, false)));
    assert!(reasons.contains_key(&(AgreementNotSigned, true)));
    let told_either_way = [
        NotOnCohort,
        NotInvolved,
        NotLeadProfessional,
        NotOwn,
        ConsentNotGiven,
        ConsentWithdrawn,
        ConsentExpired,
        Shielded,
        NotAMember,
    ];
    for reason in told_either_way {
        for exactly in [false, true] {
            assert!(
                reasons.contains_key(&(reason, exactly)),
                "{reason:?}, told exactly: {exactly}"
            );
        }
    }
}

#[test]
fn every_deliberate_bug_is_caught() {
    let mutants = mutants::all();
    assert!(mutants.len() >= 12);
    let mut caught: BTreeMap<&str, u64> = BTreeMap::new();
    let mut made = 0;
    each_case(DECISIONS_FOR_MUTANTS, |place, case, expected| {
        made += 1;
        assert_eq!(
            case.decide().is_ok(),
            expected.permitted,
            "{place}: the true decision is caught"
        );
        for (name, decide) in &mutants {
            if !caught.contains_key(name) && decide(case).is_ok() != expected.permitted {
                caught.insert(name, made);
            }
        }
        caught.len() < mutants.len()
    });
    let escaped: Vec<_> = mutants.iter().filter(|(name, _)| !caught.contains_key(name)).collect();
    eprintln!("caught at decision number: {caught:#?}");
    assert!(escaped.is_empty(), "not caught within {made} decisions: {escaped:?}");
}

#[test]
fn wrong_reasons_and_clauses_are_differences_too() {
    let mut seen = [false; 4];
    each_case(DECISIONS_FOR_MUTANTS, |_, case, expected| {
        let wrongs: [Option<_>; 4] = match case.decide() {
            Ok(permits) => {
                let (mut none, mut more, mut emergency) = (permits.clone(), permits.clone(), permits);
                none.clauses.clear();
                more.clauses.push(9999);
                emergency.emergency = match emergency.emergency {
                    None => Some(uuid::Uuid::from_u128(1)),
                    Some(_) => None,
                };
                [Some(Ok(none)), Some(Ok(more)), Some(Ok(emergency)), None]
            }
            Err(mut withheld) => {
                withheld.told = match withheld.told {
                    Told::Withheld => Told::Exactly(withheld.reason),
                    _ => Told::Withheld,
                };
                [None, None, None, Some(Err(withheld))]
            }
        };
        for (seen, wrong) in seen.iter_mut().zip(wrongs) {
            if let Some(wrong) = wrong {
                assert!(
                    difference(case, expected, &wrong).is_some(),
                    "{wrong:?} passed for {case:#?}"
                );
                *seen = true;
            }
        }
        !seen.iter().all(|seen| *seen)
    });
    assert_eq!(seen, [true; 4]);
}
