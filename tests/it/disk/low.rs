//! A disk that has little room left: it is refused before it is full.

use serde_json::json;

use super::{CONSENT, READ, dawn, is_given, lead, logged, ready_is, verified};
use crate::support::{
    process::{COUNTERS, Site},
    small_disk::SmallDisk,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_disclosed_or_written_when_there_is_little_room_left() {
    for (main, trail) in [(true, false), (false, true)] {
        let Some(disk) = SmallDisk::new(24) else { return };
        let folder = tempfile::tempdir().unwrap();
        let at = |small: bool, name: &str| {
            if small {
                disk.url(name)
            } else {
                format!("sqlite://{}", folder.path().join(name).display())
            }
        };
        let (url, trail_url) = (at(main, "main.db"), at(trail, "trail.db"));
        let site = Site::new(folder.path(), Some(&url));
        let at = ["--trail-database-url", trail_url.as_str(), "--disk-reserve-mb", "8"];
        let mut serving = site.serve(&[&at[..], &COUNTERS].concat());
        let lead = lead(&site, &serving);
        let member = dawn(&lead).await;
        let says = |value: u32| format!("thinkfamily_unready{{condition=\"disk_low\"}} {value}\n");
        ready_is(&lead, 200).await;
        assert!(serving.counters().await.contains(&says(0)));
        // Room that is enough to write, and less than is to stay.
        disk.fill(6_000_000);
        for _ in 0..3 {
            let read = lead.post(READ, json!({})).await.unwrap();
            // Where only the main database has little room, what was read can be recorded.
            assert_eq!(is_given(&read), !trail, "{}", read.text());
            let written = lead.post(CONSENT, member.clone()).await.unwrap();
            assert!(!is_given(&written), "{}", written.text());
        }
        ready_is(&lead, 503).await;
        assert!(serving.counters().await.contains(&says(1)));
        logged(&serving, "disk_low").await;
        disk.free();
        ready_is(&lead, 200).await;
        for (query, variables) in [(READ, json!({})), (CONSENT, member)] {
            let answer = lead.post(query, variables).await.unwrap();
            assert!(is_given(&answer), "{}", answer.text());
        }
        serving.kill();
        verified(&site, &at);
    }
}
