//! Our server and its commands, as anyone would run them.

use std::{
    collections::HashMap,
    io,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
    time::{Instant, sleep, timeout_at},
};

/// How the program is run.
#[derive(Clone, Debug)]
pub struct Program {
    /// The file.
    pub file: PathBuf,
    /// Its data folder: keys, and the databases where they are SQLite.
    pub data: PathBuf,
    /// The database, where it is not SQLite in the data folder.
    pub database: Option<String>,
    /// Settings, as environment variables.
    pub settings: HashMap<String, String>,
}

impl Program {
    fn command(&self) -> Command {
        let mut command = Command::new(&self.file);
        command
            .env_remove("DATABASE_URL")
            .env("THINKFAMILY_DATA_DIR", &self.data)
            .env("THINKFAMILY_LOG_LEVEL", "warn")
            .env("THINKFAMILY_DEMO_DATA", "off")
            .envs(&self.settings)
            .stdin(Stdio::null());
        if let Some(url) = &self.database {
            command.env("DATABASE_URL", url);
        }
        command
    }

    /// Runs a command of it to its end and gives what it printed.
    pub async fn run(&self, arguments: &[&str]) -> io::Result<String> {
        let output = self.command().args(arguments).stderr(Stdio::inherit()).output().await?;
        if output.status.success() {
            String::from_utf8(output.stdout).map_err(io::Error::other)
        } else {
            Err(io::Error::other(format!(
                "thinkfamily {} ended with {}",
                arguments.join(" "),
                output.status
            )))
        }
    }

    /// A token for an agency's role and purpose.
    pub async fn token(&self, authority: &str, agency: &str, role: &str, purpose: &str) -> io::Result<String> {
        let token = self
            .run(&[
                "token",
                "--authority",
                authority,
                "--agency",
                agency,
                "--role",
                role,
                "--purpose",
                purpose,
            ])
            .await?;
        Ok(token.trim().to_owned())
    }

    /// Starts serving on a free port.
    pub async fn serve(&self) -> io::Result<Process> {
        let mut command = self.command();
        command
            .arg("serve")
            .env("THINKFAMILY_LISTEN", "127.0.0.1:0")
            // One client asks for all that the machine can give.
            .env("THINKFAMILY_COST_PER_MINUTE", u32::MAX.to_string());
        Process::start(command, "127.0.0.1:").await
    }
}

/// A process that listens.
#[derive(Debug)]
pub struct Process {
    child: Child,
    /// `host:port`.
    pub address: String,
}

impl Process {
    /// Starts it; it prints its address on standard output.
    pub async fn start(mut command: Command, sign: &str) -> io::Result<Self> {
        let mut child = command.stdout(Stdio::piped()).kill_on_drop(true).spawn()?;
        let output = child.stdout.take().ok_or_else(|| io::Error::other("no output"))?;
        let mut lines = BufReader::new(output).lines();
        let until = Instant::now() + Duration::from_mins(10);
        let mut address = None;
        while address.is_none() && Instant::now() < until {
            let line = timeout_at(until, lines.next_line())
                .await
                .map_err(|_| io::Error::other("it told no address in ten minutes"))??
                .ok_or_else(|| io::Error::other("it ended at once"))?;
            address = line.find(sign).map(|at| {
                line[at..]
                    .split(|letter: char| letter.is_whitespace() || letter == '/')
                    .next()
                    .unwrap_or_default()
                    .to_owned()
            });
        }
        // What it prints later must not stop it.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        let address = address.ok_or_else(|| io::Error::other("it told no address"))?;
        while tokio::net::TcpStream::connect(&address).await.is_err() {
            sleep(Duration::from_millis(20)).await;
        }
        Ok(Self { child, address })
    }

    /// Its number.
    pub fn pid(&self) -> u32 {
        self.child.id().unwrap_or_default()
    }

    /// Ends it in order.
    pub async fn stop(mut self) -> io::Result<()> {
        let killed = Command::new("kill").arg(self.pid().to_string()).status().await?;
        if !killed.success() {
            self.child.start_kill()?;
        }
        self.child.wait().await.map(|_| ())
    }
}

/// The release build of the program beside this one.
pub fn beside_us() -> io::Result<PathBuf> {
    let own = std::env::current_exe()?;
    let folder = own.parent().unwrap_or(Path::new("."));
    let file = folder.join("thinkfamily");
    if file.exists() {
        Ok(file)
    } else {
        Err(io::Error::other("the program is not built: cargo build --release"))
    }
}
