//! The example of a partner's own system, run as its page says, against the program itself.

use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::mpsc,
    time::Duration,
};

use serde_json::{Value, json};

use crate::support::{
    client::Client,
    database::{TestDatabase, on_both},
    peers,
    process::{Serving, Site, someone},
};

/// Nothing may take longer.
const LONGEST: Duration = Duration::from_mins(1);

/// The police system, with records of its own.
struct Police {
    example: PathBuf,
    libraries: PathBuf,
    records: PathBuf,
    token: String,
    url: String,
}

impl Police {
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("python3");
        command
            .arg(self.example.join("police_system.py"))
            .arg("--records")
            .arg(&self.records)
            .args(arguments)
            .current_dir(&self.example)
            .env("PYTHONPATH", &self.libraries)
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env("THINKFAMILY_SERVER", &self.url)
            .env("THINKFAMILY_TOKEN", &self.token);
        command
    }

    fn run(&self, arguments: &[&str]) -> String {
        let Output { status, stdout, stderr } = self.command(arguments).output().expect("Python runs");
        let said = String::from_utf8_lossy(&stdout).into_owned();
        assert!(
            status.success(),
            "{arguments:?}: {said}{}",
            String::from_utf8_lossy(&stderr)
        );
        said
    }

    /// Follows the feed until it is dropped.
    fn follow(&self) -> Following {
        let mut child = self
            .command(&["follow"])
            .stdout(Stdio::piped())
            .spawn()
            .expect("Python runs");
        let (tell, lines) = mpsc::channel();
        let output = BufReader::new(child.stdout.take().expect("piped"));
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                if tell.send(line).is_err() {
                    break;
                }
            }
        });
        Following { child, lines }
    }
}

struct Following {
    child: Child,
    lines: mpsc::Receiver<String>,
}

impl Following {
    /// Waits for a line that begins so.
    fn says(&self, beginning: &str) -> String {
        loop {
            let line = self.lines.recv_timeout(LONGEST);
            let line = line.unwrap_or_else(|_| panic!("it did not say {beginning:?} in time"));
            if line.starts_with(beginning) {
                return line;
            }
        }
    }
}

impl Drop for Following {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

async fn ask(client: &Client, query: &str, variables: Value) -> Value {
    let answer = client.post(query, variables).await.expect("an answer").json();
    assert_eq!(answer["errors"], Value::Null, "{answer:#}");
    answer["data"].clone()
}

/// Takes back what the family's adults agreed to for the police, or has them agree again.
async fn consent(coordinator: &Client, given: bool) {
    let query = "{ family(reference: \"TF-10001\") { members { id givenName consents { id category agencyKind decision withdrawnAt } } } }";
    let data = ask(coordinator, query, json!({})).await;
    let members = data["family"]["members"].as_array().expect("members");
    let dawn = members
        .iter()
        .find(|member| member["givenName"] == "Dawn")
        .expect("Dawn");
    let payload = if given {
        let query = "mutation($id: ID!) { recordConsent(input: { memberId: $id, categories: [MARKER], agencyKinds: [POLICE], decision: GIVEN }) { errors { message } } }";
        ask(coordinator, query, json!({ "id": dawn["id"] })).await
    } else {
        let consents = dawn["consents"].as_array().expect("consents");
        let now = consents.iter().find(|consent| {
            consent["category"] == "MARKER"
                && consent["agencyKind"] == "POLICE"
                && consent["decision"] == "GIVEN"
                && consent["withdrawnAt"].is_null()
        });
        let query = "mutation($id: ID!) { withdrawConsent(input: { consentId: $id }) { errors { message } } }";
        ask(coordinator, query, json!({ "id": now.expect("a consent")["id"] })).await
    };
    let errors = payload.as_object().and_then(|payload| payload.values().next());
    assert_eq!(errors.expect("a payload")["errors"], json!([]));
}

fn place(serving: &Serving) -> String {
    serving.url.trim_start_matches("http://").to_owned()
}

async fn the_police_system_works_as_its_page_says(database: &TestDatabase) {
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/police_system");
    let Some(libraries) = peers::python_with("police-system", &example.join("requirements.txt")) else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let site = Site::new(folder.path(), Some(database.text()));
    let mut serving = site.serve(&[]);
    let police = Police {
        example,
        libraries,
        records: folder.path().join("police.db"),
        token: site.token(&someone(
            "cambs-police",
            "marker_lookup",
            "safeguarding",
            "a-police-system",
        )),
        url: serving.url.clone(),
    };

    let found = police.run(&["look-up", "people.csv"]);
    assert!(
        found.contains("PR-104477  Lee Sadler  MATCHED  Ruth Ellis 01632 960101\n"),
        "{found}"
    );
    assert!(found.contains("PR-990001  Norma Nobodie  NOT_FOUND\n"), "{found}");
    let again = police.run(&["look-up", "people.csv"]);
    assert_eq!(again, found, "to look up again changes nothing");
    police.run(&["sync"]);
    let told = police.run(&[
        "contact",
        "PR-104477",
        "--kind",
        "INCIDENT",
        "--urgency",
        "SOON",
        "--note",
        "A made-up note",
        "--about",
        "CRITERION_CRIME",
    ]);
    assert_eq!(told, "contact told\n");

    let lead = someone(
        "cambs-early-help",
        "lead_professional",
        "family_support",
        "demo-lead-professional",
    );
    let lead = site.client(&serving, &lead);
    let query = "{ contacts(first: 10) { nodes { kind urgency agency { name } note { text } } } }";
    let contacts = ask(&lead, query, json!({})).await;
    let contact = &contacts["contacts"]["nodes"][0];
    assert_eq!(
        (&contact["kind"], &contact["urgency"]),
        (&json!("INCIDENT"), &json!("SOON")),
        "{contacts:#}"
    );
    assert_eq!(contact["note"]["text"], "A made-up note");

    let coordinator = someone("tff-team", "coordinator", "programme_management", "somebody");
    let coordinator = site.client(&serving, &coordinator);
    let following = police.follow();
    following.says("following");
    consent(&coordinator, false).await;
    let removed = following.says("REMOVED");
    // The system itself ends and begins again: what came meanwhile is in its records.
    drop(following);
    assert!(police.run(&["show"]).contains("PR-104477  Lee Sadler  NOT_FOUND\n"));
    consent(&coordinator, true).await;
    let following = police.follow();
    following.says("following");
    let marker = removed.trim_start_matches("REMOVED ").to_owned();
    // The server ends and begins again under it.
    serving.kill();
    let serving = site.serve_at(&place(&serving), &[]);
    let coordinator = site.client(
        &serving,
        &someone("tff-team", "coordinator", "programme_management", "somebody"),
    );
    consent(&coordinator, false).await;
    assert_eq!(following.says("REMOVED"), format!("REMOVED {marker}"));
    consent(&coordinator, true).await;
    assert_eq!(following.says("SET"), format!("SET {marker}"));
}
on_both!(the_police_system_works_as_its_page_says);
