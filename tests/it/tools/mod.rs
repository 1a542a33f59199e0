//! Other people's tools on the schema as the server gives it to a role: what they compile, and what they check.

pub(crate) mod clients;
mod lint;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::support::{
    app::{App, Partner},
    peers,
};

/// The tools that run on Node, each with its version.
const PACKAGES: [&str; 8] = [
    "@graphql-codegen/cli@6.3.1",
    "@graphql-codegen/client-preset@5.3.0",
    "@graphql-eslint/eslint-plugin@4.4.1",
    "eslint@9.39.5",
    "graphql@16.15.0",
    "relay-compiler@21.0.1",
    "relay-runtime@21.0.1",
    "typescript@5.9.3",
];
/// The name of this set of versions; another set needs another name.
const SET: &str = "2026-11";

/// A folder with the tools on Node; none, said aloud, where there is no Node and none is required.
pub(crate) fn on_node() -> Option<PathBuf> {
    peers::npm("tools", SET, &PACKAGES)
}

/// A folder with the tools on Python; none where there is no Python and none is required.
pub(crate) fn on_python() -> Option<PathBuf> {
    peers::python_with("tools", &project("ariadne").join("requirements.txt"))
}

/// A project of `tests/tools`.
fn project(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tools").join(name)
}

/// A copy of a project that a tool may write to. It is gone when it is dropped.
pub(crate) struct Copy {
    folder: tempfile::TempDir,
    tools: PathBuf,
}

impl Copy {
    /// A copy where the tools are found, with a schema.
    pub(crate) fn of(name: &str, tools: &Path, sdl: &str) -> Self {
        // Below the tools, since Node looks for them upwards.
        let folder = tempfile::tempdir_in(tools).unwrap();
        copy(&project(name), folder.path());
        fs::write(folder.path().join("schema.graphql"), sdl).unwrap();
        Self {
            folder,
            tools: tools.to_owned(),
        }
    }

    /// Where a file of it is.
    pub(crate) fn path(&self, file: &str) -> PathBuf {
        self.folder.path().join(file)
    }

    /// A tool on Node, by its name.
    pub(crate) fn tool(&self, name: &str) -> Command {
        Command::new(self.tools.join("node_modules/.bin").join(name))
    }

    /// A module of Python.
    pub(crate) fn module(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("python3");
        command.args(arguments).env("PYTHONPATH", &self.tools);
        command
    }

    /// Runs a command in the copy, and gives whether it ended well and what it said.
    pub(crate) fn run(&self, mut command: Command) -> (bool, String) {
        let output = command.current_dir(self.folder.path()).output().unwrap();
        let said = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8_lossy(&said).into_owned())
    }

    /// Runs a command that must end well.
    #[track_caller]
    pub(crate) fn must(&self, command: Command) -> String {
        let (well, said) = self.run(command);
        assert!(well, "{said}");
        said
    }
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            fs::create_dir_all(&target).unwrap();
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// The schema as the server gives it to somebody.
pub(crate) async fn schema_for(partner: &Partner) -> String {
    let (status, sdl) = partner.page("/schema.graphql").await;
    assert_eq!(status, 200, "{sdl}");
    sdl
}

/// Partners whose schemas are as different as they come.
pub(crate) fn partners(app: &App) -> [(&'static str, Partner); 4] {
    [
        ("lead professional", app.lead_professional()),
        ("police", app.partner("cambs-police", "marker_lookup", "safeguarding")),
        (
            "school",
            app.partner("fenbrook-school", "practitioner", "education_support"),
        ),
        (
            "coordinator",
            app.partner("tff-team", "coordinator", "programme_management"),
        ),
    ]
}
