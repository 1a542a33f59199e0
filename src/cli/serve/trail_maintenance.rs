//! Background maintenance of the trail while the server runs: links its chains to each other, sends
//! checkpoints to witnesses, and verifies the whole trail round after round.

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

/// The file in the data directory with the progress of the verification.
const PROGRESS_FILE: &str = "trail.checked";
/// Maximum size of that file, in bytes.
const MAX_FILE_BYTES: u64 = 512;
/// Longest pause between two pages, so a small trail is verified sooner than it must be.
const MAX_PAUSE: Duration = Duration::from_mins(1);
/// Delay before a retry after a failure.
const RETRY_DELAY: Duration = Duration::from_secs(30);
/// Most findings logged per page.
const MAX_LOGGED: usize = 100;
/// Time for witnesses to take the final checkpoint at shutdown.
const FINAL_TIMEOUT: Duration = Duration::from_secs(5);
/// Time for the verification at start: a database slower than that is detected elsewhere.
const STARTUP_TIMEOUT: Duration = Duration::from_secs(10);

/// The number of verification findings.
#[derive(Clone, Debug, Default)]
pub(super) struct Findings {
    /// In this round (and before it, if it is the first).
    now: Arc<AtomicU64>,
    /// In the previous round.
    before: Arc<AtomicU64>,
}

impl Findings {
    /// The larger of the counts of the previous and the current round.
    pub(super) fn count(&self) -> u64 {
        let (now, before) = (self.now.load(Ordering::Relaxed), self.before.load(Ordering::Relaxed));
        now.max(before)
    }

    fn add(&self, report: &Report) {
        self.now.fetch_add(report.total, Ordering::Relaxed);
        for finding in report.findings.iter().take(MAX_LOGGED) {
            tracing::error!(
                code = finding.kind.code(),
                chain = finding.chain.map(tracing::field::display),
                seq = finding.seq,
                "trail.finding: {}",
                finding.sentence
            );
        }
        if report.total > MAX_LOGGED as u64 {
            tracing::error!(more = report.total - MAX_LOGGED as u64, "trail.finding: there are more");
        }
    }

    fn end_round(&self) {
        self.before
            .store(self.now.swap(0, Ordering::Relaxed), Ordering::Relaxed);
    }
}

/// The public keys that signed the trail before the current key.
pub(super) fn former_keys(config: &Config) -> Result<Vec<PublicKey>, Failure> {
    let keys = config.trail.former_keys.iter().map(|path| PublicKey::load(path));
    keys.collect::<Result<_, _>>().map_err(Failure::usage)
}

/// The maintenance tasks, ready to start.
pub(super) struct TrailMaintenance {
    trail: Trail,
    keys: Vec<PublicKey>,
    tie_every: Duration,
    check_within: Option<Duration>,
    file: PathBuf,
    pub(super) findings: Findings,
    pub(super) witnesses: Witnesses,
}

impl TrailMaintenance {
    /// Prepares the maintenance of the trail. `former_keys` signed it before the current key.
    pub(super) fn new(trail: &Trail, former_keys: Vec<PublicKey>, config: &Config) -> Result<Self, Failure> {
        let settings = &config.trail;
        let mut keys = former_keys;
        keys.push(trail.public_key());
        let witness_settings = Settings {
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
            file: config.data_dir.join(PROGRESS_FILE),
            findings: Findings::default(),
            // The library's error message would name the address.
            witnesses: Witnesses::new(trail, witness_settings).map_err(|_| {
                Failure::problem("no witness can be told from here: look at witness_url and timestamp_url")
            })?,
        })
    }

    /// Verifies the newest entries before serving starts. Findings are reported, and do not stop the server.
    pub(super) async fn verify_recent(&self) {
        if self.check_within.is_none() {
            return;
        }
        match timeout(STARTUP_TIMEOUT, check_recent(self.trail.store(), &self.keys)).await {
            Ok(Ok(report)) => self.findings.add(&report),
            Ok(Err(error)) => tracing::warn!(%error, "the trail could not be looked at"),
            Err(_) => tracing::warn!("the trail could not be looked at in time"),
        }
    }

    /// Starts all tasks.
    pub(super) fn start(&self) -> MaintenanceTasks {
        let mut tasks = vec![
            tokio::spawn(self.witnesses.clone().run()),
            tokio::spawn(cross_link_chains(self.trail.clone(), self.tie_every)),
        ];
        if let Some(within) = self.check_within {
            let rounds = VerificationTask {
                trail: self.trail.clone(),
                keys: self.keys.clone(),
                within,
                file: self.file.clone(),
                findings: self.findings.clone(),
            };
            tasks.push(tokio::spawn(rounds.run()));
        }
        MaintenanceTasks(tasks)
    }
}

/// The running tasks; they end when this is dropped.
pub(super) struct MaintenanceTasks(Vec<JoinHandle<()>>);

impl Drop for MaintenanceTasks {
    fn drop(&mut self) {
        self.0.iter().for_each(JoinHandle::abort);
    }
}

/// Sends the final checkpoint to the witnesses.
pub(super) async fn send_final(witnesses: &Witnesses) {
    if timeout(FINAL_TIMEOUT, witnesses.send_final()).await.is_err() {
        tracing::warn!("witnesses were not told of the end in time");
    }
}

async fn cross_link_chains(trail: Trail, every: Duration) {
    let mut ties = CrossLinks::new(trail);
    loop {
        if let Err(error) = ties.link().await {
            tracing::warn!(%error, "the trail's chain was not tied to the others");
        }
        tokio::time::sleep(every).await;
    }
}

/// The progress of the verification, kept over a restart.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct SavedProgress {
    place: Option<Progress>,
    found: u64,
}

/// Verifies the whole trail, round after round.
struct VerificationTask {
    trail: Trail,
    keys: Vec<PublicKey>,
    within: Duration,
    file: PathBuf,
    findings: Findings,
}

impl VerificationTask {
    async fn run(self) {
        let progress = read(&self.file);
        if let Some(progress) = progress {
            self.findings.now.fetch_max(progress.found, Ordering::Relaxed);
        }
        let mut resume_from = progress.and_then(|progress| progress.place);
        loop {
            match self.round(resume_from).await {
                Ok(()) => {}
                Err(error) => {
                    tracing::warn!(%error, "the trail could not be looked through");
                    tokio::time::sleep(RETRY_DELAY).await;
                }
            }
            // After a failure it resumes where it was.
            resume_from = read(&self.file).and_then(|progress| progress.place);
        }
    }

    async fn round(&self, resume_from: Option<Progress>) -> Result<(), TrailStoreError> {
        let started = Instant::now();
        let mut rounds = IncrementalCheck::from(self.trail.store().clone(), self.keys.clone(), resume_from).await?;
        let pages = u32::try_from(rounds.pages().await?).unwrap_or(u32::MAX);
        let pause = (self.within / pages.max(1)).min(MAX_PAUSE);
        loop {
            let page = rounds.page().await?;
            self.findings.add(&page.report);
            let found = self.findings.now.load(Ordering::Relaxed);
            let progress = SavedProgress {
                place: rounds.place(),
                found,
            };
            write(&self.file, &progress);
            if page.ends {
                self.findings.end_round();
                tracing::info!(found, "the trail was looked through");
                break;
            }
            tokio::time::sleep(pause).await;
        }
        tokio::time::sleep(self.within.saturating_sub(started.elapsed())).await;
        Ok(())
    }
}

fn read(file: &Path) -> Option<SavedProgress> {
    let size = fs::metadata(file).ok()?.len();
    let bytes = (size <= MAX_FILE_BYTES).then(|| fs::read(file).ok())??;
    serde_json::from_slice(&bytes).ok()
}

/// Saves the progress. If that fails, the next start verifies from the beginning, which only costs time.
fn write(file: &Path, progress: &SavedProgress) {
    let temporary = file.with_extension("checked.new");
    let written = (|| {
        let mut options = fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(&temporary)?.write_all(&serde_json::to_vec(progress)?)?;
        fs::rename(&temporary, file)
    })();
    if let Err(error) = written {
        tracing::debug!(kind = %error.kind(), "the place in the trail could not be kept");
    }
}
