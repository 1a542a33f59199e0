//! From source text to the paths that it names: `use crate::{store::{Store, rows}}` names `store::Store` and `store::rows`.
//!
//! Not a Rust parser. It knows comments, strings and characters well enough not to be misled by them, and paths by their `::`.

/// A piece of code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Token {
    /// A name or keyword.
    Word(String),
    /// What a string literal holds.
    Text(String),
    /// `::`.
    Of,
    /// Any other character that is not blank.
    Mark(char),
}

impl Token {
    /// Whether it is that word or mark.
    pub fn is(&self, wanted: &str) -> bool {
        match self {
            Self::Word(word) => word == wanted,
            Self::Mark(mark) => wanted.len() == 1 && wanted.starts_with(*mark),
            Self::Of | Self::Text(_) => false,
        }
    }
}

/// The code without its inline tests, which stand last in a file.
pub fn without_tests(mut tokens: Vec<Token>) -> Vec<Token> {
    const BEGINS: [&str; 6] = ["cfg", "(", "test", ")", "]", "mod"];
    let begin = tokens
        .windows(8)
        .position(|some| some.iter().zip(BEGINS).all(|(token, wanted)| token.is(wanted)) && some[7].is("{"));
    tokens.truncate(begin.unwrap_or(tokens.len()));
    tokens
}

/// The pieces of a source, without comments.
pub fn tokens(text: &str) -> Vec<Token> {
    let letters: Vec<char> = text.chars().collect();
    let mut tokens = Vec::new();
    let mut at = 0;
    while at < letters.len() {
        let rest = &letters[at..];
        at += match rest {
            ['/', '/', ..] => rest.iter().position(|letter| *letter == '\n').unwrap_or(rest.len()),
            ['/', '*', ..] => block_comment(rest),
            [':', ':', ..] => {
                tokens.push(Token::Of);
                2
            }
            ['\'', ..] => character(rest),
            ['"', ..] => string(rest, 0, &mut tokens),
            ['r', '"' | '#', ..] if raw_hashes(&rest[1..]).is_some() => {
                1 + raw_string(&rest[1..], raw_hashes(&rest[1..]).unwrap_or(0), &mut tokens)
            }
            ['b' | 'c', '"', ..] => string(rest, 1, &mut tokens),
            ['b', '\'', ..] => 1 + character(&rest[1..]),
            ['b' | 'c', 'r', '"' | '#', ..] if raw_hashes(&rest[2..]).is_some() => {
                2 + raw_string(&rest[2..], raw_hashes(&rest[2..]).unwrap_or(0), &mut tokens)
            }
            [first, ..] if is_word(*first) => {
                let end = rest.iter().position(|letter| !is_word(*letter)).unwrap_or(rest.len());
                tokens.push(Token::Word(rest[..end].iter().collect()));
                end
            }
            [first, ..] => {
                if !first.is_whitespace() {
                    tokens.push(Token::Mark(*first));
                }
                1
            }
            [] => break,
        };
    }
    tokens
}

fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

fn block_comment(rest: &[char]) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < rest.len() {
        match rest[at..] {
            ['/', '*', ..] => (depth, at) = (depth + 1, at + 2),
            ['*', '/', ..] => {
                (depth, at) = (depth - 1, at + 2);
                if depth == 0 {
                    return at;
                }
            }
            _ => at += 1,
        }
    }
    at
}

/// A character literal; a lifetime is one mark and then a word.
fn character(rest: &[char]) -> usize {
    match rest {
        ['\'', '\\', ..] => rest
            .iter()
            .skip(3)
            .position(|letter| *letter == '\'')
            .map_or(rest.len(), |end| end + 4),
        ['\'', _, '\'', ..] => 3,
        _ => 1,
    }
}

fn string(rest: &[char], prefix: usize, tokens: &mut Vec<Token>) -> usize {
    let mut held = String::new();
    let mut at = prefix + 1;
    while at < rest.len() && rest[at] != '"' {
        if rest[at] == '\\' {
            at += 1;
        }
        held.extend(rest.get(at));
        at += 1;
    }
    tokens.push(Token::Text(held));
    at + 1
}

/// How many `#` open a raw string, if one opens here.
fn raw_hashes(rest: &[char]) -> Option<usize> {
    let hashes = rest.iter().take_while(|letter| **letter == '#').count();
    (rest.get(hashes) == Some(&'"')).then_some(hashes)
}

fn raw_string(rest: &[char], hashes: usize, tokens: &mut Vec<Token>) -> usize {
    let start = hashes + 1;
    let closes =
        |at: &usize| rest[*at] == '"' && rest[at + 1..].iter().take_while(|letter| **letter == '#').count() >= hashes;
    let end = (start..rest.len()).find(closes).unwrap_or(rest.len());
    tokens.push(Token::Text(rest[start..end].iter().collect()));
    end + 1 + hashes
}

/// The paths below the crate that a file of that module names, with `super` and `self` worked out.
pub fn own_paths(module: &[String], tokens: &[Token]) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    // The names of inline modules that are open, with the depth of braces at which each was opened.
    let mut inline: Vec<(String, usize)> = Vec::new();
    let mut depth = 0;
    for (at, token) in tokens.iter().enumerate() {
        match token {
            Token::Mark('{') => {
                depth += 1;
                if let [.., Token::Word(keyword), Token::Word(name)] = &tokens[..at]
                    && keyword == "mod"
                {
                    inline.push((name.clone(), depth));
                }
            }
            Token::Mark('}') => {
                inline.retain(|(_, opened)| *opened < depth);
                depth = depth.saturating_sub(1);
            }
            Token::Word(word) if begins_path(tokens, at) => {
                let mut here = module.to_vec();
                here.extend(inline.iter().map(|(name, _)| name.clone()));
                let base = match word.as_str() {
                    "crate" | "thinkfamily" => Vec::new(),
                    "self" => here,
                    "super" => {
                        here.pop();
                        here
                    }
                    _ => continue,
                };
                expand(tokens, at + 2, &base, &mut found);
            }
            _ => {}
        }
    }
    found
}

/// The first words of paths that begin with the name of another crate (or of something that is in scope).
pub fn first_words(tokens: &[Token]) -> impl Iterator<Item = &str> {
    tokens.iter().enumerate().filter_map(|(at, token)| match token {
        Token::Word(word) if begins_path(tokens, at) || is_whole_use(tokens, at) => Some(word.as_str()),
        _ => None,
    })
}

/// Whether a path begins with the word at that place.
pub fn begins_path(tokens: &[Token], at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|before| tokens.get(before));
    // `::name` is of another path, unless nothing stands before the `::`.
    let inside = before == Some(&Token::Of)
        && matches!(
            at.checked_sub(2).and_then(|two| tokens.get(two)),
            Some(Token::Word(_) | Token::Mark('>'))
        );
    tokens.get(at + 1) == Some(&Token::Of) && !inside
}

/// `use library;` and `use library as other;`.
fn is_whole_use(tokens: &[Token], at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|before| tokens.get(before));
    matches!(before, Some(Token::Word(word)) if word == "use") && tokens.get(at + 1) != Some(&Token::Of)
}

/// Adds the paths that begin at a place after a `::`, and gives the place after them.
fn expand(tokens: &[Token], mut at: usize, base: &[String], found: &mut Vec<Vec<String>>) -> usize {
    let mut path = base.to_vec();
    loop {
        match tokens.get(at) {
            Some(Token::Word(word)) if word == "super" => {
                path.pop();
            }
            Some(Token::Word(word)) if word == "self" => {}
            Some(Token::Word(word)) => path.push(word.clone()),
            Some(Token::Mark('{')) => {
                at += 1;
                while tokens.get(at).is_some_and(|token| *token != Token::Mark('}')) {
                    at = expand(tokens, at, &path, found);
                    // `as other`, commas.
                    while tokens
                        .get(at)
                        .is_some_and(|token| !matches!(token, Token::Mark(',' | '}')))
                    {
                        at += 1;
                    }
                    if tokens.get(at) == Some(&Token::Mark(',')) {
                        at += 1;
                    }
                }
                return at + 1;
            }
            _ => {
                found.push(path);
                return at + 1;
            }
        }
        at += 1;
        if tokens.get(at) != Some(&Token::Of) {
            found.push(path);
            return at;
        }
        at += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::{first_words, own_paths, tokens};

    fn named(module: &str, text: &str) -> Vec<String> {
        let module: Vec<String> = module.split("::").map(str::to_owned).collect();
        own_paths(&module, &tokens(text))
            .iter()
            .map(|path| path.join("::"))
            .collect()
    }

    #[test]
    fn trees_of_use_lines_are_told_apart() {
        let text = "use crate::{store::{Store, rows::{self, PlanRow as P}}, clock::*, error};";
        let want = ["store::Store", "store::rows", "store::rows::PlanRow", "clock", "error"];
        assert_eq!(named("graphql", text), want);
    }

    #[test]
    fn paths_in_code_count_as_well() {
        assert_eq!(
            named("cli", "fn f(a: &crate::audit::Trail) { crate::auth::go::<u8>(); }"),
            ["audit::Trail", "auth::go"]
        );
    }

    #[test]
    fn super_is_worked_out() {
        assert_eq!(
            named("store::trail::read", "use super::super::rows::PlanRow;"),
            ["store::rows::PlanRow"]
        );
        assert_eq!(named("store", "use super::graphql::Engine;"), ["graphql::Engine"]);
        assert_eq!(
            named(
                "store::rows",
                "mod tests { use super::work::PlanRow; } use super::Store;"
            ),
            ["store::rows::work::PlanRow", "store::Store"]
        );
    }

    #[test]
    fn comments_and_strings_name_nothing() {
        let text = r##"
            //! See crate::audit.
            /* crate::auth::x /* crate::wire::y */ crate::cli::z */
            const A: &str = "crate::store::A \" crate::store::B";
            const B: &str = r#"crate::store::C " crate::store::D"#;
            const C: char = '"'; fn f<'a>(b: &'a crate::clock::Clock) -> char { '\'' }
        "##;
        assert_eq!(named("sharing", text), ["clock::Clock"]);
    }

    #[test]
    fn libraries_are_known_by_their_first_word() {
        let text = "use sea_orm::entity::prelude::*; use axum; use self::body::read; fn f() { toml::from_str(x); a::<b>::c() }";
        let tokens = tokens(text);
        let words: Vec<&str> = first_words(&tokens).collect();
        assert_eq!(words, ["sea_orm", "axum", "self", "toml", "a"]);
    }
}
