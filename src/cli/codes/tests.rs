//! Tests of `codes`.

use super::*;

#[test]
fn every_code_list_of_a_file_is_printed_with_meanings() {
    let lists = lists();
    let column_name = |table: crate::records::Table, name: &str| format!("{}.{name}", table.name());
    for table in FILES.iter().copied() {
        for column in table.in_file() {
            let codes: &[&str] = match column.holds {
                Holds::OneOf(codes) => codes,
                Holds::AgencyKind
                | Holds::Criterion
                | Holds::Measure
                | Holds::Domain
                | Holds::Category
                | Holds::Purposes => &[],
                _ => continue,
            };
            let column_name = column_name(table, column.file);
            let list = lists.iter().find(|list| list.columns.contains(&column_name));
            let list = list.unwrap_or_else(|| panic!("{column_name} takes its words from a list"));
            assert!(
                codes.iter().all(|word| list.codes.iter().any(|(code, _)| code == word)),
                "{column_name}"
            );
        }
    }
    for list in &lists {
        assert!(!list.codes.is_empty(), "{}", list.name);
        for (code, meaning) in &list.codes {
            assert!(!meaning.is_empty(), "{} {code}", list.name);
        }
    }
}

#[test]
fn csv_has_one_line_per_code() {
    let mut out = Vec::new();
    let arguments = CodesArgs {
        list: Some("sex".to_owned()),
        format: Format::Csv,
    };
    run(&arguments, &mut out).expect("there is such a list");
    let told = String::from_utf8(out).expect("a text");
    assert!(told.starts_with("list,code,meaning\nsex,female,"), "{told}");
    assert_eq!(told.lines().count(), 5);
}
