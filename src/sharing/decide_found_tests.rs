//! Who may be found by a look-up, and what an agency may see of what it did itself.

use super::*;
use crate::sharing::{
    agreement::Clause,
    category::Category::{Audit, Identity, Involvement, Marker},
    facts::ConsentDecision,
    fixtures::{ceiling as of, *},
};

fn why(decision: Decision) -> Option<Reason> {
    decision.err().map(|withheld| withheld.reason)
}

fn finds(clauses: Vec<Clause>, facts: &FamilyFacts, number: u128) -> Option<Reason> {
    why(decide_found(&of(clauses), facts, key(number)))
}

fn reaching(clause: Clause) -> Clause {
    Clause {
        shielded: true,
        ..clause
    }
}

fn shielding(number: u128) -> FamilyFacts {
    let mut facts = family();
    for person in facts.people.iter_mut().filter(|person| person.person == key(number)) {
        person.shielded = true;
    }
    facts
}

#[test]
fn it_takes_a_clause_with_the_marker_and_no_other_category() {
    let facts = family();
    assert_eq!(finds(vec![clause("c", &[Marker])], &facts, MOTHER), None);
    assert_eq!(
        finds(vec![clause("c", &[Identity])], &facts, MOTHER),
        Some(Reason::NotInAgreement)
    );
    assert_eq!(finds(Vec::new(), &facts, MOTHER), Some(Reason::NotInAgreement));
}

#[test]
fn scope_and_consent_of_the_clause_hold_as_for_the_marker_itself() {
    let mut facts = FamilyFacts {
        on_cohort: true,
        ..family()
    };
    let cohort = || vec![with_scope(Scope::Cohort, clause("c", &[Marker]))];
    assert_eq!(finds(cohort(), &facts, MOTHER), None);
    facts.on_cohort = false;
    assert_eq!(finds(cohort(), &facts, MOTHER), Some(Reason::NotOnCohort));
    let asked = vec![with_consent(clause("c", &[Marker]))];
    assert_eq!(
        finds(
            asked,
            &FamilyFacts {
                consents: Vec::new(),
                ..family()
            },
            MOTHER
        ),
        Some(Reason::ConsentNotGiven)
    );
}

#[test]
fn who_is_shielded_is_found_by_clauses_that_say_so_alone() {
    let facts = shielding(MOTHER);
    assert_eq!(
        finds(vec![clause("c", &[Marker])], &facts, MOTHER),
        Some(Reason::Shielded)
    );
    assert_eq!(
        finds(vec![clause("c", &[Marker])], &facts, FATHER),
        None,
        "who lives with them is found by name"
    );
    assert_eq!(finds(vec![reaching(clause("c", &[Marker]))], &facts, MOTHER), None);
    // Two clauses do not add up to one: the one that reaches the shielded must hold itself.
    let away = shielding(MOTHER);
    let two = vec![
        clause("wide", &[Marker]),
        reaching(with_scope(Scope::Cohort, clause("reaching", &[Marker]))),
    ];
    assert!(finds(two, &away, MOTHER).is_some());
}

#[test]
fn of_whom_nothing_is_known_counts_as_shielded() {
    assert_eq!(
        finds(vec![clause("c", &[Marker])], &family(), 999),
        Some(Reason::Shielded)
    );
}

#[test]
fn another_authority_and_exact_reasons_are_not_told() {
    let mut facts = family();
    facts.authority += 1;
    assert_eq!(
        finds(vec![clause("c", &[Marker])], &facts, MOTHER),
        Some(Reason::OtherAuthority)
    );
    let explaining = of(vec![explained(with_scope(Scope::Cohort, clause("c", &[Marker])))]);
    let facts = family();
    let withheld = decide_found(&explaining, &facts, key(MOTHER)).expect_err("it is not on the cohort");
    assert_eq!(withheld.told, Told::Withheld);
}

#[test]
fn an_agency_sees_its_own_doings_by_scope_own_or_authority_without_consent() {
    let by = |clause: Clause, agency| {
        let needs = needs_of(CategorySet::of(&[Audit]));
        why(decide_of_no_family(&of(vec![clause]), needs, Some(agency)))
    };
    let (own, other) = (police().agency, key(4711));
    let audit = || clause("c", &[Audit]);
    assert_eq!(by(with_scope(Scope::Own, audit()), own), None);
    assert_eq!(by(with_scope(Scope::Own, audit()), other), Some(Reason::NotInAgreement));
    assert_eq!(by(audit(), other), None, "the whole authority");
    assert_eq!(
        by(with_scope(Scope::Involved, audit()), own),
        Some(Reason::NotInAgreement)
    );
    assert_eq!(
        by(with_consent(with_scope(Scope::Own, audit())), own),
        Some(Reason::NotInAgreement)
    );
    assert_eq!(
        by(with_scope(Scope::Own, clause("c", &[Marker])), own),
        Some(Reason::NotInAgreement)
    );
}

#[test]
fn what_an_agency_holds_for_itself_is_for_nobody_else_and_by_any_clause() {
    let needs = Needs {
        agency: true,
        ..needs_of(CategorySet::of(&[Involvement]))
    };
    let clause = || with_consent(with_scope(Scope::Cohort, clause("c", &[Involvement])));
    let by = |ceiling: &Ceiling, agency| why(decide_of_no_family(ceiling, needs, agency));
    let own = of(vec![clause()]);
    assert_eq!(by(&own, Some(police().agency)), None);
    assert_eq!(by(&own, Some(key(4711))), Some(Reason::NotOwn));
    assert_eq!(by(&own, None), Some(Reason::NotOwn), "the authority's");
    let portal = portal_ceiling(vec![clause(), portal_clause("p", &[Involvement])]);
    assert_eq!(
        by(&portal, Some(police().agency)),
        Some(Reason::NotOwn),
        "a portal is another agency"
    );
    assert_eq!(by(&of(Vec::new()), Some(police().agency)), Some(Reason::NotInAgreement));
}

#[test]
fn who_says_no_to_the_marker_is_not_found_by_a_clause_that_asks() {
    let of_marker = |decision: ConsentDecision| ConsentDecision {
        category: Marker,
        ..decision
    };
    let mut facts = family();
    facts.consents = [
        given(MOTHER, MOTHER, 9),
        given(FATHER, FATHER, 9),
        refused(TEENAGER, TEENAGER, 1),
    ]
    .map(of_marker)
    .to_vec();
    let asks = || vec![with_consent(clause("c", &[Marker]))];
    assert_eq!(finds(asks(), &facts, MOTHER), None);
    assert_eq!(finds(asks(), &facts, TEENAGER), Some(Reason::ConsentNotGiven));
    assert_eq!(
        finds(vec![clause("c", &[Marker])], &facts, TEENAGER),
        None,
        "who is not asked is not bound"
    );
}
