//! Tests of `escapes`.

use async_graphql_parser::parse_query;

use super::plain;

#[test]
fn sequences_become_the_letters_that_they_mean() {
    for (written, plain_text) in [
        (r#"{ a(b: "x") }"#, r#"{ a(b: "x") }"#),
        (r#"{ a(b: "Zo\u00eb") }"#, r#"{ a(b: "Zo\u00eb") }"#),
        (r#"{ a(b: "\uD83D\uDE00") c }"#, "{ a(b: \"\u{1F600}\"           ) c }"),
        (r#"{ a(b: "\u{1F600}") c }"#, "{ a(b: \"\u{1F600}\"        ) c }"),
        (r#"{ a(b: "\u{22}\u{5c}\u{A}") }"#, r#"{ a(b: "\"\\\n"           ) }"#),
        // The stroke is escaped, so there is no sequence; nor is there one in a comment or a block.
        (r#"{ a(b: "\\u{41}") }"#, r#"{ a(b: "\\u{41}") }"#),
        ("{ a # \"\\u{41}\n }", "{ a # \"\\u{41}\n }"),
        (
            r#"{ a(b: """\u{41} \""" " """, c: "\u{41}") }"#,
            r#"{ a(b: """\u{41} \""" " """, c: "A"     ) }"#,
        ),
    ] {
        assert_eq!(plain(written), plain_text, "{written}");
        assert_eq!(plain(written).chars().count(), written.chars().count(), "{written}");
        assert!(parse_query(plain(written)).is_ok(), "{written}");
    }
}

#[test]
fn what_means_no_letter_stays() {
    for written in [
        r#"{ a(b: "\uD83D") }"#,
        r#"{ a(b: "\uDE00\uD83D") }"#,
        r#"{ a(b: "\uD83Dx") }"#,
        r#"{ a(b: "\u{D83D}") }"#,
        r#"{ a(b: "\u{110000}") }"#,
        r#"{ a(b: "\u{}") }"#,
        r#"{ a(b: "\u{+41}") }"#,
        r#"{ a(b: "\u{41") }"#,
        "{ a(b: \"\\u{41}\n",
        "{ a(b: \"\\u",
        "\"\\",
    ] {
        let same = plain(written);
        assert!(same.starts_with(&written[..7.min(written.len())]), "{written}");
        assert!(parse_query(same).is_err(), "{written}");
    }
}
