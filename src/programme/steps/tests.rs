//! What holds of every table.

use proptest::{prelude::*, sample::Index};

use super::*;
use crate::code::Code;

/// All states that can be reached from a record's first.
fn reached<S: Moves>() -> Vec<S> {
    let mut found: Vec<S> = first_steps::<S>().map(|step| begin(step).unwrap()).collect();
    let mut at = 0;
    while let Some(state) = found.get(at).copied() {
        let next: Vec<S> = next_steps(state).map(|step| apply(state, step).unwrap()).collect();
        found.extend(
            next.into_iter()
                .filter(|state| !found.contains(state))
                .collect::<Vec<_>>(),
        );
        at += 1;
    }
    found
}

/// Whether a record in that state can still come to an end.
fn comes_to_an_end<S: Moves>(state: S) -> bool {
    let mut seen = vec![state];
    let mut at = 0;
    while let Some(state) = seen.get(at).copied() {
        if is_final(state) {
            return true;
        }
        for next in next_steps(state).map(|step| apply(state, step).unwrap()) {
            if !seen.contains(&next) {
                seen.push(next);
            }
        }
        at += 1;
    }
    false
}

fn sound<S: Moves>() {
    let what = S::LIST.0;
    assert!(first_steps::<S>().count() > 0, "{what} begins");
    let reached = reached::<S>();
    for state in S::ALL.iter().copied() {
        assert!(reached.contains(&state), "{what}: {state:?} is reached");
        assert_eq!(
            S::ENDS.contains(&state),
            is_final(state),
            "{what}: {state:?} has no steps if and only if it is an end"
        );
        assert!(comes_to_an_end(state), "{what}: {state:?} leads to an end");
        for step in S::Step::ALL.iter().copied() {
            let possible = next_steps(state).any(|next| next == step);
            assert_eq!(possible, apply(state, step).is_ok(), "{what}: {state:?}, {step:?}");
            if !possible {
                assert_eq!(
                    apply(state, step),
                    Err(NotPossible {
                        from: Some(state),
                        step
                    }),
                    "{what}"
                );
            }
        }
    }
    for step in S::Step::ALL.iter().copied() {
        assert!(
            S::TABLE.iter().any(|line| line.step == step),
            "{what}: {step:?} is possible from somewhere"
        );
        assert_eq!(
            first_steps::<S>().any(|first| first == step),
            begin::<S>(step).is_ok(),
            "{what}: {step:?}"
        );
        let mutation = S::mutation(step);
        assert!(
            mutation.starts_with(|first: char| first.is_ascii_lowercase()),
            "{what}: {mutation}"
        );
        assert!(
            mutation.chars().all(|letter| letter.is_ascii_alphanumeric()),
            "{what}: {mutation}"
        );
    }
    for (at, line) in S::TABLE.iter().enumerate() {
        let twice = S::TABLE[..at]
            .iter()
            .any(|other| other.from == line.from && other.step == line.step);
        assert!(!twice, "{what}: {line:?} says twice where a step leads");
    }
}

#[test]
fn every_table_is_sound() {
    macro_rules! check {
        ($state:ident) => {
            sound::<$state>();
        };
    }
    each_moving!(check!);
}

/// The tables of `docs/programme.md` are what is printed.
#[test]
fn the_tables_of_the_docs_are_what_is_printed() {
    let page = include_str!("../../../docs/programme.md");
    let printed = print::all();
    assert!(page.contains(&printed), "docs/programme.md does not hold:\n{printed}");
}

#[test]
fn a_plan_goes_from_draft_to_closed_and_stays_there() {
    use PlanStatus::{Active, Agreed, Closed, Draft};
    let mut state = begin::<PlanStatus>(PlanStep::Draft).unwrap();
    for (step, then) in [
        (PlanStep::AddGoal, Draft),
        (PlanStep::Agree, Agreed),
        (PlanStep::Activate, Active),
        (PlanStep::CompleteAction, Active),
        (PlanStep::Close, Closed),
    ] {
        state = apply(state, step).unwrap();
        assert_eq!(state, then);
    }
    assert_eq!(next_steps(Closed).count(), 0);
    assert!(
        apply(Draft, PlanStep::Activate).is_err(),
        "what was not agreed is not worked on"
    );
    assert!(apply(Active, PlanStep::Agree).is_err());
}

/// Takes steps by chance, whatever they are, and never finds a state that the table does not lead to.
fn walk<S: Moves>(chosen: &[Index]) {
    let mut state: Option<S> = None;
    for index in chosen {
        let step = *index.get(S::Step::ALL);
        let answer = match state {
            None => begin(step),
            Some(state) => apply(state, step),
        };
        match answer {
            Ok(next) => {
                assert!(
                    S::TABLE
                        .iter()
                        .any(|line| (line.from, line.step, line.to) == (state, step, next))
                );
                state = Some(next);
            }
            Err(refused) => assert_eq!(refused, NotPossible { from: state, step }),
        }
        if let Some(end) = state.filter(|state| is_final(*state)) {
            for step in S::Step::ALL.iter().copied() {
                assert!(apply(end, step).is_err());
            }
        }
    }
}

proptest! {
    #[test]
    fn steps_by_chance_keep_to_the_table(chosen in proptest::collection::vec(any::<Index>(), 0..40)) {
        macro_rules! try_it {
            ($state:ident) => {
                walk::<$state>(&chosen);
            };
        }
        each_moving!(try_it!);
    }
}
