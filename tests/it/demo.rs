//! Both databases take the demonstration's rows and an import's, with every constraint they have.

use chrono::NaiveDate;
use thinkfamily::{demo, import::Importer, records::Table, store::bulk};

use super::support::database::{TestDatabase, on_both};

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 3, 2).unwrap()
}

async fn takes_the_demonstration_and_an_import(database: &TestDatabase) {
    let databases = database.open().await;
    let worked = demo::worked(today());
    let rows = bulk::load(&databases, &worked, &mut |_| {}).await.unwrap();
    assert_eq!(rows, worked.len() as u64);

    let size = demo::Size {
        families: 600,
        authorities: 3,
    };
    let expected: usize = demo::families(size, 5, today()).map(|batch| batch.len()).sum();
    let rows = bulk::load_each(&databases, demo::families(size, 5, today()), &mut |_| {})
        .await
        .unwrap();
    assert_eq!(rows, expected as u64);

    let mut importer = Importer::new(demo::CAMBRIDGESHIRE, "cambridgeshire", [], today());
    for (table, text) in [
        (Table::Agency, "code,name,kind\nimported-school,A school,school\n"),
        (
            Table::Person,
            "person_key,given_name,family_name,date_of_birth,sex\np1,Ann,Lane,1990-01-01,female\n",
        ),
        (Table::Family, "family_key,reference,route\nf1,IMPORTED-1,data\n"),
        (
            Table::Membership,
            "membership_key,family_key,person_key,relationship,parental_responsibility,valid_from\nm1,f1,p1,mother,true,2020-01-01\n",
        ),
    ] {
        let checked = importer.check(table, text.as_bytes()).unwrap();
        let mut load = bulk::Load::begin(&databases).await.unwrap();
        for batch in importer.batches(&checked, text.as_bytes()) {
            load.add(&batch.unwrap().rows(), &mut |_| {}).await.unwrap();
        }
        load.commit().await.unwrap();
        importer.loaded(checked);
    }
}

on_both!(takes_the_demonstration_and_an_import);
