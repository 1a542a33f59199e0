//! The race between changes and readers, and what is a trial in it.
//!
//! Around every change is a mark (see [`Phase`]): a read is a trial if its subject was withdrawn before the read began, and still so when
//! it ended.

use std::{
    env,
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::support::app::Partner;

const READERS: usize = 32;
/// Trials of consent on two servers; `THINKFAMILY_REVOCATION` asks for another number. One server, which has less to get wrong, has a
/// quarter of it.
const TRIALS: usize = 10_000;
/// A run that is this slow fails, since it has then proved too little.
const LONGEST: Duration = Duration::from_mins(4);

pub(super) fn trials(servers: usize) -> usize {
    let asked = env::var("THINKFAMILY_REVOCATION").ok();
    let trials = asked.map_or(TRIALS, |number| number.parse().expect("a number of trials"));
    if servers > 1 { trials } else { trials / 4 }
}

/// What is known of one thing that can be withdrawn. It counts up: permitted, being withdrawn, withdrawn, being given again, permitted, …
/// What lies between two marks is true of every moment between them.
#[derive(Default)]
pub(super) struct Phase(AtomicU64);

impl Phase {
    fn next(&self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }

    fn now(&self) -> u64 {
        self.0.load(Ordering::SeqCst)
    }
}

fn is_permitted(phase: u64) -> bool {
    phase.is_multiple_of(4)
}

fn is_withdrawn(phase: u64) -> bool {
    phase % 4 == 2
}

/// What was found.
#[derive(Default)]
pub(super) struct Found {
    trials: AtomicUsize,
    disclosed_while_permitted: AtomicUsize,
    changes: AtomicUsize,
    /// What each lane of changes withdrew last.
    newest: Vec<AtomicUsize>,
}

/// One thing that can be withdrawn: who asks what, to see it.
pub(super) struct Subject {
    pub(super) phase: Phase,
    /// One for each server.
    pub(super) partners: Vec<Partner>,
    pub(super) query: &'static str,
    pub(super) variables: Value,
}

/// Whether the answer discloses; anything but an orderly answer fails the test.
async fn discloses(subject: &Subject, server: usize) -> bool {
    let reply = subject.partners[server]
        .ask_with(subject.query, subject.variables.clone())
        .await;
    let family = &reply.data()["family"];
    if family.is_null() {
        assert!(
            !String::from_utf8_lossy(&reply.bytes).contains("true"),
            "{:#}",
            reply.body
        );
        return false;
    }
    assert_eq!(family["onCohort"], true, "{:#}", reply.body);
    true
}

/// Reads until there were enough trials.
async fn read(number: usize, subjects: Arc<Vec<Subject>>, found: Arc<Found>, wanted: usize) {
    let began = Instant::now();
    for turn in number.. {
        if found.trials.load(Ordering::Relaxed) >= wanted {
            return;
        }
        assert!(
            began.elapsed() < LONGEST,
            "too slow: {} trials",
            found.trials.load(Ordering::Relaxed)
        );
        // Mostly what was changed last, and now and then what will be changed next or was changed long ago.
        let newest = found.newest[turn % found.newest.len()].load(Ordering::SeqCst);
        let at = if turn % 4 == 3 { newest + 1 + turn % 7 } else { newest } % subjects.len();
        let subject = &subjects[at];
        let before = subject.phase.now();
        let disclosed = discloses(subject, turn % subject.partners.len()).await;
        if subject.phase.now() != before {
            continue;
        }
        if is_withdrawn(before) {
            assert!(
                !disclosed,
                "subject {at} was disclosed by server {} after its withdrawal",
                turn % subject.partners.len()
            );
            found.trials.fetch_add(1, Ordering::Relaxed);
        } else if is_permitted(before) {
            assert!(
                disclosed,
                "subject {at} was withheld by server {} although permitted",
                turn % subject.partners.len()
            );
            found.disclosed_while_permitted.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// Gives one subject after the other, sees that it is disclosed and withdraws it, while the readers read. The subjects are shared out
/// among so many lanes of changes.
pub(super) async fn run<F: AsyncFn(usize, bool)>(
    subjects: Vec<Subject>,
    lanes: usize,
    wanted: usize,
    change: F,
) -> Arc<Found> {
    let found = Found {
        newest: (0..lanes).map(AtomicUsize::new).collect(),
        ..Found::default()
    };
    let (subjects, found) = (Arc::new(subjects), Arc::new(found));
    let mut readers = tokio::task::JoinSet::new();
    for number in 0..READERS {
        readers.spawn(read(number, Arc::clone(&subjects), Arc::clone(&found), wanted));
    }
    let lane = |lane: usize| {
        let (subjects, found, change) = (&subjects, &found, &change);
        async move {
            for turn in 0.. {
                let at = (lane + turn * lanes) % subjects.len();
                let subject = &subjects[at];
                if found.trials.load(Ordering::Relaxed) >= wanted {
                    return;
                }
                if is_withdrawn(subject.phase.now()) {
                    subject.phase.next();
                    change(at, false).await;
                    subject.phase.next();
                }
                let server = turn % subject.partners.len();
                assert!(
                    discloses(subject, server).await,
                    "subject {at} is to be seen before it is withdrawn"
                );
                found.disclosed_while_permitted.fetch_add(1, Ordering::Relaxed);
                subject.phase.next();
                // Reads that overlap the change may see either side of it. What they leave behind must not outlive it.
                for server in 0..subject.partners.len() {
                    let subjects = Arc::clone(subjects);
                    tokio::spawn(async move { discloses(&subjects[at], server).await });
                }
                change(at, true).await;
                subject.phase.next();
                found.newest[lane].store(at, Ordering::SeqCst);
                found.changes.fetch_add(1, Ordering::Relaxed);
                let at_once = (0..subject.partners.len()).map(|server| discloses(subject, server));
                for disclosed in futures_util::future::join_all(at_once).await {
                    assert!(!disclosed, "subject {at} was disclosed right after its withdrawal");
                    found.trials.fetch_add(1, Ordering::Relaxed);
                }
            }
        }
    };
    let changing = futures_util::future::join_all((0..lanes).map(lane));
    let reading = async {
        while let Some(ended) = readers.join_next().await {
            ended.expect("a reader found something");
        }
    };
    futures_util::future::join(changing, reading).await;
    found
}

pub(super) fn enough(found: &Found, wanted: usize) {
    let [trials, permitted, changes] =
        [&found.trials, &found.disclosed_while_permitted, &found.changes].map(|number| number.load(Ordering::Relaxed));
    println!("{trials} trials after {changes} changes, {permitted} disclosed while permitted");
    assert!(trials >= wanted);
    assert!(
        permitted >= changes,
        "only {permitted} reads disclosed anything: the test proves nothing"
    );
    assert!(changes * 200 >= wanted, "only {changes} changes");
}
