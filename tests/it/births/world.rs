//! A made-up family of whom not everything is known, imported from files as an authority would send them.

use thinkfamily::{
    demo,
    import::Importer,
    records::Table,
    store::{bulk, dataset::Dataset},
};

use crate::support::app::{App, today};

/// The family's reference.
pub(super) const REFERENCE: &str = "TF-20001";
/// It is 15 June 2026: Noor turns 13 in this year, or turned it.
const PEOPLE: &str = "person_key,given_name,family_name,date_of_birth,sex,expected_on,adult
father,Suharno,,1961,male,,
mother,Astrid,Lindqvist,,female,,true
eldest,Leo,Lindqvist,2000-02-29,male,,
open,Noor,Lindqvist,2013,female,,
child,Mia,Lindqvist,2019-02,female,,
unborn,,Lindqvist,2026-08-20,unknown,,
";
const FAMILIES: &str = "family_key,reference,route,attached_on\nhome,TF-20001,nomination,2026-01-10\n";
const MEMBERS: &str = "membership_key,family_key,person_key,relationship,parental_responsibility,valid_from,valid_until
1,home,father,father,true,2020-01-01,
2,home,mother,mother,true,2020-01-01,
3,home,eldest,child,false,2020-01-01,
4,home,open,child,false,2020-01-01,
5,home,child,child,false,2020-01-01,
6,home,unborn,child,false,2026-01-20,
";
const ADDRESSES: &str = "address_key,family_key,line1,postcode,valid_from\n1,home,3 Fjord Lane,ZQ9 3AB,2020-01-01\n";
const INVOLVEMENTS: &str =
    "involvement_key,family_key,agency,contact_name,started_on\n1,home,city-housing,Made Up,2026-01-10\n";

/// Who said yes for whom, to the police knowing of the marker and to the housing officer knowing who they are: all whom the rules ask.
pub(super) const YES: [(&str, &str); 7] = [
    ("father", "father"),
    ("mother", "mother"),
    ("eldest", "eldest"),
    ("open", "open"),
    ("open", "mother"),
    ("child", "mother"),
    ("unborn", "mother"),
];

/// Imports the files into the authority of the demonstration.
async fn import(app: &App, files: &[(Table, String)]) {
    let data = demo::worked(today().date_naive());
    let of = data
        .agencies
        .iter()
        .filter(|row| row.authority_id == demo::CAMBRIDGESHIRE);
    let agencies = of.map(|row| (row.code.clone(), row.id));
    let mut importer = Importer::new(demo::CAMBRIDGESHIRE, "cambridgeshire", agencies, today().date_naive());
    let mut all = Dataset::default();
    for (table, text) in files {
        let checked = importer
            .check(*table, text.as_bytes())
            .unwrap_or_else(|error| panic!("{error}"));
        for batch in importer.batches(&checked, text.as_bytes()) {
            all.append(batch.expect("the file is the same").rows());
        }
        importer.loaded(checked);
    }
    bulk::load(app.store.databases(), &all, &mut |_| {})
        .await
        .expect("the files load");
}

/// Adds the family with these consents.
pub(super) async fn add_family(app: &App, yes: &[(&str, &str)]) {
    add(app, PEOPLE, yes).await;
}

/// The same, with something else known of the people.
pub(super) async fn add(app: &App, people: &str, yes: &[(&str, &str)]) {
    let files = [
        (Table::Person, people.to_owned()),
        (Table::Family, FAMILIES.to_owned()),
        (Table::Membership, MEMBERS.to_owned()),
        (Table::Address, ADDRESSES.to_owned()),
        (Table::Involvement, INVOLVEMENTS.to_owned()),
        (Table::Consent, consents(yes)),
    ];
    import(app, &files).await;
}

/// The file with one line of a person another.
pub(super) fn people_but(key: &str, line: &str) -> String {
    let lines = PEOPLE
        .lines()
        .map(|old| if old.starts_with(&format!("{key},")) { line } else { old });
    lines.collect::<Vec<_>>().join("\n") + "\n"
}

/// The consents without one of them.
pub(super) fn without(person: &str, by: &str) -> Vec<(&'static str, &'static str)> {
    YES.into_iter().filter(|one| *one != (person, by)).collect()
}

fn consents(yes: &[(&str, &str)]) -> String {
    let mut text = "consent_key,family_key,person_key,category,agency_kind,decision,decided_by_key,recorded_at,recorded_by_agency,\
                    recorded_by_subject\n"
        .to_owned();
    let housing = ["MARKER", "IDENTITY", "HOUSEHOLD"].map(|category| (category, "housing"));
    for (person, by) in yes {
        for (category, kind) in [("MARKER", "police")].into_iter().chain(housing) {
            let line = [
                &format!("{person}-{by}-{category}-{kind}"),
                "home",
                person,
                category,
                kind,
                "given",
                by,
                "2026-02-01T10:00:00Z,cambs-early-help,a-worker",
            ];
            text += &(line.join(",") + "\n");
        }
    }
    text
}
