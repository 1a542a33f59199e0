use super::*;
use crate::sharing::{
    agreement::Clause,
    category::Category::{Contact, CriterionEducation, CriterionHealth, Household, Marker},
    fixtures::{ceiling as of, *},
    register::field,
};

fn alike(clauses: Vec<Clause>) -> Option<Extent> {
    permitted_alike(&of(clauses), field::FAMILY_ID, CategorySet::EMPTY)
}

#[test]
fn only_what_asks_nothing_of_a_family_is_permitted_alike() {
    let marker = || clause("c", &[Marker]);
    assert_eq!(alike(vec![marker()]), Some(Extent::All));
    assert_eq!(alike(vec![with_scope(Scope::Cohort, marker())]), Some(Extent::OnCohort));
    assert_eq!(alike(vec![with_consent(marker())]), None);
    assert_eq!(alike(vec![in_emergency(with_consent(marker()))]), None);
    for scope in [Scope::Involved, Scope::Lead, Scope::Own] {
        assert_eq!(alike(vec![with_scope(scope, marker())]), None);
    }
    assert_eq!(alike(Vec::new()), None);
    // One such clause is enough, wherever it stands among others.
    let others = vec![
        with_scope(Scope::Involved, marker()),
        with_scope(Scope::Cohort, marker()),
        marker(),
    ];
    assert_eq!(alike(others), Some(Extent::All));
}

#[test]
fn where_shielding_covers_it_nothing_is_alike_but_by_a_clause_that_reaches_shielded_people() {
    let shielded = |clause| Clause {
        shielded: true,
        ..clause
    };
    let household = || clause("c", &[Household]);
    let district = |clauses| permitted_alike(&of(clauses), field::FAMILY_DISTRICT, CategorySet::EMPTY);
    assert_eq!(district(vec![household()]), None);
    assert_eq!(district(vec![shielded(household())]), Some(Extent::All));
    let of_contact = |field, clauses| permitted_alike(&of(clauses), field, CategorySet::EMPTY);
    let postcode = |clauses| of_contact(field::ADDRESS_POSTCODE, clauses);
    assert_eq!(postcode(vec![clause("c", &[Contact])]), None);
    assert_eq!(postcode(vec![shielded(clause("c", &[Contact]))]), Some(Extent::All));
    // Of members it depends on who is one today.
    let phone = of_contact(field::MEMBER_PHONE, vec![shielded(clause("c", &[Contact]))]);
    assert_eq!(phone, None);
}

#[test]
fn a_criterion_is_permitted_alike_by_its_own_category() {
    let clauses = vec![
        clause("education", &[CriterionEducation]),
        with_consent(clause("health", &[CriterionHealth])),
    ];
    let criterion = |of_row: &[Category]| {
        permitted_alike(
            &of(clauses.clone()),
            field::CRITERIA_MATCH_CRITERION,
            CategorySet::of(of_row),
        )
    };
    assert_eq!(criterion(&[CriterionEducation]), Some(Extent::All));
    assert_eq!(criterion(&[CriterionHealth]), None);
    assert_eq!(criterion(&[CriterionEducation, CriterionHealth]), None);
    assert_eq!(criterion(&[]), None, "a match of no known criterion gives nothing away");
}

#[test]
fn both_a_portal_and_its_user_must_be_permitted() {
    let own = clause("user", &[Marker]);
    let both = |portal: Clause| {
        permitted_alike(
            &portal_ceiling(vec![own.clone(), portal]),
            field::FAMILY_ID,
            CategorySet::EMPTY,
        )
    };
    assert_eq!(both(portal_clause("portal", &[Marker])), Some(Extent::All));
    assert_eq!(
        both(with_scope(Scope::Cohort, portal_clause("portal", &[Marker]))),
        Some(Extent::OnCohort)
    );
    assert_eq!(both(with_consent(portal_clause("portal", &[Marker]))), None);
}

#[test]
fn facts_are_looked_at_up_to_the_first_clause_that_holds_by_itself() {
    let rests = |clauses| rests_on(&of(clauses), CategorySet::of(&[Marker]), false);
    let marker = || clause("c", &[Marker]);
    let involved = || with_scope(Scope::Involved, marker());
    assert_eq!(rests(vec![marker(), with_consent(involved())]), Rests::default());
    let of_involved = Rests {
        involvements: true,
        ..Rests::default()
    };
    assert_eq!(rests(vec![involved(), marker(), with_consent(marker())]), of_involved);
    assert_eq!(
        rests(vec![with_scope(Scope::Cohort, marker()), involved()]),
        of_involved
    );
    assert_eq!(
        rests(vec![in_emergency(with_consent(marker()))]),
        Rests {
            people: true,
            consents: true,
            emergencies: true,
            ..Rests::default()
        }
    );
    let area = rests_on(&of(vec![marker()]), CategorySet::of(&[Marker]), true);
    assert!(area.people, "a shielded person may live there");
}
