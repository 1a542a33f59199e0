//! `.ci/schema-changes` in repositories of its own: it tells breaking changes from safe ones, and has breaking ones named.

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use crate::support::peers;

/// The version that the script asks for.
const INSPECTOR: &str = "8.0.0";
const SCHEMA: &str =
    "type Query { family(id: ID!): Family }\ntype Family { id: ID! onCohort: Boolean kind: Kind }\nenum Kind { A }\n";
const CHANGELOG: &str =
    "# Changes\n\n## Unreleased\n\n### Added\n- Much.\n\n## 1.0.0\n\n### Breaking changes\n- `Family.onCohort`\n";

struct Repository {
    folder: tempfile::TempDir,
}

impl Repository {
    /// A repository with the schema in its only commit.
    fn new() -> Self {
        let repository = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        fs::create_dir(repository.folder.path().join(".ci")).unwrap();
        for file in ["schema-changes", "schema-changes.cjs"] {
            let from = Path::new(env!("CARGO_MANIFEST_DIR")).join(".ci").join(file);
            fs::copy(from, repository.folder.path().join(".ci").join(file)).unwrap();
        }
        repository.write("schema.graphql", SCHEMA);
        repository.write("CHANGELOG.md", CHANGELOG);
        repository.git(&["init", "--quiet", "--initial-branch", "main"]);
        repository.commit();
        repository
    }

    fn write(&self, file: &str, text: &str) {
        fs::write(self.folder.path().join(file), text).unwrap();
    }

    fn git(&self, arguments: &[&str]) {
        let who = ["-c", "user.name=Somebody", "-c", "user.email=somebody@example.org"];
        let mut command = Command::new("git");
        command.args(who).args(arguments).current_dir(self.folder.path());
        // Hooks and settings of whoever runs the tests have no part in this.
        command.env("GIT_CONFIG_GLOBAL", "/dev/null").env_remove("GIT_DIR");
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    fn commit(&self) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message", "A version", "--allow-empty"]);
    }

    /// Whether all is well, and what was said.
    fn compared(&self) -> (bool, String) {
        let Output { status, stdout, stderr } = Command::new("bash")
            .arg(".ci/schema-changes")
            .current_dir(self.folder.path())
            .env("THINKFAMILY_TOOLS", env!("CARGO_TARGET_TMPDIR"))
            .env_remove("GIT_DIR")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&[stdout, stderr].concat()).into_owned();
        (status.success(), said)
    }

    #[track_caller]
    fn tells(&self, well: bool, lines: &[&str]) {
        let (is_well, said) = self.compared();
        assert_eq!(is_well, well, "{said}");
        for line in lines {
            assert!(said.contains(line), "{line} in {said}");
        }
    }
}

fn is_ready() -> bool {
    let packages = [&format!("@graphql-inspector/core@{INSPECTOR}"), "graphql@16.15.0"];
    peers::npm("schema-changes", INSPECTOR, &packages.map(AsRef::as_ref)).is_some()
}

#[test]
fn breaking_changes_are_told_and_must_be_named() {
    if !is_ready() {
        return;
    }
    let repository = Repository::new();
    repository.tells(true, &["nothing to compare with"]);
    repository.commit();
    repository.tells(true, &["0 breaking", "0 dangerous", "0 safe"]);

    repository.write(
        "schema.graphql",
        &SCHEMA.replace("kind: Kind", "kind: Kind places: Int"),
    );
    repository.tells(true, &["0 breaking", "1 safe", "Family.places"]);
    repository.write("schema.graphql", &SCHEMA.replace("{ A }", "{ A B }"));
    repository.tells(true, &["0 breaking", "1 dangerous", "Kind.B"]);

    // What an older version broke says nothing of this one.
    let without = SCHEMA
        .replace("onCohort: Boolean ", "")
        .replace("id: ID!)", "id: ID! of: Int!)");
    repository.write("schema.graphql", &without);
    repository.tells(
        false,
        &["2 breaking", "Family.onCohort", "Query.family.of", "Name each"],
    );
    let named = |lines: &str| CHANGELOG.replacen("### Added", &format!("### Breaking changes\n{lines}\n### Added"), 1);
    repository.write(
        "CHANGELOG.md",
        &named("- `Family.onCohorts` is gone, and so is `Family.onCohort.of`.\n"),
    );
    repository.tells(false, &["Name each"]);
    repository.write("CHANGELOG.md", &named("- `Family.onCohort` is gone.\n"));
    repository.tells(false, &["Name each", "  Query.family.of"]);
    repository.write(
        "CHANGELOG.md",
        &named("- `Family.onCohort` is gone.\n- Query.family.of is needed.\n"),
    );
    repository.tells(true, &["2 breaking"]);
}

#[test]
fn what_it_is_compared_with_is_what_partners_can_have() {
    if !is_ready() {
        return;
    }
    // With the commit before, as soon as what was changed is committed.
    let repository = Repository::new();
    repository.write("schema.graphql", &SCHEMA.replace("onCohort: Boolean ", ""));
    repository.tells(false, &["1 breaking"]);
    repository.commit();
    repository.tells(false, &["1 breaking"]);
    repository.commit();
    repository.tells(true, &["0 breaking"]);
    // With where the branch left main, however many commits ago.
    repository.git(&["checkout", "--quiet", "-b", "branch"]);
    repository.write("schema.graphql", &SCHEMA.replace("onCohort: Boolean kind: Kind", ""));
    repository.commit();
    repository.commit();
    repository.tells(false, &["1 breaking", "Family.kind"]);
    // With the newest tag, before anything else.
    repository.git(&["tag", "v1.0.0", "HEAD~3"]);
    repository.tells(false, &["compared with v1.0.0"]);
    repository.git(&["tag", "v1.1.0"]);
    repository.tells(true, &["compared with v1.1.0", "0 breaking"]);
}
