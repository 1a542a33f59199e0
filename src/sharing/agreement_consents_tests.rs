//! Each warning beside the nearest agreement that is good.

use std::collections::BTreeMap;

use crate::sharing::agreement_file::{Known, read};

/// A clause of the police: its id is in line 12, what it says of consent in line 19, or so many times 11 lines later.
fn clause(id: &str, categories: &str, access: &str, consent: &str) -> String {
    format!(
        "[[clause]]\nid = \"{id}\"\nagency_kinds = [\"police\"]\nroles = [\"practitioner\"]\ncategories = [{categories}]\npurposes = [\"safeguarding\"]\n\
         access = [\"{access}\"]\nscope = \"authority\"\nconsent = \"{consent}\"\nlawful_basis = \"public_task\"\n\n"
    )
}

fn warned(clauses: &[String]) -> Vec<String> {
    let head = "[agreement]\nid = \"TFF-2\"\nversion = 1\ntitle = \"An agreement\"\nauthority = \"cambridgeshire\"\n\
                effective_from = 2015-06-01\nreview_by = 2016-06-01\n[[signatory]]\nagency = \"cambs-police\"\nsigned_on = 2015-05-20\n";
    let set = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    let known = Known {
        agency_kinds: set(&["police"]),
        roles: set(&["practitioner"]),
        purposes: set(&["safeguarding"]),
        lawful_bases: set(&["public_task"]),
        agencies: set(&["cambs-police"]),
    };
    let file = read(&(head.to_owned() + &clauses.concat()), &known).expect("the file is good");
    file.warnings(&BTreeMap::new())
        .iter()
        .map(ToString::to_string)
        .collect()
}

fn recorder() -> String {
    clause("recorder", "\"MARKER\", \"CONSENT\"", "write", "not_required")
}

#[test]
fn what_is_asked_for_and_also_given_without_asking_is_told() {
    let asked = clause("asks", "\"MARKER\", \"HOUSEHOLD\"", "read", "required");
    let told = warned(&[
        asked.clone(),
        clause("gives", "\"MARKER\"", "read", "not_required"),
        recorder(),
    ]);
    let of_consent: Vec<&String> = told.iter().filter(|told| told.contains("without asking")).collect();
    assert_eq!(
        of_consent,
        [
            "line 19: clause `asks` asks for consent to `MARKER`, which police / practitioner / safeguarding also gets without asking by \
          gives: a no does not bind that"
        ]
    );
    let both_ask = warned(&[asked, clause("gives", "\"MARKER\"", "read", "required"), recorder()]);
    assert!(
        !both_ask.iter().any(|told| told.contains("without asking")),
        "{both_ask:?}"
    );
}

#[test]
fn consent_that_nobody_could_record_is_told() {
    let asked = clause("asks", "\"MARKER\"", "read", "required");
    let nobody = |told: &[String]| told.iter().any(|told| told.contains("nobody could record"));
    assert!(nobody(&warned(std::slice::from_ref(&asked))));
    assert!(!nobody(&warned(&[asked, recorder()])));
    assert!(!nobody(&warned(&[clause(
        "free",
        "\"MARKER\"",
        "read",
        "not_required"
    )])));
}
