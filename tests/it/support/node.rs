//! Node and the clients' packages, and the scripts that use them.

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
    sync::OnceLock,
};

use super::peers;

/// The clients, each with its version.
const PACKAGES: [&str; 6] = [
    "@urql/core@6.0.3",
    "graphql-http@1.23.1",
    "graphql-sse@2.6.1",
    "graphql-ws@6.4.2",
    "graphql@16.15.0",
    "ws@8.23.0",
];
/// The name of this set of versions; another set needs another name.
const SET: &str = "2026-11-2";

/// A folder with the scripts and what they import.
pub(crate) struct Node {
    folder: PathBuf,
}

impl Node {
    /// Node with the packages; none, said aloud, where there is no Node and none is required.
    pub(crate) fn ready() -> Option<&'static Self> {
        static READY: OnceLock<Option<Node>> = OnceLock::new();
        READY
            .get_or_init(|| Self::with("clients", SET, &PACKAGES, "tests/clients"))
            .as_ref()
    }

    /// Node with a set of packages, and the scripts of a folder of the repository.
    pub(crate) fn with(name: &str, set: &str, packages: &[&str], scripts: &str) -> Option<Self> {
        let folder = peers::npm(name, set, packages)?;
        let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join(scripts);
        for script in fs::read_dir(scripts).unwrap() {
            let script = script.unwrap();
            fs::copy(script.path(), folder.join(script.file_name())).unwrap();
        }
        Some(Self { folder })
    }

    /// Runs a script to its end, which must be a good one.
    pub(crate) fn run(&self, script: &str, environment: &[(&str, String)]) {
        self.start(script, environment).ends_well();
    }

    /// Starts a script.
    pub(crate) fn start(&self, script: &str, environment: &[(&str, String)]) -> Script {
        let mut child = Command::new("node")
            .arg(script)
            .current_dir(&self.folder)
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        Script { child, out }
    }
}

/// A script that runs; it is killed when the test ends before it.
pub(crate) struct Script {
    child: Child,
    out: BufReader<ChildStdout>,
}

impl Script {
    /// Waits for the next line.
    pub(crate) fn line(&mut self) -> String {
        let mut line = String::new();
        self.out.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }

    /// Waits for the next line, which must be this.
    pub(crate) fn says(&mut self, wanted: &str) {
        assert_eq!(self.line(), wanted);
    }

    /// Tells it something.
    pub(crate) fn hears(&mut self, text: &str) {
        self.child.stdin.as_mut().unwrap().write_all(text.as_bytes()).unwrap();
    }

    /// Waits for its end.
    pub(crate) fn ends_well(mut self) {
        for line in (&mut self.out).lines() {
            println!("{}", line.unwrap());
        }
        assert!(self.child.wait().unwrap().success(), "the script says what is wrong");
    }
}

impl Drop for Script {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
