//! One test per refusal, each beside the nearest file that is good.

use super::*;

const GOOD: &str = r#"[agreement]
id = "TFF-2"
version = 2
title = "An agreement"
authority = "cambridgeshire"
effective_from = 2015-06-01
effective_to = 2016-12-31
review_by = 2016-06-01

[[signatory]]
agency = "cambs-police"
signed_on = 2015-05-20
withdrawn_on = 2016-01-01

[[signatory]]
agency = "cambs-health"
signed_on = 2015-05-21

[[clause]]
id = "police-marker"
agency_kinds = ["police"]
roles = ["marker_lookup", "practitioner"]
categories = ["MARKER"]
purposes = ["safeguarding"]
access = ["read"]
scope = "cohort"
consent = "required"
lawful_basis = "public_task"

[[clause]]
id = "police-crime"
agency_kinds = ["police"]
roles = ["practitioner"]
categories = ["MARKER", "HOUSEHOLD", "IDENTITY", "CRITERION_CRIME"]
purposes = ["safeguarding"]
access = ["read", "write"]
scope = "involved"
consent = "required"
lawful_basis = "public_task"
condition = "law_enforcement"
explain = true
emergency = true

[[clause]]
id = "reference"
agency_kinds = ["police"]
roles = ["practitioner"]
categories = ["REFERENCE"]
purposes = ["safeguarding"]
access = ["read"]
scope = "authority"
consent = "not_required"
lawful_basis = "public_task"
"#;

fn known() -> Known {
    let set = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    Known {
        agency_kinds: set(&["police", "health"]),
        roles: set(&["marker_lookup", "practitioner"]),
        purposes: set(&["safeguarding", "audit"]),
        lawful_bases: set(&["public_task", "consent"]),
        agencies: set(&["cambs-police", "cambs-health"]),
    }
}

/// The good file with one passage replaced.
fn with(old: &str, new: &str) -> String {
    assert!(GOOD.contains(old), "{old}");
    GOOD.replacen(old, new, 1)
}

/// The only problem of the good file with one passage replaced.
#[track_caller]
fn only_problem(old: &str, new: &str) -> String {
    let refused = parse(&with(old, new), &known()).expect_err("the file is refused");
    assert_eq!((refused.problems.len(), refused.more), (1, 0), "{refused}");
    refused.to_string()
}

#[track_caller]
fn refused(old: &str, new: &str, line: usize, says: &str) {
    let told = only_problem(old, new);
    assert!(told.starts_with(&format!("line {line}: ")), "{told}");
    assert!(told.contains(says), "{told}");
}

#[test]
fn a_good_file_says_what_it_says() {
    let (authority, agreement) = parse(GOOD, &known()).expect("the file is good");
    assert_eq!(authority, "cambridgeshire");
    assert_eq!((agreement.code.as_str(), agreement.version), ("TFF-2", 2));
    assert_eq!(
        agreement.effective_to.map(|day| day.to_string()).as_deref(),
        Some("2016-12-31")
    );
    assert_eq!(agreement.signatories.len(), 2);
    assert_eq!(agreement.clauses.len(), 3);
    let crime = &agreement.clauses[1];
    assert_eq!(crime.access, [Access::Read, Access::Write]);
    assert_eq!((crime.scope, crime.consent), (Scope::Involved, ConsentRule::Required));
    assert!(crime.explain && crime.emergency && !crime.shielded);
    assert_eq!(crime.condition.as_deref(), Some("law_enforcement"));
    assert_eq!(authority_of(GOOD).as_deref(), Ok("cambridgeshire"));
}

#[test]
fn a_clause_survives_its_stored_form() {
    let (_, agreement) = parse(GOOD, &known()).expect("the file is good");
    for clause in agreement.clauses {
        let stored = serde_json::to_string(&clause).expect("a clause is JSON");
        assert_eq!(serde_json::from_str::<Clause>(&stored).expect("and back"), clause);
    }
}

#[test]
fn unknown_words_are_refused_with_their_line() {
    refused("\"MARKER\"", "\"MARKERS\"", 23, "no data category `MARKERS`");
    refused("\"marker_lookup\"", "\"lookup\"", 22, "no role `lookup`");
    refused("[\"safeguarding\"]", "[\"curiosity\"]", 24, "no purpose `curiosity`");
    refused("[\"police\"]", "[\"army\"]", 21, "no agency kind `army`");
    refused("\"cohort\"", "\"everyone\"", 26, "no scope `everyone`");
    refused("\"read\"]", "\"look\"]", 25, "no access `look`");
    refused(
        "consent = \"required\"",
        "consent = \"maybe\"",
        27,
        "no consent rule `maybe`",
    );
    refused("\"public_task\"", "\"habit\"", 28, "no lawful basis `habit`");
    refused("\"cambs-police\"", "\"cambs-army\"", 11, "no agency `cambs-army`");
}

#[test]
fn doubles_are_refused() {
    refused(
        "\"police-crime\"",
        "\"police-marker\"",
        31,
        "two clauses with the id `police-marker`",
    );
    refused(
        "\"cambs-health\"",
        "\"cambs-police\"",
        16,
        "`cambs-police` is a signatory twice",
    );
    refused("[\"police\"]", "[\"police\", \"police\"]", 21, "names `police` twice");
    let twice = parse(&with("version = 2", "version = 2\nversion = 3"), &known()).expect_err("a key twice is refused");
    assert!(twice.to_string().starts_with("line 4: this is not TOML"), "{twice}");
}

#[test]
fn empty_lists_and_missing_parts_are_refused() {
    refused("[\"police\"]", "[]", 21, "`agency_kinds` is empty");
    refused("\"MARKER\"", "", 23, "`categories` is empty");
    refused(
        "lawful_basis = \"public_task\"\n",
        "",
        19,
        "[[clause]] has no `lawful_basis`",
    );
    refused("title = \"An agreement\"\n", "", 1, "[agreement] has no `title`");
    let (header, _) = GOOD.split_once("[[signatory]]").expect("there are signatories");
    let told = parse(header, &known()).expect_err("refused").to_string();
    assert!(
        told.contains("there is no [[signatory]]") && told.contains("there is no [[clause]]"),
        "{told}"
    );
    let (_, rest) = GOOD.split_once("[[signatory]]").expect("there are signatories");
    let told = parse(&format!("[[signatory]]{rest}"), &known())
        .expect_err("refused")
        .to_string();
    assert!(told.contains("there is no [agreement]"), "{told}");
}

#[test]
fn special_categories_and_offences_need_a_condition() {
    refused(
        "condition = \"law_enforcement\"\n",
        "",
        34,
        "`CRITERION_CRIME` is criminal offence data",
    );
    refused(
        "\"MARKER\"",
        "\"CRITERION_HEALTH\"",
        23,
        "`CRITERION_HEALTH` is special category data",
    );
    refused(
        "condition = \"law_enforcement\"",
        "condition = \"  \"",
        40,
        "`condition` is empty",
    );
    let given =
        with("\"MARKER\"", "\"CRITERION_HEALTH\"").replacen("scope", "condition = \"social_protection\"\nscope", 1);
    assert!(parse(&given, &known()).is_ok());
}

#[test]
fn dates_must_follow_each_other() {
    refused(
        "effective_to = 2016-12-31",
        "effective_to = 2015-05-31",
        7,
        "is before `effective_from`",
    );
    assert!(
        parse(
            &with("effective_to = 2016-12-31", "effective_to = 2015-06-01"),
            &known()
        )
        .is_ok()
    );
    refused(
        "review_by = 2016-06-01",
        "review_by = 2015-05-31",
        8,
        "is before `effective_from`",
    );
    assert!(parse(&with("review_by = 2016-06-01", "review_by = 2015-06-01"), &known()).is_ok());
    refused(
        "withdrawn_on = 2016-01-01",
        "withdrawn_on = 2015-05-19",
        13,
        "is before `signed_on`",
    );
    assert!(
        parse(
            &with("withdrawn_on = 2016-01-01", "withdrawn_on = 2015-05-20"),
            &known()
        )
        .is_ok()
    );
    refused(
        "review_by = 2016-06-01",
        "review_by = \"2016-06-01\"",
        8,
        "must be a date without quotes",
    );
    refused(
        "review_by = 2016-06-01",
        "review_by = 2016-06-01T00:00:00",
        8,
        "must be a date without quotes",
    );
    refused(
        "effective_to = 2016-12-31",
        "effective_to = 9999-12-31",
        7,
        "the year of 9999-12-31",
    );
    let no_such_day = parse(&with("2016-06-01", "2016-02-30"), &known()).expect_err("refused");
    assert_eq!(no_such_day.problems[0].line, 8);
}

#[test]
fn ids_and_versions_are_checked() {
    refused(
        "version = 2",
        "version = 0",
        3,
        "`version` must be a whole number from 1",
    );
    refused(
        "version = 2",
        "version = -1",
        3,
        "`version` must be a whole number from 1",
    );
    refused(
        "version = 2",
        "version = 99999999999",
        3,
        "`version` must be a whole number from 1",
    );
    refused(
        "version = 2",
        "version = \"2\"",
        3,
        "`version` must be a whole number from 1",
    );
    refused("\"TFF-2\"", "\"TFF 2\"", 2, "`id` may hold letters");
    refused("\"TFF-2\"", "\"\"", 2, "`id` is empty");
    refused("\"TFF-2\"", &format!("\"{}\"", "x".repeat(65)), 2, "longer than 64");
    assert!(parse(&with("\"TFF-2\"", &format!("\"{}\"", "x".repeat(64))), &known()).is_ok());
}

#[test]
fn unknown_keys_are_refused() {
    refused(
        "version = 2",
        "version = 2\nvariant = 1",
        4,
        "[agreement] has no `variant`",
    );
    refused("explain = true", "explains = true", 41, "[[clause]] has no `explains`");
    refused(
        "signed_on = 2015-05-21",
        "signed_on = 2015-05-21\nby = \"x\"",
        18,
        "[[signatory]] has no `by`",
    );
    refused("[agreement]", "extra = 1\n[agreement]", 1, "the file has no `extra`");
    refused(
        "explain = true",
        "explain = \"yes\"",
        41,
        "`explain` must be true or false",
    );
}

#[test]
fn what_is_about_nobody_asks_nothing_of_a_family() {
    refused(
        "scope = \"authority\"",
        "scope = \"cohort\"",
        51,
        "only the scope `authority`",
    );
    refused(
        "consent = \"not_required\"",
        "consent = \"required\"",
        52,
        "nobody could give the consent",
    );
    let both = parse(&with("\"MARKER\"", "\"MARKER\", \"STATISTICS\""), &known()).expect_err("refused");
    let lines: Vec<_> = both.problems.iter().map(|at| at.line).collect();
    assert_eq!(lines, [26, 27], "{both}");
}

#[test]
fn sizes_are_limited() {
    let clause = GOOD.rsplit_once("[[clause]]").expect("there is a clause").1;
    let many = |count: usize| {
        (0..count).fold(GOOD.to_owned(), |file, number| {
            file + "[[clause]]" + &clause.replacen("reference", &format!("reference-{number}"), 1)
        })
    };
    assert!(parse(&many(MOST_CLAUSES - 3), &known()).is_ok());
    let told = parse(&many(MOST_CLAUSES - 2), &known())
        .expect_err("too many")
        .to_string();
    assert!(told.contains("there are 129 of [[clause]]; at most 128"), "{told}");
    let padded = |size: usize| format!("{GOOD}#{}", " ".repeat(size - GOOD.len() - 1));
    assert!(parse(&padded(LARGEST_FILE), &known()).is_ok());
    let told = parse(&padded(LARGEST_FILE + 1), &known())
        .expect_err("too large")
        .to_string();
    assert!(told.contains("larger than 256 KiB"), "{told}");
    assert!(authority_of(&padded(LARGEST_FILE + 1)).is_err());
}

#[test]
fn many_problems_are_told_at_once_and_then_counted() {
    let roles: Vec<_> = (0..25).map(|number| format!("\"role-{number}\"")).collect();
    let refused = parse(&with("\"marker_lookup\"", &roles.join(", ")), &known()).expect_err("refused");
    assert_eq!((refused.problems.len(), refused.more), (MOST_PROBLEMS, 5));
    assert!(refused.to_string().ends_with("and 5 more"));
    let two = with("version = 2", "version = 0").replacen("\"MARKER\"", "\"X\"", 1);
    let lines: Vec<_> = parse(&two, &known())
        .expect_err("refused")
        .problems
        .iter()
        .map(|at| at.line)
        .collect();
    assert_eq!(lines, [3, 23]);
}

#[test]
fn no_text_makes_it_panic_or_pass() {
    for end in (0..GOOD.len()).filter(|end| GOOD.is_char_boundary(*end)) {
        let _ = parse(&GOOD[..end], &known());
        let _ = parse(&GOOD[end..], &known());
    }
    for junk in [
        "",
        "\u{0}",
        "agreement = 1",
        "clause = 1",
        "agreement = []",
        "[clause]",
        "signatory = [1]\nclause = [[1]]",
    ] {
        assert!(parse(junk, &known()).is_err(), "{junk:?}");
        assert!(authority_of(junk).is_err(), "{junk:?}");
    }
}

fn version(version: i32, from: &str, to: Option<&str>) -> AgreementFile {
    let mut file = read(GOOD, &known()).expect("the file is good");
    file.agreement.version = version;
    file.agreement.effective_from = from.parse().expect("a date");
    file.agreement.effective_to = to.map(|day| day.parse().expect("a date"));
    file
}

#[test]
fn versions_rise_and_do_not_overlap() {
    let stated = [version(2, "2015-01-01", Some("2015-12-31")).agreement];
    let open = [version(2, "2015-01-01", None).agreement];
    assert_eq!(version(1, "2014-01-01", None).check_versions(&[]), Ok(()));
    assert_eq!(version(3, "2016-01-01", None).check_versions(&stated), Ok(()));
    assert_eq!(version(3, "2015-06-01", None).check_versions(&open), Ok(()));

    let told = |new: AgreementFile, old: &[Agreement]| new.check_versions(old).expect_err("refused").to_string();
    let same = told(version(2, "2016-01-01", None), &stated);
    assert!(
        same.starts_with("line 3: version 2 of `TFF-2` is not higher than version 2"),
        "{same}"
    );
    let within = told(version(3, "2015-12-31", None), &stated);
    assert!(
        within.starts_with("line 6: version 3 begins on 2015-12-31, within version 2"),
        "{within}"
    );
    let not_after = told(version(3, "2015-01-01", None), &open);
    assert!(not_after.contains("not after version 2"), "{not_after}");

    let mut other = version(1, "2014-01-01", None);
    other.agreement.code = "OTHER".to_owned();
    assert_eq!(other.check_versions(&stated), Ok(()));
}
