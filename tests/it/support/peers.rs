//! Other people's programs that we are tried against: packages of npm and `PyPI`, installed once by name and version into a folder below
//! `target`. Where Node or Python is missing they are not tried, and that is said; CI requires both.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::{Mutex, PoisonError},
};

/// One thing is installed at a time.
static INSTALLING: Mutex<()> = Mutex::new(());

/// An interpreter with what its scripts import.
pub(crate) struct Peer {
    program: &'static str,
    flag: &'static str,
    folder: PathBuf,
}

impl Peer {
    /// A script, given as text, that can import the package.
    pub(crate) fn run(&self, script: &str) -> Command {
        let mut command = Command::new(self.program);
        command
            .args([self.flag, script])
            .current_dir(&self.folder)
            .env("PYTHONPATH", &self.folder);
        command
    }
}

/// Node with one package of npm; none where it is missing and `THINKFAMILY_REQUIRE_NODE` is not set.
pub(crate) fn node(package: &str, version: &str) -> Option<Peer> {
    let folder = npm(package, version, &[&format!("{package}@{version}")])?;
    Some(Peer {
        program: "node",
        flag: "-e",
        folder,
    })
}

/// A folder with packages of npm, each named with its version.
pub(crate) fn npm(name: &str, version: &str, packages: &[&str]) -> Option<PathBuf> {
    let here = is_here("node", &["--version"]) && is_here("npm", &["--version"]);
    ready(here, "THINKFAMILY_REQUIRE_NODE", "npm", name, version, |folder| {
        fs::write(folder.join("package.json"), r#"{"private":true}"#).expect("a file");
        let mut command = Command::new("npm");
        command
            .args(["install", "--no-audit", "--no-fund", "--no-save", "--ignore-scripts"])
            .args(packages);
        command
    })
}

/// Python with one package of `PyPI`; none where it is missing and `THINKFAMILY_REQUIRE_PYTHON` is not set.
pub(crate) fn python(package: &str, version: &str) -> Option<Peer> {
    let here = is_here("python3", &["-m", "pip", "--version"]);
    let folder = ready(here, "THINKFAMILY_REQUIRE_PYTHON", "pypi", package, version, |_| {
        let mut command = Command::new("python3");
        command
            .args([
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
                "--no-deps",
                "--target",
                ".",
            ])
            .arg(format!("{package}=={version}"));
        command
    })?;
    Some(Peer {
        program: "python3",
        flag: "-c",
        folder,
    })
}

/// Python with what a file of requirements names; none where Python is missing and `THINKFAMILY_REQUIRE_PYTHON` is not set.
pub(crate) fn python_with(name: &str, requirements: &Path) -> Option<PathBuf> {
    let here = is_here("python3", &["-m", "pip", "--version"]);
    let wanted = fs::read_to_string(requirements).expect("the file of requirements");
    let version = wanted
        .trim()
        .replace(|letter: char| !letter.is_ascii_alphanumeric(), "_");
    ready(here, "THINKFAMILY_REQUIRE_PYTHON", "pypi", name, &version, |_| {
        let mut command = Command::new("python3");
        command
            .args([
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
                "--target",
                ".",
                "-r",
            ])
            .arg(requirements);
        command
    })
}

fn is_here(program: &str, arguments: &[&str]) -> bool {
    let output = Command::new(program).args(arguments).output();
    output.is_ok_and(|output| output.status.success())
}

fn ready(
    here: bool,
    required: &str,
    registry: &str,
    package: &str,
    version: &str,
    install: impl FnOnce(&Path) -> Command,
) -> Option<PathBuf> {
    if !here {
        assert!(
            std::env::var_os(required).is_none(),
            "{required} is set and its tools are missing"
        );
        println!("SKIPPED: {package} of {registry} was not tried, since its tools are missing");
        return None;
    }
    let _turn = INSTALLING.lock().unwrap_or_else(PoisonError::into_inner);
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{registry}-{package}-{version}"));
    let installed = folder.join("installed");
    if !installed.exists() {
        fs::create_dir_all(&folder).expect("a folder");
        let output = install(&folder).current_dir(&folder).output().expect("it runs");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.success(),
            "{package} of {registry} cannot be installed: {said}"
        );
        fs::write(installed, "").expect("a file");
    }
    Some(folder)
}
