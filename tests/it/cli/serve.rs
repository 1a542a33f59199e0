//! The server from start to stop.

use std::{
    fs::{self, File},
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    process::{Child, ChildStdout, Command, Stdio},
    time::{Duration, Instant},
};

use super::Home;
use crate::support::database::{TestDatabase, on_both};

fn ask_at(address: &str, method: &str, path: &str, headers: &str, body: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let length = body.len();
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n{body}",
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    (answer[9..12].parse().unwrap(), answer)
}

/// A server that runs; it is killed if the test ends without having stopped it.
struct Served {
    child: Child,
    out: BufReader<ChildStdout>,
    address: String,
}

impl Served {
    fn start(home: &Home, arguments: &[&str]) -> Self {
        let mut all = vec!["serve", "--listen", "127.0.0.1:0"];
        all.extend(arguments);
        let log = File::create(home.path("log")).unwrap();
        let mut child = home.command(&all).stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        out.read_line(&mut line).unwrap();
        let address = line
            .split_once("http://")
            .and_then(|(_, rest)| rest.split_once("/graphql"))
            .unwrap_or_else(|| panic!("{line}\n{}", fs::read_to_string(home.path("log")).unwrap()))
            .0
            .to_owned();
        Self { child, out, address }
    }

    /// Status and whole answer of a request.
    fn ask(&self, method: &str, path: &str, headers: &str, body: &str) -> (u16, String) {
        ask_at(&self.address, method, path, headers, body)
    }

    /// Where the counters are told: the next line that it prints.
    fn counters(&mut self) -> String {
        let mut line = String::new();
        self.out.read_line(&mut line).unwrap();
        let (_, rest) = line.split_once("told at http://").unwrap_or_else(|| panic!("{line}"));
        rest.trim_end().trim_end_matches("/metrics").to_owned()
    }

    fn get(&self, path: &str) -> u16 {
        self.ask("GET", path, "", "").0
    }

    /// Tells it to stop, and gives its exit code and the rest of what it printed.
    fn stop(mut self, signal: &str) -> (Option<i32>, String) {
        let told = Command::new("kill")
            .args([&format!("-{signal}"), &self.child.id().to_string()])
            .status();
        assert!(told.unwrap().success());
        let began = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(began.elapsed() < Duration::from_mins(2), "it does not stop");
            std::thread::sleep(Duration::from_millis(20));
        };
        let mut rest = String::new();
        self.out.read_to_string(&mut rest).unwrap();
        (status.code(), rest)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        if self.child.try_wait().is_ok_and(|status| status.is_none()) {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

on_both!(empty it_starts_answers_and_stops);

async fn it_starts_answers_and_stops(database: &TestDatabase) {
    let home = Home::with_database(database.text());
    let mut served = Served::start(&home, &["--metrics-listen", "127.0.0.1:0"]);
    assert_eq!(served.get("/healthz"), 200);
    assert_eq!(served.get("/readyz"), 200);
    assert_eq!(served.get("/graphiql"), 200);
    assert_eq!(served.get("/.well-known/jwks.json"), 200);
    for arguments in [&["health"][..], &["health", "--ready"]] {
        let asked = [arguments, &["--listen", &served.address]].concat();
        assert_eq!(home.run(&asked).ok(), "ok\n");
    }
    let counters = served.counters();
    let (status, metrics) = ask_at(&counters, "GET", "/metrics", "", "");
    assert_eq!(status, 200);
    assert_eq!(
        ask_at(&counters, "GET", "/graphql", "", "").0,
        404,
        "nothing else is told there"
    );
    assert_eq!(served.get("/metrics"), 404, "not where clients ask");
    for name in [
        "thinkfamily_sql_statements_total",
        "thinkfamily_trail_entries_total 2",
        "thinkfamily_database_connections{database=\"trail\",state=\"open\"}",
        "thinkfamily_database_connections{database=\"reading\",state=\"open\"}",
        "thinkfamily_operations{state=\"waiting\"} 0",
        "thinkfamily_operations_turned_away_total 0",
        "thinkfamily_trail_waiting 0",
        "thinkfamily_graphql_cost_total 0",
    ] {
        assert!(metrics.contains(name), "no {name} in:\n{metrics}");
    }
    let address = served.address.clone();
    let (code, printed) = served.stop("TERM");
    assert_eq!(code, Some(0), "{}", fs::read_to_string(home.path("log")).unwrap());
    assert_eq!(
        printed.matches("curl ").count(),
        12,
        "one line for each demonstration role"
    );
    home.run(&["health", "--listen", &address])
        .failed(1, &["does not answer"]);
    assert!(home.run(&["audit", "verify"]).ok().contains("nothing found"));

    // A second start finds everything there, with the same secret.
    let secret = fs::read(home.path("data/secret.key")).unwrap();
    let families = home.number("SELECT count(*) FROM family").await;
    let again = Served::start(&home, &[]);
    assert_eq!(again.get("/readyz"), 200);
    assert_eq!(again.stop("INT").0, Some(0));
    assert_eq!(home.number("SELECT count(*) FROM family").await, families);
    assert_eq!(fs::read(home.path("data/secret.key")).unwrap(), secret);
    assert_eq!(home.entries("agreement").await.len(), 2, "agreements are loaded once");
}

#[tokio::test]
async fn two_servers_may_start_on_one_database_at_once() {
    let Some(database) = TestDatabase::postgres_empty().await else {
        return;
    };
    let home = Home::with_database(database.text());
    let (one, two) = std::thread::scope(|scope| {
        let one = scope.spawn(|| Served::start(&home, &[]));
        let two = scope.spawn(|| Served::start(&home, &[]));
        (one.join().unwrap(), two.join().unwrap())
    });
    assert_eq!((one.get("/readyz"), two.get("/readyz")), (200, 200));
    assert_eq!(one.stop("TERM").0, Some(0));
    assert_eq!(two.stop("TERM").0, Some(0));
    assert_eq!(home.number("SELECT count(*) FROM agreement").await, 2);
}

#[tokio::test]
async fn bad_tokens_cannot_fill_the_trail() {
    let home = Home::new();
    let served = Served::start(&home, &[]);
    let headers = "authorization: Bearer a.b.c\r\ncontent-type: application/json\r\n";
    for _ in 0..60 {
        let (status, answer) = served.ask("POST", "/graphql", headers, "{\"query\":\"{ viewer { role } }\"}");
        assert_eq!(status, 401, "{answer}");
    }
    assert_eq!(served.stop("TERM").0, Some(0));
    let entries = home.entries("sign_in_failed").await;
    assert!(!entries.is_empty() && entries.len() < 60, "{}", entries.len());
    let counted: u64 = entries
        .iter()
        .filter_map(|entry| entry["withheld"][0]["count"].as_u64())
        .sum();
    let flushed = entries.last().unwrap()["withheld"].is_array();
    assert!(entries.iter().all(|entry| entry["reason"] == "token_malformed"));
    // The entry that is written at the end is about those before it only.
    assert_eq!(counted + entries.len() as u64 - u64::from(flushed), 60);
}

#[test]
fn counters_are_told_to_whoever_shows_the_token() {
    let home = Home::new();
    home.write("token", "a-token-of-some-length\n");
    let file = home.path("token");
    let file = file.to_str().unwrap();
    let flags = [
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--metrics-listen",
        "127.0.0.1:0",
        "--metrics-token-file",
        file,
    ];
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(file, fs::Permissions::from_mode(0o644)).unwrap();
        home.run(&flags).failed(2, &["can be read by others"]);
        fs::set_permissions(file, fs::Permissions::from_mode(0o600)).unwrap();
    }
    let mut served = Served::start(&home, &flags[3..]);
    let counters = served.counters();
    for (shown, status) in [
        ("", 401),
        ("authorization: Bearer another-token-of-some-length\r\n", 401),
        ("authorization: Bearer a-token-of-some-length\r\n", 200),
    ] {
        assert_eq!(ask_at(&counters, "GET", "/metrics", shown, "").0, status, "{shown}");
    }
}

#[test]
fn what_cannot_be_served_safely_is_refused() {
    let home = Home::new();
    home.run(&["serve", "--listen", "127.0.0.1:0", "--metrics-listen", "0.0.0.0:0"])
        .failed(2, &["`metrics_token_file`", "loopback"]);
    home.run(&["--mode", "production", "--dev-issuer=on", "--listen", "0.0.0.0:0"])
        .failed(2, &["`listen`", "loopback", "dev_issuer"]);
    home.run(&["--mode", "production", "--listen", "127.0.0.1:0"])
        .failed(2, &["no trusted issuer"]);
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    home.run(&["serve", "--listen", &address])
        .failed(1, &["cannot listen on", &address]);
    fs::remove_file(home.path("data/secret.key")).unwrap();
    home.write("data/secret.key", &"x".repeat(32));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(home.path("data/secret.key"), fs::Permissions::from_mode(0o644)).unwrap();
    }
    home.run(&["serve", "--listen", "127.0.0.1:0"])
        .failed(1, &["secret.key can be read by others"]);
}

#[cfg(unix)]
#[test]
fn databases_that_others_can_read_are_refused() {
    use std::os::unix::fs::PermissionsExt;
    let home = Home::new();
    home.run(&["migrate", "up"]).ok();
    for name in ["thinkfamily.db", "thinkfamily.trail.db"] {
        let file = home.path(&format!("data/{name}"));
        for mode in [0o640, 0o604] {
            fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
            home.run(&["serve", "--listen", "127.0.0.1:0"])
                .failed(1, &[&format!("{name} can be read by others"), "0600"]);
        }
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    }
    home.run(&["migrate", "up"]).ok();
}

#[tokio::test]
async fn in_production_there_is_nothing_of_the_demonstration() {
    let home = Home::new();
    let key = r#"{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"one","alg":"EdDSA","use":"sig",
        "x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#;
    home.write("keys.json", key);
    home.write(
        "settings.toml",
        "mode = \"production\"\n[[issuer]]\nissuer = \"https://login.example\"\nalgorithms = [\"EdDSA\"]\n\
         jwks_file = \"keys.json\"\nagencies = [\"cambridgeshire/cambs-police\"]\n",
    );
    let served = Served::start(&home, &["--config", "settings.toml"]);
    assert_eq!(served.get("/readyz"), 200);
    for path in ["/graphiql", "/graphiql/roles.json", "/.well-known/jwks.json"] {
        assert_eq!(served.get(path), 404, "{path}");
    }
    let (code, printed) = served.stop("TERM");
    assert_eq!(code, Some(0));
    assert!(!printed.contains("curl") && !printed.contains("eyJ"), "{printed}");
    assert_eq!(home.number("SELECT count(*) FROM authority").await, 0);
    assert!(!home.path("data/development-issuer.key").exists());
    let log = fs::read_to_string(home.path("log")).unwrap();
    for line in log.lines() {
        assert!(serde_json::from_str::<serde_json::Value>(line).is_ok(), "{line}");
    }
}
