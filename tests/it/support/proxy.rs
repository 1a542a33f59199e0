//! `HAProxy` in front of several servers, as in production, but that it repeats nothing: what fails behind it, fails for the client.

use std::{
    env,
    fmt::Write as _,
    fs,
    io::{Read as _, Write as _},
    net::TcpListener,
    os::unix::net::UnixStream,
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use tempfile::TempDir;

/// Tests with a proxy fail, rather than being skipped, when this variable is 1 and it is not there.
const REQUIRE: &str = "THINKFAMILY_REQUIRE_PROXY";

/// A proxy that runs; it is killed when the test ends.
pub(crate) struct Proxy {
    child: Child,
    /// Where clients reach it.
    pub(crate) url: String,
    http: reqwest::Client,
    folder: TempDir,
}

impl Proxy {
    /// A proxy in front of servers at these addresses, each of which is asked ten times a second whether it is ready; none if `HAProxy` is not
    /// installed, which is told.
    pub(crate) async fn start(servers: &[&str]) -> Option<Self> {
        Self::with(servers.len(), |port, _| settings(port, servers)).await
    }

    /// A proxy that sends each request to one of these servers, of which each has a name: by the authority that its token names, and the first one where that is not said.
    pub(crate) async fn by_authority(servers: &[(&str, &str)]) -> Option<Self> {
        Self::with(servers.len(), |port, folder| by_authority(port, folder, servers)).await
    }

    async fn with(servers: usize, settings: impl FnOnce(u16, &Path) -> String) -> Option<Self> {
        if !is_here() {
            assert!(
                env::var(REQUIRE).as_deref() != Ok("1"),
                "HAProxy not found, and {REQUIRE}=1"
            );
            // The test harness would keep what a test that passes prints to itself.
            std::io::stderr().write_all(b"skipped: HAProxy not found\n").unwrap();
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let file = folder.path().join("haproxy.cfg");
        fs::write(&file, settings(port, folder.path())).unwrap();
        let child = Command::new("haproxy")
            .args(["-db", "-q", "-f"])
            .arg(&file)
            .stdin(Stdio::null())
            .spawn()
            .unwrap();
        let proxy = Self {
            child,
            url: format!("http://127.0.0.1:{port}"),
            http: reqwest::Client::new(),
            folder,
        };
        proxy.sees_ready(servers).await;
        Some(proxy)
    }

    /// Waits until it has found so many servers to be ready.
    pub(crate) async fn sees_ready(&self, servers: usize) {
        for _ in 0..600 {
            if self.ready().await == Some(servers) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the proxy does not see {servers} servers ready");
    }

    /// Has requests of an authority go to another server from now on, as an operator does.
    pub(crate) fn send_to(&self, authority: &str, server: &str) {
        let mut stream = UnixStream::connect(self.folder.path().join("admin.sock")).unwrap();
        let map = self.folder.path().join("authorities.map");
        writeln!(stream, "set map {} {authority} {server}", map.display()).unwrap();
        let mut said = String::new();
        stream.read_to_string(&mut said).unwrap();
        assert_eq!(said.trim(), "");
    }

    async fn ready(&self) -> Option<usize> {
        let figures = self.http.get(format!("{}/proxy;csv", self.url)).send().await.ok()?;
        let figures = figures.text().await.ok()?;
        let is_server = |line: &&str| line.split(',').nth(1).is_some_and(|name| name.starts_with("server"));
        let of_servers = figures.lines().filter(is_server);
        Some(of_servers.filter(|line| line.contains(",UP,")).count())
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn is_here() -> bool {
    let mut command = Command::new("haproxy");
    let ran = command.arg("-v").stdout(Stdio::null()).stderr(Stdio::null()).status();
    ran.is_ok_and(|status| status.success())
}

fn settings(port: u16, servers: &[&str]) -> String {
    let mut text = format!(
        "defaults\n mode http\n retries 0\n timeout connect 5s\n timeout client 60s\n timeout server 60s\n timeout tunnel 60s\n \
         timeout check 2s\nfrontend clients\n bind 127.0.0.1:{port}\n stats enable\n stats uri /proxy\n default_backend servers\n\
         backend servers\n balance roundrobin\n http-reuse always\n option httpchk GET /readyz\n"
    );
    for (number, address) in servers.iter().enumerate() {
        writeln!(text, " server server{number} {address} check inter 100ms fall 1 rise 1").unwrap();
    }
    text
}

fn by_authority(port: u16, folder: &Path, servers: &[(&str, &str)]) -> String {
    let map = folder.join("authorities.map");
    // A name that is in the map can be given another server while the proxy runs.
    fs::write(&map, format!("cambridgeshire {}\n", servers[0].0)).unwrap();
    let mut text = format!(
        "global\n stats socket {} mode 600 level admin\n\
         defaults\n mode http\n retries 0\n timeout connect 5s\n timeout client 60s\n timeout server 60s\n timeout tunnel 60s\n \
         timeout check 2s\nfrontend clients\n bind 127.0.0.1:{port}\n stats enable\n stats uri /proxy\n \
         http-request set-var(txn.authority) http_auth_bearer,jwt_payload_query('$.authority')\n \
         use_backend %[var(txn.authority),map_str({},{})]\n",
        folder.join("admin.sock").display(),
        map.display(),
        servers[0].0
    );
    for (name, address) in servers {
        writeln!(
            text,
            "backend {name}\n option httpchk GET /readyz\n server server {address} check inter 100ms fall 1 rise 1"
        )
        .unwrap();
    }
    text
}
