//! What is said before any family is read: that a value is permitted of all families alike, and on which facts a decision may rest.

use thinkfamily::sharing::{
    agreement::Access,
    alike::{Extent, Rests, needs_alike, rests_on},
    category::Category,
    decide::{Needs, decide},
    facts::FamilyFacts,
};

use crate::{
    cases::{Case, Question},
    each_case, number_from,
};

/// What is asked for takes two readings more of each case, so fewer cases are made.
const DECISIONS: u64 = 20_000;

/// The facts as they are where only those were read.
fn only(rests: Rests, facts: &FamilyFacts) -> FamilyFacts {
    fn if_read<T: Clone>(read: bool, rows: &[T]) -> Vec<T> {
        if read { rows.to_vec() } else { Vec::new() }
    }
    FamilyFacts {
        people: if_read(rests.people, &facts.people),
        people_read: rests.people,
        involved: if_read(rests.involvements, &facts.involved),
        lead: facts.lead.clone().filter(|_| rests.leads),
        consents: if_read(rests.consents, &facts.consents),
        emergencies: if_read(rests.emergencies, &facts.emergencies),
        ..facts.clone()
    }
}

fn about_a_family(case: &Case) -> bool {
    // What is barred is not reached by any statement.
    case.question == Question::Value && case.facts.authority == case.caller.authority && !case.facts.bars(&case.caller)
}

#[test]
fn what_is_said_to_be_permitted_alike_is_permitted_of_every_family() {
    let mut seen = [0_u64; 3];
    each_case(
        number_from("THINKFAMILY_DIFFERENTIAL", DECISIONS),
        |place, case, expected| {
            if about_a_family(case) {
                // No row brings it where something is decided alike for all of them.
                let needs = case.needs();
                let whereabouts = needs.whereabouts || case.row.whereabouts;
                let extent = needs_alike(&case.ceiling(), Needs { whereabouts, ..needs });
                let permitted = match extent {
                    Some(Extent::All) => true,
                    Some(Extent::OnCohort) => case.facts.on_cohort,
                    None => false,
                };
                seen[extent.map_or(0, |extent| 1 + usize::from(extent == Extent::OnCohort))] += 1;
                assert!(!permitted || expected.permitted, "{place}: {extent:?}\n{case:#?}");
            }
            true
        },
    );
    assert!(
        seen.iter().all(|seen| *seen > 100),
        "nothing, all, on the cohort: {seen:?}"
    );
}

#[test]
fn a_decision_rests_on_no_other_facts_than_those_that_are_read_for_it() {
    let (mut permitted, mut fewer) = (0_u64, 0_u64);
    each_case(number_from("THINKFAMILY_DIFFERENTIAL", DECISIONS), |place, case, _| {
        let (ceiling, needs) = (case.ceiling(), case.needs());
        // What only members of today have is asked for where people are read in any case.
        if about_a_family(case) && needs.access == Access::Read && !needs.of_members {
            let covered = needs.area || needs.whereabouts || case.row.whereabouts;
            let rests = rests_on(&ceiling, needs.categories, covered);
            let read = only(rests, &case.facts);
            let with_all = case.decide();
            assert_eq!(
                decide(&ceiling, needs, &read, &case.row),
                with_all,
                "{place}: {rests:?}\n{case:#?}"
            );
            permitted += u64::from(with_all.is_ok());
            fewer += u64::from(with_all.is_ok() && read != case.facts);
            // What was read for other categories as well does no harm.
            let more = needs.categories.with(Category::Marker);
            let read = only(rests_on(&ceiling, more, covered), &case.facts);
            assert_eq!(
                decide(&ceiling, needs, &read, &case.row),
                with_all,
                "{place}: with another"
            );
        }
        true
    });
    assert!(
        permitted > 1_000 && fewer > 200,
        "{fewer} of {permitted} with fewer facts"
    );
}
