//! The files of `src`, as they are written and as code alone.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::paths::{self, Token};

/// One file of `src`.
#[derive(Clone, Debug)]
pub struct Source {
    /// Its name below `src`, with `/` between the parts.
    pub name: String,
    text: String,
    test: bool,
}

impl Source {
    /// A file that is not there, to try the rules on.
    pub fn made_up(name: &str, text: &str) -> Self {
        Self {
            name: name.to_owned(),
            text: text.to_owned(),
            test: name.contains("/tests"),
        }
    }

    /// How long it is.
    pub fn lines(&self) -> usize {
        self.text.lines().count()
    }

    /// The room it stands in; none for the roots of the crate.
    pub fn room(&self) -> Option<String> {
        self.module().into_iter().next()
    }

    /// Whether it is a file of unit tests, which may set up more than their room may use.
    pub fn is_test(&self) -> bool {
        self.test
    }

    /// The files that it takes in for tests only (`#[cfg(test)] mod tests;`), by name without `.rs` or `/mod.rs`.
    fn test_modules(&self) -> Vec<String> {
        const BEGINS: [&str; 7] = ["#", "[", "cfg", "(", "test", ")", "]"];
        let tokens = self.tokens();
        let here = self.module().join("/");
        let folder = self.name.rsplit_once('/').map_or("", |(folder, _)| folder);
        let mut found = Vec::new();
        for at in 0..tokens.len() {
            let rest = &tokens[at..];
            if rest.len() < 8 || !rest.iter().zip(BEGINS).all(|(token, wanted)| token.is(wanted)) {
                continue;
            }
            let Some(end) = rest.iter().position(|token| token.is(";") || token.is("{")) else {
                continue;
            };
            let declared = &rest[7..end];
            let named_file = declared.iter().find_map(|token| match token {
                Token::Text(file) => Some(format!("{folder}/{}", file.trim_end_matches(".rs"))),
                _ => None,
            });
            if let (true, [.., Token::Word(keyword), Token::Word(name)]) = (rest[end].is(";"), declared)
                && keyword == "mod"
            {
                found.push(named_file.unwrap_or_else(|| format!("{here}/{name}")));
            }
        }
        found
    }

    /// The module's path from the crate: `store/rows/work.rs` is `store`, `rows`, `work`.
    pub fn module(&self) -> Vec<String> {
        let path = self.name.trim_end_matches(".rs").trim_end_matches("/mod");
        if path == "lib" || path == "main" {
            return Vec::new();
        }
        path.split('/').map(str::to_owned).collect()
    }

    /// Its code without comments, in pieces.
    pub fn tokens(&self) -> Vec<Token> {
        paths::tokens(&self.text)
    }
}

fn root() -> PathBuf {
    // Asked when the test runs, so that it can also be run over another working copy.
    let package = std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| PathBuf::from("."), PathBuf::from);
    package.join("src")
}

/// Every file of `src` that the compiler reads.
pub fn sources() -> Vec<Source> {
    let root = root();
    let mut files = Vec::new();
    gather(&root, &mut files, &mut Vec::new());
    files.sort();
    let mut sources: Vec<Source> = files
        .into_iter()
        .map(|file| {
            let name = file
                .strip_prefix(&root)
                .expect("below src")
                .to_string_lossy()
                .replace('\\', "/");
            let text = fs::read_to_string(&file).expect("a readable source");
            Source {
                name,
                text,
                test: false,
            }
        })
        .collect();
    let tests: Vec<String> = sources.iter().flat_map(Source::test_modules).collect();
    for source in &mut sources {
        let path = source.module().join("/");
        source.test = tests
            .iter()
            .any(|test| path == *test || path.starts_with(&format!("{test}/")));
    }
    sources
}

/// Folders with code whose module says nothing of itself.
pub fn folders_without_a_word() -> Vec<String> {
    let root = root();
    let mut folders = Vec::new();
    gather(&root, &mut Vec::new(), &mut folders);
    assert!(folders.len() > 10, "the folders were not found");
    folders
        .into_iter()
        .filter(|folder| {
            let heads = [folder.join("mod.rs"), folder.with_extension("rs")];
            let said = heads.iter().find_map(|head| fs::read_to_string(head).ok());
            !said.is_some_and(|text| says_what_it_is(&text))
        })
        .map(|folder| folder.strip_prefix(&root).expect("below src").display().to_string())
        .collect()
}

fn says_what_it_is(text: &str) -> bool {
    text.lines()
        .next()
        .is_some_and(|line| line.len() > 10 && line.starts_with("//! "))
}

/// All Rust files below a folder, and all folders that have any of their own.
fn gather(folder: &Path, files: &mut Vec<PathBuf>, folders: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a readable folder") {
        let path = entry.expect("a readable entry").path();
        if path.is_dir() {
            let before = files.len();
            gather(&path, files, folders);
            if files.len() > before {
                folders.push(path);
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

#[test]
fn a_first_line_must_say_something() {
    assert!(says_what_it_is("//! The rows of each table.\n\nmod a;"));
    assert!(!says_what_it_is("mod a;\n//! The rows of each table."));
    assert!(!says_what_it_is("//! \n"));
}

#[test]
fn a_file_knows_its_module() {
    let module = |name| Source::made_up(name, "").module().join("::");
    assert_eq!(module("store/rows/work.rs"), "store::rows::work");
    assert_eq!(module("store/mod.rs"), "store");
    assert_eq!(module("clock.rs"), "clock");
    assert_eq!(module("lib.rs"), "");
}

#[test]
fn files_for_tests_only_are_known() {
    let text = "#[cfg(test)]\nmod check;\n#[cfg(test)]\n#[path = \"grant_tests.rs\"]\nmod tests;\n#[cfg(test)]\nmod here {}\nmod real;";
    let source = Source::made_up("demo/mod.rs", text);
    assert_eq!(source.test_modules(), ["demo/check", "demo/grant_tests"]);
    let sources = sources();
    let tests = sources.iter().filter(|source| source.is_test()).count();
    assert!(tests > 10 && tests < sources.len() / 2, "{tests} files of tests");
}
