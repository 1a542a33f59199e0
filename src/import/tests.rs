use std::{collections::HashSet, fmt::Write as _};

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::*;
use crate::{
    records::{Change, MembershipEnd, PersonRow, Route},
    store::dataset::Dataset,
};

/// A good file of every table, in the order of loading; every column is filled at least once.
const GOOD: [(Table, &str); 26] = [
    (
        Table::Agency,
        "code,name,kind\nnorth-police,North Police,police\nnorth-school,North School,school\n",
    ),
    (
        Table::Person,
        "person_key,given_name,family_name,date_of_birth,sex,ethnicity,disability,shielded,expected_on,adult,died_on\n\
         p1,Dawn,\"Hart, née Lane\",1990-02-28,female,White British,none,true,,,\n\
         p2,Toby,Hart,2016-05-01,male,,,,,,\n\
         p3,Suharno,,1961,male,,,,,true,2025-11-30\np4,,,,unknown,,,,2026-06-10,,\n",
    ),
    (
        Table::Family,
        "family_key,reference,district,ward,locality,reach_area,need_level,route,attached_on,closed_on\n\
         f1,N-1,North,Mill,North East,Mill Centre,monitoring,data,2025-01-02,2025-12-31\nf2,N-2,,,,,,nomination,,\n",
    ),
    (
        Table::Membership,
        "membership_key,family_key,person_key,relationship,parental_responsibility,valid_from,valid_until,\
         employment_status,education_setting,phone,email,source_agency,end_reason\n\
         m1,f1,p1,mother,true,2016-05-01,,unemployed,,07700 900001,dawn@mail.example,north-police,\n\
         m2,f1,p2,child,false,2016-05-01,2025-01-01,,North School,,,,adopted\n",
    ),
    (
        Table::Address,
        "address_key,family_key,line1,line2,town,postcode,valid_from,valid_until\na1,f1,1 Mill Road,Flat 2,North,ZQ1 1AA,2020-01-01,2024-01-01\n",
    ),
    (
        Table::LocalIdentifier,
        "local_identifier_key,family_key,person_key,system,value\ni1,f1,p1,nino,QQ900101A\n",
    ),
    (
        Table::StatutoryStatus,
        "statutory_status_key,family_key,person_key,status,valid_from,valid_until\ns1,f1,p2,sen,2022-01-01,2023-01-01\n",
    ),
    (
        Table::Involvement,
        "involvement_key,family_key,agency,service_team,contact_name,contact_phone,contact_email,started_on,ended_on\n\
         v1,f1,north-school,Pastoral,Sam Cole,01632 960001,sam@school.example,2025-01-01,2025-06-01\n",
    ),
    (
        Table::LeadProfessional,
        "lead_professional_key,family_key,agency,subject,name,phone,email,team,valid_from,valid_until\n\
         l1,f1,north-school,sub-1,Sam Cole,01632 960001,sam@school.example,Pastoral,2025-01-01,2025-06-01\n",
    ),
    (
        Table::CriteriaMatch,
        "criteria_match_key,family_key,person_key,criterion,source_agency,evidence,evidence_from,evidence_until,matched_by,verified_on,\
         withdrawn_on\nc1,f1,p2,EDUCATION,north-school,Absent,2024-09-01,2024-12-20,data,2025-01-05,2025-02-01\n\
         c2,f1,,CRIME,north-police,Reports,2024-09-01,,professional,,\n",
    ),
    (
        Table::Assessment,
        "assessment_key,family_key,agency,kind,covers_all_members,started_on,completed_on,quality\n\
         as1,f1,north-school,family_caf,true,2025-01-05,2025-01-20,good\n",
    ),
    (
        Table::DistanceScore,
        "distance_score_key,family_key,assessment_key,person_key,domain,review,score,scored_by,scored_on\n\
         d1,f1,as1,p1,ROUTINES_BOUNDARIES,0,4,key_worker,2025-01-20\n",
    ),
    (
        Table::Plan,
        "plan_key,family_key,status,drawn_up_on,agreed_on,signed_by_family_on,closed_on,closure\n\
         pl1,f1,closed,2025-01-21,2025-01-25,2025-01-25,2025-12-31,wholly_achieved\n",
    ),
    (
        Table::Goal,
        "goal_key,family_key,plan_key,position,description,criterion,status\ng1,f1,pl1,1,At school every day,EDUCATION,achieved\n",
    ),
    (
        Table::Action,
        "action_key,family_key,goal_key,position,description,owner_agency,due_on,done_on\n\
         ac1,f1,g1,1,Breakfast club,north-school,2025-03-01,2025-02-20\n",
    ),
    (
        Table::Outcome,
        "outcome_key,family_key,plan_key,goal_key,criterion,indicator,kind,baseline,forecast,result,result_on,evidence,source_agency\n\
         o1,f1,pl1,g1,EDUCATION,Attendance,hard,80 %,70 %,96 %,2025-12-20,Register,north-school\n",
    ),
    (
        Table::ProgressValue,
        "progress_value_key,family_key,person_key,measure,stage,value,period_to\n\
         pv1,f1,p2,MISSING_FROM_SCHOOL,assessment,3,2025-01-20\npv2,f1,,POLICE_CALLOUTS,closure,0,2025-12-31\n",
    ),
    (
        Table::Consent,
        "consent_key,family_key,person_key,category,agency_kind,decision,purposes,decided_by_key,decided_by_agency,\
         decided_by_subject,recorded_at,expires_on,withdrawn_at,recorded_by_agency,recorded_by_subject\n\
         co1,f1,p2,PLAN,school,given,safeguarding programme_management,p1,,,2025-01-02T09:30:00+01:00,2027-01-01,2025-06-01T10:00:00Z,\
         north-school,sub-1\n\
         co2,f1,p2,PLAN,school,given,,,north-police,sub-2,2025-01-02T09:30:00+01:00,,,north-school,sub-1\n",
    ),
    (
        Table::ParentalResponsibility,
        "parental_responsibility_key,family_key,child_key,person_key,agency,subject,valid_from,valid_until\n\
         r1,f1,p2,p1,,,2016-05-01,2020-01-01\nr2,f1,p2,,north-police,sub-3,2020-01-01,\n",
    ),
    (
        Table::LacksCapacity,
        "lacks_capacity_key,family_key,person_key,valid_from,valid_until\nlc1,f1,p1,2020-01-01,2020-02-01\n",
    ),
    (
        Table::Marker,
        "marker_key,family_key,agency,system,status,requested_on,placed_on,removed_on\n\
         k1,f1,north-police,Case system,removed,2025-01-03,2025-01-05,2025-12-31\n",
    ),
    (
        Table::Contact,
        "contact_key,family_key,agency,reported_by_subject,kind,urgency,occurred_at,note,note_category,recorded_at\n\
         t1,f1,north-police,sub-9,incident,soon,2025-03-01T10:00:00Z,Nobody was hurt,CRITERION_CRIME,2025-03-01T10:30:00Z\n\
         t2,f1,north-school,sub-1,visit,routine,2025-03-02T10:00:00Z,,,2025-03-02T10:00:00Z\n",
    ),
    (
        Table::TafMeeting,
        "taf_meeting_key,family_key,chaired_by,held_on,next_on\nt1,f1,north-school,2025-03-01,2025-06-01\n",
    ),
    (
        Table::TafAttendance,
        "taf_attendance_key,family_key,taf_meeting_key,agency,attendee,attendance\nn1,f1,t1,north-police,Sam Fox,apologies\n",
    ),
    (
        Table::WithoutGoal,
        "without_goal_key,family_key,plan_key,criterion,reason\nw1,f1,pl1,HEALTH,She is well again\n",
    ),
    (
        Table::BarredSubject,
        "barred_subject_key,family_key,agency,subject,valid_from,valid_until\nb1,f1,north-school,sub-7,2025-01-01,2025-06-01\nb2,f1,,sub-8,2025-01-01,\n",
    ),
];

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 3, 2).expect("a date")
}

pub(super) fn importer() -> Importer {
    Importer::new(7, "northshire", [], today())
}

pub(super) fn good(table: Table) -> &'static str {
    GOOD.iter()
        .find(|(of, _)| *of == table)
        .expect("a file of every table")
        .1
}

/// An importer that has loaded the good files of all tables before this one.
pub(super) fn before(table: Table) -> Importer {
    let mut importer = importer();
    for (earlier, text) in GOOD.iter().filter(|(of, _)| *of < table) {
        let checked = importer.check(*earlier, text.as_bytes()).expect("a good file");
        importer.loaded(checked);
    }
    importer
}

/// What a file comes to beside these rows.
pub(super) fn compared(importer: &Importer, table: Table, text: &[u8], there: &Dataset) -> Result<Counts, ImportError> {
    let checked = importer.check(table, text)?;
    let mut comparing = importer.compare(&checked, now());
    for batch in importer.batches(&checked, text) {
        comparing.batch(&batch?, there);
    }
    comparing.others(there);
    Ok(comparing.finish()?.counts)
}

/// The rows of the good file.
pub(super) fn rows(table: Table) -> Dataset {
    let (importer, text) = (before(table), good(table));
    let checked = importer.check(table, text.as_bytes()).expect("a good file");
    let mut rows = Dataset::default();
    for batch in importer.batches(&checked, text.as_bytes()) {
        rows.append(batch.expect("the file has not changed").rows());
    }
    rows
}

fn now() -> DateTime<Utc> {
    today().and_hms_opt(12, 0, 0).expect("a time").and_utc()
}

fn import(mut importer: Importer) -> Dataset {
    let mut all = Dataset::default();
    for (table, text) in GOOD {
        let checked = importer
            .check(table, text.as_bytes())
            .unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(checked.unresolved, [], "{}", table.file_name());
        for batch in importer.batches(&checked, text.as_bytes()) {
            all.append(batch.expect("the file has not changed").rows());
        }
        importer.loaded(checked);
    }
    all
}

#[test]
fn good_files_become_rows() {
    let data = import(importer());
    assert_eq!(data.len(), 38);
    let mother = &data.people[0];
    assert_eq!(
        (mother.authority_id, mother.family_name.as_str()),
        (7, "Hart, née Lane")
    );
    assert!(mother.shielded && !data.people[1].shielded);
    assert_eq!(
        (data.agencies[0].code.as_str(), data.agencies[0].name.as_str()),
        ("north-police", "North Police")
    );
    let membership = &data.memberships[0];
    assert_eq!(
        (membership.person_id, membership.family_id),
        (mother.id, data.families[0].id)
    );
    assert!(membership.parental_responsibility && membership.valid_until.is_none());
    assert_eq!(membership.source_agency_id, Some(data.agencies[0].id));
    assert_eq!(data.memberships[1].end_reason, Some(MembershipEnd::Adopted));
    assert_eq!(data.goals[0].plan_id, data.plans[0].id);
    assert_eq!(data.actions[0].goal_id, data.goals[0].id);
    assert_eq!(data.outcomes[0].goal_id, Some(data.goals[0].id));
    assert_eq!(data.distance_scores[0].assessment_id, data.assessments[0].id);
    let consent = &data.consents[0];
    assert_eq!(
        (consent.decided_by, consent.person_id),
        (Some(mother.id), data.people[1].id)
    );
    assert_eq!(consent.recorded_at.to_rfc3339(), "2025-01-02T08:30:00+00:00");
    assert_eq!(data.criteria_matches[1].person_id, None);
    assert_eq!(data.families[1].attached_on, None);
}

/// A person by their names, what is said of their birth, when they are expected, and whether they are an adult.
fn person_of(line: &str) -> PersonRow {
    let (importer, text) = (
        importer(),
        format!("person_key,given_name,family_name,date_of_birth,expected_on,adult,sex\np9,{line},female\n"),
    );
    let checked = importer
        .check(Table::Person, text.as_bytes())
        .unwrap_or_else(|error| panic!("{line}: {error}"));
    let mut batches = importer.batches(&checked, text.as_bytes());
    let batch = batches
        .next()
        .expect("a batch")
        .expect("the file has not changed")
        .rows();
    batch.people.into_iter().next().expect("a person")
}

#[test]
fn of_a_birth_as_much_is_kept_as_is_known() {
    let day = |text: &str| Some(text.parse::<NaiveDate>().expect("a day"));
    for (line, known) in [
        ("Ann,Lee,1990-05-06,,", (day("1990-05-06"), None, None, None)),
        ("Ann,Lee,1990-05,,", (None, Some(1990), Some(5), None)),
        ("Ann,Lee,1990,,", (None, Some(1990), None, None)),
        ("Ann,Lee,,,", (None, None, None, None)),
        ("Ann,Lee,2026-03-02,,", (day("2026-03-02"), None, None, None)),
        ("Ann,Lee,2026-03,,", (None, Some(2026), Some(3), None)),
        ("Ann,Lee,2026,,", (None, Some(2026), None, None)),
        ("Ann,Lee,1992-02-29,,", (day("1992-02-29"), None, None, None)),
        // It is 2 March 2026: whoever is born on the day after is not born yet.
        ("Ann,Lee,2026-03-03,,", (None, None, None, day("2026-03-03"))),
        (",Lee,2026-12-27,,", (None, None, None, day("2026-12-27"))),
        (",,,2026-06-10,false", (None, None, None, day("2026-06-10"))),
        (",Lee,,2026-02-20,", (None, None, None, day("2026-02-20"))),
    ] {
        let row = person_of(line);
        let kept = (row.date_of_birth, row.birth_year, row.birth_month, row.expected_on);
        assert_eq!(kept, known, "{line}");
        assert!(!row.adult, "{line}");
    }
    for line in [
        "Ann,,,,true",
        ",Lee,1990,,true",
        "Ann,Lee,2008-03-02,,true",
        "Ann,Lee,2008-03,,true",
        "Ann,Lee,2008,,true",
    ] {
        assert!(person_of(line).adult, "{line}");
    }
    let row = person_of("Suharno,,1961,,");
    assert_eq!((row.given_name.as_str(), row.family_name.as_str()), ("Suharno", ""));
}

#[test]
fn importing_again_means_the_same_rows() {
    let first = import(importer());
    assert_eq!(import(importer()), first);
    let other = Importer::new(8, "southshire", [], today());
    let other = import(other);
    assert_ne!(other.people[0].id, first.people[0].id);
    let all: HashSet<Uuid> = first.people.iter().chain(&other.people).map(|row| row.id).collect();
    assert_eq!(all.len(), 8);
    assert_eq!(first.people[0].id.get_version_num(), 8);
    assert_eq!(first.people[0].id, row_id("northshire", "person", "p1"));
    assert_ne!(row_id("a", "bc", "d"), row_id("ab", "c", "d"));
}

#[test]
fn agencies_that_are_there_keep_their_identifier() {
    let id = Uuid::from_u128(42);
    let data = import(Importer::new(
        7,
        "northshire",
        [("north-police".to_owned(), id)],
        today(),
    ));
    assert_eq!(data.agencies[0].id, id);
    assert_eq!(data.markers[0].agency_id, id);
    assert_eq!(data.contacts[0].agency_id, id);
}

#[test]
fn columns_may_stand_in_any_order_and_optional_ones_may_be_missing() {
    let text = "\u{feff}route,family_key,reference\r\n data ,f9, N-9 \r\n\r\n";
    let importer = importer();
    let checked = importer.check(Table::Family, text.as_bytes()).expect("a good file");
    assert_eq!(checked.rows, 1);
    let batch = importer
        .batches(&checked, text.as_bytes())
        .next()
        .expect("a batch")
        .expect("unchanged")
        .rows();
    assert_eq!(
        (batch.families[0].route, batch.families[0].reference.as_str()),
        (Route::Data, "N-9")
    );
}

#[test]
fn rows_come_in_batches_and_a_changed_file_is_noticed() {
    let mut text = "code,name,kind\n".to_owned();
    for number in 0..=BATCH * 2 {
        writeln!(text, "agency-{number},Name,police").expect("a string can be written to");
    }
    let importer = importer();
    let checked = importer.check(Table::Agency, text.as_bytes()).expect("a good file");
    let sizes: Vec<_> = importer
        .batches(&checked, text.as_bytes())
        .map(|batch| batch.expect("unchanged").ids().len())
        .collect();
    assert_eq!(sizes, [BATCH, BATCH, 1]);
    assert_eq!(checked.hash.len(), 64);
    for changed in [
        text.replace("agency-7,", "agency-x,"),
        text.clone() + "more,Name,police\n",
        text.replace("Name", ""),
    ] {
        let last = importer.batches(&checked, changed.as_bytes()).last();
        assert!(matches!(last, Some(Err(ImportError::Changed { .. }))), "{last:?}");
    }
    let empty = importer
        .check(Table::Agency, b"code,name,kind\n".as_slice())
        .expect("a good file");
    assert_eq!(importer.batches(&empty, b"code,name,kind\n".as_slice()).count(), 0);
}

#[test]
fn a_directory_names_its_files_in_order() {
    let directory = tempfile::tempdir().expect("a directory");
    assert!(matches!(files(directory.path()), Err(ImportError::Nothing)));
    for name in ["goal.csv", "agency.csv", "person.csv", "notes.txt"] {
        std::fs::write(directory.path().join(name), "").expect("a file can be written");
    }
    let found: Vec<_> = files(directory.path())
        .expect("files")
        .into_iter()
        .map(|(table, _)| table)
        .collect();
    assert_eq!(found, [Table::Agency, Table::Person, Table::Goal]);
    std::fs::write(directory.path().join("persons.csv"), "").expect("a file can be written");
    assert!(matches!(files(directory.path()), Err(ImportError::UnknownFile { file }) if file == "persons.csv"));
}

#[test]
fn the_documentation_has_every_column() {
    let text = include_str!("../../docs/importing.md");
    for table in FILES.iter().copied() {
        let (_, section) = text
            .split_once(&format!("\n## `{}`\n", table.file_name()))
            .expect("every table has a section");
        let section = section.split("\n## ").next().unwrap_or_default();
        let listed = section.lines().filter(|line| line.starts_with("| `")).count();
        assert_eq!(listed, table.in_file().len(), "{}", table.file_name());
        for column in table.in_file() {
            let star = if column.required { "" } else { " *" };
            let (name, file) = (column.file, table.file_name());
            let line = section
                .lines()
                .find(|line| line.starts_with(&format!("| `{name}`{star} |")));
            let change = match column.change {
                _ if name == table.in_file()[0].file => "names the row",
                Change::Never => "stays",
                Change::Once => "once",
                Change::Free => "",
            };
            let told = line.and_then(|line| line.split('|').nth(3)).map(str::trim);
            assert_eq!(told, Some(change), "{file}: {name}");
        }
    }
    let order: Vec<_> = GOOD.iter().map(|(table, _)| *table).collect();
    assert_eq!(order, **FILES);
    for (table, text) in GOOD {
        let header = text.lines().next().unwrap_or_default();
        assert_eq!(
            header.split(',').count(),
            table.in_file().len(),
            "{} shows every column",
            table.file_name()
        );
    }
}
