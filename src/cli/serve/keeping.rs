//! What is done beside serving so that others can hold the trail to what it says: chains are tied to each other, witnesses are told, and all of it is looked through.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use serde::{Deserialize, Serialize};
use tokio::{task::JoinHandle, time::timeout};

use crate::{
    audit::{
        PublicKey, Report, Trail,
        cross_links::CrossLinks,
        verify::incremental::{IncrementalCheck, Progress, check_recent},
    },
    cli::failure::Failure,
    config::Config,
    store::trail::TrailStoreError,
    witness::{Settings, StampSettings, Witnesses},
};

/// Up to where the trail was looked through, in the data directory.
const PLACE: &str = "trail.checked";
/// No such file is longer, in bytes.
const MAX_FILE: u64 = 512;
/// Longest pause between two pages: a small trail is looked through sooner than it must be.
const LONGEST_PAUSE: Duration = Duration::from_mins(1);
/// How long to wait after a failure.
const AGAIN: Duration = Duration::from_secs(30);
/// No look tells more findings to the log than this.
const TOLD: usize = 100;
/// How long witnesses may take to be told at the end.
const LAST_TIME: Duration = Duration::from_secs(5);
/// How long the look at the start may take: a database that is so slow is found by others.
const FIRST_TIME: Duration = Duration::from_secs(10);

/// How much was found that is not as it was written.
#[derive(Clone, Debug, Default)]
pub(super) struct Findings {
    /// In this round, and before it where it is the first.
    now: Arc<AtomicU64>,
    /// In the round before.
    before: Arc<AtomicU64>,
}

impl Findings {
    /// Of the last round and of this one, whichever are more.
    pub(super) fn count(&self) -> u64 {
        let (now, before) = (self.now.load(Ordering::Relaxed), self.before.load(Ordering::Relaxed));
        now.max(before)
    }

    fn add(&self, report: &Report) {
        self.now.fetch_add(report.total, Ordering::Relaxed);
        for finding in report.findings.iter().take(TOLD) {
            tracing::error!(
                code = finding.kind.code(),
                chain = finding.chain.map(tracing::field::display),
                seq = finding.seq,
                "trail.finding: {}",
                finding.sentence
            );
        }
        if report.total > TOLD as u64 {
            tracing::error!(more = report.total - TOLD as u64, "trail.finding: there are more");
        }
    }

    fn round_ends(&self) {
        self.before
            .store(self.now.swap(0, Ordering::Relaxed), Ordering::Relaxed);
    }
}

/// The keys that signed the trail before the key of now.
pub(super) fn former_keys(config: &Config) -> Result<Vec<PublicKey>, Failure> {
    let keys = config.trail.former_keys.iter().map(|path| PublicKey::load(path));
    keys.collect::<Result<_, _>>().map_err(Failure::usage)
}

/// Everything that is done.
pub(super) struct Keeping {
    trail: Trail,
    keys: Vec<PublicKey>,
    tie_every: Duration,
    check_within: Option<Duration>,
    file: PathBuf,
    pub(super) findings: Findings,
    pub(super) witnesses: Witnesses,
}

impl Keeping {
    /// Over the trail. `former_keys` are those that signed before the key of now.
    pub(super) fn new(trail: &Trail, former_keys: Vec<PublicKey>, config: &Config) -> Result<Self, Failure> {
        let settings = &config.trail;
        let mut keys = former_keys;
        keys.push(trail.public_key());
        let of_witness = Settings {
            folder: settings.witness.folder.clone(),
            address: settings.witness.address.clone(),
            every: settings.witness_every,
            stamps: settings.timestamps.clone().map(|stamps| StampSettings {
                address: stamps.address,
                folder: stamps.folder,
                every: stamps.every,
            }),
        };
        Ok(Self {
            trail: trail.clone(),
            keys,
            tie_every: settings.tie_every,
            check_within: settings.check_within,
            file: config.data_dir.join(PLACE),
            findings: Findings::default(),
            // The library's own words would name the address.
            witnesses: Witnesses::new(trail, of_witness).map_err(|_| {
                Failure::problem("no witness can be told from here: look at witness_url and timestamp_url")
            })?,
        })
    }

    /// Looks at what was written lately, before anybody is served. What is found is told, and does not keep the server from its work.
    pub(super) async fn look_at_start(&self) {
        if self.check_within.is_none() {
            return;
        }
        match timeout(FIRST_TIME, check_recent(self.trail.store(), &self.keys)).await {
            Ok(Ok(report)) => self.findings.add(&report),
            Ok(Err(error)) => tracing::warn!(%error, "the trail could not be looked at"),
            Err(_) => tracing::warn!("the trail could not be looked at in time"),
        }
    }

    /// Begins all of it.
    pub(super) fn begin(&self) -> Begun {
        let mut tasks = vec![
            tokio::spawn(self.witnesses.clone().run()),
            tokio::spawn(tie(self.trail.clone(), self.tie_every)),
        ];
        if let Some(within) = self.check_within {
            let rounds = Looking {
                trail: self.trail.clone(),
                keys: self.keys.clone(),
                within,
                file: self.file.clone(),
                findings: self.findings.clone(),
            };
            tasks.push(tokio::spawn(rounds.run()));
        }
        Begun(tasks)
    }
}

/// What was begun; it ends when this is dropped.
pub(super) struct Begun(Vec<JoinHandle<()>>);

impl Drop for Begun {
    fn drop(&mut self) {
        self.0.iter().for_each(JoinHandle::abort);
    }
}

/// Tells the witnesses of the end.
pub(super) async fn send_final(witnesses: &Witnesses) {
    if timeout(LAST_TIME, witnesses.send_final()).await.is_err() {
        tracing::warn!("witnesses were not told of the end in time");
    }
}

async fn tie(trail: Trail, every: Duration) {
    let mut ties = CrossLinks::new(trail);
    loop {
        if let Err(error) = ties.link().await {
            tracing::warn!(%error, "the trail's chain was not tied to the others");
        }
        tokio::time::sleep(every).await;
    }
}

/// What is kept over a restart.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Kept {
    place: Option<Progress>,
    found: u64,
}

/// The rounds through the whole trail.
struct Looking {
    trail: Trail,
    keys: Vec<PublicKey>,
    within: Duration,
    file: PathBuf,
    findings: Findings,
}

impl Looking {
    async fn run(self) {
        let kept = read(&self.file);
        if let Some(kept) = kept {
            self.findings.now.fetch_max(kept.found, Ordering::Relaxed);
        }
        let mut from = kept.and_then(|kept| kept.place);
        loop {
            match self.round(from).await {
                Ok(()) => {}
                Err(error) => {
                    tracing::warn!(%error, "the trail could not be looked through");
                    tokio::time::sleep(AGAIN).await;
                }
            }
            // After a failure it goes on where it was.
            from = read(&self.file).and_then(|kept| kept.place);
        }
    }

    async fn round(&self, from: Option<Progress>) -> Result<(), TrailStoreError> {
        let began = Instant::now();
        let mut rounds = IncrementalCheck::from(self.trail.store().clone(), self.keys.clone(), from).await?;
        let pages = u32::try_from(rounds.pages().await?).unwrap_or(u32::MAX);
        let pause = (self.within / pages.max(1)).min(LONGEST_PAUSE);
        loop {
            let page = rounds.page().await?;
            self.findings.add(&page.report);
            let found = self.findings.now.load(Ordering::Relaxed);
            let kept = Kept {
                place: rounds.place(),
                found,
            };
            write(&self.file, &kept);
            if page.ends {
                self.findings.round_ends();
                tracing::info!(found, "the trail was looked through");
                break;
            }
            tokio::time::sleep(pause).await;
        }
        tokio::time::sleep(self.within.saturating_sub(began.elapsed())).await;
        Ok(())
    }
}

fn read(file: &Path) -> Option<Kept> {
    let size = fs::metadata(file).ok()?.len();
    let bytes = (size <= MAX_FILE).then(|| fs::read(file).ok())??;
    serde_json::from_slice(&bytes).ok()
}

/// If it cannot be kept, the next start begins anew: that costs time and nothing else.
fn write(file: &Path, kept: &Kept) {
    let beside = file.with_extension("checked.new");
    let written = (|| {
        let mut options = fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(&beside)?.write_all(&serde_json::to_vec(kept)?)?;
        fs::rename(&beside, file)
    })();
    if let Err(error) = written {
        tracing::debug!(kind = %error.kind(), "the place in the trail could not be kept");
    }
}
