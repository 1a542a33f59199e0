use super::*;
use crate::sharing::{
    category::Category::{Contact, Identity, Plan, Reference},
    fixtures::*,
    register::field,
};

fn readable(ceiling: &Ceiling) -> Vec<Category> {
    ceiling.categories(Access::Read).iter().collect()
}

#[test]
fn with_no_clause_there_is_nothing() {
    let ceiling = ceiling(Vec::new());
    assert_eq!(readable(&ceiling), []);
    let covered = register::fields().filter(|field| ceiling.covers(field.id));
    assert!(
        covered.into_iter().all(|field| field.held),
        "what says nothing by itself"
    );
    assert!(!ceiling.may_open_emergency());
}

#[test]
fn a_clause_counts_only_where_it_names_kind_role_and_purpose() {
    assert_eq!(readable(&ceiling(vec![clause("c", &[Plan])])), [Plan]);
    let others = [
        Clause {
            agency_kinds: vec!["school".into()],
            ..clause("c", &[Plan])
        },
        Clause {
            roles: vec!["marker_lookup".into()],
            ..clause("c", &[Plan])
        },
        Clause {
            purposes: vec!["audit".into()],
            ..clause("c", &[Plan])
        },
        Clause {
            purposes: Vec::new(),
            ..clause("c", &[Plan])
        },
    ];
    for other in others {
        assert_eq!(readable(&ceiling(vec![other.clone()])), [], "{other:?}");
    }
}

#[test]
fn another_purpose_of_the_token_is_not_the_purpose_of_the_request() {
    let audit = Clause {
        purposes: vec!["audit".into()],
        ..clause("c", &[Plan])
    };
    let caller = Caller {
        purpose: "audit".into(),
        ..caller()
    };
    assert_eq!(readable(&ceiling(vec![audit.clone()])), []);
    let asked = Ceiling::of(&policy(vec![audit]), Arc::new(caller), today());
    assert_eq!(readable(&asked), [Plan]);
}

#[test]
fn reading_and_writing_are_apart() {
    let write = Clause {
        access: vec![Access::Write],
        ..clause("w", &[Plan])
    };
    let ceiling = ceiling(vec![write, clause("r", &[Identity])]);
    assert_eq!(readable(&ceiling), [Identity]);
    assert_eq!(ceiling.categories(Access::Write), CategorySet::of(&[Plan]));
}

#[test]
fn through_a_portal_it_is_what_both_may_see() {
    let clauses = || {
        vec![
            clause("user", &[Plan, Identity]),
            portal_clause("portal", &[Plan, Contact]),
        ]
    };
    assert_eq!(readable(&portal_ceiling(clauses())), [Plan]);
    assert_eq!(readable(&ceiling(clauses())), [Identity, Plan]);
    assert_eq!(readable(&portal_ceiling(vec![clause("user", &[Plan])])), []);
    assert_eq!(readable(&portal_ceiling(vec![portal_clause("portal", &[Plan])])), []);
}

#[test]
fn clauses_are_numbered_through_the_parties() {
    let ceiling = portal_ceiling(vec![
        clause("a", &[Plan]),
        portal_clause("b", &[Plan]),
        clause("c", &[Plan]),
    ]);
    let name = |number| ceiling.clause(number).map(|clause| clause.id.as_str());
    assert_eq!(
        [name(0), name(1), name(2), name(3)],
        [Some("a"), Some("c"), Some("b"), None]
    );
    assert_eq!(ceiling.clause_number(1, 0), 2);
}

fn unsigned(clauses: Vec<Clause>) -> Ceiling {
    let mut policy = policy(clauses);
    policy.agreements[0].signatories.clear();
    Ceiling::of(&policy, Arc::new(caller()), today())
}

#[test]
fn an_agreement_that_the_agency_has_not_signed_gives_nothing_and_is_told_only_where_it_explains_reading() {
    let ceiling = unsigned(vec![clause("quiet", &[Plan]), explained(clause("loud", &[Identity]))]);
    assert_eq!(readable(&ceiling), []);
    assert_eq!(ceiling.parties()[0].unsigned, CategorySet::of(&[Identity]));

    let write = Clause {
        access: vec![Access::Write],
        ..explained(clause("w", &[Plan]))
    };
    assert_eq!(unsigned(vec![write]).parties()[0].unsigned, CategorySet::EMPTY);
}

#[test]
fn an_unsigned_clause_for_others_is_not_told() {
    let other = Clause {
        agency_kinds: vec!["school".into()],
        ..explained(clause("c", &[Plan]))
    };
    assert_eq!(unsigned(vec![other]).parties()[0].unsigned, CategorySet::EMPTY);
    assert_eq!(
        ceiling(vec![explained(clause("c", &[Plan]))]).parties()[0].unsigned,
        CategorySet::EMPTY
    );
}

#[test]
fn fields_need_all_their_categories() {
    let ceiling = ceiling(vec![clause("c", &[Plan, Reference])]);
    assert!(ceiling.covers(field::PLAN_ID));
    assert!(!ceiling.covers(field::MEMBER_GIVEN_NAME));
    assert!(
        !ceiling.covers(field::QUERY_FAMILY),
        "rows of a kind beyond the ceiling"
    );
}

#[test]
fn a_field_by_criterion_needs_one_criterion() {
    assert!(!ceiling(vec![clause("c", &[Plan])]).covers(field::CRITERIA_MATCH_ID));
    assert!(ceiling(vec![clause("c", &[Category::CriterionHealth])]).covers(field::CRITERIA_MATCH_ID));
}

#[test]
fn emergency_access_may_be_opened_where_every_party_has_a_clause_for_it() {
    assert!(!ceiling(vec![clause("c", &[Plan])]).may_open_emergency());
    let user = || in_emergency(clause("c", &[Plan]));
    assert!(ceiling(vec![user()]).may_open_emergency());
    assert!(!portal_ceiling(vec![user(), portal_clause("p", &[Plan])]).may_open_emergency());
    let portal = in_emergency(portal_clause("p", &[Plan]));
    assert!(portal_ceiling(vec![user(), portal]).may_open_emergency());
}

#[test]
fn only_who_may_open_emergency_access_can_see_that_there_is_such_a_thing() {
    let opening = field::MUTATION_OPEN_EMERGENCY_ACCESS;
    let reference = || clause("r", &[Reference]);
    assert!(!ceiling(vec![reference(), clause("c", &[Plan])]).covers(opening));
    let with = ceiling(vec![reference(), in_emergency(clause("c", &[Plan]))]);
    assert!(with.covers(opening));
    assert_eq!(with.emergency_clauses(), [1]);
}

#[test]
fn opening_needs_a_clause_for_it_and_no_category() {
    let opening = [
        field::MUTATION_OPEN_EMERGENCY_ACCESS,
        field::OPEN_EMERGENCY_ACCESS_INPUT_REFERENCE,
        field::OPEN_EMERGENCY_ACCESS_PAYLOAD_ERRORS,
        field::OPEN_EMERGENCY_ACCESS_PAYLOAD_OPENED_AT,
    ];
    let alone = ceiling(vec![in_emergency(clause("c", &[Plan]))]);
    assert!(
        opening.iter().all(|field| alone.covers(*field)),
        "not even the catalogues"
    );
    assert!(
        !alone.covers(field::OPEN_EMERGENCY_ACCESS_PAYLOAD_FAMILY),
        "rows are decided for themselves"
    );
    let without = ceiling(vec![clause("c", &[Plan, Reference])]);
    assert!(opening.iter().all(|field| !without.covers(*field)));
}

#[test]
fn what_says_nothing_by_itself_goes_with_what_holds_it() {
    let held = [field::PAGE_INFO_END_CURSOR, field::USER_ERROR_MESSAGE];
    let ceiling = ceiling(vec![clause("c", &[Plan])]);
    assert!(held.iter().all(|field| ceiling.covers(*field)));
    assert!(ceiling.covers(field::PLAN_CONNECTION_PAGE_INFO));
    assert!(!ceiling.covers(field::FAMILY_CONNECTION_PAGE_INFO));
    assert!(!ceiling.covers(field::RECORD_CONSENT_PAYLOAD_ERRORS));
}

#[test]
fn an_agency_is_beyond_the_ceiling_without_the_catalogues() {
    let [without, with] = [vec![Category::Involvement], vec![Category::Involvement, Reference]]
        .map(|categories| ceiling(vec![clause("c", &categories)]));
    assert!(without.covers(field::INVOLVEMENT_SERVICE_TEAM) && !without.covers(field::INVOLVEMENT_AGENCY));
    assert!(with.covers(field::INVOLVEMENT_AGENCY));
}
