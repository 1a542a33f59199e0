//! A PostgreSQL of the bench's own, in a folder that is kept, so that data loaded once serves many runs.

use std::{
    fs, io,
    net::TcpListener,
    os::unix::fs::{MetadataExt, chown},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use tokio_postgres::NoTls;

/// A running PostgreSQL.
#[derive(Debug)]
pub struct Cluster {
    data: PathBuf,
    port: u16,
    stop: Option<Vec<String>>,
}

impl Cluster {
    /// Starts the one in that folder, making it where there is none.
    pub fn start(folder: &Path) -> io::Result<Self> {
        let programs = programs().ok_or_else(|| io::Error::other("PostgreSQL is not installed"))?;
        fs::create_dir_all(folder)?;
        let folder = folder.canonicalize()?;
        // PostgreSQL refuses to run as root: then it runs as the user that its package made.
        let user = if fs::metadata("/proc/self")?.uid() == 0 {
            let id = postgres_user()?;
            chown(&folder, Some(id), Some(id))?;
            vec![
                "setpriv".to_owned(),
                format!("--reuid={id}"),
                format!("--regid={id}"),
                "--clear-groups".to_owned(),
            ]
        } else {
            Vec::new()
        };
        let program = |name: &str| programs.join(name).display().to_string();
        let data = folder.join("data");
        let at = data.display().to_string();
        if !data.join("PG_VERSION").exists() {
            let init = [
                user.clone(),
                vec![
                    program("initdb"),
                    "-A".into(),
                    "trust".into(),
                    "-U".into(),
                    "postgres".into(),
                    "-E".into(),
                    "UTF8".into(),
                    "--locale=C".into(),
                    "-D".into(),
                    at.clone(),
                ],
            ]
            .concat();
            run(&init)?;
        }
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let socket = folder.display();
        let options = format!(
            "-p {port} -k {socket} -c listen_addresses=127.0.0.1 -c shared_buffers=1GB -c max_wal_size=8GB -c max_connections=200 -c jit=off"
        );
        let log = folder.join("log").display().to_string();
        let start = [
            user.clone(),
            vec![
                program("pg_ctl"),
                "-D".into(),
                at.clone(),
                "-l".into(),
                log,
                "-o".into(),
                options,
                "-w".into(),
                "start".into(),
            ],
        ]
        .concat();
        run(&start)?;
        let stop = [
            user,
            vec![
                program("pg_ctl"),
                "-D".into(),
                at,
                "-m".into(),
                "fast".into(),
                "-w".into(),
                "stop".into(),
            ],
        ]
        .concat();
        Ok(Self {
            data,
            port,
            stop: Some(stop),
        })
    }

    /// The address of a database of it.
    pub fn url(&self, database: &str) -> String {
        self.url_of(database, "postgres")
    }

    /// The same for another role.
    pub fn url_of(&self, database: &str, role: &str) -> String {
        format!("postgres://{role}@127.0.0.1:{}/{database}", self.port)
    }

    /// Makes a database where there is none of that name.
    pub async fn create_database(&self, name: &str) -> Result<(), tokio_postgres::Error> {
        let (client, connection) = tokio_postgres::connect(&self.url("postgres"), NoTls).await?;
        tokio::spawn(connection);
        if client
            .query_opt("SELECT 1 FROM pg_database WHERE datname = $1", &[&name])
            .await?
            .is_none()
        {
            client.batch_execute(&format!("CREATE DATABASE {name}")).await?;
        }
        Ok(())
    }

    /// The first of its processes.
    pub fn pid(&self) -> Option<u32> {
        pid(&self.data)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take()
            && let Err(error) = run(&stop)
        {
            eprintln!("PostgreSQL did not stop: {error}");
        }
    }
}

/// The first process of the PostgreSQL whose data is there.
pub fn pid(data: &Path) -> Option<u32> {
    fs::read_to_string(data.join("postmaster.pid"))
        .ok()?
        .lines()
        .next()?
        .trim()
        .parse()
        .ok()
}

fn run(command: &[String]) -> io::Result<()> {
    let status = Command::new(&command[0])
        .args(&command[1..])
        .current_dir("/")
        .stdout(Stdio::null())
        .status()?;
    if status.success() {
        Ok(())
    } else {
        Err(io::Error::other(format!("{} ended with {status}", command.join(" "))))
    }
}

fn programs() -> Option<PathBuf> {
    let mut found: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")
        .ok()?
        .filter_map(|entry| {
            let entry = entry.ok()?;
            Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin")))
        })
        .filter(|(_, programs)| programs.join("initdb").exists())
        .collect();
    found.sort();
    found.pop().map(|(_, programs)| programs)
}

fn postgres_user() -> io::Result<u32> {
    let users = fs::read_to_string("/etc/passwd")?;
    users
        .lines()
        .find_map(|line| line.strip_prefix("postgres:")?.split(':').nth(1)?.parse().ok())
        .ok_or_else(|| io::Error::other("there is no user postgres"))
}
