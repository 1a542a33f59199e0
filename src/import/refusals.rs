//! Everything for which a file is refused, each beside the file that is good.

use std::fmt::Write as _;

use super::{
    tests::{before, compared, good, importer},
    *,
};
use crate::store::dataset::Dataset;

/// The problems of the good file with one passage replaced.
#[track_caller]
fn problems(table: Table, old: &str, new: &str) -> Refused {
    let text = good(table);
    assert!(text.contains(old), "{old}");
    refusal(table, text.replacen(old, new, 1).as_bytes())
}

#[track_caller]
fn refusal(table: Table, text: &[u8]) -> Refused {
    match compared(&before(table), table, text, &Dataset::default()) {
        Err(ImportError::Refused(refused)) => refused,
        Err(error) => panic!("not refused: {error}"),
        Ok(counts) => panic!("not refused: {counts:?}"),
    }
}

#[track_caller]
fn refused(table: Table, old: &str, new: &str, says: &str) {
    let told = problems(table, old, new).to_string();
    assert_eq!(told.lines().count(), 1, "{told}");
    assert!(told.starts_with(table.file_name()) && told.contains(says), "{told}");
}

#[test]
fn the_first_line_is_checked() {
    refused(
        Table::Person,
        "ethnicity",
        "ethnic",
        "person.csv:1: there is no such column as the one in place 6",
    );
    let told = refusal(
        Table::Goal,
        b"goal_key,goal_key,family_key,plan_key,position,description,status\n",
    )
    .to_string();
    assert_eq!(told, "goal.csv:1: goal_key: the column is there twice");
    let told = refusal(Table::Goal, b"goal_key,family_key,plan_key,position,status\n").to_string();
    assert_eq!(told, "goal.csv:1: description: the column is missing");
    assert!(
        refusal(Table::Goal, b"")
            .to_string()
            .contains("goal.csv:1: the file is empty")
    );
    assert!(
        refusal(Table::Goal, b"\n,,\n")
            .to_string()
            .contains("must name the columns")
    );
    for (text, says) in [
        ("goal_key;family_key\ng1;f1\n".as_bytes(), "are parted by semicolons"),
        (b"goal_key\tfamily_key\ng1\tf1\n", "are parted by tabs"),
        (b"\xff\xfeg\0o\0a\0l\0_\0k\0e\0y\0", "is UTF-16 and not UTF-8"),
        (b"g\0o\0a\0l\0_\0k\0e\0y\0", "is UTF-16 and not UTF-8"),
    ] {
        let told = refusal(Table::Goal, text).to_string();
        assert!(told.starts_with("goal.csv:1: ") && told.contains(says), "{told}");
    }
    let forgotten = refusal(Table::Agency, b"north-police,Secret Name,police\n").to_string();
    assert!(!forgotten.contains("Secret"), "{forgotten}");
}

#[test]
fn births_and_names_are_checked() {
    refused(
        Table::Person,
        "Suharno",
        "",
        "person.csv:4: family_name: is empty, and so is given_name: only a child who is expected may have neither",
    );
    refused(
        Table::Person,
        "1990-02-28",
        "28/02/1990",
        "person.csv:2: date_of_birth: is not a date",
    );
    refused(
        Table::Person,
        "1990-02-28",
        "1990-02-30",
        "date_of_birth: is not a date",
    );
    refused(
        Table::Person,
        "1990-02-28",
        "0990-02-28",
        "date_of_birth: is not a date",
    );
    refused(
        Table::Person,
        "1990-02-28",
        "2026-12-28",
        "date_of_birth: is more than 300 days ahead, and no child is expected so long before",
    );
    refused(
        Table::Person,
        "2026-06-10",
        "2026-12-28",
        "person.csv:5: expected_on: is more than 300 days ahead",
    );
    for born in ["2026-04", "2027"] {
        refused(
            Table::Person,
            "1990-02-28",
            born,
            "date_of_birth: is in the future: of a child who is expected the whole day is needed",
        );
    }
    for born in ["199", "199000", "1990-2", "1990-13", "1990-00", "1879", "1990-02-"] {
        refused(
            Table::Person,
            "1990-02-28",
            born,
            "date_of_birth: is not a date as 2015-06-01, nor",
        );
    }
    refused(
        Table::Person,
        "2016-05-01",
        "2017-02-29",
        "date_of_birth: is not a date",
    );
    refused(
        Table::Person,
        "p4,,,,",
        "p4,,,2026-02-20,",
        "person.csv:5: expected_on: is there though date_of_birth is not empty",
    );
    for born in ["2008-03-03", "2008-04", "2009", "2026-03-03"] {
        refused(
            Table::Person,
            "Suharno,,1961",
            &format!("Suharno,,{born}"),
            "person.csv:4: adult: is true though the date of birth says otherwise",
        );
    }
    let born_today = good(Table::Person).replace("1990-02-28", "2026-03-02");
    let none = Dataset::default();
    assert!(compared(&before(Table::Person), Table::Person, born_today.as_bytes(), &none).is_ok());
}

#[test]
fn values_are_checked() {
    refused(Table::Person, "female", "", "person.csv:2: sex: is empty");
    refused(
        Table::Person,
        "Dawn",
        &"x".repeat(101),
        "person.csv:2: given_name: is longer than 100 characters",
    );
    refused(
        Table::Person,
        "Dawn",
        "\"Da\nwn\"",
        "person.csv:2: given_name: holds a control character",
    );
    refused(
        Table::Person,
        "female",
        "woman",
        "sex: is not one of female, male, other, unknown",
    );
    refused(Table::Person, "true", "yes", "shielded: is neither true nor false");
    for (date, says) in [
        ("01/09/2024", "as a spreadsheet shows it"),
        ("1.9.24", "as a spreadsheet shows it"),
        ("01-Sep-24", "as a spreadsheet shows it"),
        ("01/09/2024 00:00", "as a spreadsheet shows it"),
        ("45536", "the number that a spreadsheet keeps"),
        ("2024-09-01 10:30:00", "is not a date as 2015-06-01"),
    ] {
        refused(Table::CriteriaMatch, "2024-09-01", date, says);
    }
    refused(
        Table::Goal,
        "g1,",
        "id:g1,",
        "goal_key: begins with id: and is not the identifier",
    );
    refused(
        Table::Membership,
        "north-police",
        "south-police",
        "source_agency: is not the code of an agency",
    );
    refused(Table::Agency, "north-police,", "north police,", "code: is not a code");
    refused(Table::Agency, ",police", ",army", "kind: is not a kind of agency");
    refused(
        Table::CriteriaMatch,
        "EDUCATION",
        "SCHOOL",
        "criterion: is not a criterion",
    );
    refused(
        Table::DistanceScore,
        "ROUTINES_BOUNDARIES",
        "ROUTINES",
        "domain: is not a distance travelled domain",
    );
    refused(
        Table::DistanceScore,
        ",4,",
        ",6,",
        "score: is not a whole number from 1 to 5",
    );
    refused(
        Table::ProgressValue,
        "POLICE_CALLOUTS",
        "CALLOUTS",
        "measure: is not a progress measure",
    );
    refused(Table::ProgressValue, ",3,", ",-3,", "value: is not a whole number");
    refused(
        Table::Consent,
        ",PLAN,",
        ",STATISTICS,",
        "category: is not a data category about people",
    );
    refused(
        Table::Consent,
        "2025-06-01T10:00:00Z",
        "2025-06-01",
        "withdrawn_at: is not an instant",
    );
}

#[test]
fn what_is_not_utf8_is_refused() {
    let mut text = good(Table::Goal).as_bytes().to_vec();
    let at = good(Table::Goal).find("every").expect("a word");
    text[at] = 0xff;
    assert_eq!(
        refusal(Table::Goal, &text).to_string(),
        "goal.csv:2: description: is not UTF-8 but most likely Windows-1252: save the file as `CSV UTF-8`"
    );
}

#[test]
fn lines_are_checked_as_a_whole() {
    refused(
        Table::Goal,
        ",achieved",
        "",
        "goal.csv:2: the line has 6 values, the first line 7",
    );
    refused(
        Table::Goal,
        ",achieved",
        ",achieved,",
        "goal.csv:2: the line has 8 values",
    );
    let beside = good(Table::Goal)
        .replace(",status", ",status,")
        .replace(",achieved", ",achieved,more");
    let told = refusal(Table::Goal, beside.as_bytes()).to_string();
    assert_eq!(
        told,
        "goal.csv:2: there is a value where the first line names no column"
    );
    refused(
        Table::Family,
        "2025-12-31",
        "2025-01-01",
        "closed_on: is before attached_on",
    );
    refused(
        Table::Family,
        "2025-01-02,",
        ",",
        "closed_on: is there without attached_on",
    );
    refused(
        Table::Plan,
        ",2025-12-31,wholly",
        ",,wholly",
        "closed_on: is there if and only if",
    );
    refused(
        Table::Outcome,
        "2025-12-20",
        "",
        "result_on: is there if and only if there is a result",
    );
    refused(
        Table::ProgressValue,
        ",,POLICE_CALLOUTS",
        ",p1,POLICE_CALLOUTS",
        "person_key: is there though",
    );
    refused(
        Table::ProgressValue,
        ",p2,MISSING",
        ",,MISSING",
        "person_key: is empty though",
    );
    refused(Table::ProgressValue, ",3,", ",13,", "value: is more than 12");
    refused(
        Table::Marker,
        "removed,",
        "placed,",
        "removed_on: is there if and only if",
    );
    let both = "note_category: is there if and only if there is a note";
    refused(Table::Contact, "Nobody was hurt,", ",", both);
    refused(Table::Contact, ",,,2025-03-02", ",A note,,2025-03-02", both);
    refused(
        Table::Contact,
        "CRITERION_CRIME",
        "AUDIT",
        "note_category: is not one that a note can be about",
    );
    refused(
        Table::Contact,
        "2025-03-01T10:30:00Z",
        "2025-02-28T23:30:00Z",
        "recorded_at: is before occurred_at",
    );
    refused(
        Table::Consent,
        "2027-01-01",
        "2024-01-01",
        "expires_on: is before recorded_at",
    );
    assert!(
        problems(Table::Plan, "closed,", "draft,")
            .to_string()
            .contains("closure: is there though")
    );
}

#[test]
fn why_a_membership_ended_goes_with_its_end() {
    for (good, bad, told) in [
        ("2025-01-01", "2016-04-30", "valid_until: is before valid_from"),
        (",north-police,", ",north-police,moved", "end_reason: is there without"),
        (",adopted", ",died out", "end_reason: is not one of moved"),
    ] {
        refused(Table::Membership, good, bad, told);
    }
}

#[test]
fn what_may_be_there_once_is_refused_twice() {
    refused(
        Table::Person,
        "p2,",
        "p1,",
        "person.csv:3: person_key: the same key is in line 2",
    );
    refused(
        Table::Family,
        "N-2",
        "N-1",
        "family.csv:3: reference: the same is in line 2",
    );
    refused(
        Table::Agency,
        "north-school",
        "north-police",
        "agency.csv:3: code: the same key is in line 2",
    );
    let again = "m3,f1,p1,mother,true,2016-05-01,,,,,,,\n";
    let text = format!("{}{again}", good(Table::Membership));
    let told = refusal(Table::Membership, text.as_bytes()).to_string();
    assert_eq!(
        told,
        "membership.csv:4: person_key: the same is in line 2, and may be there only once"
    );
    // One that has ended may be there as often as it likes.
    let ended = format!("{}{}", good(Table::Membership), again.replacen(",,", ",2017-01-01,", 1));
    let (importer, none) = (before(Table::Membership), Dataset::default());
    assert!(compared(&importer, Table::Membership, ended.as_bytes(), &none).is_ok());
}

#[test]
fn a_number_is_one_number_however_it_is_written() {
    let both = |system: &str, first: &str, second: &str| {
        let line = |key: &str, person: &str, value: &str| format!("{key},f1,{person},{system},{value}\n");
        let text = format!(
            "local_identifier_key,family_key,person_key,system,value\n{}{}",
            line("i1", "p1", first),
            line("i2", "p2", second)
        );
        let importer = before(Table::LocalIdentifier);
        compared(&importer, Table::LocalIdentifier, text.as_bytes(), &Dataset::default())
            .map(|_| ())
            .map_err(|error| error.to_string())
    };
    let twice = "local_identifier.csv:3: value: the same is in line 2, and may be there only once";
    for (system, first, second) in [
        ("nhs_number", "999 000 0018", "9990000018"),
        ("nhs_number", "999-000-0018", "9990000018"),
        ("nino", "ZZ990001C", "zz 99 00 01"),
        ("police_reference", "0077/12", "77-12"),
        ("police_reference", "0012345", "12345"),
        ("upn", "H801200001001", "h8012 00001 001"),
    ] {
        assert_eq!(both(system, first, second), Err(twice.to_owned()), "{system}");
    }
    // All who live there have the number of a tenancy.
    assert_eq!(both("tenancy", "CH/20931", "CH-20931"), Ok(()));
    assert_eq!(both("police_reference", "PR-1", "PR-2"), Ok(()));
    assert_eq!(both("nhs_number", "9990000018", "9990000026"), Ok(()));
}

#[test]
fn numbers_that_cannot_be_right_are_told_by_line_and_reason() {
    for (system, value, says) in [
        ("nhs_number", "9990000019", "is no NHS number"),
        ("nhs_number", "999000001", "is no NHS number"),
        ("nhs_number", "9.99E+09", "has lost its digits"),
        ("tenancy", "1.23457E+11", "has lost its digits"),
        ("nhs_number", "9999999999", "where there is no number"),
        ("nino", "N/K", "where there is no number"),
        ("upn", "A801200001001", "is no unique pupil number"),
    ] {
        refused(
            Table::LocalIdentifier,
            "nino,QQ900101A",
            &format!("{system},{value}"),
            says,
        );
    }
}

#[test]
fn a_reference_is_one_reference_however_it_is_said() {
    refused(
        Table::Family,
        "N-2",
        "n 1",
        "family.csv:3: reference: the same is in line 2",
    );
}

#[test]
fn rows_of_other_files_must_be_there() {
    let text = good(Table::Membership).replace(",p2,", ",p9,");
    let checked = before(Table::Membership)
        .check(Table::Membership, text.as_bytes())
        .expect("good by itself");
    assert_eq!(checked.unresolved.len(), 1);
    assert_eq!(checked.unresolved[0].id, row_id("northshire", "person", "p9"));
    assert_eq!(checked.missing(|_| true), Ok(()));
    let told = checked.missing(|_| false).expect_err("refused").to_string();
    assert_eq!(
        told,
        "membership.csv:3: person_key: no such row is in person.csv or was imported before"
    );
    refused(
        Table::Goal,
        "g1,f1,",
        "g1,f2,",
        "goal.csv:2: plan_key: is a row of another family",
    );
    let alone = importer()
        .check(Table::Goal, good(Table::Goal).as_bytes())
        .expect("good by itself");
    let family = row_id("northshire", "family", "f1");
    let told: Vec<_> = alone.unresolved.iter().map(|of| (of.table, of.family)).collect();
    assert_eq!(told, [(Table::Family, None), (Table::Plan, Some(family))]);
}

#[test]
fn every_bad_line_is_told_and_no_value_is() {
    let mut text = "code,name,kind\n".to_owned();
    for number in 0..130 {
        writeln!(text, "agency-{number},Name,secret-{number}").expect("a string can be written to");
    }
    let refused = refusal(Table::Agency, text.as_bytes());
    assert_eq!((refused.problems.len(), refused.more), (MOST_PROBLEMS, 30));
    let told = refused.to_string();
    assert!(
        told.starts_with("agency.csv:2: kind: ") && told.ends_with("and 30 more"),
        "{told}"
    );
    assert!(!told.contains("secret"), "{told}");
    let both =
        problems(Table::Person, "female", "").to_string() + &problems(Table::Person, "2016-05-01", "x").to_string();
    assert!(both.contains(":2: ") && both.contains(":3: "));
}

#[test]
fn a_quotation_mark_that_is_never_closed_does_not_fill_the_memory() {
    let text = format!("code,name,kind\na,\"{}", "x".repeat(3 * 1024 * 1024));
    let told = refusal(Table::Agency, text.as_bytes()).to_string();
    assert!(told.contains("agency.csv:2: the line is longer than 1 MiB"), "{told}");
}
