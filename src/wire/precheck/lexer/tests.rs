//! Tests of `lexer`.

use super::*;

fn kinds(source: &str) -> Result<Vec<Kind>, LexError> {
    let mut lexer = Lexer::new(source);
    let mut kinds = Vec::new();
    while let Some(token) = lexer.next()? {
        kinds.push(token.kind);
    }
    Ok(kinds)
}

fn message(source: &str) -> &'static str {
    kinds(source).expect_err("it is no document").message
}

#[test]
fn reads_every_kind_of_token() {
    let source = "\u{feff}query Q($a: [Int!] = -1.5e+3) @d { # brackets } in a comment\n \
                  ...F a(b: \"}\\\"\\u00e9\", c: \"\"\"\n { \\\"\"\" \" \"\"\") }";
    let tokens = kinds(source).expect("well formed");
    assert_eq!(tokens.len(), 28);
    assert_eq!(tokens.iter().filter(|kind| **kind == Kind::Text).count(), 2);
    assert_eq!(tokens.iter().filter(|kind| **kind == Kind::Number).count(), 1);
    assert!(tokens.contains(&Kind::Spread));
}

#[test]
fn letters_may_be_written_by_their_numbers() {
    for letter in ["\\u00e9", "\\uD83D\\uDE00", "\\u{1F600}", "\\u{e9}", "\\u{0000e9}"] {
        assert!(kinds(&format!("{{ a(b: \"{letter}\") }}")).is_ok(), "{letter}");
    }
}

#[test]
fn refuses_what_is_no_token() {
    assert_eq!(message("{ a\0 }"), CONTROL);
    assert_eq!(message("{ a # \u{1}\n }"), CONTROL);
    assert_eq!(message("{ a(b: \"\u{7}\") }"), CONTROL);
    assert_eq!(message("{ a(b: \"\"\"\0\"\"\") }"), CONTROL);
    assert_eq!(message("{ a(b: \"x) }"), UNTERMINATED);
    assert_eq!(message("{ a(b: \"x\n\") }"), UNTERMINATED);
    assert_eq!(message("{ a(b: \"\"\"x\"\") }"), UNTERMINATED);
    assert_eq!(message("{ a(b: \"\\x\") }"), ESCAPE);
    assert_eq!(message("{ a(b: \"\\u12\") }"), ESCAPE);
    for half in [
        "\\uD83D",
        "\\uDE00",
        "\\uD83D\\u0041",
        "\\u{D83D}",
        "\\u{}",
        "\\u{110000}",
        "\\u{41",
    ] {
        assert_eq!(message(&format!("{{ a(b: \"{half}\") }}")), ESCAPE, "{half}");
    }
    assert_eq!(message("{ a(b: 01) }"), NUMBER);
    assert_eq!(message("{ a(b: -) }"), NUMBER);
    assert_eq!(message("{ a(b: 1.) }"), NUMBER);
    assert_eq!(message("{ a(b: 1e) }"), NUMBER);
    assert_eq!(message("{ a(b: 0xF) }"), NUMBER);
    assert_eq!(message("{ .. }"), UNEXPECTED);
    assert_eq!(message("{ é }"), UNEXPECTED);
}

#[test]
fn says_where() {
    assert_eq!(kinds("{ a ? }").expect_err("no token").at, 4);
}
