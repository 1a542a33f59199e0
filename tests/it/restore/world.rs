//! Databases that are saved and put back, one or both, with the program itself serving from them.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Stdio,
    time::{Duration, Instant},
};

use sea_orm::{ConnectionTrait as _, Statement};
use serde_json::{Value, json};
use tempfile::TempDir;
use thinkfamily::{
    audit::{Entry, Kind},
    demo::LEAD_SUBJECT,
    store::connect::Databases,
};

use crate::support::{
    client::Client,
    database::settings,
    postgres,
    process::{Serving, Site, someone},
    trail,
};

/// Longer than this, and it does not come any more.
const PATIENCE: Duration = Duration::from_mins(1);

/// Which database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Of {
    Main,
    Trail,
}

/// Where they are.
#[derive(Clone, Debug)]
pub(super) enum Kept {
    /// In two files of the folder.
    Files,
    /// In databases of PostgreSQL: the main one, and the trail's where that is another.
    Servers(String, Option<String>),
    /// At these addresses.
    Elsewhere(String, String),
}

pub(super) struct World {
    folder: PathBuf,
    /// Goes with the world.
    _own: Option<TempDir>,
    kept: Kept,
    pub(super) site: Site,
}

impl World {
    #[expect(clippy::unused_async, reason = "as the others")]
    pub(super) async fn files() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let site = Site::new(folder.path(), None);
        Some(Self {
            folder: folder.path().to_owned(),
            _own: Some(folder),
            kept: Kept::Files,
            site,
        })
    }

    pub(super) async fn one_server() -> Option<Self> {
        Self::servers(false).await
    }

    pub(super) async fn servers_apart() -> Option<Self> {
        Self::servers(true).await
    }

    async fn servers(apart: bool) -> Option<Self> {
        let server = postgres::server()?;
        let main = server.create_empty().await;
        let trail = if apart { Some(server.create_empty().await) } else { None };
        let folder = tempfile::tempdir().unwrap();
        let mut site = Site::new(folder.path(), Some(&server.url(&main)));
        if let Some(trail) = &trail {
            site = site.with_environment(&[("THINKFAMILY_TRAIL_DATABASE_URL", &server.url(trail))]);
        }
        Some(Self {
            folder: folder.path().to_owned(),
            _own: Some(folder),
            kept: Kept::Servers(main, trail),
            site,
        })
    }

    /// At addresses, and with a folder, that somebody else looks after.
    pub(super) fn at(folder: &Path, main: &str, trail: Option<String>) -> Self {
        let mut site = Site::new(folder, Some(main));
        if let Some(trail) = &trail {
            site = site.with_environment(&[("THINKFAMILY_TRAIL_DATABASE_URL", trail)]);
        }
        let trail = trail.unwrap_or_else(|| main.to_owned());
        Self {
            folder: folder.to_owned(),
            _own: None,
            kept: Kept::Elsewhere(main.to_owned(), trail),
            site,
        }
    }

    pub(super) fn folder(&self) -> PathBuf {
        self.folder.clone()
    }

    /// Whether the trail is in the main database.
    pub(super) fn is_one(&self) -> bool {
        matches!(self.kept, Kept::Servers(_, None))
    }

    /// Keeps both as they are. Nobody may have them open.
    pub(super) async fn save(&self) {
        match &self.kept {
            Kept::Files => {
                let saved = self.folder().join("saved");
                fs::create_dir(&saved).unwrap();
                for name in names([Of::Main, Of::Trail]) {
                    let _ = fs::copy(self.folder().join(&name), saved.join(&name));
                }
            }
            Kept::Servers(main, trail) => {
                for name in std::iter::once(main).chain(trail) {
                    copy(name, &format!("{name}_saved")).await;
                }
            }
            Kept::Elsewhere(..) => panic!("somebody else looks after them"),
        }
    }

    /// Puts one back as it was.
    pub(super) async fn put_back(&self, of: Of) {
        match &self.kept {
            Kept::Files => {
                for name in names([of]) {
                    let _ = fs::remove_file(self.folder().join(&name));
                    let _ = fs::copy(self.folder().join("saved").join(&name), self.folder().join(&name));
                }
            }
            Kept::Servers(main, trail) => {
                let name = match (of, trail) {
                    (Of::Trail, Some(trail)) => trail,
                    (Of::Main, _) => main,
                    (Of::Trail, None) => panic!("it goes back with the main database"),
                };
                postgres::server().unwrap().drop_database(name);
                copy(&format!("{name}_saved"), name).await;
            }
            Kept::Elsewhere(..) => panic!("somebody else looks after them"),
        }
    }

    pub(super) async fn put_back_both(&self) {
        self.put_back(Of::Main).await;
        if !self.is_one() {
            self.put_back(Of::Trail).await;
        }
    }

    /// Opens both as they are.
    pub(super) async fn open(&self) -> Databases {
        let (main, trail) = match &self.kept {
            Kept::Files => {
                let at = |name: &str| format!("sqlite://{}", self.folder().join(name).display());
                (at("thinkfamily.db"), at("thinkfamily.trail.db"))
            }
            Kept::Servers(main, trail) => {
                let server = postgres::server().unwrap();
                (server.url(main), server.url(trail.as_ref().unwrap_or(main)))
            }
            Kept::Elsewhere(main, trail) => (main.clone(), trail.clone()),
        };
        Databases::open_at(&main.parse().unwrap(), &trail.parse().unwrap(), &settings())
            .await
            .unwrap()
    }

    /// The entries of a kind.
    pub(super) async fn entries(&self, kind: Kind) -> Vec<Entry> {
        let databases = self.open().await;
        let entries = trail::entries(&databases).await.into_iter().map(|(entry, _)| entry);
        let mut entries: Vec<Entry> = entries.filter(|entry| entry.kind == kind).collect();
        databases.close().await.unwrap();
        entries.sort_by_key(|entry| entry.at);
        entries
    }

    /// Waits until the trail says of all that was changed that it was made.
    pub(super) async fn told(&self) {
        let databases = self.open().await;
        let number = async |on: &sea_orm::DatabaseConnection, sql: &str| {
            let statement = Statement::from_string(on.get_database_backend(), sql);
            let row = on.query_one_raw(statement).await.unwrap().unwrap();
            row.try_get_by_index::<i64>(0).unwrap()
        };
        let began = Instant::now();
        loop {
            let made = number(databases.main(), "SELECT count(*) FROM announced_write WHERE made").await;
            if number(databases.trail(), "SELECT count(*) FROM trail_made").await == made {
                break;
            }
            assert!(began.elapsed() < PATIENCE, "the trail does not say what was made");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        databases.close().await.unwrap();
    }

    /// Runs a command; its exit code, and what it said.
    #[track_caller]
    pub(super) fn run(&self, arguments: &[&str]) -> (i32, String) {
        let ran = self.site.run(arguments);
        let said = [ran.stdout, ran.stderr].concat();
        (ran.status.code().unwrap(), String::from_utf8(said).unwrap())
    }

    /// The server does not start, and says this.
    #[track_caller]
    pub(super) fn refuses(&self, words: &[&str]) {
        let mut command = self.site.command(&["serve", "--listen", "127.0.0.1:0"]);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let began = Instant::now();
        while child.try_wait().unwrap().is_none() {
            if began.elapsed() > PATIENCE {
                child.kill().unwrap();
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let ended = child.wait_with_output().unwrap();
        let said = String::from_utf8(ended.stderr).unwrap();
        assert_eq!(ended.status.code(), Some(1), "{said}");
        for word in words.iter().chain(&["`thinkfamily restore`"]) {
            assert!(said.contains(word), "no {word} in: {said}");
        }
    }

    /// The restore is done, and says this.
    #[track_caller]
    pub(super) fn restores(&self, words: &[&str]) -> String {
        let (code, said) = self.run(&["restore"]);
        assert_eq!(code, 0, "{said}");
        for word in words {
            assert!(said.contains(word), "no {word} in: {said}");
        }
        let (code, again) = self.run(&["restore"]);
        assert!(code == 0 && again.contains("nothing to do"), "{again}");
        said
    }

    #[track_caller]
    pub(super) fn verified(&self) {
        let (code, said) = self.run(&["audit", "verify"]);
        assert!(code == 0 && said.contains("nothing found"), "{said}");
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        if let (Kept::Servers(main, trail), Some(server)) = (&self.kept, postgres::server()) {
            for name in std::iter::once(main).chain(trail) {
                server.drop_database(name);
                server.drop_database(&format!("{name}_saved"));
            }
        }
    }
}

/// The files of databases, with their logs.
fn names<const N: usize>(of: [Of; N]) -> Vec<String> {
    let name = |of: Of| match of {
        Of::Main => "thinkfamily.db",
        Of::Trail => "thinkfamily.trail.db",
    };
    let files = |of: Of| ["", "-wal", "-shm"].map(|ending| format!("{}{ending}", name(of)));
    of.into_iter().flat_map(files).collect()
}

async fn copy(from: &str, to: &str) {
    let server = postgres::server().unwrap();
    server.statement(&format!("CREATE DATABASE {to} TEMPLATE {from}")).await;
}

/// Who is there, and what they see.
pub(super) struct Desk {
    serving: Serving,
    lead: Client,
    school: Client,
    manager: Client,
}

const FAMILY: &str = "{ family(reference: \"TF-10001\") { id members { id givenName } involvements { id } \
     consents { id category agencyKind decision recordedAt expiresOn withdrawnAt decidedBy { givenName } member { givenName } \
     recordedByAgency { code } } } }";

impl Desk {
    #[expect(clippy::unused_async, reason = "it is used among what waits")]
    pub(super) async fn open(site: &Site) -> Self {
        let serving = site.serve(&["--log-format=json"]);
        let lead = someone("cambs-early-help", "lead_professional", "family_support", LEAD_SUBJECT);
        let school = someone("fenbrook-school", "practitioner", "education_support", "test");
        let manager = someone("tff-team", "agreement_manager", "agreement_management", "manager");
        Self {
            lead: site.client(&serving, &lead),
            school: site.client(&serving, &school),
            manager: site.client(&serving, &manager),
            serving,
        }
    }

    pub(super) async fn family(&self) -> Value {
        let answer = self.lead.post(FAMILY, json!({})).await.unwrap().json();
        assert!(answer["errors"].is_null(), "{answer}");
        answer["data"]["family"].clone()
    }

    /// All decisions, in a fixed order.
    pub(super) async fn consents(&self) -> Vec<String> {
        let family = self.family().await;
        let mut consents: Vec<String> = family["consents"]
            .as_array()
            .unwrap()
            .iter()
            .map(Value::to_string)
            .collect();
        consents.sort();
        consents
    }

    /// Whether the school sees Dawn.
    pub(super) async fn school_sees_dawn(&self) -> bool {
        let answer = self
            .school
            .post("{ members { nodes { givenName } } }", json!({}))
            .await
            .unwrap();
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.text().contains("Dawn")
    }

    async fn change(&self, mutation: &str, selection: &str, input: Value) -> Value {
        let of = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
        let query = format!(
            "mutation Change($input: {of}!) {{ {mutation}(input: $input) {{ {selection} errors {{ field code message }} }} }}"
        );
        let by = if mutation == "barSubject" {
            &self.manager
        } else {
            &self.lead
        };
        let answer = by.post(&query, json!({ "input": input })).await.unwrap().json();
        let payload = answer["data"][mutation].clone();
        assert_eq!(payload["errors"], json!([]), "{answer}");
        payload
    }

    /// Records decisions about Dawn, and gives the ids.
    pub(super) async fn decide(&self, decision: &str, categories: &[&str], kinds: &[&str]) -> Vec<Value> {
        let family = self.family().await;
        let members = family["members"].as_array().unwrap();
        let dawn = members.iter().find(|member| member["givenName"] == "Dawn").unwrap();
        let input = json!({
            "memberId": dawn["id"], "categories": categories, "agencyKinds": kinds, "decision": decision,
            "expiresOn": "2100-01-01",
        });
        let payload = self.change("recordConsent", "consents { id }", input).await;
        let rows = payload["consents"].as_array().unwrap().iter();
        rows.map(|row| row["id"].clone()).collect()
    }

    pub(super) async fn withdraw(&self, consent: &Value) {
        let input = json!({ "consentId": consent });
        self.change("withdrawConsent", "consent { id }", input).await;
    }

    /// Bars the family to somebody for these days.
    pub(super) async fn bar(&self, subject: &str, from: Option<&str>, until: Option<&str>) {
        let family = self.family().await;
        let input = json!({ "familyId": family["id"], "subject": subject, "from": from, "until": until });
        self.change("barSubject", "", input).await;
    }

    /// A change that no entry says enough of to make it again.
    pub(super) async fn involve(&self) {
        let family = self.family().await;
        let input = json!({
            "familyId": family["id"], "agency": "cambs-police", "startedOn": "2026-01-05", "serviceTeam": "Neighbourhood team",
            "contactName": "Sam Example",
        });
        self.change("recordInvolvement", "involvement { id }", input).await;
    }

    /// Whether a question is answered; if not, nothing is disclosed.
    pub(super) async fn is_answered(&self) -> bool {
        let answer = self.lead.post(FAMILY, json!({})).await.unwrap();
        let body = answer.json();
        if answer.status == 200 {
            return true;
        }
        assert_eq!((answer.status, &body["data"]), (503, &Value::Null), "{body}");
        false
    }

    /// What `/readyz` says.
    pub(super) async fn readiness(&self) -> u16 {
        self.lead.get("/readyz").await.map_or(0, |answer| answer.status)
    }

    pub(super) fn log(&self) -> String {
        self.serving.log_so_far()
    }

    /// Stops in order.
    pub(super) async fn close(mut self) {
        self.serving.tell_to_stop();
        assert_eq!(self.serving.end().await, Some(0), "{}", self.serving.log_so_far());
    }

    /// Stops at once, without a word.
    pub(super) fn kill(mut self) {
        self.serving.kill();
    }
}
