//! Pagination for people, and the canonical form.

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::{Place, code, noon, testing};
use crate::audit::{
    AgreementRef, Cursor, Entry, EntryRef, Kind, Operation, Portal, Subject, about_family, hash::Hash, latest,
    read::lookups_of,
};

#[test]
fn an_entry_is_canonical_and_survives_a_round_trip() {
    let at: DateTime<Utc> = "2026-03-02T12:00:00.123456789Z".parse().unwrap();
    let id = Uuid::from_u128;
    let mut entry = Entry::new(Kind::Disclosed, at);
    entry.authority = Some(1);
    entry.agency = Some(id(2));
    entry.agency_kind = Some(code("police"));
    entry.subject = Some(Subject::new("worker 7").unwrap());
    entry.portal = Some(Portal {
        agency: id(3),
        subject: Subject::new("portal").unwrap(),
    });
    entry.agreements.insert(AgreementRef {
        code: code("TFF-2"),
        version: 1,
    });
    entry.operation = Some(Operation::of(Some("A b\n-é_9"), "{ a }"));
    entry.families.extend([id(9), id(8), id(9)]);
    entry.withheld.add(code("Member.phone"), code("WITHHELD"), 2);
    entry.withheld.add(code("Member.email"), code("WITHHELD"), 1);
    entry.withheld.add(code("Member.phone"), code("WITHHELD"), 3);
    entry.about = Some(EntryRef { chain: id(4), seq: 5 });
    let body = entry.to_body().unwrap();
    let hash = Hash::of(&[b"{ a }"]);
    assert_eq!(
        body,
        format!(
            concat!(
                r#"{{"v":2,"at":"2026-03-02T12:00:00.123456Z","kind":"disclosed","authority":1,"#,
                r#""agency":"00000000-0000-0000-0000-000000000002","agency_kind":"police","subject":"worker 7","#,
                r#""portal":{{"agency":"00000000-0000-0000-0000-000000000003","subject":"portal"}},"#,
                r#""agreements":[{{"code":"TFF-2","version":1}}],"operation":{{"name":"Ab_9","hash":"{}"}},"#,
                r#""families":["00000000-0000-0000-0000-000000000008","00000000-0000-0000-0000-000000000009"],"#,
                r#""withheld":[{{"field":"Member.email","reason":"WITHHELD","count":1}},"#,
                r#"{{"field":"Member.phone","reason":"WITHHELD","count":5}}],"#,
                r#""about":{{"chain":"00000000-0000-0000-0000-000000000004","seq":5}}}}"#
            ),
            hash
        )
    );
    assert_eq!(Entry::from_body(&body).unwrap(), entry);
    assert!(Operation::of(Some(&"x".repeat(500)), "").name().unwrap().len() <= 100);
    for garbage in [
        "",
        "{}",
        "null",
        "[]",
        r#"{"v":1,"at":"x","kind":"disclosed"}"#,
        "{\"v\":1",
    ] {
        assert!(Entry::from_body(garbage).is_err());
    }
    assert!(Entry::from_body(&body.replace("\"kind\"", "\"phone\":\"1\",\"kind\"")).is_err());
    assert!(Entry::from_body(&"[".repeat(100_000)).is_err());
}

#[test]
fn every_kind_is_written_as_its_code() {
    for kind in Kind::ALL {
        assert_eq!(serde_json::to_value(kind).unwrap(), kind.code());
        assert_eq!(Kind::of_number(kind.number()), Some(kind));
    }
    let announcing: Vec<i16> = Kind::ALL
        .into_iter()
        .filter(|kind| kind.announces() || *kind == Kind::WriteFailed)
        .map(Kind::number)
        .collect();
    assert_eq!(announcing, [3, 4, 5, 6, 9], "those of the index of announced changes");
}

#[tokio::test]
async fn a_family_reads_its_entries_page_by_page_newest_first() {
    let place = Place::new(20).await;
    let (family, other) = (place.ids.uuid(), place.ids.uuid());
    let many: Vec<Uuid> = (0..60).map(|_| place.ids.uuid()).collect();
    let mut wanted = Vec::new();
    // Two chains, and timestamps that several entries share.
    for chain in 0..2 {
        let trail = place.open().await;
        for round in 0..12 {
            place.clock.set(noon() + TimeDelta::microseconds(round / 3));
            let entry = place.disclosed(
                1,
                if round % 2 == 0 {
                    vec![family, other]
                } else {
                    vec![other]
                },
            );
            let at = trail.append(entry.clone()).await.unwrap();
            if round % 2 == 0 {
                wanted.push((entry.at, chain, at.place()));
            }
            trail.append(place.disclosed(2, [family])).await.unwrap();
            // Sometimes among many others, and sometimes many others alone.
            let all = many.iter().copied().chain((round % 3 == 0).then_some(family));
            let entry = place.disclosed(1, all);
            let at = trail.append(entry.clone()).await.unwrap();
            if round % 3 == 0 {
                wanted.push((entry.at, chain, at.place()));
            }
        }
        trail.close().await;
    }
    // With the same timestamp, the newer chain comes first.
    wanted.sort_by_key(|(at, chain, place)| std::cmp::Reverse((*at, *chain, place.seq)));
    let wanted: Vec<_> = wanted.into_iter().map(|(at, _, place)| (at, place)).collect();
    let (mut pages, mut before) = (Vec::new(), None);
    loop {
        let page = about_family(&place.store, 1, family, before, 5).await.unwrap();
        let Some((at, entry)) = page.last() else { break };
        before = Some(Cursor::after(*at, entry));
        assert!(
            page.iter()
                .all(|(_, entry)| entry.families.contains(&family) && entry.authority == Some(1))
        );
        pages.extend(page.into_iter().map(|(at, entry)| (entry.at, at)));
    }
    assert_eq!(pages, wanted);
    assert!(about_family(&place.store, 3, family, None, 5).await.unwrap().is_empty());
    let newest = latest(&place.store, 2, None, 7).await.unwrap();
    assert_eq!(newest.len(), 7);
    let next = latest(&place.store, 2, Some(Cursor::after(newest[6].0, &newest[6].1)), 100)
        .await
        .unwrap();
    assert_eq!(next.len(), 17);
    assert!(next.iter().all(|(at, _)| newest.iter().all(|(seen, _)| seen != at)));
}

#[tokio::test]
async fn a_page_is_read_over_one_connection() {
    let place = Place::new(22).await;
    let trail = place.open().await;
    let (family, agency) = (place.ids.uuid(), place.ids.uuid());
    let mut entry = place.disclosed(1, [family]);
    (entry.agency, entry.lookups.matched) = (Some(agency), 1);
    let at = trail.append(entry.clone()).await.unwrap().place();
    let before = Some(Cursor::after(at, &entry));
    // A reader that held one connection and waited for a second would wait here for ever.
    let narrow = testing::with_readers(&place.path().join("trail.sqlite"), 1).await;
    assert_eq!(about_family(&narrow, 1, family, None, 5).await.unwrap().len(), 1);
    assert_eq!(latest(&narrow, 1, None, 5).await.unwrap().len(), 1);
    assert_eq!(lookups_of(&narrow, 1, agency, None, 5).await.unwrap().len(), 1);
    assert!(about_family(&narrow, 1, family, before, 5).await.unwrap().is_empty());
}
