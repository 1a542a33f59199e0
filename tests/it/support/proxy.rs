//! `HAProxy` in front of several servers, as in production, but that it repeats nothing: what fails behind it, fails for the client.

use std::{
    env,
    fmt::Write as _,
    fs,
    io::Write as _,
    net::TcpListener,
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
    _folder: TempDir,
}

impl Proxy {
    /// A proxy in front of servers at these addresses, each of which is asked ten times a second whether it is ready; none if `HAProxy` is not
    /// installed, which is told.
    pub(crate) async fn start(servers: &[&str]) -> Option<Self> {
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
        fs::write(&file, settings(port, servers)).unwrap();
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
            _folder: folder,
        };
        proxy.sees_ready(servers.len()).await;
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

    async fn ready(&self) -> Option<usize> {
        let figures = self.http.get(format!("{}/proxy;csv", self.url)).send().await.ok()?;
        let figures = figures.text().await.ok()?;
        let of_servers = figures.lines().filter(|line| line.starts_with("servers,server"));
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
