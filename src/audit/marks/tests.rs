//! Tests of `marks`.

use chrono::TimeDelta;

use super::*;

fn mark(chain: u128, seq: i64) -> Mark {
    Mark {
        chain: Uuid::from_u128(chain),
        seq,
        hash: Hash::ZERO,
        at: DateTime::UNIX_EPOCH + TimeDelta::seconds(seq),
        of: Some(Uuid::from_u128(9)),
        made: Some(MadeMark { authority: 1, seq }),
    }
}

#[test]
fn each_chain_has_one_mark_and_only_the_newest_chains_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(read(folder.path()).unwrap(), []);
    for (chain, seq) in [(1, 1), (2, 2), (1, 3)] {
        put(folder.path(), mark(chain, seq)).unwrap();
    }
    assert_eq!(read(folder.path()).unwrap(), [mark(1, 3), mark(2, 2)]);
    for chain in 10..200 {
        put(folder.path(), mark(chain, 10)).unwrap();
    }
    let read = read(folder.path()).unwrap();
    assert_eq!(read.len(), MAX_CHAINS);
    assert!(read.iter().all(|mark| mark.seq == 10));
}

#[test]
fn concurrent_writes_lose_no_mark() {
    let folder = tempfile::tempdir().unwrap();
    std::thread::scope(|scope| {
        for chain in 1..9 {
            let folder = folder.path();
            scope.spawn(move || {
                for seq in 1..20 {
                    put(folder, mark(chain, seq)).unwrap();
                }
            });
        }
    });
    let read = read(folder.path()).unwrap();
    assert_eq!(read.len(), 8);
    assert!(read.iter().all(|mark| mark.seq == 19));
}

#[cfg(unix)]
#[test]
fn the_file_is_private_and_foreign_files_are_reported() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), mark(1, 1)).unwrap();
    let path = folder.path().join(FILE);
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    for text in ["", "{}", "{\"format\":\"other\",\"chains\":[]}"] {
        fs::write(&path, text).unwrap();
        assert!(matches!(read(folder.path()), Err(MarksError::Unreadable(_))));
        assert!(put(folder.path(), mark(1, 2)).is_err());
    }
    take_away(folder.path()).unwrap();
    assert_eq!(read(folder.path()).unwrap(), []);
}
