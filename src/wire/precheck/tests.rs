use std::{fmt::Write as _, time::Instant};

use rand::{RngExt, SeedableRng, rngs::ChaCha12Rng};

use super::{refusal::location, *};

fn code(source: &str) -> Option<ErrorCode> {
    check(source, &Limits::default()).err().map(|error| error.code)
}

fn refusal(source: &str) -> RequestError {
    check(source, &Limits::default()).expect_err("the document is refused")
}

/// `levels` fragments that each spread the next twice.
fn bomb(levels: usize) -> String {
    let mut source = "{ ...F0 }".to_owned();
    for level in 0..levels {
        write!(
            source,
            " fragment F{level} on Query {{ a {{ ...F{n} }} b {{ ...F{n} }} }}",
            n = level + 1
        )
        .expect("writes");
    }
    write!(source, " fragment F{levels} on Query {{ a }}").expect("writes");
    source
}

#[test]
fn an_everyday_document_passes() {
    let document = check(
        "query Q($id: ID!, $n: Int = 5) { family(id: $id) { id ...M members(first: $n) { nodes { id name: givenName } } } }
         fragment M on Family { reference plan { goals { id } } }",
        &Limits::default(),
    )
    .expect("within the limits");
    assert_eq!(document.operations.iter().len(), 1);
    assert_eq!(document.fragments.len(), 1);
}

#[test]
fn the_standard_introspection_query_passes() {
    let source = include_str!("introspection.graphql");
    check(source, &Limits::default()).expect("tools need it");
}

#[test]
fn what_stands_at_a_typename_is_looked_at() {
    for document in [
        "{ __typename @unknown }",
        "{ a { b: __typename @deprecated } }",
        "{ __typename(a: 1) }",
        "{ ...F } fragment F on Query { __typename { a } }",
    ] {
        assert_eq!(code(document), Some(ErrorCode::BadUserInput), "{document}");
    }
    for document in [
        "{ __typename }",
        "query($v: Boolean!) { __typename @skip(if: $v) @include(if: true) }",
    ] {
        assert_eq!(code(document), None, "{document}");
    }
}

#[test]
fn fragment_bombs_are_refused_fast() {
    for levels in [13, 20, 48, 50, 1000] {
        let started = Instant::now();
        assert_eq!(code(&bomb(levels)), Some(ErrorCode::TooComplex), "{levels} levels");
        assert!(started.elapsed().as_millis() < 500, "{levels} levels took too long");
    }
    // Without depth, in one line of spreads.
    let mut flat = "{ ...F0 }".to_owned();
    for level in 0..49 {
        write!(flat, " fragment F{level} on Q {{ ...F{n} ...F{n} }}", n = level + 1).expect("writes");
    }
    flat.push_str(" fragment F49 on Q { a }");
    assert_eq!(code(&flat), Some(ErrorCode::TooComplex));
    // Validation walks a bomb that nothing sets off, too.
    assert_eq!(
        code(&flat.replacen("{ ...F0 }", "{ a }", 1)),
        Some(ErrorCode::TooComplex)
    );
    assert_eq!(
        code(&bomb(20).replacen("{ ...F0 }", "{ a }", 1)),
        Some(ErrorCode::TooComplex)
    );
}

#[test]
fn circles_and_unknown_fragments_are_refused() {
    for source in [
        "{ ...A } fragment A on Q { ...A }",
        "{ ...A } fragment A on Q { b { ...B } } fragment B on Q { ... on Q { ...A } }",
        "{ a } fragment A on Q { ...B } fragment B on Q { ...A }",
        "{ ...A }",
        "{ a } fragment A on Q { ...B }",
    ] {
        assert_eq!(code(source), Some(ErrorCode::BadUserInput), "{source}");
    }
    assert_eq!(refusal("{ a }\n fragment A on Q { ...A }").locations, [(2, 2)]);
    assert_eq!(refusal("{ a\n  ...B }").locations, [(2, 3)]);
}

#[test]
fn floods_are_refused_fast() {
    let million = format!("{{ {} }}", "a ".repeat(1_000_000));
    let aliases: String = (0..101).fold(String::new(), |text, n| text + &format!("a{n}: b "));
    let fragments: String = (0..51).fold("{ a }".to_owned(), |text, n| {
        text + &format!(" fragment F{n} on Q {{ a }}")
    });
    let operations: String = (0..11).fold(String::new(), |text, n| text + &format!("query Q{n} {{ a }} "));
    let variables: String = (0..51).fold(String::new(), |text, n| text + &format!("$v{n}: Int "));
    for (source, what) in [
        (million, "bytes"),
        (format!("{{ {} }}", "a ".repeat(2_000)), "tokens"),
        (format!("{{ {aliases} }}"), "aliases"),
        (format!("{{ a {} }}", "@d ".repeat(21)), "directives"),
        (format!("{{ a {} }}", "@d ".repeat(900)), "directives"),
        (fragments, "fragments"),
        (operations, "operations"),
        (format!("query Q({variables}) {{ a }}"), "variables"),
        (format!("{{ {} }}", "a ".repeat(11)), "response key"),
        (
            format!("{{ {} }} fragment F on Q {{ a }}", "...F ".repeat(11)),
            "response key",
        ),
        (format!("{{ {} a }}", "... { a } ".repeat(10)), "response key"),
        (format!("{}{}", "{ a ".repeat(61), "}".repeat(61)), "brackets"),
        (
            format!("{{ a(b: {}{}) }}", "[".repeat(900), "]".repeat(900)),
            "brackets",
        ),
        (
            format!("{{ a(b: {}1{}) }}", "{c:".repeat(400), "}".repeat(400)),
            "brackets",
        ),
        (
            format!("query Q($a: {}Int{}) {{ a }}", "[".repeat(900), "]".repeat(900)),
            "brackets",
        ),
        (format!("{}{}", "{ a ".repeat(25), "}".repeat(25)), "fields inside"),
    ] {
        let started = Instant::now();
        let error = refusal(&source);
        assert!(started.elapsed().as_millis() < 500, "{what} took too long");
        assert_eq!(error.code, ErrorCode::TooComplex, "{what}");
        assert!(error.message.contains(what), "{what}: {}", error.message);
        assert!(error.message.len() < 300);
    }
}

#[test]
fn what_is_just_within_the_limits_passes() {
    for source in [
        format!("{{ {} }}", "a ".repeat(10)),
        format!("{{ a {} }}", "@d ".repeat(20)),
        format!("{}{}", "{ a ".repeat(24), "}".repeat(24)),
        format!("{{ a(b: {}1{}) }}", "[".repeat(58), "]".repeat(58)),
        format!("{{ a(b: {}1{}) }}", "{c:".repeat(58), "}".repeat(58)),
        format!("query Q($a: {}Int{}) {{ a }}", "[".repeat(58), "]".repeat(58)),
        bomb(8),
    ] {
        assert_eq!(code(&source), None, "{source}");
    }
}

#[test]
fn a_small_stack_is_enough_at_the_limits() {
    let nested = format!("{}{}", "{ ... ".repeat(59), "{ a }".to_owned() + &"}".repeat(59));
    let chained = (0..49).fold("{ ...F0 } fragment F49 on Q { a }".to_owned(), |text, n| {
        text + &format!(
            " fragment F{n} on Q {{ {} ...F{} {} }}",
            "... {".repeat(4),
            n + 1,
            "}".repeat(4)
        )
    });
    std::thread::Builder::new()
        .stack_size(1024 * 1024)
        .spawn(move || {
            assert_eq!(code(&nested), None);
            assert_eq!(code(&chained), None);
        })
        .expect("a thread")
        .join()
        .expect("neither overflows the stack nor fails");
}

#[test]
fn documents_that_are_not_well_formed_are_refused_with_a_place() {
    for (source, place) in [
        ("", None),
        (" # nothing\n", None),
        ("{ a\0 }", Some((1, 4))),
        ("{ a(b: \"x) }", Some((1, 8))),
        ("{\n é }", Some((2, 2))),
        ("{ a ) }", Some((1, 5))),
        ("{ a", Some((1, 4))),
        ("query Q", Some((1, 8))),
        ("queryQ { a }", Some((1, 1))),
        ("type Query { a: Int }", Some((1, 1))),
        ("{ a } }", Some((1, 7))),
        ("{ a } { b }", Some((1, 7))),
        ("query A { a } query A { b }", Some((1, 15))),
        ("{ a } fragment F on Q { a } fragment F on Q { a }", Some((1, 29))),
        ("fragment F on Q { a }", None),
        ("{ }", Some((1, 3))),
        ("{ a(b: $) }", Some((1, 9))),
    ] {
        let error = refusal(source);
        assert_eq!(error.code, ErrorCode::BadUserInput, "{source}");
        assert_eq!(error.locations.first().copied(), place, "{source}: {}", error.message);
    }
}

#[test]
fn no_message_repeats_the_document() {
    for source in [
        "{ Secret? }",
        "{ ...Secret }",
        "Secret { a }",
        "{ a(b: \"Secret\n\") }",
        "{ Secret Secret: }",
    ] {
        assert!(!refusal(source).message.contains("Secret"));
    }
}

#[test]
fn columns_count_characters_and_every_kind_of_line_end() {
    assert_eq!(location("a\r\nb\rc\né?", 9), (4, 2));
}

#[test]
fn no_heap_of_tokens_brings_it_down() {
    const TOKENS: [&str; 44] = [
        "{",
        "}",
        "{",
        "}",
        "(",
        ")",
        "[",
        "]",
        ":",
        "$",
        "@",
        "!",
        "=",
        "...",
        "|",
        "&",
        "query",
        "mutation",
        "fragment",
        "on",
        "a",
        "b",
        "F",
        "Q",
        "true",
        "null",
        "1",
        "-0",
        "1.5e3",
        "9999999999999999999999",
        "1e999",
        "\"\"",
        "\"é\\u00e9\"",
        "\"\\ud83d\"",
        "\"\"\"\n é\n\t\n  x\"\"\"",
        "\"\"\"\"\"\"",
        "#c\n",
        "\r\n",
        "\u{feff}",
        "...on",
        "{a}",
        "...F",
        "@d(a: 1)",
        "($a: Int = 1)",
    ];
    let mut random = ChaCha12Rng::seed_from_u64(7);
    let mut accepted = 0;
    for _ in 0..20_000 {
        let length = random.random_range(1..40);
        let soup: Vec<&str> = (0..length)
            .map(|_| TOKENS[random.random_range(0..TOKENS.len())])
            .collect();
        let soup = format!(
            "{{ a {} }} {}",
            soup.join(" "),
            if random.random() { "fragment F on Q { a }" } else { "" }
        );
        match check(&soup, &Limits::default()) {
            Ok(_) => accepted += 1,
            Err(error) => assert!(error.message.len() < 300),
        }
    }
    assert!(accepted > 100, "some of them are well formed: {accepted}");
}

#[test]
fn too_many_fields_at_the_root_are_refused_through_fragments_as_well() {
    let fields = |count: usize| (0..count).map(|at| format!("f{at}")).collect::<Vec<_>>().join(" ");
    assert_eq!(code(&format!("{{ {} }}", fields(20))), None);
    assert_eq!(code(&format!("{{ {} }}", fields(21))), Some(ErrorCode::TooComplex));
    let spread = format!("{{ more ...F }} fragment F on Query {{ {} }}", fields(20));
    assert_eq!(code(&spread), Some(ErrorCode::TooComplex));
}
