//! Tests of `roles`.

use std::collections::BTreeSet;

use apollo_compiler::ExecutableDocument;
use chrono::NaiveDate;

use super::*;
use crate::{
    catalogue,
    clock::{Clock, Ids},
    demo,
    graphql::sdl,
    sharing::agreement_file,
};

#[test]
fn every_caller_gets_a_token_and_examples() {
    let folder = tempfile::tempdir().unwrap();
    let noon = "2026-03-02T12:00:00Z".parse().unwrap();
    let issuer = DevIssuer::open(folder.path(), "test", Clock::fixed(noon), Ids::seeded(1)).unwrap();
    let roles = for_page(&issuer);
    assert_eq!(roles.len(), CALLERS.len());
    let labels: BTreeSet<_> = roles.iter().map(|role| &role.label).collect();
    assert_eq!(labels.len(), CALLERS.len(), "no two look alike in the list");
    for role in &roles {
        assert!((2..=3).contains(&role.examples.len()), "{}", role.label);
        assert!(role.purposes.contains(&role.purpose), "{}", role.label);
    }
}

#[test]
fn every_caller_is_of_an_agency_and_wants_what_the_catalogue_knows() {
    let data = demo::worked(NaiveDate::from_ymd_opt(2026, 3, 2).unwrap());
    for caller in &CALLERS {
        for agency in [Some(caller.agency), caller.portal].into_iter().flatten() {
            assert!(data.agencies.iter().any(|row| row.code == agency), "{agency}");
        }
        assert!(catalogue::is_role(caller.role), "{}", caller.role);
        for purpose in caller.purposes {
            assert!(catalogue::is_purpose(purpose), "{purpose}");
        }
    }
    assert!(
        CALLERS.iter().any(|caller| data
            .lead_professionals
            .iter()
            .any(|lead| lead.subject == caller.subject)),
        "the Lead Professional is the one of a worked family"
    );
}

#[test]
fn the_agreement_has_clauses_for_each_but_the_one_that_did_not_sign() {
    let data = demo::worked(NaiveDate::from_ymd_opt(2026, 3, 2).unwrap());
    let agencies = data.agencies.iter().map(|row| row.code.clone()).collect();
    let (_, agreement) = agreement_file::parse(demo::CAMBRIDGESHIRE_AGREEMENT, &catalogue::known(agencies)).unwrap();
    for caller in &CALLERS {
        let signed = agreement
            .signatories
            .iter()
            .any(|signatory| signatory.agency == caller.agency);
        assert_eq!(signed, caller.agency != "ely-academy", "{}", caller.label);
        let kind = &data.agencies.iter().find(|row| row.code == caller.agency).unwrap().kind;
        for purpose in caller.purposes {
            assert!(
                agreement.clauses.iter().any(|clause| clause.agency_kinds.contains(kind)
                    && clause.roles.iter().any(|role| role == caller.role)
                    && clause.purposes.iter().any(|named| named == purpose)),
                "{}: {purpose}",
                caller.label
            );
        }
    }
}

#[test]
fn every_example_is_a_query_of_the_schema() {
    let schema = apollo_compiler::Schema::parse_and_validate(sdl::whole(), "schema.graphql").unwrap();
    for caller in &CALLERS {
        for (label, query) in caller.examples {
            let document = ExecutableDocument::parse_and_validate(&schema, *query, "example.graphql");
            let problems = document.err().map(|wrong| wrong.errors.to_string());
            assert_eq!(problems, None, "{}, {label}", caller.label);
        }
    }
}
