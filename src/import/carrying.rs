//! What old files of people hold goes to memberships.

use std::{fs, io::Read as _, path::Path};

use chrono::NaiveDate;

use super::{ImportError, carried, files};
use crate::records::Table;

const MEMBERS: &str = "membership_key,family_key,person_key,relationship,parental_responsibility,valid_from,valid_until\n\
    m1,f1,p1,mother,true,2016-05-01,\n\
    m2,f1,p2,child,false,2016-05-01,2024-06-01\n\
    m3,f2,p2,child,false,2024-06-01,\n\n\
    m4,f1,p3,child,false,2016-05-01,2020-01-01\n\
    m5,f2,p3,child,false,2021-05-01T00:00:00,2022-01-01\n";

fn carried_in(folder: &Path) -> Result<Vec<(Table, String)>, ImportError> {
    let today = NaiveDate::from_ymd_opt(2026, 3, 2).expect("a day");
    let sources = carried(&files(folder)?, today)?;
    Ok(sources
        .iter()
        .map(|source| {
            let mut text = String::new();
            let mut reader = source.open().expect("it is there");
            reader.read_to_string(&mut text).expect("text");
            (source.table, text)
        })
        .collect())
}

fn folder(people: &str, members: Option<&str>) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("person.csv"), people).expect("a file");
    if let Some(members) = members {
        fs::write(folder.path().join("membership.csv"), members).expect("a file");
    }
    folder
}

#[test]
fn each_value_goes_to_the_households_of_today_or_else_to_the_last() {
    let people = "person_key,Phone,given_name,source_agency\np1,01,Dawn,\np2,02,\"Kai\nLee\",north\np3,03,Tom,north\n";
    let all = carried_in(folder(people, Some(MEMBERS)).path()).expect("good");
    let (table, members) = &all[1];
    assert_eq!(*table, Table::Membership);
    assert_eq!(
        members,
        "membership_key,family_key,person_key,relationship,parental_responsibility,valid_from,valid_until,phone,source_agency\n\
         m1,f1,p1,mother,true,2016-05-01,,01,\n\
         m2,f1,p2,child,false,2016-05-01,2024-06-01,,\n\
         m3,f2,p2,child,false,2024-06-01,,02,north\n\n\
         m4,f1,p3,child,false,2016-05-01,2020-01-01,,\n\
         m5,f2,p3,child,false,2021-05-01T00:00:00,2022-01-01,03,north\n",
        "each line where it was"
    );
    assert_eq!(all[0].1, "person_key,given_name\np1,Dawn\np2,\"Kai\nLee\"\np3,Tom\n");
}

#[test]
fn what_has_nowhere_to_go_is_refused_and_what_is_not_there_is_left_alone() {
    let told = |people: &str, members: Option<&str>| match carried_in(folder(people, members).path()) {
        Err(ImportError::Refused(refused)) => refused.to_string(),
        other => panic!("{other:?}"),
    };
    let people = "person_key,given_name,email\np1,Dawn,\np9,Ann,a@example.org\n";
    for members in [None, Some(MEMBERS)] {
        let told = told(people, members);
        assert!(
            told.starts_with("person.csv:3: email: belongs to a household"),
            "{told}"
        );
        assert!(!told.contains("example.org"), "no value");
    }
    let twice = MEMBERS.replacen("valid_until", "valid_until,email", 1);
    let told = told("person_key,given_name,email\np1,Dawn,\n", Some(&twice));
    assert_eq!(told, "person.csv:1: email: is in membership.csv too, where it belongs");
    let plain = "person_key,given_name\np9,Ann\n";
    let all = carried_in(folder(plain, Some(MEMBERS)).path()).expect("good");
    assert_eq!((all[0].1.as_str(), all[1].1.as_str()), (plain, MEMBERS));
}

#[test]
fn lines_may_end_as_windows_ends_them() {
    let people = "person_key,given_name,phone\r\np1,Dawn,\r\np2,Kai,02\r\n";
    let members = "membership_key,family_key,person_key,relationship,parental_responsibility,valid_from,valid_until\r\n\
                   m1,f1,p1,mother,true,2016-05-01,\r\nm2,f1,p2,child,false,2016-05-01,\r\n";
    let all = carried_in(folder(people, Some(members)).path()).expect("good");
    let lines: Vec<&str> = all[1].1.lines().filter(|line| !line.is_empty()).collect();
    assert_eq!(
        lines,
        [
            "membership_key,family_key,person_key,relationship,parental_responsibility,valid_from,valid_until,phone",
            "m1,f1,p1,mother,true,2016-05-01,,",
            "m2,f1,p2,child,false,2016-05-01,,02",
        ]
    );
}
