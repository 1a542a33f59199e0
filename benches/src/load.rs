//! Sends requests: as fast as they are answered, or so many a second whether they are answered or not.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::time::{sleep_until, timeout};

use crate::http::{Connection, Reply};

/// No answer may take longer.
const LONGEST: Duration = Duration::from_mins(1);

/// What came of a run.
#[derive(Clone, Debug, Default)]
pub struct Run {
    /// From the moment a request was due to its answer, rising.
    pub latencies: Vec<Duration>,
    /// From the first request to the last answer.
    pub took: Duration,
    /// Answers that were not what they should be.
    pub wrong: usize,
    /// One of them, to look at.
    pub example: Option<String>,
}

impl Run {
    /// The latency that this share of answers did not exceed, in milliseconds.
    pub fn percentile(&self, share: f64) -> f64 {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "a place in a list"
        )]
        let at = ((self.latencies.len() as f64 * share).ceil() as usize).clamp(1, self.latencies.len().max(1)) - 1;
        self.latencies
            .get(at)
            .map_or(f64::NAN, |latency| latency.as_secs_f64() * 1000.0)
    }

    /// Answers a second, of those that were right.
    pub fn per_second(&self) -> f64 {
        self.right() / self.took.as_secs_f64()
    }

    /// How many answers were right.
    #[expect(clippy::cast_precision_loss, reason = "a count of requests")]
    pub fn right(&self) -> f64 {
        (self.latencies.len() - self.wrong) as f64
    }
}

/// How requests are sent.
#[derive(Clone, Copy, Debug)]
pub enum Pace {
    /// The next when the last was answered.
    Closed,
    /// The next when the last was answered, from the first again after the last one, until the time is over.
    For(Duration),
    /// So many a second, due at fixed moments: an answer that is late makes the next ones late, and that is counted.
    Rate(f64),
}

/// Sends all requests once, or again and again for a time, over that many connections.
pub async fn run(
    address: &str,
    connections: usize,
    pace: Pace,
    requests: Vec<Vec<u8>>,
    right: fn(&Reply) -> bool,
) -> io::Result<Run> {
    let requests = Arc::new(requests);
    let next = Arc::new(AtomicUsize::new(0));
    let begun = Instant::now();
    let mut workers = Vec::new();
    for _ in 0..connections {
        let mut connection = Connection::open(address).await?;
        let (requests, next) = (Arc::clone(&requests), Arc::clone(&next));
        workers.push(tokio::spawn(async move {
            let mut run = Run::default();
            loop {
                let at = next.fetch_add(1, Ordering::Relaxed);
                let at = match pace {
                    Pace::For(lasts) if begun.elapsed() >= lasts => break,
                    Pace::For(_) => at % requests.len(),
                    Pace::Closed | Pace::Rate(_) => at,
                };
                let Some(request) = requests.get(at) else { break };
                let due = match pace {
                    Pace::Closed | Pace::For(_) => Instant::now(),
                    Pace::Rate(rate) => {
                        #[expect(clippy::cast_precision_loss, reason = "a count of requests")]
                        let due = begun + Duration::from_secs_f64(at as f64 / rate);
                        sleep_until(due.into()).await;
                        due
                    }
                };
                let reply = timeout(LONGEST, connection.send(request)).await??;
                run.latencies.push(due.elapsed());
                if !right(&reply) {
                    run.wrong += 1;
                    run.example
                        .get_or_insert_with(|| String::from_utf8_lossy(&reply.body).chars().take(400).collect());
                }
            }
            io::Result::Ok(run)
        }));
    }
    let mut all = Run::default();
    for worker in workers {
        let run = worker.await.map_err(io::Error::other)??;
        all.latencies.extend(run.latencies);
        all.wrong += run.wrong;
        all.example = all.example.or(run.example);
    }
    all.took = begun.elapsed();
    all.latencies.sort_unstable();
    Ok(all)
}
