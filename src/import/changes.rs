//! What a file changes of rows that are there, and what it may not.

use std::collections::BTreeMap;

use super::{
    column::Value,
    tests::{before, compared, good, rows},
    *,
};
use crate::{
    records::{ConsentAnswer, PlanStatus, Table},
    store::dataset::Dataset,
};

/// What the good file with one passage replaced comes to beside the rows of the good file.
fn changed(table: Table, old: &str, new: &str) -> Result<Counts, String> {
    let text = good(table);
    assert!(text.contains(old), "{old}");
    let text = text.replacen(old, new, 1);
    compared(&before(table), table, text.as_bytes(), &rows(table)).map_err(|error| error.to_string())
}

#[track_caller]
fn refused(table: Table, old: &str, new: &str, says: &str) {
    let told = changed(table, old, new).expect_err("refused");
    assert!(told.starts_with(table.file_name()) && told.contains(says), "{told}");
    assert_eq!(told.lines().count(), 1, "{told}");
}

#[test]
fn the_same_file_is_the_same_and_so_is_what_is_written_out() {
    for table in FILES.iter().copied() {
        let data = rows(table);
        let all = Counts {
            same: data.len() as u64,
            ..Counts::default()
        };
        assert_eq!(changed(table, "\n", "\n"), Ok(all), "{}", table.name());
        let agencies = rows(Table::Agency).agencies;
        let exporter = Exporter::new(agencies.into_iter().map(|agency| (agency.id, agency.code)));
        let text = [Exporter::header(table), exporter.lines(table, &data).expect("written")].concat();
        let again = compared(&before(table), table, &text, &data);
        assert_eq!(again.map_err(|error| error.to_string()), Ok(all), "{}", table.name());
        // Into an empty database, and out again: the same bytes.
        let checked = before(table);
        let checked = (checked.check(table, text.as_slice()).expect("good"), checked);
        let mut anew = Dataset::default();
        for batch in checked.1.batches(&checked.0, text.as_slice()) {
            anew.append(batch.expect("unchanged").rows());
        }
        assert_eq!(anew, data, "{}", table.name());
    }
}

#[test]
fn every_column_is_compared() {
    for table in FILES.iter().copied() {
        let columns = table.in_file();
        let data = rows(table);
        let there: BTreeMap<_, _> = rows::values(table, &data).into_iter().collect();
        for (at, column) in columns.iter().enumerate().skip(1) {
            let filled = |values: &&Vec<Value>| !matches!(values[at], Value::None | Value::Flag(false));
            assert!(
                there.values().find(filled).is_some(),
                "{}.{} is never filled",
                table.name(),
                column.file
            );
        }
    }
}

#[test]
fn what_changes_is_told_from_what_is_the_same() {
    let one = |new, changed, same| Ok(Counts { new, changed, same });
    assert_eq!(changed(Table::Membership, "07700 900001", "07700 900002"), one(0, 1, 1));
    assert_eq!(changed(Table::Membership, "07700 900001", ""), one(0, 1, 1));
    assert_eq!(changed(Table::Person, "p3,", "p9,"), one(1, 0, 3));
    assert_eq!(changed(Table::Person, ",none,true,", ",none,TRUE,"), one(0, 0, 4));
    // Who was expected is born.
    assert_eq!(
        changed(
            Table::Person,
            "p4,,,,unknown,,,,2026-06-10,",
            "p4,Mia,Hart,2026-03-01,female,,,,,"
        ),
        one(0, 1, 3)
    );
    assert_eq!(
        changed(
            Table::Membership,
            "mother,true,2016-05-01,",
            "mother,true,2016-05-01,2026-01-01"
        ),
        one(0, 1, 1)
    );
    assert_eq!(
        changed(Table::Consent, "2025-06-01T10:00:00Z", "2025-06-01T11:00:00+01:00"),
        one(0, 0, 2)
    );
    assert_eq!(
        changed(Table::Contact, "Nobody was hurt", "\"Nobody\nwas hurt\""),
        one(0, 1, 1)
    );
}

#[test]
fn what_says_whose_row_it_is_stays() {
    let never = "is not what it was, and may not change";
    refused(Table::Goal, "g1,f1,pl1,", "g1,f1,pl2,", "goal.csv:2: plan_key");
    for (table, old, new, column) in [
        (Table::Agency, ",police\n", ",health\n", "kind"),
        (
            Table::Involvement,
            "north-school,Pastoral",
            "north-police,Pastoral",
            "agency",
        ),
        (Table::LocalIdentifier, "nino,QQ900101A", "tenancy,QQ900101A", "system"),
        (Table::CriteriaMatch, "p2,EDUCATION", "p2,CRIME", "criterion"),
        (Table::CriteriaMatch, "p2,EDUCATION", ",EDUCATION", "person_key"),
        (Table::Consent, "given", "refused", "decision"),
        (Table::Consent, "2027-01-01", "2028-01-01", "expires_on"),
        (Table::Contact, "sub-9", "sub-8", "reported_by_subject"),
    ] {
        refused(table, old, new, &format!("2: {column}: {never}"));
    }
}

#[test]
fn what_was_said_once_stays_as_it_was_said() {
    let stays = "was said before, and stays as it was said";
    refused(
        Table::Consent,
        "2025-06-01T10:00:00Z",
        "2025-05-01T10:00:00Z",
        &format!("withdrawn_at: {stays}"),
    );
    refused(
        Table::Membership,
        "dawn@mail.example,north-police",
        "dawn@mail.example,north-school",
        &format!("source_agency: {stays}"),
    );
    // It may be filled.
    let counts = changed(Table::Membership, "North School,,,", "North School,,,north-school").expect("filled");
    assert_eq!((counts.changed, counts.same), (1, 1));
}

/// A file that comes every night does not know what was withdrawn meanwhile, and must not bring it back, nor stop what else it brings.
#[test]
fn what_is_withdrawn_stays_so_whatever_its_line_says() {
    for later in ["", "2025-07-01T10:00:00Z", "2035-07-01T10:00:00Z"] {
        let counts = changed(Table::Consent, "2025-06-01T10:00:00Z", later).expect("it stays");
        assert_eq!(counts.changed, 0, "{later}");
    }
    // A no that was dated ahead counts from its first import.
    let mut there = rows(Table::Consent);
    there.consents[0].decision = ConsentAnswer::Refused;
    let text = good(Table::Consent).replacen("given", "refused", 1);
    let text = text.replacen("2025-01-02T09:30:00+01:00", "2025-03-02T09:30:00+01:00", 1);
    let counts = compared(&before(Table::Consent), Table::Consent, text.as_bytes(), &there).expect("it stays");
    assert_eq!(counts.changed, 0);
}

#[test]
fn consent_that_is_dated_ahead_is_refused_and_a_no_counts_at_once() {
    let text = |decision: &str, recorded: &str, withdrawn: &str| {
        let of_a_member: Vec<&str> = good(Table::Consent).split_inclusive('\n').take(2).collect();
        of_a_member
            .concat()
            .replace("co1,", "co2,")
            .replace("given", decision)
            .replace("2025-01-02T09:30:00+01:00,2027-01-01", &format!("{recorded},"))
            .replace("2025-06-01T10:00:00Z", withdrawn)
    };
    let importer = before(Table::Consent);
    let planned = |text: &str| {
        let now = "2026-03-02T12:00:00Z".parse().expect("an instant");
        let checked = importer.check(Table::Consent, text.as_bytes()).expect("good by itself");
        let mut comparing = importer.compare(&checked, now);
        let none = Dataset::default();
        let mut rows = Dataset::default();
        let batches = || {
            importer
                .batches(&checked, text.as_bytes())
                .map(|batch| batch.expect("unchanged"))
        };
        batches().for_each(|batch| comparing.batch(&batch, &none));
        let plan = comparing.finish().map_err(|refused| refused.to_string())?;
        batches().for_each(|batch| rows.append(plan.rows(Step::Add, &batch, &none)));
        Ok::<_, String>((rows.consents[0].recorded_at.to_rfc3339(), rows.consents[0].withdrawn_at))
    };
    let told = planned(&text("given", "2026-03-02T12:00:01Z", "")).expect_err("it is still to come");
    assert!(
        told.starts_with("consent.csv:2: recorded_at: is still to come"),
        "{told}"
    );
    let now = "2026-03-02T12:00:00+00:00".to_owned();
    assert_eq!(
        planned(&text("given", "2026-03-02T12:00:00Z", "")),
        Ok((now.clone(), None))
    );
    assert_eq!(
        planned(&text("refused", "2030-01-01T00:00:00Z", "")),
        Ok((now.clone(), None))
    );
    let at_once = now.parse().expect("an instant");
    let withdrawn = planned(&text("given", "2026-01-01T00:00:00Z", "2030-01-01T00:00:00Z"));
    assert_eq!(withdrawn.expect("good").1, Some(at_once));
}

#[test]
fn a_column_that_is_not_there_leaves_what_is() {
    let text = "person_key,given_name,family_name,date_of_birth,sex\np1,Dawn,Lane,1990-02-28,female\n";
    let there = rows(Table::Person);
    let importer = before(Table::Person);
    let checked = importer.check(Table::Person, text.as_bytes()).expect("good");
    let mut comparing = importer.compare(&checked, "2026-03-02T12:00:00Z".parse().expect("an instant"));
    let batch = importer
        .batches(&checked, text.as_bytes())
        .next()
        .expect("one")
        .expect("unchanged");
    comparing.batch(&batch, &there);
    let plan = comparing.finish().expect("good");
    let row = plan.rows(Step::Change, &batch, &there).people.remove(0);
    assert_eq!(row.family_name, "Lane");
    let was = &there.people[0];
    assert_eq!((row.ethnicity.as_ref(), row.shielded), (was.ethnicity.as_ref(), true));
    // What it would come to with what is there is what is checked.
    let closed = "plan_key,family_key,status,drawn_up_on\npl1,f1,active,2025-01-21\n";
    let told = compared(&before(Table::Plan), Table::Plan, closed.as_bytes(), &rows(Table::Plan));
    let told = told.expect_err("it has a day on which it was closed").to_string();
    assert!(
        told.contains("plan.csv:2: closed_on: is there if and only if"),
        "{told}"
    );
}

#[test]
fn what_may_be_there_once_is_told_with_its_line() {
    let head = "plan_key,family_key,status,drawn_up_on,closed_on\n";
    let with = |lines: &str| {
        let mut there = rows(Table::Plan);
        let mut open = there.plans[0].clone();
        (open.id, open.status) = (row_id("northshire", "plan", "pl2"), PlanStatus::Active);
        (open.closed_on, open.closure) = (None, None);
        there.plans.push(open);
        let text = format!("{head}{lines}");
        compared(&before(Table::Plan), Table::Plan, text.as_bytes(), &there).map_err(|error| error.to_string())
    };
    let told = with("pl3,f1,draft,2026-01-01,\n").expect_err("there is an open one");
    assert!(
        told.starts_with("plan.csv:2: family_key: the same is there already"),
        "{told}"
    );
    // The open one ends by the same file, before or after.
    let ends = "pl2,f1,closed,2025-01-21,2026-01-01\n";
    let begins = "pl3,f1,draft,2026-01-01,\n";
    for lines in [format!("{ends}{begins}"), format!("{begins}{ends}")] {
        let counts = with(&lines).expect("there is room");
        assert_eq!((counts.new, counts.changed), (1, 1));
    }
}

#[test]
fn what_another_row_gives_up_is_taken_by_a_later_file() {
    let text = good(Table::Family)
        .replace("f1,N-1", "f1,N-3")
        .replace("f2,N-2", "f2,N-1");
    let told = compared(
        &before(Table::Family),
        Table::Family,
        text.as_bytes(),
        &rows(Table::Family),
    );
    let told = told.expect_err("it is the other's until then").to_string();
    assert_eq!(
        told,
        "family.csv:3: reference: is what the row of line 2 has until now: change that one first, in a file before this"
    );
}
