//! TLS in the process: which, with whose certificates, bound tokens by it, and files that change.

use std::{fs, path::Path, time::Duration};

use rustls::version::{TLS12, TLS13};
use serde_json::json;

use crate::{
    support::{
        authority::{Authority, Own, exchange},
        database::{TestDatabase, on_both},
        process::{Serving, Site},
    },
    tokens::{
        exchange::BODY,
        keys::sha256,
        world::{Issuers, officer_but},
    },
};

const BOTH: [&rustls::SupportedProtocolVersion; 2] = [&TLS13, &TLS12];
const HTTP: [&[u8]; 1] = [b"http/1.1"];

/// A server with a certificate, which asks clients for theirs.
struct Scene {
    folder: tempfile::TempDir,
    authority: Authority,
    issuers: Issuers,
}

impl Scene {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let authority = Authority::new();
        authority.write(&folder.path().join("ca.pem"));
        authority
            .server()
            .write(&folder.path().join("tls.pem"), &folder.path().join("tls.key"));
        let issuers = Issuers::new();
        issuers.settle(folder.path());
        Self {
            folder,
            authority,
            issuers,
        }
    }

    fn path(&self, file: &str) -> std::path::PathBuf {
        self.folder.path().join(file)
    }

    fn serve(&self, database: Option<&TestDatabase>, more: &[&str]) -> Serving {
        let site = Site::new(self.folder.path(), database.map(TestDatabase::text));
        let usual = [
            "--config",
            "trusting.toml",
            "--tls-certificate",
            "tls.pem",
            "--tls-key",
            "tls.key",
        ];
        site.serve(&[&usual[..], more].concat())
    }

    /// The answer to a question with this token, by somebody who shows that certificate.
    async fn ask(&self, serving: &Serving, own: Option<&Own>, token: &str) -> std::io::Result<String> {
        let host = host(serving);
        let stream = self.authority.connect(host, own, &BOTH, &HTTP).await?;
        let request = format!(
            "POST /graphql HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncontent-type: application/json\r\n\
             authorization: Bearer {token}\r\ncontent-length: {}\r\n\r\n{BODY}",
            BODY.len()
        );
        exchange(stream, &request).await
    }
}

fn host(serving: &Serving) -> &str {
    serving.url.strip_prefix("https://").expect("https")
}

async fn a_token_bound_to_a_certificate_needs_the_connections_own(database: &TestDatabase) {
    let scene = Scene::new();
    let serving = scene.serve(Some(database), &["--tls-client-ca", "ca.pem"]);
    let (own, other) = (scene.authority.client(), scene.authority.client());
    let bound = officer_but(|claims| claims["cnf"] = json!({"x5t#S256": sha256(&own.certificate)}));
    let token = scene.issuers.ed.token("ed", &bound);
    let answer = scene.ask(&serving, Some(&own), &token).await.unwrap();
    assert!(
        answer.starts_with("HTTP/1.1 200") && answer.contains("MARKER_LOOKUP"),
        "{answer}"
    );
    assert!(
        answer.contains("strict-transport-security: max-age=31536000"),
        "{answer}"
    );
    for wrong in [None, Some(&other)] {
        let answer = scene.ask(&serving, wrong, &token).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
    }
    let free = scene.issuers.ed.token("ed", &officer_but(|_| ()));
    let answer = scene.ask(&serving, None, &free).await.unwrap();
    assert!(
        answer.starts_with("HTTP/1.1 200"),
        "others need no certificate: {answer}"
    );
    // Somebody for whom nobody vouches whom we know.
    let stranger = Authority::new().client();
    assert!(scene.ask(&serving, Some(&stranger), &free).await.is_err());
    // A server's certificate is none of a client.
    assert!(
        scene
            .ask(&serving, Some(&scene.authority.server()), &free)
            .await
            .is_err()
    );
}
on_both!(a_token_bound_to_a_certificate_needs_the_connections_own);

#[tokio::test]
async fn only_safe_versions_and_http_1_1_are_spoken() {
    let scene = Scene::new();
    let serving = scene.serve(None, &[]);
    for version in BOTH {
        let stream = scene
            .authority
            .connect(host(&serving), None, &[version], &[b"h2", b"http/1.1"])
            .await
            .unwrap();
        let connection = stream.get_ref().1;
        assert_eq!(connection.protocol_version(), Some(version.version));
        assert_eq!(connection.alpn_protocol(), Some(&b"http/1.1"[..]));
    }
    let stream = scene.authority.connect(host(&serving), None, &BOTH, &[]).await;
    assert!(stream.is_ok(), "who offers no protocol is served");
    let stream = scene.authority.connect(host(&serving), None, &BOTH, &[b"h2"]).await;
    assert!(stream.is_err(), "HTTP/2 is not spoken");
    // Whoever does not know the authority does not believe the server.
    assert!(
        Authority::new()
            .connect(host(&serving), None, &BOTH, &HTTP)
            .await
            .is_err()
    );
    let plain = reqwest::get(format!("http://{}/healthz", host(&serving))).await;
    assert!(plain.is_err(), "plain HTTP is not spoken");
    // A socket over it.
    let host = host(&serving);
    let stream = scene.authority.connect(host, None, &BOTH, &HTTP).await.unwrap();
    let upgrade = format!(
        "GET /graphql HTTP/1.1\r\nhost: {host}\r\nconnection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n\
         sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-protocol: other\r\n\r\n"
    );
    let mut answer = Vec::new();
    let mut stream = stream;
    tokio::io::AsyncWriteExt::write_all(&mut stream, upgrade.as_bytes())
        .await
        .unwrap();
    while !answer.ends_with(b"\r\n\r\n") {
        answer.push(tokio::io::AsyncReadExt::read_u8(&mut stream).await.unwrap());
    }
    assert!(
        answer.starts_with(b"HTTP/1.1 101 "),
        "{}",
        String::from_utf8_lossy(&answer)
    );
}

#[tokio::test]
async fn a_handshake_that_does_not_come_is_given_up() {
    let scene = Scene::new();
    let serving = scene.serve(None, &["--header-timeout-ms", "200"]);
    let mut silent = tokio::net::TcpStream::connect(host(&serving)).await.unwrap();
    let mut nothing = Vec::new();
    let end = tokio::io::AsyncReadExt::read_to_end(&mut silent, &mut nothing);
    // Closed or reset.
    let _ = tokio::time::timeout(Duration::from_secs(20), end)
        .await
        .expect("it is given up");
    assert!(nothing.is_empty());
}

#[cfg(unix)]
#[tokio::test]
async fn certificates_are_read_anew_when_the_process_is_told() {
    let scene = Scene::new();
    let serving = scene.serve(None, &["--log-format", "json"]);
    let shown = async || {
        let stream = scene
            .authority
            .connect(host(&serving), None, &BOTH, &HTTP)
            .await
            .unwrap();
        stream.get_ref().1.peer_certificates().unwrap()[0].clone()
    };
    let first = shown().await;
    let next = scene.authority.server();
    next.write(&scene.path("tls.pem"), &scene.path("tls.key"));
    assert_eq!(shown().await, first, "it was not told");
    serving.tell("HUP");
    let changed = async {
        while shown().await != next.certificate {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), changed).await.unwrap();
    // What cannot be used changes nothing.
    fs::write(scene.path("tls.pem"), "no certificate").unwrap();
    serving.tell("HUP");
    while !serving.log_so_far().contains("stays as it was") {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(shown().await, next.certificate);
}

#[test]
fn files_that_cannot_be_used_are_refused_at_start() {
    let scene = Scene::new();
    let site = Site::new(scene.folder.path(), None);
    let refused = |files: &[&str], told: &str| {
        let run = site.run(&[&["serve", "--listen", "127.0.0.1:0"], files].concat());
        let said = String::from_utf8_lossy(&run.stderr).into_owned();
        assert_eq!(run.status.code(), Some(2), "{said}");
        assert!(said.contains(told), "no {told:?} in {said}");
        assert!(!said.contains("BEGIN"), "{said}");
    };
    refused(&["--tls-certificate", "tls.pem"], "tls_key");
    refused(&["--tls-key", "tls.key"], "tls_certificate");
    refused(&["--tls-client-ca", "ca.pem"], "tls_certificate");
    refused(&["--tls-certificate", "none.pem", "--tls-key", "tls.key"], "none.pem");
    refused(
        &["--tls-certificate", "tls.key", "--tls-key", "tls.key"],
        "certificates in PEM",
    );
    refused(
        &["--tls-certificate", "tls.pem", "--tls-key", "tls.pem"],
        "want mode 0600",
    );
    scene
        .authority
        .server()
        .write(&scene.path("other.pem"), &scene.path("other.key"));
    refused(
        &["--tls-certificate", "tls.pem", "--tls-key", "other.key"],
        "cannot be used",
    );
    expose(&scene.path("tls.key"));
    refused(
        &["--tls-certificate", "tls.pem", "--tls-key", "tls.key"],
        "want mode 0600",
    );
}

fn expose(path: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(0o644)).unwrap();
}
