//! `thinkfamily health`: a health check of the server on this machine, for containers without another HTTP
//! client.

use std::{
    io::Write,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    process::ExitCode,
    time::Duration,
};

use clap::Args;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

use super::failure::Failure;

/// Timeout of the health check.
const TIMEOUT: Duration = Duration::from_secs(3);

/// Ask the server at `listen` whether it answers.
#[derive(Args, Clone, Debug)]
pub(super) struct HealthArgs {
    /// Whether it can do its work (`/readyz`), and not only whether it answers (`/healthz`).
    #[arg(long)]
    ready: bool,
}

/// Runs the command: exit code 0 when healthy, 1 otherwise.
pub(super) async fn run(
    listen: SocketAddr,
    arguments: &HealthArgs,
    out: &mut (dyn Write + Send),
) -> Result<ExitCode, Failure> {
    let path = if arguments.ready { "/readyz" } else { "/healthz" };
    let address = local_address(listen);
    let status = timeout(TIMEOUT, status(address, path))
        .await
        .map_err(|_| Failure::problem(format!("{address} does not answer in time")))?
        .map_err(|error| Failure::problem(format!("{address} does not answer: {}", error.kind())))?;
    if status != "200" {
        return Err(Failure::problem(format!("{path} of {address} says {status}")));
    }
    writeln!(out, "ok")?;
    Ok(ExitCode::SUCCESS)
}

/// The address at which a server listening there is reached from its own machine.
fn local_address(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}

async fn status(address: SocketAddr, path: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(address).await?;
    let request = format!("GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut head = Vec::new();
    stream.take(64).read_to_end(&mut head).await?;
    let head = String::from_utf8_lossy(&head);
    Ok(head.split(' ').nth(1).unwrap_or("nothing").to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unspecified_address_is_probed_on_loopback() {
        for (listen, asked) in [
            ("0.0.0.0:8080", "127.0.0.1:8080"),
            ("[::]:8080", "[::1]:8080"),
            ("192.0.2.7:80", "192.0.2.7:80"),
        ] {
            assert_eq!(local_address(listen.parse().expect("an address")).to_string(), asked);
        }
    }
}
