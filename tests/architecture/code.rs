//! What code must not do, whatever it names: decide by the name of an agency, read the time, make the decision impure.

use crate::{
    paths::{Token, without_tests},
    sources::Source,
};

/// Kinds of agency, and the words by which their names would be known. `graphql/codes` lists the kinds for the schema.
const AGENCY_WORDS: [&str; 17] = [
    "police",
    "jobcentre",
    "social_care",
    "early_help",
    "school",
    "health",
    "mental_health",
    "probation",
    "youth_offending",
    "housing",
    "substance_misuse",
    "district_council",
    "voluntary_sector",
    "prison",
    "tff_team",
    "internal_audit",
    "researcher",
];

/// Places in code outside the sharing rules, the code lists and the demonstration data that name an agency or a kind of agency.
pub fn agency_names(source: &Source) -> Vec<String> {
    let ruled = ["graphql/", "store/", "wire/", "audit/"]
        .iter()
        .any(|room| source.name.starts_with(room));
    if !ruled || source.name.starts_with("graphql/codes/") || source.is_test() {
        return Vec::new();
    }
    without_tests(source.tokens())
        .into_iter()
        .filter_map(|token| match token {
            Token::Text(text) if names_agency(&text) => Some(format!("{}: {text:?}", source.name)),
            _ => None,
        })
        .collect()
}

/// A code, not a sentence: `police`, `cambs-police`, `JOBCENTRE_PLUS`.
fn names_agency(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    let is_code = text
        .chars()
        .all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-'));
    let words: Vec<&str> = text.split(['-', '_']).collect();
    let named = |agency: &str| {
        let agency: Vec<&str> = agency.split('_').collect();
        words.starts_with(&agency) || words.ends_with(&agency)
    };
    is_code && AGENCY_WORDS.iter().any(|agency| named(agency))
}

/// Where a file reads the time or draws a random number. Measuring how long something took (`Instant`) is no reading of the time, and keys
/// are drawn by the cryptography library.
pub fn time_and_chance(source: &Source) -> Vec<String> {
    if source.name == "clock.rs" {
        return Vec::new();
    }
    let tokens = source.tokens();
    let word = |at: usize, wanted: &str| matches!(tokens.get(at), Some(Token::Word(word)) if word == wanted);
    let mut broken = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let Token::Word(name) = token else { continue };
        let found = match name.as_str() {
            "SysRng" | "OsRng" | "ThreadRng" | "thread_rng" | "from_os_rng" | "new_v4" | "now_v7" => true,
            "Utc" | "Local" | "SystemTime" => tokens.get(at + 1) == Some(&Token::Of) && word(at + 2, "now"),
            "rand" => tokens.get(at + 1) == Some(&Token::Of) && (word(at + 2, "rng") || word(at + 2, "random")),
            _ => false,
        };
        if found {
            broken.push(format!("{}: {name}", source.name));
        }
    }
    broken
}

/// Where a file makes a day of an instant by itself, which would be a day of UTC or of the machine.
pub fn days_of_their_own(source: &Source) -> Vec<String> {
    let makes_one = ["date_naive", "naive_utc", "naive_local"];
    let tokens = if source.name == "clock.rs" {
        Vec::new()
    } else {
        source.tokens()
    };
    let found = tokens.into_iter().filter_map(|token| match token {
        Token::Word(word) if makes_one.contains(&word.as_str()) => Some(format!("{}: {word}", source.name)),
        _ => None,
    });
    found.collect()
}

/// What the room of the decision must not have.
pub fn impure_decision(source: &Source) -> Vec<String> {
    if !source.name.starts_with("sharing/") {
        return Vec::new();
    }
    let impure = [
        "async",
        "await",
        "tokio",
        "tracing",
        "fs",
        "env",
        "net",
        "process",
        "println",
        "eprintln",
        "static_mut",
    ];
    // `env!("OUT_DIR")` is asked of the compiler, not of the machine that decides.
    let of_the_compiler = |next: Option<&Token>| next == Some(&Token::Mark('!'));
    let tokens = source.tokens();
    tokens
        .iter()
        .enumerate()
        .filter_map(|(at, token)| match token {
            Token::Word(word) if word == "env" && of_the_compiler(tokens.get(at + 1)) => None,
            Token::Word(word) if impure.contains(&word.as_str()) => Some(format!("{}: {word}", source.name)),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{agency_names, days_of_their_own, impure_decision, time_and_chance};
    use crate::sources::Source;

    #[test]
    fn an_agency_named_in_code_is_found() {
        let breaks = |name, text| !agency_names(&Source::made_up(name, text)).is_empty();
        assert!(breaks("graphql/query.rs", r#"if caller.kind == "police" {}"#));
        assert!(breaks("store/load.rs", r#"const A: &str = "cambs-police";"#));
        assert!(breaks("graphql/query.rs", r#"match kind { "JOBCENTRE_PLUS" => 1 }"#));
        assert!(!breaks("graphql/codes/people.rs", r#""police""#));
        assert!(!breaks("graphql/query.rs", r#""Consent for the police or a school.""#));
        assert!(!breaks("graphql/query.rs", r#"// "police""#));
        assert!(!breaks(
            "graphql/query.rs",
            r#"fn f() {} #[cfg(test)] mod tests { const A: &str = "police"; }"#
        ));
    }

    #[test]
    fn a_day_made_of_an_instant_is_found() {
        let breaks = |name, text| !days_of_their_own(&Source::made_up(name, text)).is_empty();
        assert!(breaks("store/load.rs", "let today = self.now.date_naive();"));
        assert!(breaks("import/whole.rs", "at.naive_utc().date()"));
        assert!(!breaks("clock.rs", "self.now().date_naive()"));
        assert!(!breaks("store/load.rs", "let today = clock::day_of(self.now);"));
    }

    #[test]
    fn a_look_at_the_clock_is_found() {
        let breaks = |text| !time_and_chance(&Source::made_up("store/load.rs", text)).is_empty();
        assert!(breaks("let now = chrono::Utc::now();"));
        assert!(breaks("std::time::SystemTime::now()"));
        assert!(breaks("rand::rngs::SysRng.try_fill_bytes(bytes)"));
        assert!(breaks("let id = Uuid::new_v4();"));
        assert!(!breaks(
            "let now: DateTime<Utc> = clock.now(); let started = Instant::now();"
        ));
    }

    #[test]
    fn a_decision_that_waits_or_reads_is_found() {
        let breaks = |text| !impure_decision(&Source::made_up("sharing/decide.rs", text)).is_empty();
        assert!(breaks("pub async fn decide() {}"));
        assert!(breaks("std::fs::read_to_string(path)"));
        assert!(breaks(r#"std::env::var("A")"#));
        assert!(!breaks(r#"include!(concat!(env!("OUT_DIR"), "/fields.rs"));"#));
    }
}
