//! The heads that processes of this machine held, outside the database: a small file for each chain in a folder of the data directory. A database that comes back
//! without its newest entries does not have them any more, and whoever opens it next names them.
//!
//! Touches that folder, nothing else.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Write},
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use tokio::sync::watch;
use uuid::Uuid;

use super::entry::HeadRef;

/// So many are kept, those that moved last.
pub const KEPT: usize = 64;
/// No such file is longer, in bytes.
const MAX_FILE: u64 = 512;
/// A file is written no oftener than this.
const EVERY: Duration = Duration::from_secs(1);

/// Makes the folder, for its owner alone, if it is not there.
fn make(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Keeps a head in the place of the one of the same chain that was kept before: whole and durable, or not at all.
pub fn keep(folder: &Path, head: &HeadRef) -> io::Result<()> {
    make(folder)?;
    let path = folder.join(head.chain.to_string());
    let beside = folder.join(format!("{}.new", head.chain));
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&beside)?;
    file.write_all(&serde_json::to_vec(head)?)?;
    file.sync_all()?;
    fs::rename(&beside, &path)?;
    File::open(folder)?.sync_all()
}

/// The heads that are kept, and takes away all but the newest. A file that is none of these is let be.
pub fn kept(folder: &Path) -> io::Result<Vec<HeadRef>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut files: Vec<(SystemTime, PathBuf)> = Vec::new();
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name();
        if name.to_str().is_some_and(|name| Uuid::parse_str(name).is_ok()) {
            files.push((entry.metadata()?.modified()?, entry.path()));
        }
    }
    files.sort_unstable();
    let spare = files.len().saturating_sub(KEPT);
    let mut heads = Vec::new();
    for (at, (_, path)) in files.into_iter().enumerate() {
        if at < spare {
            fs::remove_file(path)?;
        } else if let Some(head) = read(&path)? {
            heads.push(head);
        }
    }
    Ok(heads)
}

fn read(path: &Path) -> io::Result<Option<HeadRef>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(MAX_FILE).read_to_end(&mut bytes)?;
    let head = serde_json::from_slice(&bytes).ok();
    if head.is_none() {
        tracing::warn!("a head that was kept outside the trail cannot be read");
    }
    Ok(head)
}

/// Keeps each head that it is told of, at most once a second, and the last one when no more come.
pub async fn follow<T>(folder: PathBuf, mut heads: watch::Receiver<T>, of: impl Fn(&T) -> HeadRef) {
    loop {
        let head = of(&heads.borrow_and_update());
        let folder = folder.clone();
        let kept = tokio::task::spawn_blocking(move || keep(&folder, &head)).await;
        if let Ok(Err(error)) = kept {
            tracing::warn!(%error, "the trail's head could not be kept outside the database");
        }
        if heads.changed().await.is_err() {
            return;
        }
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            () = ended(heads.clone()) => {}
        }
    }
}

/// Waits until no more come.
async fn ended<T>(mut heads: watch::Receiver<T>) {
    while heads.changed().await.is_ok() {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::hash::Hash;

    fn head(chain: u128, seq: i64) -> HeadRef {
        HeadRef {
            chain: Uuid::from_u128(chain),
            seq,
            hash: Hash::of(&[&seq.to_be_bytes()]),
        }
    }

    #[test]
    fn the_newest_head_of_each_chain_is_kept_for_the_owner_alone() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("trail.heads");
        assert_eq!(kept(&folder).unwrap(), []);
        for head in [head(1, 1), head(2, 5), head(1, 2)] {
            keep(&folder, &head).unwrap();
        }
        fs::write(folder.join("notes.txt"), "let be").unwrap();
        fs::write(folder.join(Uuid::from_u128(3).to_string()), "junk").unwrap();
        let mut heads = kept(&folder).unwrap();
        heads.sort_unstable();
        assert_eq!(heads, [head(1, 2), head(2, 5)]);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
            assert_eq!(mode(&folder), 0o700);
            assert_eq!(mode(&folder.join(Uuid::from_u128(1).to_string())), 0o600);
        }
    }

    #[test]
    fn only_those_that_moved_last_stay() {
        let home = tempfile::tempdir().unwrap();
        let most = u128::try_from(KEPT).unwrap();
        for chain in 0..most + 3 {
            keep(home.path(), &head(chain, 1)).unwrap();
            let file = File::options()
                .write(true)
                .open(home.path().join(Uuid::from_u128(chain).to_string()))
                .unwrap();
            let moved = SystemTime::UNIX_EPOCH + Duration::from_secs(u64::try_from(chain).unwrap());
            file.set_modified(moved).unwrap();
        }
        let heads = kept(home.path()).unwrap();
        assert_eq!(heads.len(), KEPT);
        assert_eq!(heads.iter().map(|head| head.chain).min(), Some(Uuid::from_u128(3)));
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), KEPT);
    }

    #[tokio::test]
    async fn the_last_head_is_kept_at_the_end() {
        let home = tempfile::tempdir().unwrap();
        let (tell, told) = watch::channel(head(1, 1));
        let following = tokio::spawn(follow(home.path().to_owned(), told, |head| *head));
        for seq in 2..50 {
            tell.send_replace(head(1, seq));
            tokio::task::yield_now().await;
        }
        drop(tell);
        following.await.unwrap();
        assert_eq!(kept(home.path()).unwrap(), [head(1, 49)]);
    }
}
