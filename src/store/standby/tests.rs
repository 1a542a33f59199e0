//! Tests of `standby`.

use super::*;

fn settings(set: [&str; 4]) -> Vec<&'static str> {
    let [fsync, full_page_writes, synchronous_commit, synchronous_standby_names] = set.map(str::to_owned);
    let set = Set {
        fsync,
        full_page_writes,
        synchronous_commit,
        synchronous_standby_names,
    };
    set.gives_up().into_iter().map(|one| one.setting).collect()
}

#[test]
fn only_settings_that_weaken_durability_are_reported() {
    assert_eq!(settings(["on", "on", "on", "ANY 1 (b, c)"]), [""; 0]);
    assert_eq!(settings(["on", "on", "remote_apply", "b"]), [""; 0]);
    assert_eq!(settings(["on", "on", "on", ""]), ["synchronous_standby_names"]);
    assert_eq!(settings(["on", "on", "local", "b"]), ["synchronous_commit"]);
    assert_eq!(settings(["on", "on", "remote_write", "b"]), ["synchronous_commit"]);
    let all = [
        "fsync",
        "full_page_writes",
        "synchronous_commit",
        "synchronous_standby_names",
    ];
    assert_eq!(settings(["off", "off", "off", " "]), all);
}
