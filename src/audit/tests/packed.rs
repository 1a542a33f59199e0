//! The packed form: entries survive a round trip, and malformed input is rejected.

use std::collections::BTreeSet;

use uuid::Uuid;

use crate::{
    audit::{
        Code, Subject,
        barred::Barred,
        entry::{AgreementRef, Entry, EntryRef, Ground, HeadRef, Kind, Operation, Portal},
        hash::Hash,
        packed::{Unpacked, Words, unpack, words_of},
    },
    store::trail::RecordRow,
};

fn number_of(words: &[String]) -> impl Fn(&str) -> Option<i32> {
    |text| {
        let place = words.iter().position(|word| word == text)?;
        i32::try_from(place + 1).ok()
    }
}

fn packed(entry: &Entry) -> (RecordRow, Words, Vec<Uuid>) {
    let unpacked = Unpacked::of(entry).unwrap();
    let body = unpacked.pack(number_of(&unpacked.words)).unwrap();
    let row = RecordRow {
        chain: 1,
        seq: 1,
        at: entry.at,
        authority: entry.authority,
        agency: body.agency,
        kind: entry.kind.number(),
        family: unpacked.family,
        hash: Vec::new(),
        body: body.bytes,
    };
    (row, (1..).zip(unpacked.words).collect(), unpacked.families)
}

fn look_up() -> Entry {
    let code = |text: &str| Code::new(text).unwrap();
    let mut entry = Entry::new(Kind::LookedUp, "2026-03-02T12:00:00.000001Z".parse().unwrap());
    entry.request_id = Some(Uuid::from_u128(77));
    entry.authority = Some(1);
    entry.agency = Some(Uuid::from_u128(5));
    entry.agency_kind = Some(code("police"));
    entry.role = Some(code("marker_lookup"));
    entry.subject = Some(Subject::new("niche").unwrap());
    entry.purpose = Some(code("safeguarding"));
    entry.operation = Some(Operation::of(Some("Lookup"), "query Lookup { x }"));
    entry.clauses.insert(code("police-marker"));
    entry.categories.insert(code("MARKER"));
    entry.families.insert(Uuid::from_u128(0xf00d));
    entry.people.insert(Uuid::from_u128(0xbeef).into());
    entry.lookups.matched = 1;
    entry
}

#[test]
fn a_look_up_is_packed_in_few_bytes_and_unpacked() {
    let entry = look_up();
    let (row, words, families) = packed(&entry);
    assert!(row.body.len() <= 36, "{}", row.body.len());
    assert_eq!(row.family, Some(Uuid::from_u128(0xf00d)));
    assert_eq!(unpack(&row, &words, &families).unwrap().to_body(), entry.to_body());
    let mut numbers = words_of(&row);
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!(numbers, words.keys().copied().collect::<Vec<_>>());
}

#[test]
fn every_field_of_an_entry_survives_packing() {
    let mut entry = look_up();
    let code = |text: &str| Code::new(text).unwrap();
    entry.families.extend((0..3).map(Uuid::from_u128));
    entry.portal = Some(Portal {
        agency: Uuid::from_u128(6),
        subject: Subject::new("portal").unwrap(),
    });
    entry.also.push(Ground {
        kind: Kind::Disclosed,
        agreements: BTreeSet::new(),
        clauses: BTreeSet::from([code("lead-family")]),
        families: BTreeSet::from([Uuid::from_u128(9)]),
        people: BTreeSet::from([Uuid::from_u128(10).into()]),
        categories: BTreeSet::from([code("PLAN")]),
        emergency: BTreeSet::from([Uuid::from_u128(11)]),
    });
    entry.reason = Some(code("NOT_FOUND"));
    entry.withheld.add(code("Member.phone"), code("WITHHELD"), 3_000_000);
    entry.loaded = Some(AgreementRef {
        code: code("TFF-2"),
        version: 3,
    });
    entry.awaits = true;
    entry.about = Some(EntryRef {
        chain: Uuid::from_u128(12),
        seq: 13,
    });
    entry.heads.insert(HeadRef {
        chain: Uuid::from_u128(14),
        seq: 15,
        hash: Hash::of(&[b"x"]),
    });
    let (row, words, families) = packed(&entry);
    assert_eq!(families.len(), 5);
    assert_eq!(unpack(&row, &words, &families[..4]), None, "a family is gone");
    assert_eq!(unpack(&row, &words, &families), Some(entry));
}

#[test]
fn malformed_records_are_rejected() {
    let (row, words, families) = packed(&look_up());
    for length in 0..row.body.len() {
        let mut cut = row.clone();
        cut.body.truncate(length);
        assert_eq!(unpack(&cut, &words, &families), None, "{length} bytes");
    }
    for number in words.keys() {
        let mut fewer = words.clone();
        fewer.remove(number);
        let of_agency = Some(*number) == row.agency;
        assert_eq!(
            unpack(&row, &fewer, &families).is_some(),
            of_agency,
            "without word {number}"
        );
    }
    let mut long = row;
    long.body.extend_from_slice(b"{}");
    assert_eq!(unpack(&long, &words, &families), None);
}

#[test]
fn an_entry_about_one_family_reveals_no_other() {
    let mut entry = look_up();
    let (one, other, third) = (Uuid::from_u128(0xf00d), Uuid::from_u128(2), Uuid::from_u128(3));
    entry
        .withheld
        .add(Code::new("Member.phone").unwrap(), Code::new("WITHHELD").unwrap(), 7);
    entry.also.push(Ground {
        kind: Kind::Disclosed,
        agreements: BTreeSet::new(),
        clauses: BTreeSet::from([Code::new("lead-family").unwrap()]),
        families: BTreeSet::from([other, third]),
        people: BTreeSet::from([Uuid::from_u128(10).into()]),
        categories: BTreeSet::from([Code::new("PLAN").unwrap()]),
        emergency: BTreeSet::new(),
    });
    entry.barred.push(Barred {
        row: Uuid::from_u128(11),
        agency: None,
        subject: Subject::new("cousin").unwrap(),
        from: chrono::NaiveDate::MIN,
        until: None,
    });
    let about = entry.clone().about(one);
    assert!(about.barred.is_empty(), "who is barred is nobody's to read");
    assert_eq!((about.families.clone(), about.people.len()), (BTreeSet::from([one]), 1));
    assert!(about.also.is_empty() && about.withheld.is_empty() && about.lookups.is_empty());
    let about = entry.about(other);
    assert_eq!(
        (about.kind, about.families.clone()),
        (Kind::Disclosed, BTreeSet::from([other]))
    );
    // With two families on one ground, it is not said which of them the people belong to.
    assert!(about.people.is_empty());
    assert_eq!(about.categories, BTreeSet::from([Code::new("PLAN").unwrap()]));
}
