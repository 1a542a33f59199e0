//! Every kind of tampering possible for somebody who has the database but not the key.

use rand::{RngExt, rngs::ChaCha12Rng};
use uuid::Uuid;

use super::testing::{Value, tamper};
use crate::{
    audit::{
        FindingKind, HeadKey,
        chain::{entry_hash, sign_head},
        code::Code,
        entry::{Entry, HeadRef, MAX_BODY},
        hash::Hash,
        packed::{Unpacked, hash_of},
        stored::RelatedRows,
    },
    store::trail::{HeadRow, Record, TrailStore, Word},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Harm {
    EditBody,
    EditBodyAndItsHash,
    EditTime,
    EditKind,
    EditAuthority,
    EditFamily,
    DeleteOne,
    DeleteFirst,
    SwapTwo,
    RenumberOne,
    RenumberAfterDeleting,
    DeleteTail,
    DeleteTailAndHead,
    DeleteTailAndSetHeadBack,
    DeleteChain,
    DeleteChainAndHead,
    EditHead,
    EditHeadProcess,
    DeleteHead,
    ForgeChain,
    ForgeChainWithAnotherKey,
    AppendForged,
    DropFamilies,
    MoveFamilies,
    DropFromFamilies,
    AddToFamilies,
    AddFamilies,
    Garbage,
}

pub(super) const ALL: [Harm; 28] = [
    Harm::EditBody,
    Harm::EditBodyAndItsHash,
    Harm::EditTime,
    Harm::EditKind,
    Harm::EditAuthority,
    Harm::EditFamily,
    Harm::DeleteOne,
    Harm::DeleteFirst,
    Harm::SwapTwo,
    Harm::RenumberOne,
    Harm::RenumberAfterDeleting,
    Harm::DeleteTail,
    Harm::DeleteTailAndHead,
    Harm::DeleteTailAndSetHeadBack,
    Harm::DeleteChain,
    Harm::DeleteChainAndHead,
    Harm::EditHead,
    Harm::EditHeadProcess,
    Harm::DeleteHead,
    Harm::ForgeChain,
    Harm::ForgeChainWithAnotherKey,
    Harm::AppendForged,
    Harm::DropFamilies,
    Harm::MoveFamilies,
    Harm::DropFromFamilies,
    Harm::AddToFamilies,
    Harm::AddFamilies,
    Harm::Garbage,
];

/// The findings expected: the kind, and the sequence number in the affected chain if known.
pub(super) type Expected = Vec<(FindingKind, Option<i64>)>;

pub(super) struct Target<'a> {
    pub(super) store: &'a TrailStore,
    pub(super) chain: Uuid,
    pub(super) last: i64,
    /// The sequence number of an entry that is neither first nor last, nor next to either.
    pub(super) at: i64,
}

/// Selects the chain with id `$1`, by its number.
const CHAIN: &str = "chain = (SELECT number FROM trail_chain WHERE chain_id = $1)";

impl Target<'_> {
    async fn run(&self, sql: &str, more: impl IntoIterator<Item = Value>) -> u64 {
        let values = std::iter::once(Value::from(self.chain)).chain(more);
        tamper(self.store, sql, values).await
    }

    /// The records of the chain, with the rows that they refer to.
    async fn records(&self) -> (Vec<Record>, RelatedRows) {
        let snapshot = self.store.snapshot().await.unwrap();
        let number = snapshot.number_of(self.chain).await.unwrap().unwrap();
        let records = snapshot.records_after(number, 0, 500, MAX_BODY).await.unwrap();
        let related = RelatedRows::read(&snapshot, &records).await.unwrap();
        (records, related)
    }

    /// Replaces a record with an entry, with a correct hash.
    async fn put(&self, prev: Hash, record: &Record, entry: &Entry) -> Hash {
        let unpacked = Unpacked::of(entry).unwrap();
        let of = |text: &String| Word {
            hash: hash_of(text).as_bytes().to_vec(),
            body: text.clone(),
        };
        let words: Vec<Word> = unpacked.words.iter().map(of).collect();
        let numbers = self.store.number_words(&words).await.unwrap();
        let number = |text: &str| {
            let place = unpacked.words.iter().position(|word| word == text)?;
            Some(numbers[place])
        };
        let body = unpacked.pack(number).unwrap().bytes;
        let hash = entry_hash(&prev, self.chain, record.row.seq, &entry.to_body().unwrap());
        let sql = format!("UPDATE trail_record SET body = $3, hash = $4 WHERE {CHAIN} AND seq = $2");
        let values = [record.row.seq.into(), body.into(), hash.as_bytes().to_vec().into()];
        assert_eq!(self.run(&sql, values).await, 1);
        hash
    }

    /// Rewrites the chain with another entry at `from`, and every hash correct.
    pub(super) async fn forge(&self, from: i64) -> HeadRef {
        let (records, related) = self.records().await;
        let mut head = HeadRef {
            chain: self.chain,
            seq: 0,
            hash: Hash::ZERO,
        };
        for record in &records {
            let mut entry = related.entry_of(record).unwrap();
            if record.row.seq == from {
                change(&mut entry);
            }
            head.hash = self.put(head.hash, record, &entry).await;
            head.seq = record.row.seq;
        }
        head
    }

    async fn put_head(&self, head: &HeadRow) {
        let sql = "UPDATE trail_head SET seq = $2, hash = $3, signature = $4 WHERE chain_id = $1";
        let texts = [head.hash.as_str().into(), head.signature.as_str().into()];
        let done = self.run(sql, std::iter::once(Value::from(head.seq)).chain(texts)).await;
        assert_eq!(done, 1);
    }
}

fn change(entry: &mut Entry) {
    entry.purpose = Some(Code::new("prevention_of_crime").unwrap());
}

#[expect(clippy::too_many_lines, reason = "a table of harms, each a few lines")]
pub(super) async fn harm(harm: Harm, target: &Target<'_>, rng: &mut ChaCha12Rng) -> Expected {
    use FindingKind as K;
    let (at, last) = (target.at, target.last);
    let here = format!("WHERE {CHAIN} AND seq = $2");
    let set = |what: &str| format!("UPDATE trail_record SET {what} {here}");
    // The family rows of the newest entry that has any and is not after `$2`.
    let one = format!("WHERE {CHAIN} AND seq = (SELECT max(seq) FROM trail_families WHERE {CHAIN} AND seq <= $2)");
    let tail = format!("DELETE FROM trail_record WHERE {CHAIN} AND seq > $2");
    match harm {
        Harm::EditBody => {
            let other = format!("body = (SELECT body FROM trail_record WHERE {CHAIN} AND seq = $2 - 1)");
            target.run(&set(&other), [at.into()]).await;
            vec![(K::EditedEntry, Some(at))]
        }
        Harm::EditBodyAndItsHash => {
            let (records, related) = target.records().await;
            let place = usize::try_from(at - 1).unwrap();
            let prev: [u8; 32] = records[place - 1].row.hash.as_slice().try_into().unwrap();
            let mut entry = related.entry_of(&records[place]).unwrap();
            change(&mut entry);
            target.put(prev.into(), &records[place], &entry).await;
            // The entry after it is the one that does not match.
            vec![(K::EditedEntry, Some(at + 1))]
        }
        Harm::EditTime => {
            target.run(&set("at = at - 1"), [at.into()]).await;
            vec![(K::EditedEntry, Some(at))]
        }
        Harm::EditKind => {
            target.run(&set("kind = 2"), [at.into()]).await;
            vec![(K::EditedEntry, Some(at))]
        }
        Harm::EditAuthority => {
            target.run(&set("authority_id = 9"), [at.into()]).await;
            vec![(K::EditedEntry, Some(at))]
        }
        Harm::EditFamily => {
            target
                .run(&set("family_id = $3"), [at.into(), Uuid::from_u128(7).into()])
                .await;
            vec![(K::EditedEntry, Some(at))]
        }
        Harm::DeleteOne => {
            target
                .run(&format!("DELETE FROM trail_record {here}"), [at.into()])
                .await;
            vec![(K::MissingEntry, Some(at))]
        }
        Harm::DeleteFirst => {
            let sql = format!("DELETE FROM trail_record WHERE {CHAIN} AND seq = 1");
            target.run(&sql, []).await;
            vec![(K::MissingEntry, Some(1))]
        }
        Harm::SwapTwo => {
            let other = if at > 10 { rng.random_range(2..at - 1) } else { last - 2 };
            for (from, to) in [(at, 1_000_000), (other, at), (1_000_000, other)] {
                let sql = set("seq = $3");
                assert_eq!(target.run(&sql, [from.into(), to.into()]).await, 1);
            }
            vec![(K::EditedEntry, Some(at)), (K::EditedEntry, Some(other))]
        }
        Harm::RenumberOne => {
            let to = last + rng.random_range(1..50);
            target.run(&set("seq = $3"), [at.into(), to.into()]).await;
            vec![(K::MissingEntry, Some(at)), (K::BeyondHead, Some(last + 1))]
        }
        Harm::RenumberAfterDeleting => {
            target
                .run(&format!("DELETE FROM trail_record {here}"), [at.into()])
                .await;
            for seq in at + 1..=last {
                target.run(&set("seq = seq - 1"), [seq.into()]).await;
            }
            vec![(K::EditedEntry, Some(at)), (K::TruncatedTail, Some(last))]
        }
        Harm::DeleteTail => {
            target.run(&tail, [at.into()]).await;
            vec![(K::TruncatedTail, Some(at + 1))]
        }
        Harm::DeleteTailAndHead => {
            target.run(&tail, [at.into()]).await;
            target.run("DELETE FROM trail_head WHERE chain_id = $1", []).await;
            vec![(K::MissingHead, Some(at)), (K::TruncatedTail, Some(at + 1))]
        }
        Harm::DeleteTailAndSetHeadBack => {
            target.run(&tail, [at.into()]).await;
            let sql = format!(
                "UPDATE trail_head SET seq = $2, hash = \
                 (SELECT lower(hex(hash)) FROM trail_record WHERE {CHAIN} AND seq = $2) WHERE chain_id = $1"
            );
            target.run(&sql, [at.into()]).await;
            vec![(K::BadHeadSignature, Some(at)), (K::TruncatedTail, Some(at + 1))]
        }
        Harm::DeleteChain => {
            let sql = format!("DELETE FROM trail_record WHERE {CHAIN}");
            target.run(&sql, []).await;
            vec![(K::MissingChain, None)]
        }
        Harm::DeleteChainAndHead => {
            for table in ["record", "families"] {
                target
                    .run(&format!("DELETE FROM trail_{table} WHERE {CHAIN}"), [])
                    .await;
            }
            for table in ["chain", "head"] {
                target
                    .run(&format!("DELETE FROM trail_{table} WHERE chain_id = $1"), [])
                    .await;
            }
            vec![(K::MissingChain, Some(last))]
        }
        Harm::EditHead => {
            let sql = "UPDATE trail_head SET seq = seq - 1 WHERE chain_id = $1";
            target.run(sql, []).await;
            vec![
                (K::BadHeadSignature, Some(last - 1)),
                (K::BeyondHead, Some(last)),
                (K::HeadNotInChain, Some(last - 1)),
            ]
        }
        Harm::EditHeadProcess => {
            target
                .run("UPDATE trail_head SET process = 'other' WHERE chain_id = $1", [])
                .await;
            vec![(K::BadHeadSignature, Some(last))]
        }
        Harm::DeleteHead => {
            target.run("DELETE FROM trail_head WHERE chain_id = $1", []).await;
            vec![(K::MissingHead, Some(last))]
        }
        Harm::ForgeChain => {
            target.forge(at).await;
            vec![(K::HeadNotInChain, Some(last))]
        }
        Harm::ForgeChainWithAnotherKey => {
            let head = target.forge(at).await;
            let folder = tempfile::tempdir().unwrap();
            let key = HeadKey::load_or_create(&folder.path().join("key")).unwrap();
            let old = target.store.head(target.chain).await.unwrap().unwrap();
            target
                .put_head(&sign_head(&key, &head, &old.process, old.updated_at))
                .await;
            vec![(K::BadHeadSignature, Some(last)), (K::HeadNotInChain, Some(last))]
        }
        Harm::AppendForged => {
            let old = target.store.head(target.chain).await.unwrap().unwrap();
            let (records, related) = target.records().await;
            let mut record = records.last().unwrap().clone();
            let entry = related.entry_of(&record).unwrap();
            record.row.seq += 1;
            let sql = format!(
                "INSERT INTO trail_record SELECT chain, authority_id, seq + 1, at, agency, kind, family_id, hash, body \
                 FROM trail_record WHERE {CHAIN} AND seq = $2"
            );
            assert_eq!(target.run(&sql, [last.into()]).await, 1);
            target.put(Hash::parse(&old.hash).unwrap(), &record, &entry).await;
            vec![(K::BeyondHead, Some(last + 1))]
        }
        Harm::DropFamilies => {
            let sql = format!("DELETE FROM trail_families {one}");
            assert!(target.run(&sql, [at.into()]).await > 0);
            vec![(K::EditedEntry, None)]
        }
        Harm::MoveFamilies => {
            let sql = format!("UPDATE trail_families SET at = at - 1 {one}");
            assert!(target.run(&sql, [at.into()]).await > 0);
            vec![(K::SubjectMissing, None), (K::SubjectExtra, None)]
        }
        Harm::DropFromFamilies => {
            let sql = format!("UPDATE trail_families SET members = substr(members, 1, length(members) - 16) {one}");
            assert!(target.run(&sql, [at.into()]).await > 0);
            vec![(K::EditedEntry, None)]
        }
        Harm::AddToFamilies => {
            let sql = format!("UPDATE trail_families SET members = CAST(members || $3 AS BLOB) {one}");
            let key = vec![0xff_u8; 16];
            assert!(target.run(&sql, [at.into(), key.into()]).await > 0);
            vec![(K::SubjectExtra, None)]
        }
        Harm::AddFamilies => {
            // A group of families that the entry does not have: there are four.
            let sql = "INSERT INTO trail_families SELECT number, 1, $2, 0, 9, $3 FROM trail_chain WHERE chain_id = $1";
            target.run(sql, [at.into(), vec![7_u8; 16].into()]).await;
            // Reported as an extra index row or as an edited entry, depending on the entry.
            vec![]
        }
        Harm::Garbage => {
            let garbage = [
                "body = 'text'",
                "seq = 'x'",
                "at = 'never'",
                "hash = 3",
                "authority_id = 'y'",
                "at = 9223372036854775807",
            ];
            let sql = set(garbage[rng.random_range(0..garbage.len())]);
            target.run(&sql, [at.into()]).await;
            vec![]
        }
    }
}
