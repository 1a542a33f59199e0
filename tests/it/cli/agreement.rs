//! Agreements are checked, loaded once, and leave their mark in the trail.

use super::{Home, repository};

#[test]
fn a_good_file_is_good_and_a_bad_one_is_told_by_line() {
    let home = Home::new();
    let good = repository("agreements/demonstration.toml");
    home.write("good.toml", &good);
    let told = home.run(&["agreement", "check", "good.toml"]).ok();
    assert!(told.contains("TFF-2 version 1 of cambridgeshire is good"), "{told}");
    assert!(!home.path("data").exists(), "a check needs no database");

    let line = 1 + good
        .lines()
        .position(|line| line.starts_with("scope = "))
        .expect("the file has clauses");
    home.write(
        "bad.toml",
        &good.replacen("scope = \"authority\"", "scope = \"universe\"", 1),
    );
    home.run(&["agreement", "check", "bad.toml"])
        .failed(1, &[&format!("bad.toml:{line}: "), "universe", "1 problem"]);
    home.write("worse.toml", "[agreement]\nid = \n");
    home.run(&["agreement", "check", "worse.toml"])
        .failed(1, &["worse.toml:2: "]);
    std::fs::write(home.path("bytes.toml"), b"[agreement]\n\xff\n").unwrap();
    home.run(&["agreement", "check", "bytes.toml"])
        .failed(1, &["bytes.toml:2: not UTF-8"]);
    home.run(&["agreement", "check", "missing.toml"])
        .failed(1, &["missing.toml cannot be read"]);
    let matrix = home.run(&["agreement", "matrix", "good.toml"]).ok();
    assert!(!matrix.is_empty());
}

#[tokio::test]
async fn a_version_is_loaded_once_and_noted_in_the_trail() {
    let home = Home::new();
    let first = repository("agreements/demonstration.toml");
    home.write("first.toml", &first);
    home.run(&["agreement", "load", "first.toml"])
        .failed(1, &["`cambridgeshire` is not in the database"]);
    home.run(&["demo", "--families", "0"]).ok();
    let told = home.run(&["agreement", "load", "first.toml"]).ok();
    assert!(told.contains("loaded before"), "{told}");

    let second = first.replacen("version = 1", "version = 2", 1).replacen(
        "effective_from = 2026-01-01",
        "effective_from = 2026-06-01",
        1,
    );
    home.write("second.toml", &second);
    let before = home
        .number("SELECT version FROM policy_version WHERE authority_id = 1")
        .await;
    let told = home.run(&["agreement", "load", "second.toml"]).ok();
    assert!(told.contains("TFF-2 version 2 is loaded"), "{told}");
    let after = home
        .number("SELECT version FROM policy_version WHERE authority_id = 1")
        .await;
    assert_eq!(after, before + 1, "every server process notices");
    let entries = home.entries("agreement").await;
    let last = entries.last().unwrap();
    assert_eq!(last["agreements"][0]["version"], 2);
    assert_eq!(last["subject"], "command-line");

    // The same version with another text; and a signatory that the register does not have.
    home.write("other.toml", &second.replacen("Phase II", "Phase III", 1));
    home.run(&["agreement", "load", "other.toml"])
        .failed(1, &["other.toml:", "not higher than version 2"]);
    let third = second
        .replacen("version = 2", "version = 3", 1)
        .replacen("effective_from = 2026-06-01", "effective_from = 2026-09-01", 1)
        .replacen("agency = \"cambs-police\"", "agency = \"no-such-police\"", 1);
    home.write("third.toml", &third);
    home.run(&["agreement", "load", "third.toml"])
        .failed(1, &["third.toml:", "no-such-police"]);
    assert_eq!(
        home.number("SELECT count(*) FROM agreement WHERE authority_id = 1")
            .await,
        2
    );
    assert_eq!(home.entries("agreement").await.len(), entries.len());
    let matrix = home.run(&["agreement", "matrix", "--authority", "cambridgeshire"]).ok();
    assert!(matrix.contains("Cambridgeshire"), "{matrix}");
    assert!(home.run(&["audit", "verify"]).ok().contains("nothing found"));
}

#[tokio::test]
async fn what_can_never_hold_is_warned_of_by_line_and_loaded_all_the_same() {
    let home = Home::new();
    let text = repository("agreements/demonstration.toml")
        .replacen("version = 1", "version = 2", 1)
        .replacen("effective_from = 2026-01-01", "effective_from = 2026-06-01", 1)
        .replacen(
            "categories = [\"MARKER\", \"AUDIT\"]\n",
            "categories = [\"IDENTITY\", \"AUDIT\"]\n",
            1,
        );
    let line = 1 + text
        .lines()
        .position(|line| line == "categories = [\"IDENTITY\", \"AUDIT\"]")
        .expect("a clause");
    home.write("names.toml", &text);
    let warned = format!("names.toml:{line}: warning: clause `agreement-watch`: nothing leads");
    let told = home.run(&["agreement", "check", "names.toml"]).ok();
    assert!(told.contains(&warned) && told.contains("`HOUSEHOLD`"), "{told}");
    home.run(&["demo", "--families", "0"]).ok();
    let told = home.run(&["agreement", "load", "names.toml"]).ok();
    assert!(told.contains("version 2 is loaded") && told.contains(&warned), "{told}");
}

/// The agreements that come with the server give nothing in vain but what is told of in their first lines.
#[test]
fn the_demonstrations_are_warned_of_nothing_but_what_is_still_to_come_and_what_a_no_does_not_bind() {
    let home = Home::new();
    for name in ["demonstration", "richmond"] {
        home.write("good.toml", &repository(&format!("agreements/{name}.toml")));
        let told = home.run(&["agreement", "check", "good.toml"]).ok();
        let warnings: Vec<_> = told.lines().filter(|line| line.contains("warning: ")).collect();
        assert!(
            warnings
                .iter()
                .all(|line| line.contains("in this version of the server") || line.contains("a no does not bind that")),
            "{told}"
        );
    }
}
