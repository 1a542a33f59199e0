//! The program itself as a process of its own, with the real clock, real files and a real port.

use std::{
    io::{BufReader, Read},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::{Arc, Mutex},
    thread::JoinHandle,
    time::{Duration, Instant},
};

use thinkfamily::{
    auth::{DevIssuer, TokenRequest},
    clock::{Clock, Ids},
};

use super::client::Client;

/// Where the program keeps its files and its database.
pub(crate) struct Site {
    folder: PathBuf,
    database: Option<String>,
    environment: Vec<(&'static str, String)>,
}

impl Site {
    /// A folder, and the address of the database if it is not a file in that folder.
    pub(crate) fn new(folder: &Path, database: Option<&str>) -> Self {
        Self {
            folder: folder.to_owned(),
            database: database.map(str::to_owned),
            environment: Vec::new(),
        }
    }

    /// The same with variables of the environment, which is empty otherwise.
    pub(crate) fn with_environment(mut self, variables: &[(&'static str, &str)]) -> Self {
        let variables = variables.iter().map(|(name, value)| (*name, (*value).to_owned()));
        self.environment.extend(variables);
        self
    }

    /// The command line with these arguments, in this place, with nothing of our own environment.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_thinkfamily"));
        command
            .args(arguments)
            .env_clear()
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .current_dir(&self.folder)
            .arg("--data-dir")
            .arg(&self.folder);
        if let Some(database) = &self.database {
            command.arg("--database-url").arg(database);
        }
        command
    }

    /// Runs a command to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments)
            .stdin(Stdio::null())
            .output()
            .expect("the program runs")
    }

    /// Starts serving and waits until it does.
    pub(crate) fn serve(&self, arguments: &[&str]) -> Serving {
        self.serve_at("127.0.0.1:0", arguments)
    }

    /// The same at a certain address.
    pub(crate) fn serve_at(&self, address: &str, arguments: &[&str]) -> Serving {
        let mut command = self.command(&["serve", "--listen", address]);
        let mut child = command
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let out = Gathered::new(BufReader::new(child.stdout.take().expect("piped")));
        let log = Gathered::new(BufReader::new(child.stderr.take().expect("piped")));
        let began = Instant::now();
        let url = loop {
            if let Some(url) = printed_address(&out.text()) {
                break url;
            }
            if child.try_wait().expect("its state is known").is_some() || began.elapsed() > Duration::from_mins(1) {
                let _ = child.kill();
                panic!("it does not serve:\n{}\n{}", out.text(), log.text());
            }
            std::thread::sleep(Duration::from_millis(20));
        };
        Serving { child, url, out, log }
    }

    /// A client with a token of the development issuer.
    pub(crate) fn client(&self, serving: &Serving, who: &TokenRequest) -> Client {
        Client::new(&serving.url, &self.token(who))
    }

    /// A token of the development issuer.
    pub(crate) fn token(&self, who: &TokenRequest) -> String {
        let audience = "https://thinkfamily.example/graphql";
        let issuer = DevIssuer::open(&self.folder, audience, Clock::system(), Ids::random()).expect("the issuer's key");
        issuer.mint(who).expect("a token")
    }
}

/// Someone of a Cambridgeshire agency.
pub(crate) fn someone(agency: &str, role: &str, purpose: &str, subject: &str) -> TokenRequest {
    TokenRequest {
        authority: "cambridgeshire".to_owned(),
        agency: agency.to_owned(),
        role: role.to_owned(),
        purposes: vec![purpose.to_owned()],
        subject: subject.to_owned(),
        client: "test-client".to_owned(),
        portal: None,
        minutes: 60,
    }
}

fn printed_address(printed: &str) -> Option<String> {
    let (_, rest) = printed.split_once("is served at ")?;
    let (url, _) = rest.split_once("/graphql")?;
    Some(url.to_owned())
}

/// A server that runs. It is killed when the test ends, however it ends.
pub(crate) struct Serving {
    child: Child,
    pub(crate) url: String,
    out: Gathered,
    log: Gathered,
}

/// Has the program tell its counters, at a door of their own.
pub(crate) const COUNTERS: [&str; 2] = ["--metrics-listen", "127.0.0.1:0"];

impl Serving {
    /// Where the counters are told, of a program that was told to tell them.
    pub(crate) fn counters_url(&self) -> String {
        let began = Instant::now();
        loop {
            let printed = self.out.text();
            let url = printed
                .split_once("are told at ")
                .and_then(|(_, rest)| rest.split_once('\n'));
            if let Some((url, _)) = url {
                return url.to_owned();
            }
            assert!(began.elapsed() < Duration::from_secs(30), "no counters in:\n{printed}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// What the counters say.
    pub(crate) async fn counters(&self) -> String {
        let got = reqwest::get(self.counters_url()).await.expect("an answer");
        assert_eq!(got.status().as_u16(), 200);
        got.text().await.expect("text")
    }

    /// Ends it at once, as `kill -9` does, and waits until it is gone.
    pub(crate) fn kill(&mut self) {
        self.child.kill().expect("it is ours to kill");
        self.child.wait().expect("it ends");
    }

    /// What it has of the machine's memory, in KiB; none where the system does not tell.
    pub(crate) fn resident(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
        line.split_whitespace().next()?.parse().ok()
    }

    /// Tells it to stop, as a service manager does.
    pub(crate) fn tell_to_stop(&self) {
        self.tell("TERM");
    }

    /// Sends it a signal.
    pub(crate) fn tell(&self, signal: &str) {
        let told = Command::new("kill")
            .args([&format!("-{signal}"), &self.child.id().to_string()])
            .status();
        assert!(told.expect("kill runs").success());
    }

    /// Waits for the end of one that was told to stop, and gives its exit code.
    pub(crate) async fn end(&mut self) -> Option<i32> {
        loop {
            if let Some(status) = self.child.try_wait().expect("its state is known") {
                return status.code();
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// What it wrote to the log until now.
    pub(crate) fn log_so_far(&self) -> String {
        self.log.text()
    }

    /// Everything it wrote to standard output and standard error until its end.
    pub(crate) fn ended(mut self) -> (String, String) {
        self.kill();
        (self.out.whole(), self.log.whole())
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a pipe has given so far.
struct Gathered {
    text: Arc<Mutex<Vec<u8>>>,
    reader: Option<JoinHandle<()>>,
}

impl Gathered {
    fn new(mut from: impl Read + Send + 'static) -> Self {
        let text: Arc<Mutex<Vec<u8>>> = Arc::default();
        let into = Arc::clone(&text);
        let reader = std::thread::spawn(move || {
            let mut bytes = [0; 8192];
            while let Ok(read) = from.read(&mut bytes) {
                if read == 0 {
                    break;
                }
                into.lock().expect("no reader panics").extend_from_slice(&bytes[..read]);
            }
        });
        Self {
            text,
            reader: Some(reader),
        }
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.text.lock().expect("no reader panics")).into_owned()
    }

    fn whole(&mut self) -> String {
        if let Some(reader) = self.reader.take() {
            reader.join().expect("the reader ends");
        }
        self.text()
    }
}
