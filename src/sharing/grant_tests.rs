use super::*;
use crate::sharing::{
    agreement::{Access, Clause, Scope},
    category::Category::{Consent, CriterionHealth, CriterionWork, Household, Identity, Marker, Plan},
    fixtures::{self, *},
    reason::{Reason, Told},
    register::field,
};

/// A value whose reading would end the test.
fn never<R, T>(_: &R) -> T {
    panic!("a withheld value was looked at")
}

fn grant(clauses: Vec<Clause>, facts: FamilyFacts) -> Arc<Grant> {
    Arc::new(Grant::new(Arc::new(fixtures::ceiling(clauses)), facts))
}

fn row(facts: RowFacts) -> Arc<Guarded<&'static str>> {
    Arc::new(Guarded::new(fixtures::key(9), "secret", facts))
}

fn about_mother() -> Arc<Guarded<&'static str>> {
    row(RowFacts::person(key(MOTHER)))
}

#[test]
fn a_row_whose_existence_is_withheld_is_not_there() {
    let grant = grant(vec![clause("c", &[Identity])], family());
    assert!(grant.visible(field::MEMBER_ID, &about_mother()).is_none());
}

#[test]
fn a_visible_row_releases_what_is_permitted_and_withholds_the_rest_unseen() {
    let grant = grant(
        vec![clause("household", &[Household]), clause("name", &[Identity])],
        family(),
    );
    let member = grant.visible(field::MEMBER_ID, &about_mother()).unwrap();

    let name = member.release(field::MEMBER_GIVEN_NAME, |row| *row);
    let (value, disclosed) = name.told().unwrap();
    assert_eq!(*value, "secret");
    assert_eq!(disclosed.about, Some((key(9), Subject::Person(key(MOTHER)))));
    assert_eq!(disclosed.categories, CategorySet::of(&[Identity]));
    assert_eq!(disclosed.permits.clauses, [1]);
    assert_eq!(name.seen(), Some(&"secret"));

    let phone: Shared<String> = member.release(field::MEMBER_PHONE, never);
    let (of, why) = phone.told().unwrap_err();
    assert_eq!((of, why.told), (field::MEMBER_PHONE, Told::NotInAgreement));
    assert_eq!(phone.seen(), None);

    assert_eq!(member.existence().permits.clauses, [0]);
    assert_eq!(member.existence().categories, CategorySet::of(&[Household]));
}

#[test]
fn a_decision_of_one_family_and_another_differ_by_its_facts_alone() {
    let clauses = || vec![with_scope(Scope::Cohort, clause("c", &[Household]))];
    assert!(
        grant(clauses(), family())
            .visible(field::MEMBER_ID, &about_mother())
            .is_none()
    );
    let on_cohort = FamilyFacts {
        on_cohort: true,
        ..family()
    };
    assert!(
        grant(clauses(), on_cohort)
            .visible(field::MEMBER_ID, &about_mother())
            .is_some()
    );
}

#[test]
fn a_rows_own_categories_are_needed_besides_its_fields() {
    let goal = || row(RowFacts::family().with_categories(CategorySet::of(&[CriterionHealth])));
    let plan_only = grant(vec![clause("c", &[Plan])], family());
    assert!(plan_only.visible(field::GOAL_ID, &goal()).is_none());
    assert!(plan_only.visible(field::GOAL_ID, &row(RowFacts::family())).is_some());
    let both = grant(vec![clause("c", &[Plan, CriterionHealth])], family());
    let visible = both.visible(field::GOAL_ID, &goal()).unwrap();
    let needed = CategorySet::of(&[Plan, CriterionHealth]);
    assert_eq!(visible.existence().categories, needed);
    let description = visible.release(field::GOAL_DESCRIPTION, |row| *row);
    assert_eq!(description.told().unwrap().1.categories, needed);
}

#[test]
fn a_criteria_match_is_of_its_criterions_category_and_nothing_without_one() {
    let health = grant(vec![clause("c", &[CriterionHealth, Plan])], family());
    let of = |categories: &[_]| row(RowFacts::family().with_categories(CategorySet::of(categories)));
    assert!(
        health
            .visible(field::CRITERIA_MATCH_ID, &of(&[CriterionHealth]))
            .is_some()
    );
    assert!(
        health
            .visible(field::CRITERIA_MATCH_ID, &of(&[CriterionWork]))
            .is_none()
    );
    assert!(
        health
            .visible(field::CRITERIA_MATCH_ID, &of(&[CriterionHealth, CriterionWork]))
            .is_none()
    );
    assert!(
        health.visible(field::CRITERIA_MATCH_ID, &of(&[])).is_none(),
        "an unclassified criterion"
    );
    assert!(
        health.visible(field::CRITERIA_MATCH_ID, &of(&[Plan])).is_none(),
        "no criterion at all"
    );
}

#[test]
fn areas_are_shielded_and_the_rest_of_the_household_is_not() {
    let mut facts = family();
    facts.people[3].shielded = true;
    let grant = grant(vec![clause("c", &[Household, Marker])], facts);
    let family = grant.visible(field::FAMILY_ID, &row(RowFacts::family())).unwrap();
    let ward: Shared<String> = family.release(field::FAMILY_WARD, never);
    assert_eq!(ward.told().unwrap_err().1.reason, Reason::Shielded);
    assert!(family.release(field::FAMILY_REFERENCE, |row| *row).told().is_ok());
}

#[test]
fn an_emergency_is_told_with_what_it_disclosed() {
    let mut facts = family();
    facts.emergencies.push(opened_emergency());
    let grant = grant(vec![in_emergency(with_consent(clause("c", &[Household])))], facts);
    let member = grant.visible(field::MEMBER_ID, &about_mother()).unwrap();
    assert_eq!(member.existence().permits.emergency, Some(key(77)));
    let relationship = member.release(field::MEMBER_RELATIONSHIP, |row| *row);
    assert_eq!(relationship.told().unwrap().1.permits.emergency, Some(key(77)));
}

#[test]
fn writing_asks_for_a_clause_that_writes() {
    let write = Clause {
        access: vec![Access::Write],
        ..clause("w", &[Consent])
    };
    let categories = CategorySet::of(&[Consent]);
    let mother = RowFacts::person(key(MOTHER));
    assert!(grant(vec![write], family()).may_write(categories, &mother).is_ok());
    assert!(
        grant(vec![clause("r", &[Consent])], family())
            .may_write(categories, &mother)
            .is_err()
    );
    assert!(
        grant(Vec::new(), family())
            .may_write(CategorySet::EMPTY, &mother)
            .is_err()
    );
}

#[test]
fn fields_of_rows_are_withheld_where_no_such_row_could_ever_be_seen() {
    let grant = grant(vec![clause("c", &[Household])], family());
    let member = grant.visible(field::MEMBER_ID, &about_mother()).unwrap();
    let refused = member.release_rows(field::MEMBER_CONSENTS, || -> u8 { panic!("rows were looked for") });
    assert_eq!(refused.told().unwrap_err().1.told, Told::NotInAgreement);
    let by_criterion = member.release_rows(field::MEMBER_CRITERIA_MATCHES, || -> u8 {
        panic!("rows were looked for")
    });
    assert_eq!(by_criterion.told().unwrap_err().1.told, Told::NotInAgreement);
    let rows = member.release_rows(field::FAMILY_MEMBERS, || 7);
    let (count, disclosed) = rows.told().unwrap();
    assert_eq!(
        (*count, disclosed.about, disclosed.categories),
        (7, None, CategorySet::EMPTY)
    );
}

#[test]
fn a_value_about_nobody_is_looked_at_only_when_released() {
    let ceiling = fixtures::ceiling(vec![clause("c", &[Plan])]);
    let shared = Shared::about_nobody(&ceiling, field::VIEWER_ROLE, || -> u8 { panic!("looked at") });
    assert!(shared.told().is_err());
    let mapped = shared.map(|_| -> u8 { panic!("looked at") });
    assert!(mapped.told().is_err());
    let ceiling = fixtures::ceiling(vec![clause("c", &[crate::sharing::category::Category::Reference])]);
    assert_eq!(
        Shared::about_nobody(&ceiling, field::VIEWER_ROLE, || 1)
            .map(|one| one + 1)
            .seen(),
        Some(&2)
    );
}

#[test]
fn what_says_something_about_somebody_is_never_released_as_if_it_were_about_nobody() {
    let all = fixtures::ceiling(vec![clause("c", &[Household, Plan])]);
    let shared = Shared::about_nobody(&all, field::PLAN_STATUS, || -> u8 { panic!("looked at") });
    assert!(shared.told().is_err());
    let grant = grant(vec![clause("c", &[Household, Plan])], family());
    let member = grant.visible(field::MEMBER_ID, &about_mother()).unwrap();
    let of_row = member.release_rows(field::MEMBER_RELATIONSHIP, || -> u8 { panic!("looked at") });
    assert!(of_row.told().is_err(), "it holds no rows");
}

#[test]
fn a_row_that_no_family_holds_is_opened_by_no_familys_grant_and_for_its_own_agency() {
    use crate::sharing::category::Category::{Audit, Involvement};
    let own_clause = with_scope(Scope::Own, clause("a", &[Audit]));
    let clauses = || {
        vec![
            own_clause.clone(),
            with_scope(Scope::Involved, clause("i", &[Involvement])),
        ]
    };
    let ceiling = Arc::new(fixtures::ceiling(clauses()));
    let none = Arc::new(Grant::new(Arc::clone(&ceiling), NoFamily));
    let of = |agency| Arc::new(Guarded::of_no_family(agency, "theirs"));
    let (own, other, authority) = (of(Some(key(POLICE))), of(Some(key(SCHOOL))), of(None));
    for existence in [field::ALERT_ID, field::WEBHOOK_ENDPOINT_ID] {
        assert!(none.visible(existence, &own).is_some());
        assert!(none.visible(existence, &other).is_none());
        assert!(none.visible(existence, &authority).is_none());
        assert!(
            grant(clauses(), family()).visible(existence, &own).is_none(),
            "a family's grant"
        );
    }
    let alert = none.visible(field::ALERT_ID, &own).unwrap();
    let raised = alert.release(field::ALERT_RAISED_AT, |row| *row);
    let (value, disclosed) = raised.told().unwrap();
    assert_eq!(
        (*value, disclosed.about, &disclosed.permits.clauses[..]),
        ("theirs", None, &[0][..])
    );
    assert!(
        none.visible(field::FAMILY_ID, &row(RowFacts::family())).is_none(),
        "a family's row"
    );
    let all = Arc::new(Grant::new(
        Arc::new(fixtures::ceiling(vec![clause("a", &[Audit, Involvement])])),
        NoFamily,
    ));
    assert!(all.visible(field::ALERT_ID, &other).is_some(), "the whole authority's");
    assert!(all.visible(field::ALERT_ID, &authority).is_some());
    assert!(
        all.visible(field::WEBHOOK_ENDPOINT_ID, &other).is_none(),
        "held for itself"
    );
}

#[test]
fn what_is_guarded_cannot_be_printed() {
    let guarded = about_mother();
    assert!(!format!("{guarded:?}").contains("secret"));
    let grant = grant(vec![clause("c", &[Household])], family());
    let visible = grant.visible(field::MEMBER_ID, &guarded).unwrap();
    assert!(!format!("{visible:?}").contains("secret"));
}

#[test]
fn a_row_is_written_where_a_clause_for_writing_reaches_that_very_row() {
    let writes = |id: &str, scope: Scope| Clause {
        access: vec![Access::Write],
        ..with_scope(scope, clause(id, &[Consent]))
    };
    let own = RowFacts::person(key(MOTHER)).from_agency(key(POLICE));
    let others = RowFacts::person(key(MOTHER)).from_agency(key(SCHOOL));
    let grant = grant(vec![clause("r", &[Consent, Plan]), writes("w", Scope::Own)], family());
    let needed = CategorySet::of(&[Consent]);
    let visible = |facts| grant.visible(field::CONSENT_ID, &row(facts)).unwrap();
    assert_eq!(visible(own).may_write(needed).unwrap().clauses(), [1]);
    assert!(visible(others).may_write(needed).is_err());
    assert!(
        visible(own.with_categories(CategorySet::of(&[Plan])))
            .may_write(needed)
            .is_err()
    );
    assert!(grant.may_write(CategorySet::of(&[Plan]), &own).is_err());
}

#[test]
fn what_a_conflict_would_tell_of_is_asked_as_if_it_were_there() {
    let grant = grant(vec![with_scope(Scope::Own, clause("c", &[Consent]))], family());
    let facts = RowFacts::person(key(MOTHER));
    assert!(grant.would_show(field::CONSENT_ID, &facts.from_agency(key(POLICE))));
    assert!(!grant.would_show(field::CONSENT_ID, &facts.from_agency(key(SCHOOL))));
    assert!(!grant.would_show(field::MEMBER_ID, &facts.from_agency(key(POLICE))));
}

#[test]
fn how_something_agrees_is_told_to_whoever_sees_it_and_has_a_clause_that_explains_whichever_clause_holds() {
    let categories = register::get(field::MATCH_COMPARISON_LEVEL).categories;
    let of_all = |id: &str| {
        let all: Vec<_> = categories.iter().collect();
        clause(id, &all)
    };
    let told = |clauses: Vec<Clause>, on_cohort: bool| {
        let mut facts = family();
        facts.on_cohort = on_cohort;
        let grant = grant(clauses, facts);
        grant
            .explains(field::MATCH_COMPARISON_LEVEL, key(MOTHER), CategorySet::EMPTY)
            .is_some()
    };
    let of_cohort = |clause| with_scope(Scope::Cohort, clause);
    let (quiet, loud) = (|| of_all("quiet"), || explained(of_all("loud")));
    // One of them holds only of families on the cohort. Whether it does is told by nothing, since the other gives what is compared anyway.
    for on_cohort in [false, true] {
        for (one, other) in [(of_cohort(quiet()), loud()), (quiet(), of_cohort(loud()))] {
            assert!(told(vec![one.clone(), other.clone()], on_cohort), "{on_cohort}");
            assert!(told(vec![other, one], on_cohort), "{on_cohort}");
        }
        assert!(!told(vec![quiet()], on_cohort), "{on_cohort}");
    }
    assert!(!told(vec![of_cohort(loud())], false));
}

#[test]
fn a_decision_is_recorded_unseen_by_whoever_leads_or_works_with_them_about_members_of_today() {
    let unseen = |scope, emergency: bool, facts: FamilyFacts, person: u128, decider: u128| {
        let clause = Clause {
            access: vec![Access::Write],
            emergency,
            ..with_scope(scope, clause("writes", &[Consent]))
        };
        let decider = Decider::Person(key(decider));
        let grant = grant(vec![clause], facts);
        grant
            .may_record_unseen(CategorySet::of(&[Consent]), key(person), &decider)
            .is_some()
    };
    let involved = || FamilyFacts {
        involved: vec![key(POLICE)],
        ..family()
    };
    let led = || FamilyFacts {
        lead: Some((key(POLICE), "officer-1".into())),
        ..family()
    };
    assert!(unseen(Scope::Involved, false, involved(), MOTHER, MOTHER));
    assert!(unseen(Scope::Lead, false, led(), CHILD, MOTHER));
    assert!(unseen(Scope::Authority, false, involved(), MOTHER, MOTHER));
    assert!(
        !unseen(Scope::Authority, false, family(), MOTHER, MOTHER),
        "they work with nobody"
    );
    assert!(
        !unseen(Scope::Lead, false, involved(), MOTHER, MOTHER),
        "the clause does not hold"
    );
    let somebody_else = FamilyFacts {
        lead: Some((key(POLICE), "officer-2".into())),
        ..family()
    };
    assert!(!unseen(Scope::Authority, false, somebody_else, MOTHER, MOTHER));
    let opened = FamilyFacts {
        emergencies: vec![opened_emergency()],
        ..led()
    };
    assert!(
        !unseen(Scope::Involved, true, opened, MOTHER, MOTHER),
        "an emergency is not work"
    );
    for (person, decider) in [(CHILD, MOTHER), (MOTHER, CHILD)] {
        let mut facts = involved();
        facts
            .people
            .iter_mut()
            .for_each(|one| one.in_family &= one.person != key(CHILD));
        assert!(!unseen(Scope::Involved, false, facts, person, decider), "who has left");
    }
    assert!(!unseen(Scope::Involved, false, involved(), 99, MOTHER));
}
