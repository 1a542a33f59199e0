//! An authority of time stamps (RFC 3161) on this machine: `openssl ts`, with certificates of its own. What it stamps is checked with `openssl ts` as well.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::Arc,
};

use axum::{Router, body::Bytes, http::header::CONTENT_TYPE, response::IntoResponse};
use tempfile::TempDir;
use tokio::{net::TcpListener, sync::Mutex, task::JoinHandle};

/// Tests with time stamps fail, rather than being skipped, when this variable is 1 and `openssl` is not there.
const REQUIRE: &str = "THINKFAMILY_REQUIRE_OPENSSL";
const SETTINGS: &str = "[tsa]\ndefault_tsa = main\n[main]\nserial = serial\nsigner_digest = sha256\ndefault_policy = 1.2.3.4.1\n\
                        digests = sha256\naccuracy = secs:1\nordering = yes\ness_cert_id_alg = sha256\n";

/// An authority that stamps; it ends with the test.
pub(crate) struct Stamper {
    /// Where it is asked.
    pub(crate) url: String,
    folder: Arc<TempDir>,
    serving: JoinHandle<()>,
}

impl Drop for Stamper {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Stamper {
    /// One with certificates made now; none if `openssl` is not installed, which is told.
    pub(crate) async fn start() -> Option<Self> {
        if !openssl(Path::new("."), &["version"]).0 {
            assert!(
                std::env::var(REQUIRE).as_deref() != Ok("1"),
                "openssl not found, and {REQUIRE}=1"
            );
            // The test harness would keep what a test that passes prints to itself.
            std::io::stderr().write_all(b"skipped: openssl not found\n").unwrap();
            return None;
        }
        let folder = Arc::new(tempfile::tempdir().unwrap());
        certify(folder.path());
        let (home, turn) = (Arc::clone(&folder), Arc::new(Mutex::new(())));
        let stamp = move |question: Bytes| {
            let (home, turn) = (Arc::clone(&home), Arc::clone(&turn));
            async move {
                // Its serial numbers are in a file.
                let _turn = turn.lock().await;
                let reply = tokio::task::spawn_blocking(move || reply(home.path(), &question));
                ([(CONTENT_TYPE, "application/timestamp-reply")], reply.await.unwrap()).into_response()
            }
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/tsa", listener.local_addr().unwrap());
        let serving = tokio::spawn(async move {
            axum::serve(listener, Router::new().fallback(stamp)).await.unwrap();
        });
        Some(Self { url, folder, serving })
    }

    /// Who vouches for it.
    pub(crate) fn authority(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }
}

/// What `openssl` says of a stamp over a file, by the commands of the handbook.
pub(crate) fn check(stamp: &Path, file: &Path, authority: &Path) -> (bool, String) {
    let [stamp, file, authority] = [stamp, file, authority].map(|path| path.to_str().unwrap());
    openssl(
        Path::new("."),
        &["ts", "-verify", "-in", stamp, "-data", file, "-CAfile", authority],
    )
}

fn reply(home: &Path, question: &[u8]) -> Vec<u8> {
    fs::write(home.join("question"), question).unwrap();
    let answering = ["ts", "-reply", "-config", "tsa.cnf", "-queryfile", "question"];
    let signing = ["-inkey", "tsa.key", "-signer", "tsa.pem", "-out", "reply"];
    let (done, said) = openssl(home, &[&answering[..], &signing].concat());
    assert!(done, "{said}");
    fs::read(home.join("reply")).unwrap()
}

/// Makes an authority of certificates, and the certificate of the one that stamps.
fn certify(home: &Path) {
    fs::write(home.join("tsa.cnf"), SETTINGS).unwrap();
    fs::write(home.join("serial"), "01\n").unwrap();
    fs::write(home.join("usage.cnf"), "extendedKeyUsage = critical,timeStamping\n").unwrap();
    let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
    let authority = [
        "-x509",
        "-keyout",
        "ca.key",
        "-out",
        "ca.pem",
        "-days",
        "2",
        "-subj",
        "/CN=Tests",
    ];
    let own = ["-keyout", "tsa.key", "-out", "tsa.csr", "-subj", "/CN=Stamper"];
    let signed = ["-in", "tsa.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial"];
    let into = ["-extfile", "usage.cnf", "-days", "2", "-out", "tsa.pem"];
    for words in [
        [&["req"][..], &key, &authority].concat(),
        [&["req"][..], &key, &own].concat(),
        [&["x509", "-req"][..], &signed, &into].concat(),
    ] {
        let (done, said) = openssl(home, &words);
        assert!(done, "{said}");
    }
}

fn openssl(home: &Path, words: &[&str]) -> (bool, String) {
    let ran = Command::new("openssl")
        .args(words)
        .current_dir(home)
        .stdin(Stdio::null())
        .output();
    let Ok(output) = ran else {
        return (false, String::new());
    };
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    (output.status.success(), said + &String::from_utf8_lossy(&output.stderr))
}
