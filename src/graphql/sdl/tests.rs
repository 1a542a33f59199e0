//! Tests of `sdl`.

use apollo_compiler::Schema;

use super::{published, whole};
use crate::{
    graphql::{library::library_sdl, matrix},
    sharing::{agreement_file, register::FieldSet},
};

/// Every ceiling that the demonstration agreement gives anyone leaves a schema that is one.
#[test]
fn every_ceiling_leaves_a_valid_schema() {
    Schema::parse_and_validate(whole(), "schema.graphql").unwrap_or_else(|error| panic!("{error}"));
    let text = include_str!("../../../agreements/demonstration.toml");
    let named = text.lines().filter_map(|line| line.strip_prefix("agency = \""));
    let agencies = named.map(|rest| rest.trim_end_matches('"').to_owned()).collect();
    let known = crate::catalogue::known(agencies);
    let (_, agreement) = agreement_file::parse(text, &known).expect("the demonstration agreement is sound");
    let today = agreement.effective_from;
    let policy = crate::sharing::agreement::Policy {
        agreements: vec![agreement],
    };
    let ceilings = matrix::ceilings(&policy, today);
    assert!(ceilings.len() > 20);
    for (who, ceiling) in ceilings {
        let sdl = published(&library_sdl(), Some(ceiling.fields())).unwrap_or_else(|_| panic!("{who:?} sees nothing"));
        Schema::parse_and_validate(sdl, "schema.graphql").unwrap_or_else(|error| panic!("{who:?}: {error}"));
    }
    let nothing = published(&library_sdl(), Some(&FieldSet::new()));
    assert!(nothing.is_err(), "a ceiling of nothing leaves no schema");
}
