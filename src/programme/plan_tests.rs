use chrono::Days;
use proptest::prelude::*;

use super::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// Some day of the years in which the programme runs.
fn any_day() -> impl Strategy<Value = NaiveDate> {
    (0u64..4000).prop_map(|days| day("2012-01-01") + Days::new(days))
}

fn goal(criterion: Option<&str>) -> Goal<'_> {
    Goal {
        criterion,
        status: GoalStatus::Open,
    }
}

const ENTRY: [&str; 3] = ["CRIME", "EDUCATION", "PARENT_MENTAL_HEALTH"];

fn plan<'a>(goals: &'a [Goal<'a>], no_goals: &'a [NoGoal<'a>]) -> ToAgree<'a> {
    let day = day("2015-06-15");
    ToAgree {
        entry: &ENTRY,
        goals,
        no_goals,
        signed_by_family_on: day,
        agreed_on: day,
    }
}

#[test]
fn each_criterion_of_entry_has_a_goal_or_a_reason() {
    let goals = [goal(Some("CRIME")), goal(Some("EDUCATION")), goal(None)];
    let reason = |reason| {
        [NoGoal {
            criterion: "PARENT_MENTAL_HEALTH",
            reason,
        }]
    };
    assert_eq!(lacks_to_agree(plan(&goals, &reason("The mother is well now"))), []);
    assert_eq!(
        lacks_to_agree(plan(&goals, &reason(" "))),
        [PlanLack::GoalOrReason("PARENT_MENTAL_HEALTH")]
    );
    assert_eq!(
        lacks_to_agree(plan(&[], &[])),
        [
            PlanLack::Goal,
            PlanLack::GoalOrReason("CRIME"),
            PlanLack::GoalOrReason("EDUCATION"),
            PlanLack::GoalOrReason("PARENT_MENTAL_HEALTH"),
        ]
    );
    let twice = ToAgree {
        entry: &["CRIME", "CRIME"],
        ..plan(&[], &[])
    };
    assert_eq!(
        lacks_to_agree(twice),
        [PlanLack::Goal, PlanLack::GoalOrReason("CRIME")],
        "each once"
    );
}

#[test]
fn a_reason_for_each_is_not_yet_a_plan() {
    let reasons = ENTRY.map(|criterion| NoGoal {
        criterion,
        reason: "Not now",
    });
    assert_eq!(lacks_to_agree(plan(&[], &reasons)), [PlanLack::Goal]);
    assert_eq!(lacks_to_agree(plan(&[goal(None)], &reasons)), []);
}

#[test]
fn the_family_signs_that_day_or_before() {
    let goals = ENTRY.map(|criterion| goal(Some(criterion)));
    let signed = |on| {
        let plan = ToAgree {
            signed_by_family_on: day(on),
            ..plan(&goals, &[])
        };
        lacks_to_agree(plan)
    };
    assert_eq!(signed("2015-06-14"), []);
    assert_eq!(signed("2015-06-15"), []);
    assert_eq!(signed("2015-06-16"), [PlanLack::SignedLater]);
}

#[test]
fn a_result_is_not_better_than_its_goals() {
    use ClosureRefusal::{GoalNotAchieved, NeverAgreed, NoGoalAchieved};
    use GoalStatus::{Achieved, NotAchieved, Open};
    use PlanClosure::{FamilyDroppedOut, PartiallyAchieved, WhollyAchieved};
    let of = |goals: &[GoalStatus], closure| closure_refusal(PlanStatus::Active, goals, closure);
    assert_eq!(of(&[Achieved, Achieved], WhollyAchieved), None);
    assert_eq!(of(&[Achieved, Open], WhollyAchieved), Some(GoalNotAchieved));
    assert_eq!(of(&[Achieved, NotAchieved], PartiallyAchieved), None);
    assert_eq!(of(&[Open, NotAchieved], PartiallyAchieved), Some(NoGoalAchieved));
    assert_eq!(of(&[Open], PlanClosure::NotAchieved), None);
    assert_eq!(closure_refusal(PlanStatus::Draft, &[], FamilyDroppedOut), None);
    assert_eq!(
        closure_refusal(PlanStatus::Draft, &[], WhollyAchieved),
        Some(NeverAgreed)
    );
    assert_eq!(
        closure_refusal(PlanStatus::Draft, &[], PlanClosure::NotAchieved),
        Some(NeverAgreed)
    );
}

fn any_criteria() -> impl Strategy<Value = Vec<&'static str>> {
    proptest::collection::vec(
        proptest::sample::select(vec!["CRIME", "EDUCATION", "WORK", "HEALTH"]),
        0..5,
    )
}

proptest! {
    #[test]
    fn what_is_listed_is_what_is_missing(
        entry in any_criteria(), with_goal in any_criteria(), with_reason in any_criteria(),
        signed in any_day(), agreed_on in any_day(),
    ) {
        let goals: Vec<_> = with_goal.iter().map(|criterion| goal(Some(criterion))).collect();
        let no_goals: Vec<_> = with_reason.iter().map(|criterion| NoGoal { criterion, reason: "Not now" }).collect();
        let plan = ToAgree { entry: &entry, goals: &goals, no_goals: &no_goals, signed_by_family_on: signed, agreed_on };
        let lacks = lacks_to_agree(plan);
        for criterion in &entry {
            let covered = with_goal.contains(criterion) || with_reason.contains(criterion);
            let listed = lacks.iter().filter(|lack| **lack == PlanLack::GoalOrReason(criterion)).count();
            prop_assert_eq!(listed, usize::from(!covered));
        }
        prop_assert_eq!(lacks.contains(&PlanLack::Goal), goals.is_empty());
        prop_assert_eq!(lacks.contains(&PlanLack::SignedLater), agreed_on < signed);
    }

    #[test]
    fn to_fill_what_is_listed_is_enough(entry in any_criteria(), with_goal in any_criteria(), signed in any_day(), agreed_on in any_day()) {
        let mut goals: Vec<_> = with_goal.iter().map(|criterion| goal(Some(criterion))).collect();
        let known = goals.clone();
        let first = ToAgree { entry: &entry, goals: &known, no_goals: &[], signed_by_family_on: signed, agreed_on };
        let mut signed = signed;
        for lack in lacks_to_agree(first) {
            match lack {
                PlanLack::SignedLater => signed = agreed_on,
                PlanLack::Goal => goals.push(goal(None)),
                PlanLack::GoalOrReason(criterion) => goals.push(goal(Some(criterion))),
            }
        }
        let then = ToAgree { entry: &entry, goals: &goals, no_goals: &[], signed_by_family_on: signed, agreed_on };
        prop_assert_eq!(lacks_to_agree(then), vec![]);
    }
}
