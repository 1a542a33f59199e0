//! Every kind of harm that somebody with the database and without the key can do.

use rand::{RngExt, rngs::ChaCha12Rng};
use uuid::Uuid;

use super::testing::{Value, tamper};
use crate::{
    audit::{
        FindingKind, HeadKey,
        chain::{entry_hash, sign_head},
        entry::{HeadRef, MAX_BODY},
        hash::Hash,
    },
    store::trail::{HeadRow, TrailStore},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Harm {
    EditBody,
    EditBodyAndItsHash,
    EditTime,
    EditKind,
    EditAuthority,
    EditPrevious,
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
    DropSubjects,
    MoveSubject,
    AddSubject,
    DropGroup,
    MoveGroup,
    DropFromGroup,
    AddToGroup,
    AddGroup,
    Garbage,
}

pub(super) const ALL: [Harm; 31] = [
    Harm::EditBody,
    Harm::EditBodyAndItsHash,
    Harm::EditTime,
    Harm::EditKind,
    Harm::EditAuthority,
    Harm::EditPrevious,
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
    Harm::DropSubjects,
    Harm::MoveSubject,
    Harm::AddSubject,
    Harm::DropGroup,
    Harm::MoveGroup,
    Harm::DropFromGroup,
    Harm::AddToGroup,
    Harm::AddGroup,
    Harm::Garbage,
];

/// What must be among the findings: its kind, and its place in the harmed chain where that is known.
pub(super) type Expected = Vec<(FindingKind, Option<i64>)>;

pub(super) struct Target<'a> {
    pub(super) store: &'a TrailStore,
    pub(super) chain: Uuid,
    pub(super) last: i64,
    /// An entry that is neither the first nor the last, nor next to them.
    pub(super) at: i64,
}

impl Target<'_> {
    async fn run(&self, sql: &str, more: impl IntoIterator<Item = Value>) -> u64 {
        let values = std::iter::once(Value::from(self.chain)).chain(more);
        tamper(self.store, sql, values).await
    }

    /// Writes the chain anew from `from` on, with every hash right.
    async fn forge(&self, from: i64, change: impl Fn(&str) -> String) -> HeadRef {
        let snapshot = self.store.snapshot().await.unwrap();
        let rows = snapshot.entries_after(self.chain, None, 500, MAX_BODY).await.unwrap();
        drop(snapshot);
        let mut head = HeadRef {
            chain: self.chain,
            seq: 0,
            hash: Hash::ZERO,
        };
        for row in rows {
            let body = if row.seq == from { change(&row.body) } else { row.body };
            let prev = head.hash;
            head.seq = row.seq;
            head.hash = entry_hash(&prev, self.chain, row.seq, &body);
            let sql = "UPDATE trail_entry SET body = $3, prev_hash = $4, hash = $5 WHERE chain_id = $1 AND seq = $2";
            let texts = [body, prev.to_string(), head.hash.to_string()].map(Value::from);
            self.run(sql, std::iter::once(Value::from(row.seq)).chain(texts)).await;
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

/// The rows of many families of the newest entry that has such and is not after `$2`.
const ONE_GROUP: &str =
    "WHERE chain_id = $1 AND seq = (SELECT max(seq) FROM trail_group WHERE chain_id = $1 AND seq <= $2)";

#[expect(clippy::too_many_lines, reason = "a table of harms, each a few lines")]
pub(super) async fn harm(harm: Harm, target: &Target<'_>, rng: &mut ChaCha12Rng) -> Expected {
    use FindingKind as K;
    let (at, last) = (target.at, target.last);
    let here = "WHERE chain_id = $1 AND seq = $2";
    let change = |body: &str| body.replace("safeguarding", "prevention_of_crime");
    match harm {
        Harm::EditBody => {
            let sql = format!("UPDATE trail_entry SET body = replace(body, 'safeguarding', 'housing') {here}");
            target.run(&sql, [at.into()]).await;
            vec![(K::EditedEntry, Some(at))]
        }
        Harm::EditBodyAndItsHash => {
            let snapshot = target.store.snapshot().await.unwrap();
            let row = snapshot
                .entries_after(target.chain, Some(at - 1), 1, MAX_BODY)
                .await
                .unwrap()
                .remove(0);
            drop(snapshot);
            let body = change(&row.body);
            let hash = entry_hash(&Hash::parse(&row.prev_hash).unwrap(), target.chain, at, &body).to_string();
            let sql = format!("UPDATE trail_entry SET body = $3, hash = $4 {here}");
            target.run(&sql, [at.into(), body.into(), hash.into()]).await;
            vec![(K::BrokenLink, Some(at + 1))]
        }
        Harm::EditTime => {
            let sql = format!("UPDATE trail_entry SET recorded_at = '2026-03-01T00:00:00+00:00' {here}");
            target.run(&sql, [at.into()]).await;
            vec![(K::EditedEntry, Some(at))]
        }
        Harm::EditKind => {
            target
                .run(&format!("UPDATE trail_entry SET kind = 'refused' {here}"), [at.into()])
                .await;
            vec![(K::EditedEntry, Some(at))]
        }
        Harm::EditAuthority => {
            target
                .run(&format!("UPDATE trail_entry SET authority_id = 9 {here}"), [at.into()])
                .await;
            vec![(K::EditedEntry, Some(at))]
        }
        Harm::EditPrevious => {
            let sql = format!("UPDATE trail_entry SET prev_hash = hash {here}");
            target.run(&sql, [at.into()]).await;
            vec![(K::EditedEntry, Some(at))]
        }
        Harm::DeleteOne => {
            target
                .run(&format!("DELETE FROM trail_entry {here}"), [at.into()])
                .await;
            vec![(K::MissingEntry, Some(at))]
        }
        Harm::DeleteFirst => {
            target
                .run("DELETE FROM trail_entry WHERE chain_id = $1 AND seq = 1", [])
                .await;
            vec![(K::MissingEntry, Some(1))]
        }
        Harm::SwapTwo => {
            let other = if at > 10 { rng.random_range(2..at - 1) } else { last - 2 };
            for (from, to) in [(at, 1_000_000), (other, at), (1_000_000, other)] {
                let sql = format!("UPDATE trail_entry SET seq = $3 {here}");
                assert_eq!(target.run(&sql, [from.into(), to.into()]).await, 1);
            }
            vec![(K::Reordered, Some(at)), (K::Reordered, Some(other))]
        }
        Harm::RenumberOne => {
            let to = last + rng.random_range(1..50);
            target
                .run(
                    &format!("UPDATE trail_entry SET seq = $3 {here}"),
                    [at.into(), to.into()],
                )
                .await;
            vec![
                (K::MissingEntry, Some(at)),
                (K::Reordered, Some(to)),
                (K::BeyondHead, Some(last + 1)),
            ]
        }
        Harm::RenumberAfterDeleting => {
            target
                .run(&format!("DELETE FROM trail_entry {here}"), [at.into()])
                .await;
            for seq in at + 1..=last {
                let sql = format!("UPDATE trail_entry SET seq = seq - 1 {here}");
                target.run(&sql, [seq.into()]).await;
            }
            vec![(K::Reordered, Some(at)), (K::TruncatedTail, Some(last))]
        }
        Harm::DeleteTail => {
            target
                .run("DELETE FROM trail_entry WHERE chain_id = $1 AND seq > $2", [at.into()])
                .await;
            vec![(K::TruncatedTail, Some(at + 1))]
        }
        Harm::DeleteTailAndHead => {
            target
                .run("DELETE FROM trail_entry WHERE chain_id = $1 AND seq > $2", [at.into()])
                .await;
            target.run("DELETE FROM trail_head WHERE chain_id = $1", []).await;
            vec![(K::MissingHead, Some(at)), (K::TruncatedTail, Some(at + 1))]
        }
        Harm::DeleteTailAndSetHeadBack => {
            target
                .run("DELETE FROM trail_entry WHERE chain_id = $1 AND seq > $2", [at.into()])
                .await;
            let sql = "UPDATE trail_head SET seq = $2, hash = \
                       (SELECT hash FROM trail_entry WHERE chain_id = $1 AND seq = $2) WHERE chain_id = $1";
            target.run(sql, [at.into()]).await;
            vec![(K::BadHeadSignature, Some(at)), (K::TruncatedTail, Some(at + 1))]
        }
        Harm::DeleteChain => {
            target.run("DELETE FROM trail_entry WHERE chain_id = $1", []).await;
            vec![(K::MissingChain, None)]
        }
        Harm::DeleteChainAndHead => {
            for table in ["entry", "head", "subject", "group"] {
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
            target.forge(at, change).await;
            vec![(K::HeadNotInChain, Some(last))]
        }
        Harm::ForgeChainWithAnotherKey => {
            let head = target.forge(at, change).await;
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
            let body = r#"{"v":1,"at":"2026-03-02T12:00:00.000000Z","kind":"refused"}"#;
            let hash = entry_hash(&Hash::parse(&old.hash).unwrap(), target.chain, last + 1, body).to_string();
            let sql =
                "INSERT INTO trail_entry VALUES ($1, $2, '2026-03-02T12:00:00+00:00', NULL, 'refused', $3, $4, $5)";
            target
                .run(sql, [(last + 1).into(), body.into(), old.hash.into(), hash.into()])
                .await;
            vec![(K::BeyondHead, Some(last + 1))]
        }
        Harm::DropSubjects => {
            let sql = "DELETE FROM trail_subject WHERE chain_id = $1 AND seq = \
                       (SELECT max(seq) FROM trail_subject WHERE chain_id = $1 AND seq <= $2)";
            assert!(target.run(sql, [at.into()]).await > 0);
            vec![(K::SubjectMissing, None)]
        }
        Harm::MoveSubject => {
            let sql = "UPDATE trail_subject SET recorded_at = '2020-01-01T00:00:00+00:00' WHERE chain_id = $1 AND seq = \
                       (SELECT max(seq) FROM trail_subject WHERE chain_id = $1 AND seq <= $2)";
            assert!(target.run(sql, [at.into()]).await > 0);
            vec![(K::SubjectMissing, None)]
        }
        Harm::AddSubject => {
            let sql = "INSERT INTO trail_subject VALUES (1, $3, '2020-01-01T00:00:00+00:00', $1, $2)";
            target.run(sql, [at.into(), Uuid::from_u128(7).into()]).await;
            vec![(K::SubjectExtra, Some(at))]
        }
        Harm::DropGroup => {
            assert!(
                target
                    .run(&format!("DELETE FROM trail_group {ONE_GROUP}"), [at.into()])
                    .await
                    > 0
            );
            vec![(K::SubjectMissing, None)]
        }
        Harm::MoveGroup => {
            let sql = format!("UPDATE trail_group SET recorded_at = '2020-01-01T00:00:00+00:00' {ONE_GROUP}");
            assert!(target.run(&sql, [at.into()]).await > 0);
            vec![(K::SubjectMissing, None), (K::SubjectExtra, None)]
        }
        Harm::DropFromGroup => {
            let sql = format!("UPDATE trail_group SET members = substr(members, 1, length(members) - 16) {ONE_GROUP}");
            assert!(target.run(&sql, [at.into()]).await > 0);
            vec![(K::SubjectMissing, None)]
        }
        Harm::AddToGroup => {
            // Greater than every other key of its part, so that the row is of the right form.
            let key = Uuid::from_u128(u128::MAX);
            let sql = "UPDATE trail_group SET members = CAST(members || $3 AS BLOB) WHERE bucket = 7 AND chain_id = $1 AND seq = \
                       (SELECT max(seq) FROM trail_group WHERE bucket = 7 AND chain_id = $1 AND seq <= $2)";
            assert!(target.run(sql, [at.into(), key.as_bytes().to_vec().into()]).await > 0);
            vec![(K::SubjectExtra, None)]
        }
        Harm::AddGroup => {
            let sql = "INSERT INTO trail_group VALUES (1, 7, '2020-01-01T00:00:00+00:00', $1, $2, $3)";
            let members = Uuid::from_u128(7).as_bytes().to_vec();
            target.run(sql, [at.into(), members.into()]).await;
            vec![(K::SubjectExtra, Some(at))]
        }
        Harm::Garbage => {
            let garbage = [
                "body = x'00ff'",
                "seq = 'x'",
                "recorded_at = 'never'",
                "hash = 3",
                "authority_id = 'y'",
            ];
            let sql = format!(
                "UPDATE trail_entry SET {} {here}",
                garbage[rng.random_range(0..garbage.len())]
            );
            target.run(&sql, [at.into()]).await;
            vec![]
        }
    }
}
