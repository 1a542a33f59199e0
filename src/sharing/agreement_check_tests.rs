//! What is warned of and what is refused, each beside the nearest clause that is good.

use crate::sharing::agreement_file::{Known, read};

use super::*;

const HEAD: &str = r#"[agreement]
id = "TFF-2"
version = 1
title = "An agreement"
authority = "cambridgeshire"
effective_from = 2015-06-01
review_by = 2016-06-01
[[signatory]]
agency = "cambs-police"
signed_on = 2015-05-20
"#;

fn known() -> Known {
    let set = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    Known {
        agency_kinds: set(&["police", "health"]),
        roles: set(&["practitioner", "manager", "portal"]),
        purposes: set(&["safeguarding", "audit"]),
        lawful_bases: set(&["public_task"]),
        agencies: set(&["cambs-police"]),
    }
}

/// A clause of the police: its id is in line 12, or so many times 12 lines later.
fn clause(id: &str, categories: &str, scope: &str, more: &str) -> String {
    format!(
        "[[clause]]\nid = \"{id}\"\nagency_kinds = [\"police\"]\nroles = [\"practitioner\"]\ncategories = [{categories}]\npurposes = [\"safeguarding\"]\n\
         access = [\"read\"]\nscope = \"{scope}\"\nconsent = \"not_required\"\nlawful_basis = \"public_task\"\ncondition = \"a condition\"\n{more}\n"
    )
}

fn warned(clauses: &[String]) -> Vec<String> {
    warned_knowing(clauses, &BTreeMap::new())
}

fn warned_knowing(clauses: &[String], kinds: &BTreeMap<String, String>) -> Vec<String> {
    let file = read(&(HEAD.to_owned() + &clauses.concat()), &known()).expect("the file is good");
    file.warnings(kinds).iter().map(ToString::to_string).collect()
}

fn refused(clauses: &[String]) -> Option<String> {
    read(&(HEAD.to_owned() + &clauses.concat()), &known())
        .err()
        .map(|refused| refused.to_string())
}

#[track_caller]
fn only(warned: &[String], line: usize, says: &[&str]) {
    assert_eq!(warned.len(), 1, "{warned:#?}");
    assert!(warned[0].starts_with(&format!("line {line}: ")), "{warned:#?}");
    for word in says {
        assert!(warned[0].contains(word), "{word}: {warned:#?}");
    }
}

#[test]
fn what_can_hold_is_not_warned_of() {
    let good = [
        clause("names", "\"HOUSEHOLD\", \"IDENTITY\"", "involved", ""),
        clause("marker", "\"MARKER\"", "cohort", ""),
        clause(
            "own",
            "\"CRITERION_CRIME\", \"ASSESSMENT\", \"MARKER\", \"AUDIT\"",
            "own",
            "",
        ),
        clause(
            "lists",
            "\"PLAN\", \"OUTCOME\", \"CONSENT\", \"REFERENCE\"",
            "authority",
            "",
        ),
        clause(
            "home",
            "\"CONTACT\", \"STATUTORY_STATUS\", \"IDENTIFIER\", \"EQUALITY\"",
            "lead",
            "",
        ),
    ];
    assert_eq!(warned(&good), [""; 0]);
}

#[test]
fn a_portal_leads_no_family() {
    let leading = |roles: &str| clause("lead", "\"MARKER\"", "lead", "").replace("[\"practitioner\"]", roles);
    only(
        &warned(&[leading("[\"portal\"]")]),
        18,
        &["clause `lead`", "can never hold", "person"],
    );
    only(
        &warned(&[leading("[\"practitioner\", \"portal\"]")]),
        18,
        &["for the role `portal`"],
    );
    assert_eq!(warned(&[leading("[\"practitioner\"]")]), [""; 0]);
}

#[test]
fn a_category_to_which_no_row_leads_is_told_with_what_would_lead_there() {
    only(
        &warned(&[clause("names", "\"IDENTITY\"", "authority", "")]),
        15,
        &[
            "clause `names`",
            "police / practitioner / safeguarding to `IDENTITY`",
            "`HOUSEHOLD`",
        ],
    );
    // A clause for others does not help, nor one for another purpose.
    let others = clause("members", "\"HOUSEHOLD\"", "authority", "");
    for others in [
        others.replace("[\"practitioner\"]", "[\"manager\"]"),
        others.replace("[\"safeguarding\"]", "[\"audit\"]"),
        others.replace("[\"police\"]", "[\"health\"]"),
        others.replace("[\"read\"]", "[\"write\"]"),
    ] {
        let told = warned(&[clause("names", "\"IDENTITY\"", "authority", ""), others]);
        assert!(told.iter().any(|told| told.contains("clause `names`")), "{told:#?}");
    }
    let both = clause("names", "\"EQUALITY\"", "authority", "").replace("[\"police\"]", "[\"police\", \"health\"]");
    only(
        &warned(&[both, clause("members", "\"HOUSEHOLD\"", "authority", "")]),
        15,
        &["health / practitioner / safeguarding"],
    );
}

#[test]
fn scope_own_reaches_nobody_and_nothing_of_theirs() {
    let own = |categories: &str| warned(&[clause("own", categories, "own", "")]);
    // The note of a contact could be of any of these, so that much is said of what is missing.
    only(
        &own("\"HOUSEHOLD\""),
        15,
        &["scope `own`", "`HOUSEHOLD`", "`INVOLVEMENT`"],
    );
    only(
        &own("\"IDENTIFIER\", \"CONTACT\""),
        15,
        &["scope `own`", "`INVOLVEMENT`"],
    );
    assert_eq!(own("\"INVOLVEMENT\", \"CONTACT\""), [""; 0]);
    only(&own("\"MARKER\""), 15, &["scope `own`", "`MARKER`"]);
    only(
        &warned(&[
            clause("own", "\"ASSESSMENT\"", "own", ""),
            clause("plans", "\"PLAN\"", "authority", ""),
        ]),
        15,
        &["`ASSESSMENT`", "`MARKER`"],
    );
}

#[test]
fn what_there_is_nothing_of_yet_is_told_once() {
    let told = warned(&[
        clause("one", "\"STATISTICS\", \"MARKER\"", "authority", ""),
        clause("two", "\"STATISTICS\"", "authority", ""),
    ]);
    only(&told, 15, &["`STATISTICS`", "read", "one, two"]);
    let written = clause("w", "\"OUTCOME\", \"CONSENT\"", "authority", "").replace("[\"read\"]", "[\"write\"]");
    only(&warned(&[written]), 17, &["`OUTCOME`", "written", "this clause"]);
}

#[test]
fn kinds_of_which_nobody_signed_are_told_where_kinds_are_known() {
    let clauses = [clause("marker", "\"MARKER\"", "cohort", "").replace("[\"police\"]", "[\"police\", \"health\"]")];
    let kinds = BTreeMap::from([("cambs-police".to_owned(), "police".to_owned())]);
    only(&warned_knowing(&clauses, &kinds), 13, &["kind `health`", "marker"]);
    assert_eq!(warned(&clauses), [""; 0]);
}

#[test]
fn an_emergency_clause_gives_the_ids_on_its_way_or_is_refused() {
    let emergency = |categories: &str| clause("e", categories, "involved", "emergency = true");
    let told = refused(&[emergency("\"PLAN\"")]).expect("a plan is of a family");
    assert!(told.starts_with("line 15: ") && told.contains("`MARKER`"), "{told}");
    let told = refused(&[emergency("\"MARKER\", \"IDENTITY\"")]).expect("a name is of a member");
    assert!(told.contains("`HOUSEHOLD`") && !told.contains("`MARKER`"), "{told}");
    assert_eq!(refused(&[emergency("\"MARKER\", \"PLAN\"")]), None);
    assert_eq!(refused(&[emergency("\"MARKER\", \"HOUSEHOLD\", \"IDENTITY\"")]), None);
    // Another clause with emergency for the same people will do; one without it shows nothing in an emergency.
    let health = emergency("\"CRITERION_HEALTH\", \"EQUALITY\"").replace("\"e\"", "\"health\"");
    let rest = emergency("\"MARKER\", \"HOUSEHOLD\"");
    assert_eq!(refused(&[health.clone(), rest.clone()]), None);
    for without in [
        rest.replace("emergency = true", ""),
        rest.replace("[\"practitioner\"]", "[\"manager\"]"),
        rest.replace("[\"safeguarding\"]", "[\"audit\"]"),
        rest.replace("[\"read\"]", "[\"write\"]"),
    ] {
        assert!(refused(&[health.clone(), without.clone()]).is_some(), "{without}");
    }
    // Where a clause opens nothing about a person, it still needs the family.
    assert!(refused(&[clause("e", "\"REFERENCE\"", "authority", "emergency = true")]).is_some());
}
