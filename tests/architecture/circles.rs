//! No circle of files inside a room: of two files of which each needs the other, neither can be understood, tested or moved alone.
//!
//! A file needs another one where it names what that one defines. A folder's module that gives its files' names on (`pub use self::…`) needs none of them by
//! that; whoever takes a name from it needs the file that defines it.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    paths::{Token, begins_path, own_paths, without_tests},
    sources::Source,
};

type Path = Vec<String>;

/// Circles that stay, by the beginning that all of their files have in common, and why.
const STAYS: [(&str, &str); 3] = [
    (
        "graphql/objects/",
        "the types of the schema lead to one another: a family to its members, each of them back to the family",
    ),
    (
        "records/",
        "a column says which table it leads to, and a table which columns it has",
    ),
    (
        "store/bulk",
        "a load and its changes share one connection and what it has noted so far",
    ),
];

/// A file as far as it needs others.
struct File<'s> {
    source: &'s Source,
    module: Path,
    /// The code without its `use` lines.
    code: Vec<Token>,
    /// What those name, and whether they give it on.
    uses: Vec<(Path, bool)>,
}

impl<'s> File<'s> {
    fn of(source: &'s Source) -> Self {
        let (module, tokens) = (source.module(), without_tests(source.tokens()));
        let (mut code, mut uses, mut at) = (Vec::new(), Vec::new(), 0);
        let is_file = |name: &Token| {
            tokens
                .windows(3)
                .any(|three| three[0].is("mod") && three[1] == *name && three[2].is(";"))
        };
        while at < tokens.len() {
            let end = at + tokens[at..].iter().position(|token| token.is(";")).unwrap_or(0);
            // `mod name;`
            if tokens[at].is("mod") && end == at + 2 {
                at = end + 1;
                continue;
            }
            // `pub(in crate::room)`
            if tokens[at].is("in") && at >= 2 && tokens[at - 1].is("(") && tokens[at - 2].is("pub") {
                at += tokens[at..].iter().position(|token| token.is(")")).unwrap_or(0);
                continue;
            }
            if tokens[at].is("use") && end > at {
                let given_on = matches!(code.last(), Some(Token::Word(word)) if word == "pub")
                    || matches!(code.last(), Some(Token::Mark(')')));
                // `use name::…` of a file below is `use self::name::…`.
                let below: &[Token] = if is_file(&tokens[at + 1]) {
                    &[Token::Word("self".to_owned()), Token::Of]
                } else {
                    &[]
                };
                let line = [&tokens[at..=at], below, &tokens[at + 1..=end]].concat();
                let paths = own_paths(&module, &line);
                uses.extend(paths.into_iter().map(|path| (path, given_on)));
                at = end;
            } else {
                code.push(tokens[at].clone());
            }
            at += 1;
        }
        Self {
            source,
            module,
            code,
            uses,
        }
    }
}

/// All files that are not for tests.
struct Files<'s>(BTreeMap<Path, File<'s>>);

impl<'s> Files<'s> {
    fn of(sources: &'s [Source]) -> Self {
        let files = sources.iter().filter(|source| !source.is_test()).map(File::of);
        Self(files.map(|file| (file.module.clone(), file)).collect())
    }

    /// The file that defines what a path names, through whatever only takes the name in; none where that is not one of a room.
    fn defining(&self, path: &[String]) -> Option<&File<'s>> {
        let (mut file, mut rest) = self.module_of(path)?;
        let mut through = BTreeSet::new();
        while let Some(name) = rest.first()
            && through.insert(&file.module)
            && let Some((path, _)) = file.uses.iter().find(|(path, _)| path.last() == Some(name))
            && let Some(next) = self.module_of(path)
        {
            (file, rest) = next;
        }
        Some(file)
    }

    /// The file of the longest part of a path that is one, and the rest.
    fn module_of<'p>(&self, path: &'p [String]) -> Option<(&File<'s>, &'p [String])> {
        let length = (1..=path.len())
            .rev()
            .find(|length| self.0.contains_key(&path[..*length]))?;
        Some((&self.0[&path[..length]], &path[length..]))
    }

    /// The files of the same room that a file needs.
    fn needed_by(&self, file: &File<'s>) -> BTreeSet<&'s str> {
        let is_module = |path: &Path| self.0.contains_key(path);
        // Modules that stand for their own names in the code.
        let mut names: BTreeMap<&str, &Path> = BTreeMap::new();
        let mut paths: Vec<Path> = Vec::new();
        for (path, given_on) in &file.uses {
            if is_module(path) {
                names.extend(path.last().map(|name| (name.as_str(), path)));
            } else if !(*given_on && path.starts_with(&file.module))
                || path
                    .last()
                    .is_some_and(|name| file.code.iter().any(|token| token.is(name)))
            {
                paths.push(path.clone());
            }
        }
        let children: BTreeSet<&str> = self
            .0
            .keys()
            .filter(|path| path.len() == file.module.len() + 1 && path.starts_with(&file.module))
            .filter_map(|path| path.last().map(String::as_str))
            .collect();
        let mut code = Vec::with_capacity(file.code.len());
        for (at, token) in file.code.iter().enumerate() {
            if let Token::Word(word) = token
                && begins_path(&file.code, at)
            {
                let of = names.get(word.as_str()).map(|path| (*path).clone());
                let of = of.or_else(|| {
                    children
                        .contains(word.as_str())
                        .then(|| [&file.module[..], &[word.clone()]].concat())
                });
                if let Some(path) = of {
                    code.push(Token::Word("crate".to_owned()));
                    for part in &path {
                        code.extend([Token::Of, Token::Word(part.clone())]);
                    }
                    continue;
                }
            }
            code.push(token.clone());
        }
        paths.extend(own_paths(&file.module, &code));
        let needed = paths.iter().filter_map(|path| self.defining(path));
        needed
            .filter(|other| other.module.first() == file.module.first() && other.module != file.module)
            .map(|other| other.source.name.as_str())
            .collect()
    }
}

/// A circle: its files, with those of the circle that each needs.
type Circle<'s> = BTreeMap<&'s str, Vec<&'s str>>;

fn circles<'s>(sources: &'s [Source]) -> Vec<Circle<'s>> {
    let files = Files::of(sources);
    let needs: BTreeMap<&str, BTreeSet<&str>> = files
        .0
        .values()
        .map(|file| (file.source.name.as_str(), files.needed_by(file)))
        .collect();
    let reached: BTreeMap<&str, BTreeSet<&str>> = needs.keys().map(|from| (*from, reach(&needs, from))).collect();
    let mut found: BTreeSet<BTreeSet<&str>> = BTreeSet::new();
    for (from, to) in &reached {
        let circle: BTreeSet<&str> = to.iter().copied().filter(|to| reached[to].contains(from)).collect();
        if circle.len() > 1 {
            found.insert(circle);
        }
    }
    let with_needs = |circle: BTreeSet<&'s str>| {
        let of_circle = |file: &&'s str| needs[file].intersection(&circle).copied().collect();
        circle.iter().map(|file| (*file, of_circle(file))).collect()
    };
    found.into_iter().map(with_needs).collect()
}

fn stays(circle: &Circle<'_>) -> Option<usize> {
    STAYS
        .iter()
        .position(|(beginning, _)| circle.keys().all(|file| file.starts_with(beginning)))
}

/// The circles of files inside rooms, and the exceptions that are none any more.
pub fn broken(sources: &[Source]) -> Vec<String> {
    let circles = circles(sources);
    let met: BTreeSet<usize> = circles.iter().filter_map(stays).collect();
    let new = circles.iter().filter(|circle| stays(circle).is_none()).map(|circle| {
        let each = circle
            .iter()
            .map(|(file, others)| format!("\n    {file} needs {}", others.join(", ")));
        format!("{} files:{}", circle.len(), each.collect::<String>())
    });
    let idle = STAYS.iter().enumerate().filter(|(at, _)| !met.contains(at));
    let idle = idle.map(|(_, (beginning, why))| format!("{beginning} has no circle any more: {why}"));
    new.chain(idle).collect()
}

fn reach<'s>(needs: &BTreeMap<&'s str, BTreeSet<&'s str>>, from: &'s str) -> BTreeSet<&'s str> {
    let (mut reached, mut next) = (BTreeSet::new(), vec![from]);
    while let Some(file) = next.pop() {
        let needed = needs.get(file).into_iter().flatten().copied();
        next.extend(needed.filter(|to| reached.insert(*to)));
    }
    reached
}

#[cfg(test)]
mod tests {
    use super::circles;
    use crate::sources::Source;

    /// Whether these files of a room need each other in a circle.
    fn is_circle(files: &[(&str, &str)]) -> bool {
        let sources: Vec<Source> = files.iter().map(|(name, text)| Source::made_up(name, text)).collect();
        !circles(&sources).is_empty()
    }

    #[test]
    fn two_files_that_need_each_other_are_found() {
        let (one, other) = ("use super::b::B; struct A(B);", "use crate::room::a::A; struct B(A);");
        assert!(is_circle(&[("room/a.rs", one), ("room/b.rs", other)]));
        assert!(is_circle(&[
            ("room/a.rs", "fn f() { super::b::g() }"),
            ("room/b.rs", other)
        ]));
        assert!(is_circle(&[
            ("room/a.rs", "use super::b; fn f() { b::g() }"),
            ("room/b.rs", other)
        ]));
        assert!(!is_circle(&[("room/a.rs", one), ("room/b.rs", "struct B;")]));
        assert!(!is_circle(&[
            ("room/a.rs", one),
            ("room/b.rs", "pub(in crate::room::a) fn b() {}")
        ]));
    }

    #[test]
    fn a_longer_way_round_is_found() {
        let to = |other: &str| format!("use super::{other}::f; fn f() {{ super::{other}::f() }}");
        let files = [("room/a.rs", to("b")), ("room/b.rs", to("c")), ("room/c.rs", to("a"))];
        let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
        assert!(is_circle(&files));
        assert!(!is_circle(&files[..2]));
    }

    #[test]
    fn a_module_that_gives_names_on_is_no_part_of_a_circle() {
        let root = "mod a; mod b; pub use self::{a::A, b::B};";
        let files = |root, a, b| [("room/mod.rs", root), ("room/a.rs", a), ("room/b.rs", b)];
        assert!(!is_circle(&files(
            root,
            "use super::B; pub struct A(B);",
            "pub struct B;"
        )));
        let both = files(root, "use super::B; pub struct A(B);", "use super::A; pub struct B(A);");
        assert!(is_circle(&both), "by names that are given on");
        let defines = "mod a; pub use self::a::A; pub struct D; fn f(a: A) {}";
        assert!(
            is_circle(&files(defines, "use super::D; pub struct A(D);", "")),
            "a child needs what its parent defines"
        );
        assert!(!is_circle(&files(
            "mod a; mod b; pub use a::A; pub use b::B;",
            "use super::B; pub struct A(B);",
            "pub struct B;"
        )));
        let child = "mod a; pub struct D; fn f() { a::g() }";
        assert!(
            is_circle(&files(child, "use super::D; fn g(d: D) {}", "")),
            "named without `self`"
        );
        assert!(!is_circle(&files(
            "mod a; pub struct D;",
            "use super::D; fn g(d: D) {}",
            ""
        )));
    }

    #[test]
    fn tests_and_other_rooms_make_no_circle() {
        let one = "use super::b::B; struct A(B);";
        assert!(!is_circle(&[
            ("room/a.rs", one),
            (
                "room/b.rs",
                "struct B; #[cfg(test)] mod tests { use super::super::a::A; }"
            )
        ]));
        assert!(!is_circle(&[
            ("one/a.rs", "use crate::two::b::B;"),
            ("two/b.rs", "use crate::one::a::A;")
        ]));
    }
}
