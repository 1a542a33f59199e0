//! A trail of version 1, from before there were records: it stays readable in chronological order with newer
//! entries, and verifies.

use std::fs::File;

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use uuid::Uuid;

use super::{
    Place,
    incremental::{a_round, places},
    noon,
    testing::{Value, tamper},
};
use crate::{
    audit::{
        Cursor, EntryRef, FindingKind, about_family,
        chain::{entry_hash, sign_head},
        entry::HeadRef,
        export::export,
        hash::Hash,
        latest,
        offline::verify_file,
        read::lookups_of,
        verify::verify,
    },
    store::trail::{GroupRow, TrailStore},
};

/// A chain of version 1 under construction.
struct Old<'a> {
    place: &'a Place,
    head: HeadRef,
}

impl Old<'_> {
    async fn run(&self, sql: &str, values: Vec<Value>) {
        assert_eq!(tamper(&self.place.store, sql, values).await, 1);
    }

    async fn put(&mut self, at: DateTime<Utc>, kind: &str, more: &str) -> EntryRef {
        let instant = at.to_rfc3339_opts(SecondsFormat::Micros, true);
        let body = format!(r#"{{"v":1,"at":"{instant}","kind":"{kind}"{more}}}"#);
        let prev = self.head.hash;
        self.head.seq += 1;
        self.head.hash = entry_hash(&prev, self.head.chain, self.head.seq, &body);
        let authority = (!more.is_empty()).then_some(1);
        let values = vec![
            self.head.chain.into(),
            self.head.seq.into(),
            at.into(),
            authority.into(),
            kind.into(),
            body.into(),
            prev.to_string().into(),
            self.head.hash.to_string().into(),
        ];
        self.run(
            "INSERT INTO trail_entry VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            values,
        )
        .await;
        EntryRef {
            chain: self.head.chain,
            seq: self.head.seq,
        }
    }

    /// An entry about families, with its index rows.
    async fn disclosed(&mut self, at: DateTime<Utc>, families: &[Uuid]) -> EntryRef {
        let mut families = families.to_vec();
        families.sort_unstable();
        let names: Vec<String> = families.iter().map(|family| format!("\"{family}\"")).collect();
        let people = format!("\"{}\"", Uuid::from_u128(0xabc));
        let more = format!(
            r#","authority":1,"purpose":"safeguarding","clauses":["police-marker"],"families":[{}],"people":[{people}]"#,
            names.join(",")
        );
        let place = self.put(at, "disclosed", &more).await;
        if families.len() > 16 {
            for row in GroupRow::of(1, &families, at, place.chain, place.seq) {
                let values = vec![
                    1.into(),
                    row.bucket.into(),
                    at.into(),
                    place.chain.into(),
                    place.seq.into(),
                    row.members.into(),
                ];
                self.run("INSERT INTO trail_group VALUES ($1, $2, $3, $4, $5, $6)", values)
                    .await;
            }
        } else {
            for family in families {
                let values = vec![1.into(), family.into(), at.into(), place.chain.into(), place.seq.into()];
                self.run("INSERT INTO trail_subject VALUES ($1, $2, $3, $4, $5)", values)
                    .await;
            }
        }
        place
    }

    async fn looked_up(&mut self, at: DateTime<Utc>, agency: Uuid) -> EntryRef {
        let more =
            format!(r#","authority":1,"agency":"{agency}","lookups":{{"matched":0,"ambiguous":0,"not_found":1}}"#);
        let place = self.put(at, "looked_up", &more).await;
        let values = vec![1.into(), agency.into(), at.into(), place.chain.into(), place.seq.into()];
        self.run("INSERT INTO trail_agency VALUES ($1, $2, $3, $4, $5)", values)
            .await;
        place
    }

    async fn close(self) {
        let head = sign_head(&self.place.key, &self.head, "old", noon());
        let values = vec![
            head.chain.into(),
            head.seq.into(),
            head.hash.into(),
            head.signature.into(),
            head.process.into(),
            head.updated_at.into(),
        ];
        self.run("INSERT INTO trail_head VALUES ($1, $2, $3, $4, $5, $6)", values)
            .await;
    }
}

struct Mixed {
    place: Place,
    family: Uuid,
    agency: Uuid,
    /// The entries about the family, newest first.
    about: Vec<EntryRef>,
    old: Uuid,
}

async fn mixed() -> Mixed {
    let place = Place::new(21).await;
    let (family, agency) = (place.ids.uuid(), place.ids.uuid());
    let mut old = Old {
        place: &place,
        head: HeadRef {
            chain: place.ids.uuid(),
            seq: 0,
            hash: Hash::ZERO,
        },
    };
    let chain = old.head.chain;
    let at = |round: i64| noon() + TimeDelta::microseconds(round / 2);
    old.put(noon(), "chain_opened", "").await;
    let mut about = Vec::new();
    for round in 0..6 {
        about.push((at(round), 0, old.disclosed(at(round), &[family]).await));
        let mut many: Vec<Uuid> = (0..30).map(|_| place.ids.uuid()).collect();
        many.push(family);
        about.push((at(round), 0, old.disclosed(at(round), &many).await));
        old.disclosed(at(round), &many[..20]).await;
        old.looked_up(at(round), agency).await;
    }
    old.close().await;
    // The same timestamps again, as records.
    let trail = place.open().await;
    for round in 0..6 {
        place.clock.set(at(round));
        about.push((
            at(round),
            1,
            trail.append(place.disclosed(1, [family])).await.unwrap().place(),
        ));
        let mut entry = place.disclosed(1, []);
        (entry.agency, entry.lookups.matched) = (Some(agency), 1);
        trail.append(entry).await.unwrap();
    }
    trail.close().await;
    about.sort_by_key(|(at, records, place)| std::cmp::Reverse((*at, *records, *place)));
    Mixed {
        about: about.into_iter().map(|(_, _, place)| place).collect(),
        old: chain,
        place,
        family,
        agency,
    }
}

async fn pages(store: &TrailStore, family: Uuid) -> Vec<EntryRef> {
    let (mut all, mut before) = (Vec::new(), None);
    loop {
        let page = about_family(store, 1, family, before, 4).await.unwrap();
        let Some((place, entry)) = page.last() else { return all };
        before = Some(Cursor::after(*place, entry));
        assert!(page.iter().all(|(_, entry)| entry.families.contains(&family)));
        all.extend(page.iter().map(|(place, _)| *place));
    }
}

#[tokio::test]
async fn version_1_is_read_page_by_page_among_records() {
    let mixed = mixed().await;
    assert_eq!(pages(&mixed.place.store, mixed.family).await, mixed.about);
    let newest = latest(&mixed.place.store, 1, None, 200).await.unwrap();
    assert_eq!(newest.len(), 6 * 4 + 12);
    assert!(newest.is_sorted_by(|(_, one), (_, next)| one.at >= next.at));
    let looked = lookups_of(&mixed.place.store, 1, mixed.agency, None, 200)
        .await
        .unwrap();
    let counts: Vec<u64> = looked.iter().map(|(_, entry)| entry.lookups.matched).collect();
    assert_eq!(counts.iter().sum::<u64>(), 6);
    assert_eq!(counts.len(), 12);
    let person = about_family(&mixed.place.store, 1, mixed.family, None, 1)
        .await
        .unwrap();
    assert_eq!(person.len(), 1);
}

#[tokio::test]
async fn version_1_verifies_and_tampering_is_found() {
    let mixed = mixed().await;
    let keys = [mixed.place.key.public()];
    let report = verify(&mixed.place.store, &keys, &[]).await.unwrap();
    assert!(report.is_sound(), "{:?}", report.findings);
    assert_eq!((report.chains, report.entries), (2, 1 + 6 * 4 + 13));
    let path = mixed.place.path().join("export.jsonl");
    export(&mixed.place.store, false, &mut File::create(&path).unwrap())
        .await
        .unwrap();
    let offline = verify_file(&path, &keys, &[]).unwrap();
    assert!(offline.is_sound(), "{:?}", offline.findings);
    assert_eq!(offline.entries, report.entries);
    for (name, sql, kind) in [
        (
            "body",
            "UPDATE trail_entry SET body = replace(body, 'safeguarding', 'housing') WHERE chain_id = $1 AND seq = 2",
            FindingKind::EditedEntry,
        ),
        (
            "time",
            "UPDATE trail_entry SET recorded_at = '2026-03-01T00:00:00+00:00' WHERE chain_id = $1 AND seq = 2",
            FindingKind::EditedEntry,
        ),
        (
            "order",
            "UPDATE trail_entry SET seq = 1000 WHERE chain_id = $1 AND seq = 3",
            FindingKind::Reordered,
        ),
        (
            "gone",
            "DELETE FROM trail_entry WHERE chain_id = $1 AND seq = 4",
            FindingKind::MissingEntry,
        ),
        (
            "family",
            "DELETE FROM trail_subject WHERE chain_id = $1 AND seq = 2",
            FindingKind::SubjectMissing,
        ),
        (
            "families",
            "DELETE FROM trail_group WHERE chain_id = $1 AND seq = 3",
            FindingKind::SubjectMissing,
        ),
        (
            "moved",
            "UPDATE trail_subject SET seq = 4 WHERE chain_id = $1 AND seq = 2",
            FindingKind::SubjectExtra,
        ),
        (
            "agency",
            "UPDATE trail_agency SET seq = 1 WHERE chain_id = $1 AND seq = 5",
            FindingKind::SubjectExtra,
        ),
    ] {
        let copy = mixed.place.copy(name).await;
        assert!(tamper(&copy, sql, [mixed.old.into()]).await > 0, "{name}");
        let report = verify(&copy, &keys, &[]).await.unwrap();
        assert!(
            report.findings.iter().any(|finding| finding.kind == kind),
            "{name}: {:?}",
            report.findings
        );
        let by_itself = a_round(&copy, &keys).await;
        assert_eq!(places(&by_itself), places(&report), "{name}");
        assert!(
            report
                .findings
                .iter()
                .all(|finding| finding.chain.is_none_or(|chain| chain == mixed.old))
        );
    }
}
