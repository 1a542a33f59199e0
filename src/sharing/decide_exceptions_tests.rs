//! Shielding and emergency access.

use super::*;
use crate::sharing::{
    agreement::Clause,
    caller::{Caller, Party},
    category::Category::{Contact, Household, Marker, Plan},
    facts::{Bar, PersonFacts},
    fixtures::{ceiling as of, *},
};

fn why(decision: Decision) -> Option<Reason> {
    decision.err().map(|withheld| withheld.reason)
}

fn family_row(clauses: Vec<Clause>, facts: &FamilyFacts) -> Option<Reason> {
    why(read(&of(clauses), &[Plan], facts, &RowFacts::family()))
}

fn shielding(number: u128) -> FamilyFacts {
    let mut facts = family();
    let shield = |person: &mut PersonFacts| person.shielded |= person.person == key(number);
    facts.people.iter_mut().for_each(shield);
    facts
}

#[test]
fn shielding_covers_the_contact_details_of_everybody_of_the_family() {
    let ceiling = of(vec![clause("c", &[Contact, Plan])]);
    let facts = shielding(MOTHER);
    let of_person = |number, category| why(read(&ceiling, &[category], &facts, &RowFacts::person(key(number))));
    for number in [MOTHER, FATHER, CHILD] {
        assert_eq!(of_person(number, Contact), Some(Reason::Shielded));
        assert_eq!(of_person(number, Plan), None);
    }
    assert_eq!(
        of_person(999, Contact),
        Some(Reason::Shielded),
        "of whom nothing is known"
    );
}

#[test]
fn of_people_who_were_not_read_anybody_might_be_shielded() {
    let ceiling = of(vec![clause("c", &[Contact, Household, Plan])]);
    let facts = FamilyFacts {
        people: Vec::new(),
        people_read: false,
        ..family()
    };
    let told = |category, area| {
        let needs = Needs {
            access: Access::Read,
            categories: CategorySet::of(&[category]),
            area,
            whereabouts: false,
            sourced: true,
            agency: false,
            of_members: false,
        };
        why(decide(&ceiling, needs, &facts, &RowFacts::family()))
    };
    assert_eq!(told(Contact, false), Some(Reason::Shielded), "the address");
    assert_eq!(told(Household, true), Some(Reason::Shielded), "the area");
    assert_eq!(told(Plan, false), None, "what shielding does not cover");
}

#[test]
fn shielding_covers_address_and_area_of_the_family_the_shielded_member_lives_with() {
    let ceiling = of(vec![clause("c", &[Contact, Household])]);
    let needs = |category, area| Needs {
        access: Access::Read,
        categories: CategorySet::of(&[category]),
        area,
        whereabouts: false,
        sourced: true,
        agency: false,
        of_members: false,
    };
    let mut facts = shielding(CHILD);
    let of_row =
        |facts: &FamilyFacts, category, area| why(decide(&ceiling, needs(category, area), facts, &RowFacts::family()));
    assert_eq!(of_row(&facts, Contact, false), Some(Reason::Shielded), "the address");
    assert_eq!(of_row(&facts, Household, true), Some(Reason::Shielded), "the area");
    assert_eq!(of_row(&facts, Household, false), None, "what tells no place");
    let row = RowFacts::person(key(FATHER));
    assert_eq!(
        why(decide(&ceiling, needs(Household, true), &facts, &row)),
        Some(Reason::Shielded)
    );

    facts
        .people
        .iter_mut()
        .for_each(|person| person.in_family &= !person.shielded);
    assert_eq!(
        of_row(&facts, Contact, false),
        Some(Reason::Shielded),
        "who is yet to come, from when it is recorded"
    );
    facts
        .people
        .iter_mut()
        .for_each(|person| person.belongs &= !person.shielded);
    assert_eq!(of_row(&facts, Contact, false), None, "whose membership has ended");
    assert_eq!(of_row(&facts, Household, true), None);
    let row = RowFacts::person(key(CHILD));
    for area in [false, true] {
        assert_eq!(
            why(decide(&ceiling, needs(Contact, area), &facts, &row)),
            Some(Reason::Shielded)
        );
    }
}

#[test]
fn who_lives_with_somebody_shielded_is_covered_in_every_household_of_theirs_and_nothing_is_told_of_that() {
    let mut facts = family();
    let shelter = |person: &mut PersonFacts| person.sheltered = person.person == key(CHILD);
    facts.people.iter_mut().for_each(shelter);
    let explaining = Clause {
        explain: true,
        ..clause("c", &[Contact, Household])
    };
    let ceiling = of(vec![explaining]);
    let told = |needs: Needs, row: RowFacts| decide(&ceiling, needs, &facts, &row).err();
    let contact = needs_of(CategorySet::of(&[Contact]));
    let withheld = told(contact, RowFacts::person(key(CHILD))).expect("it is withheld");
    assert_eq!((withheld.reason, withheld.told), (Reason::Shielded, Told::Withheld));
    assert_eq!(
        told(contact, RowFacts::person(key(MOTHER))),
        None,
        "who does not live there"
    );
    assert_eq!(told(contact, RowFacts::family()), None, "the address of this household");
    let household = needs_of(CategorySet::of(&[Household]));
    let school = Needs {
        whereabouts: true,
        ..household
    };
    assert!(told(school, RowFacts::person(key(CHILD))).is_some());
    assert!(told(household, RowFacts::number(key(CHILD), true)).is_some());
    assert_eq!(told(household, RowFacts::number(key(CHILD), false)), None);
    assert_eq!(told(household, RowFacts::person(key(CHILD))), None);
}

#[test]
fn a_clause_that_says_so_reaches_the_shielded() {
    let reaching = Clause {
        shielded: true,
        ..clause("c", &[Contact])
    };
    let facts = shielding(MOTHER);
    let ceiling = of(vec![reaching]);
    assert!(read(&ceiling, &[Contact], &facts, &RowFacts::person(key(MOTHER))).is_ok());
    assert!(read(&ceiling, &[Contact], &facts, &RowFacts::family()).is_ok());
}

#[test]
fn whom_to_ring_is_told_in_an_emergency_alone_and_where_reasons_are_told() {
    let told = |clause: Clause, emergencies| {
        let facts = FamilyFacts {
            emergencies,
            ..shielding(MOTHER)
        };
        let refused = read(&of(vec![clause]), &[Contact], &facts, &RowFacts::person(key(MOTHER)));
        refused.unwrap_err().told
    };
    let silent = || in_emergency(clause("c", &[Contact]));
    let explaining = || Clause {
        explain: true,
        ..silent()
    };
    let over = EmergencyFact {
        expires_at: noon(today()),
        ..opened_emergency()
    };
    assert_eq!(told(explaining(), vec![]), Told::Exactly(Reason::Shielded));
    assert_eq!(told(explaining(), vec![over]), Told::Exactly(Reason::Shielded));
    assert_eq!(told(explaining(), vec![opened_emergency()]), Told::Ring);
    assert_eq!(told(silent(), vec![opened_emergency()]), Told::Withheld);
    let without = Clause {
        emergency: false,
        ..explaining()
    };
    assert_eq!(told(without, vec![opened_emergency()]), Told::Exactly(Reason::Shielded));
}

fn emergencies(opened: EmergencyFact) -> FamilyFacts {
    FamilyFacts {
        emergencies: vec![opened],
        ..family()
    }
}

#[test]
fn emergency_access_stands_in_for_involvement_and_consent_only() {
    let emergencies = emergencies(opened_emergency());
    let row = RowFacts::family();
    for clause in [
        with_scope(Scope::Involved, clause("c", &[Plan])),
        with_consent(clause("c", &[Plan])),
        with_consent(with_scope(Scope::Involved, clause("c", &[Plan]))),
    ] {
        let ceiling = of(vec![in_emergency(clause.clone())]);
        let permits = read(&ceiling, &[Plan], &emergencies, &row).unwrap();
        assert_eq!(permits.emergency, Some(key(77)));
        assert!(read(&ceiling, &[Plan], &family(), &row).is_err(), "none was opened");
        assert!(
            read(&of(vec![clause]), &[Plan], &emergencies, &row).is_err(),
            "the clause has none"
        );
    }
    for scope in [Scope::Cohort, Scope::Lead, Scope::Own] {
        let ceiling = of(vec![in_emergency(with_scope(scope, clause("c", &[Plan])))]);
        assert!(read(&ceiling, &[Plan], &emergencies, &row).is_err(), "{scope:?}");
    }
    let mut shielded = emergencies;
    shielded.people[0].shielded = true;
    let ceiling = of(vec![in_emergency(clause("c", &[Contact]))]);
    assert_eq!(why(read(&ceiling, &[Contact], &shielded, &row)), Some(Reason::Shielded));
}

#[test]
fn emergency_access_is_one_persons_and_for_a_time() {
    let clauses = || vec![in_emergency(with_scope(Scope::Involved, clause("c", &[Plan])))];
    let now = noon(today());
    let second = chrono::TimeDelta::seconds(1);
    let with = |change: &dyn Fn(&mut EmergencyFact)| {
        let mut opened = opened_emergency();
        change(&mut opened);
        family_row(clauses(), &emergencies(opened))
    };
    assert_eq!(with(&|_| {}), None);
    assert_eq!(with(&|opened| opened.expires_at = now + second), None);
    assert_eq!(with(&|opened| opened.opened_at = now), None);
    let not_involved = Some(Reason::NotInvolved);
    assert_eq!(with(&|opened| opened.expires_at = now), not_involved);
    assert_eq!(with(&|opened| opened.opened_at = now + second), not_involved);
    assert_eq!(with(&|opened| opened.subject = "officer-2".into()), not_involved);
    assert_eq!(with(&|opened| opened.agency = key(SCHOOL)), not_involved);
}

#[test]
fn an_emergency_is_not_named_where_it_was_not_needed() {
    let ceiling = of(vec![
        in_emergency(with_consent(clause("emergency", &[Plan]))),
        clause("anyway", &[Plan]),
    ]);
    let permits = read(&ceiling, &[Plan], &emergencies(opened_emergency()), &RowFacts::family()).unwrap();
    assert_eq!((permits.clauses, permits.emergency), (vec![1], None));
}

#[test]
fn through_a_portal_the_users_emergency_does_not_stand_in_for_the_portals_involvement() {
    let ceiling = portal_ceiling(vec![
        in_emergency(with_scope(Scope::Involved, clause("user", &[Plan]))),
        in_emergency(with_scope(Scope::Involved, portal_clause("portal", &[Plan]))),
    ]);
    let mut facts = emergencies(opened_emergency());
    let row = RowFacts::family();
    assert_eq!(why(read(&ceiling, &[Plan], &facts, &row)), Some(Reason::NotInvolved));
    facts.involved.push(key(SCHOOL));
    assert_eq!(read(&ceiling, &[Plan], &facts, &row).unwrap().emergency, Some(key(77)));
}

#[test]
fn a_portal_of_the_users_own_agency_and_name_still_needs_its_own_clause() {
    let portal = Party {
        agency: key(POLICE),
        subject: "officer-1".into(),
        ..portal()
    };
    let caller = Caller {
        portal: Some(portal),
        ..caller()
    };
    let clauses = vec![
        in_emergency(with_consent(clause("user", &[Plan]))),
        in_emergency(with_consent(portal_clause("portal", &[Plan]))),
    ];
    let ceiling = Ceiling::of(&policy(clauses), std::sync::Arc::new(caller), today());
    assert_eq!(
        why(read(
            &ceiling,
            &[Plan],
            &emergencies(opened_emergency()),
            &RowFacts::family()
        )),
        Some(Reason::ConsentNotGiven)
    );
}

#[test]
fn what_is_barred_to_somebody_is_withheld_before_any_clause_and_never_explained() {
    let bar = |subject: &str, agency: Option<u128>| Bar {
        agency: agency.map(key),
        subject: subject.into(),
        period: belongs(false).period,
    };
    let ceiling = of(vec![in_emergency(explained(clause("c", &[Plan, Marker])))]);
    let asked = |bars: Vec<Bar>| {
        let facts = FamilyFacts {
            bars,
            emergencies: vec![opened_emergency()],
            ..family()
        };
        let found = decide_found(&ceiling, &facts, key(MOTHER))
            .err()
            .map(|withheld| withheld.reason);
        assert_eq!(
            found == Some(Reason::Barred),
            facts.bars(&caller()),
            "nobody is found there"
        );
        read(&ceiling, &[Plan], &facts, &RowFacts::family()).err()
    };
    let barred = Some(Withheld {
        reason: Reason::Barred,
        told: Told::Withheld,
    });
    assert_eq!(asked(vec![bar("officer-1", None)]), barred);
    assert_eq!(
        asked(vec![bar("officer-2", None), bar("officer-1", Some(POLICE))]),
        barred
    );
    assert_eq!(
        asked(vec![bar("officer-2", None), bar("officer-1", Some(99))]),
        None,
        "somebody else"
    );
    let mut over = bar("officer-1", None);
    over.period.until = Some(today());
    assert_eq!(asked(vec![over]), None, "it ended today");
}
