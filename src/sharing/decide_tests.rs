use super::*;
use crate::sharing::{
    agreement::Clause,
    category::Category::{Contact, CriterionHealth, Household, Plan},
    facts::ConsentDecision,
    fixtures::{ceiling as of, *},
};

fn why(decision: Decision) -> Option<Reason> {
    decision.err().map(|withheld| withheld.reason)
}

fn family_row(clauses: Vec<Clause>, facts: &FamilyFacts) -> Option<Reason> {
    why(read(&of(clauses), &[Plan], facts, &RowFacts::family()))
}

fn withheld(reason: Reason, told: Told) -> Decision {
    Err(Withheld { reason, told })
}

#[test]
fn nothing_is_permitted_without_a_clause_or_without_a_category() {
    let row = RowFacts::family();
    let refused = withheld(Reason::NotInAgreement, Told::NotInAgreement);
    assert_eq!(read(&of(Vec::new()), &[Plan], &family(), &row), refused);
    assert_eq!(read(&of(vec![clause("c", &[Plan])]), &[], &family(), &row), refused);
}

#[test]
fn a_clause_permits_its_category_and_is_named() {
    let ceiling = of(vec![clause("other", &[Contact]), clause("plan", &[Plan])]);
    let permits = read(&ceiling, &[Plan], &family(), &RowFacts::family()).unwrap();
    assert_eq!(permits.clauses, [1]);
    assert_eq!(permits.emergency, None);
}

#[test]
fn a_clause_for_writing_does_not_permit_reading_nor_the_other_way() {
    let write = Clause {
        access: vec![Access::Write],
        ..clause("w", &[Plan])
    };
    assert_eq!(family_row(vec![write.clone()], &family()), Some(Reason::NotInAgreement));
    let needs = |access| Needs {
        access,
        categories: CategorySet::of(&[Plan]),
        area: false,
        whereabouts: false,
        sourced: true,
        agency: false,
        of_members: false,
    };
    let row = RowFacts::family();
    assert!(decide(&of(vec![write]), needs(Access::Write), &family(), &row).is_ok());
    assert!(decide(&of(vec![clause("r", &[Plan])]), needs(Access::Write), &family(), &row).is_err());
}

#[test]
fn every_category_needs_a_clause_and_each_is_named_once() {
    let row = RowFacts::family();
    let both = [Plan, CriterionHealth];
    let one = of(vec![clause("plan", &[Plan])]);
    assert_eq!(why(read(&one, &both, &family(), &row)), Some(Reason::NotInAgreement));
    let two = of(vec![clause("plan", &[Plan]), clause("health", &[CriterionHealth])]);
    assert_eq!(read(&two, &both, &family(), &row).unwrap().clauses, [0, 1]);
    let together = of(vec![clause("both", &both)]);
    assert_eq!(read(&together, &both, &family(), &row).unwrap().clauses, [0]);
}

#[test]
fn a_category_that_fails_on_its_row_withholds_the_whole_value() {
    let ceiling = of(vec![
        clause("plan", &[Plan]),
        with_scope(Scope::Cohort, clause("health", &[CriterionHealth])),
    ]);
    let decision = read(&ceiling, &[Plan, CriterionHealth], &family(), &RowFacts::family());
    assert_eq!(decision, withheld(Reason::NotOnCohort, Told::Withheld));
}

#[test]
fn another_authoritys_family_is_withheld_and_no_more_is_told() {
    let facts = FamilyFacts {
        authority: 2,
        ..family()
    };
    let ceiling = of(vec![explained(clause("c", &[Plan]))]);
    let row = RowFacts::family();
    assert_eq!(
        read(&ceiling, &[Plan], &facts, &row),
        withheld(Reason::OtherAuthority, Told::Withheld)
    );
    // Beyond the ceiling, a family of another authority is told like one of the caller's own.
    assert_eq!(
        read(&ceiling, &[Contact], &facts, &row),
        read(&ceiling, &[Contact], &family(), &row)
    );
}

#[test]
fn scope_cohort() {
    let clauses = || vec![with_scope(Scope::Cohort, clause("c", &[Plan]))];
    let mut facts = family();
    assert_eq!(family_row(clauses(), &facts), Some(Reason::NotOnCohort));
    facts.on_cohort = true;
    assert_eq!(family_row(clauses(), &facts), None);
}

#[test]
fn scope_involved() {
    let clauses = || vec![with_scope(Scope::Involved, clause("c", &[Plan]))];
    let mut facts = family();
    assert_eq!(family_row(clauses(), &facts), Some(Reason::NotInvolved));
    facts.involved = vec![key(SCHOOL)];
    assert_eq!(
        family_row(clauses(), &facts),
        Some(Reason::NotInvolved),
        "another agency"
    );
    facts.involved.push(key(POLICE));
    assert_eq!(family_row(clauses(), &facts), None);
}

#[test]
fn scope_lead() {
    let clauses = || vec![with_scope(Scope::Lead, clause("c", &[Plan]))];
    let lead = |agency, who: &str| FamilyFacts {
        lead: Some((key(agency), who.into())),
        ..family()
    };
    assert_eq!(family_row(clauses(), &family()), Some(Reason::NotLeadProfessional));
    assert_eq!(family_row(clauses(), &lead(POLICE, "officer-1")), None);
    let another = Some(Reason::NotLeadProfessional);
    assert_eq!(family_row(clauses(), &lead(POLICE, "officer-2")), another);
    assert_eq!(family_row(clauses(), &lead(SCHOOL, "officer-1")), another);
}

#[test]
fn scope_own() {
    let ceiling = of(vec![with_scope(Scope::Own, clause("c", &[Plan]))]);
    let row = RowFacts::family();
    let of_row = |row| why(read(&ceiling, &[Plan], &family(), &row));
    assert_eq!(of_row(row), Some(Reason::NotOwn), "a row of unknown source");
    assert_eq!(of_row(row.from_agency(key(SCHOOL))), Some(Reason::NotOwn));
    assert_eq!(of_row(row.from_agency(key(POLICE))), None);
}

#[test]
fn consent_is_asked_for_the_subject_of_the_row_and_the_kind_of_agency() {
    let ceiling = of(vec![with_consent(clause("c", &[Plan]))]);
    let mut facts = family();
    facts.consents = vec![given(MOTHER, MOTHER, 1)];
    let of_row = |facts: &FamilyFacts, row| why(read(&ceiling, &[Plan], facts, &row));
    assert_eq!(of_row(&facts, RowFacts::person(key(MOTHER))), None);
    assert_eq!(
        of_row(&facts, RowFacts::person(key(FATHER))),
        Some(Reason::ConsentNotGiven)
    );
    assert_eq!(of_row(&facts, RowFacts::family()), Some(Reason::ConsentNotGiven));
    facts.consents[0].agency_kind = "school".into();
    assert_eq!(
        of_row(&facts, RowFacts::person(key(MOTHER))),
        Some(Reason::ConsentNotGiven)
    );
}

#[test]
fn through_a_portal_each_party_needs_consent_for_its_own_kind() {
    let ceiling = portal_ceiling(vec![
        with_consent(clause("user", &[Plan])),
        with_consent(portal_clause("portal", &[Plan])),
    ]);
    let row = RowFacts::person(key(MOTHER));
    let mut facts = family();
    facts.consents = vec![given(MOTHER, MOTHER, 1)];
    assert_eq!(
        why(read(&ceiling, &[Plan], &facts, &row)),
        Some(Reason::ConsentNotGiven)
    );
    let mut for_schools = given(MOTHER, MOTHER, 1);
    for_schools.agency_kind = "school".into();
    facts.consents.push(for_schools);
    assert_eq!(read(&ceiling, &[Plan], &facts, &row).unwrap().clauses, [0, 1]);
    facts.consents.remove(0);
    assert_eq!(
        why(read(&ceiling, &[Plan], &facts, &row)),
        Some(Reason::ConsentNotGiven)
    );
}

#[test]
fn the_exact_reason_is_told_only_where_a_clause_explains_itself() {
    let quiet = || with_scope(Scope::Involved, clause("quiet", &[Plan]));
    let loud = || explained(with_consent(clause("loud", &[Plan])));
    let of_clauses = |clauses| read(&of(clauses), &[Plan], &family(), &RowFacts::family());
    assert_eq!(of_clauses(vec![quiet()]), withheld(Reason::NotInvolved, Told::Withheld));
    let exact = withheld(Reason::ConsentNotGiven, Told::Exactly(Reason::ConsentNotGiven));
    assert_eq!(of_clauses(vec![loud()]), exact);
    assert_eq!(of_clauses(vec![quiet(), loud()]), exact);
    assert_eq!(of_clauses(vec![loud(), quiet()]), exact);
    // Of two that explain themselves the first is told.
    let second = explained(with_scope(Scope::Cohort, clause("second", &[Plan])));
    assert_eq!(of_clauses(vec![quiet(), loud(), second]), exact);
    // A clause that explains itself but is about something else explains nothing.
    let about_contact = explained(clause("contact", &[Contact]));
    assert_eq!(
        of_clauses(vec![about_contact, quiet()]),
        withheld(Reason::NotInvolved, Told::Withheld)
    );
}

#[test]
fn beyond_the_ceiling_beats_every_other_reason() {
    let ceiling = of(vec![explained(with_scope(Scope::Cohort, clause("c", &[Plan])))]);
    let decision = read(&ceiling, &[Plan, Contact], &family(), &RowFacts::family());
    assert_eq!(decision, withheld(Reason::NotInAgreement, Told::NotInAgreement));
}

#[test]
fn an_agreement_not_signed_is_told_where_it_is_all_that_is_missing() {
    let not_signed = withheld(Reason::AgreementNotSigned, Told::Exactly(Reason::AgreementNotSigned));
    let mut policy = policy(vec![explained(clause("unsigned", &[Plan]))]);
    policy.agreements[0].signatories.clear();
    policy
        .agreements
        .push(agreement("OTHER", vec![clause("signed", &[Contact])]));
    let ceiling = Ceiling::of(&policy, std::sync::Arc::new(caller()), today());
    let of_categories = |categories: &[Category]| read(&ceiling, categories, &family(), &RowFacts::family());
    assert_eq!(of_categories(&[Plan]), not_signed);
    assert_eq!(of_categories(&[Plan, Contact]), not_signed);
    let beyond = withheld(Reason::NotInAgreement, Told::NotInAgreement);
    assert_eq!(of_categories(&[Plan, Household]), beyond);
    assert_eq!(of_categories(&[Household]), beyond);
}

#[test]
fn through_a_portal_an_agreement_not_signed_is_told_only_where_no_party_lacks_a_clause() {
    let not_signed = |clauses| {
        let mut policy = policy(clauses);
        policy.agreements[0]
            .signatories
            .retain(|signatory| signatory.agency == "portal-one");
        let caller = crate::sharing::caller::Caller {
            portal: Some(portal()),
            ..caller()
        };
        let ceiling = Ceiling::of(&policy, std::sync::Arc::new(caller), today());
        why(read(&ceiling, &[Plan], &family(), &RowFacts::family()))
    };
    let user = || explained(clause("user", &[Plan]));
    assert_eq!(
        not_signed(vec![user()]),
        Some(Reason::NotInAgreement),
        "the portal has no clause"
    );
    let both = vec![user(), portal_clause("portal", &[Plan])];
    assert_eq!(not_signed(both), Some(Reason::AgreementNotSigned));
}

#[test]
fn about_nobody_only_clauses_that_ask_nothing_of_a_family_permit() {
    let about_nobody = |clause, categories| decide_of_no_family(&of(vec![clause]), needs_of(categories), None);
    let of_clause = |clause| about_nobody(clause, CategorySet::of(&[Plan]));
    assert!(of_clause(clause("c", &[Plan])).is_ok());
    let refused = withheld(Reason::NotInAgreement, Told::NotInAgreement);
    assert_eq!(of_clause(with_consent(clause("c", &[Plan]))), refused);
    for scope in [Scope::Cohort, Scope::Involved, Scope::Lead, Scope::Own] {
        assert_eq!(of_clause(explained(with_scope(scope, clause("c", &[Plan])))), refused);
    }
    assert_eq!(of_clause(clause("c", &[Contact])), refused);
    assert_eq!(about_nobody(clause("c", &[Plan]), CategorySet::EMPTY), refused);
}

#[test]
fn what_an_agency_supplied_is_its_own_only_where_the_row_tells_so_for_good() {
    let ceiling = of(vec![with_scope(Scope::Own, clause("c", &[Plan]))]);
    let own = RowFacts::person(key(MOTHER)).from_agency(key(POLICE));
    let asked = |sourced, row: &RowFacts| {
        let needs = Needs {
            access: Access::Read,
            categories: CategorySet::of(&[Plan]),
            area: false,
            whereabouts: false,
            sourced,
            agency: false,
            of_members: false,
        };
        why(decide(&ceiling, needs, &family(), row))
    };
    assert_eq!(asked(true, &own), None);
    assert_eq!(asked(false, &own), Some(Reason::NotOwn), "a member is nobody's own");
    assert_eq!(asked(true, &RowFacts::person(key(MOTHER))), Some(Reason::NotOwn));
}

#[test]
fn what_only_members_of_today_have_is_withheld_of_anybody_else_and_told_last() {
    let ceiling = of(vec![explained(with_scope(Scope::Cohort, clause("c", &[Plan])))]);
    let asked = |facts: &FamilyFacts, row: RowFacts| {
        let needs = Needs {
            access: Access::Read,
            categories: CategorySet::of(&[Plan]),
            area: false,
            whereabouts: false,
            sourced: true,
            of_members: true,
            agency: false,
        };
        decide(&ceiling, needs, facts, &row).map_or_else(|withheld| Some(withheld.told), |_| None)
    };
    let mut facts = family();
    facts.on_cohort = true;
    let mut ended = belongs(false);
    ended.period.until = Some(today());
    let (child, ended) = (key(CHILD), RowFacts::membership(key(CHILD), ended));
    assert_eq!(asked(&facts, RowFacts::membership(child, belongs(false))), None);
    assert_eq!(asked(&facts, RowFacts::person(child)), None, "a number of theirs");
    assert_eq!(asked(&facts, RowFacts::family()), None, "what is the family's");
    let not_a_member = Some(Told::Exactly(Reason::NotAMember));
    assert_eq!(asked(&facts, ended), not_a_member, "who came back has left once");
    assert_eq!(
        asked(&facts, RowFacts::person(key(55))),
        not_a_member,
        "somebody unknown"
    );
    facts.people[3].in_family = false;
    assert_eq!(asked(&facts, RowFacts::person(child)), not_a_member);
    assert_eq!(asked(&facts, ended), not_a_member);
    // Whom the clause does not reach is told of the clause, and not of who has left.
    facts.on_cohort = false;
    assert_eq!(asked(&facts, ended), Some(Told::Exactly(Reason::NotOnCohort)));
}

#[test]
fn what_somebody_said_in_another_family_is_told_to_nobody() {
    let ceiling = of(vec![explained(with_consent(clause("c", &[Plan])))]);
    let mut facts = family();
    let elsewhere = |mut no: ConsentDecision| {
        no.family = key(8);
        no
    };
    facts.consents = vec![given(MOTHER, MOTHER, 9), elsewhere(refused(MOTHER, MOTHER, 1))];
    let row = RowFacts::person(key(MOTHER));
    assert_eq!(
        read(&ceiling, &[Plan], &facts, &row),
        withheld(Reason::ConsentNotGiven, Told::Withheld)
    );
    facts.consents.push(refused(MOTHER, MOTHER, 0));
    let exact = withheld(Reason::ConsentNotGiven, Told::Exactly(Reason::ConsentNotGiven));
    assert_eq!(
        read(&ceiling, &[Plan], &facts, &row),
        exact,
        "her no here is this family's own"
    );
}

/// A household that somebody has left is not told that they are at risk now, nor what was decided where they live.
#[test]
fn of_who_has_left_it_is_told_that_they_have_and_not_what_they_are_now() {
    let ceiling = of(vec![explained(clause("c", &[Contact]))]);
    let needs = Needs {
        access: Access::Read,
        categories: CategorySet::of(&[Contact]),
        area: false,
        whereabouts: false,
        sourced: true,
        of_members: true,
        agency: false,
    };
    let mut ended = belongs(false);
    ended.period.until = Some(today());
    let mut facts = family();
    facts.people[0].memberships = vec![ended];
    (facts.people[0].in_family, facts.people[0].belongs) = (false, false);
    let row = RowFacts::membership(key(MOTHER), ended);
    let not_a_member = withheld(Reason::NotAMember, Told::Exactly(Reason::NotAMember));
    assert_eq!(decide(&ceiling, needs, &facts, &row), not_a_member);
    facts.people[0].shielded = true;
    assert_eq!(
        decide(&ceiling, needs, &facts, &row),
        not_a_member,
        "she is at risk now"
    );
    (facts.people[0].shielded, facts.people[0].sheltered) = (false, true);
    assert_eq!(
        decide(&ceiling, needs, &facts, &row),
        not_a_member,
        "she lives with somebody who is"
    );
}
