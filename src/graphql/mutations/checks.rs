//! What values of an input must be like. Pure.

use chrono::{Datelike, NaiveDate};

use super::user_error::UserError;

/// Nothing that is recorded began before this year or ends after the other, so that no date can be mistyped beyond reason.
const YEARS: std::ops::RangeInclusive<i32> = 1900..=2199;

/// The errors of an input, field by field.
#[derive(Debug, Default)]
pub struct Checks(Vec<UserError>);

impl Checks {
    /// Notes an error.
    pub fn refuse(&mut self, field: &str, message: impl Into<String>) {
        self.0.push(UserError::invalid(field, message));
    }

    /// What was found good, or all that is wrong.
    pub fn finish<T>(self, good: Option<T>) -> Result<T, Vec<UserError>> {
        match good {
            Some(good) if self.0.is_empty() => Ok(good),
            _ => Err(self.0),
        }
    }

    /// A text of one line, without spaces around it, of that many characters.
    pub fn line(&mut self, field: &str, text: &str, least: usize, most: usize) -> Option<String> {
        self.text(field, text, least, most, char::is_control)
    }

    /// A text of any lines, without spaces around it, of that many characters.
    pub fn lines(&mut self, field: &str, text: &str, least: usize, most: usize) -> Option<String> {
        self.text(field, text, least, most, |letter| {
            letter.is_control() && !matches!(letter, '\n' | '\r' | '\t')
        })
    }

    fn text(
        &mut self,
        field: &str,
        text: &str,
        least: usize,
        most: usize,
        forbidden: impl Fn(char) -> bool,
    ) -> Option<String> {
        let text = text.trim();
        if text.chars().any(forbidden) || text.chars().any(turns_text_around) {
            self.refuse(field, "It has control characters. Leave them out.");
            return None;
        }
        // Counting stops where it is decided.
        let length = text.chars().take(most + 1).count();
        if !(least..=most).contains(&length) {
            self.refuse(field, format!("It must have from {least} to {most} characters."));
            return None;
        }
        Some(text.to_owned())
    }

    /// The same of a text that may be missing; one that is empty is missing.
    pub fn optional_line(&mut self, field: &str, text: Option<&str>, most: usize) -> Option<String> {
        let text = text.filter(|text| !text.trim().is_empty())?;
        self.line(field, text, 1, most)
    }

    /// A telephone number, in whatever way people write it.
    pub fn optional_phone(&mut self, field: &str, text: Option<&str>) -> Option<String> {
        let phone = self.optional_line(field, text, 40)?;
        let written = |letter: char| letter.is_ascii_digit() || " +()-.#x".contains(letter);
        if phone.chars().all(written) && phone.chars().filter(char::is_ascii_digit).count() >= 3 {
            return Some(phone);
        }
        self.refuse(field, "It is not a telephone number: digits, spaces and + ( ) - . # x.");
        None
    }

    /// An e-mail address, as far as its form tells.
    pub fn optional_email(&mut self, field: &str, text: Option<&str>) -> Option<String> {
        let email = self.optional_line(field, text, 254)?;
        let parts = email.split_once('@');
        let good = parts.is_some_and(|(name, host)| {
            !name.is_empty()
                && host.contains('.')
                && !host.contains('@')
                && !host.starts_with('.')
                && !host.ends_with('.')
        });
        if good && !email.contains(char::is_whitespace) {
            return Some(email);
        }
        self.refuse(field, "It is not an e-mail address.");
        None
    }

    /// A day that has come.
    pub fn past_day(&mut self, field: &str, day: NaiveDate, today: NaiveDate) -> Option<NaiveDate> {
        if day > today {
            self.refuse(field, "The day has not come yet. Record it when it has.");
            return None;
        }
        self.day(field, day)
    }

    /// Today or a day to come.
    pub fn coming_day(&mut self, field: &str, day: NaiveDate, today: NaiveDate) -> Option<NaiveDate> {
        if day < today {
            self.refuse(field, "The day is past. It must be today or later.");
            return None;
        }
        self.day(field, day)
    }

    /// A day within reason.
    pub fn day(&mut self, field: &str, day: NaiveDate) -> Option<NaiveDate> {
        if YEARS.contains(&day.year()) {
            return Some(day);
        }
        let sentence = format!("The year must be from {} to {}.", YEARS.start(), YEARS.end());
        self.refuse(field, sentence);
        None
    }
}

/// Characters that change the direction of what follows, so that a text reads as something else.
fn turns_text_around(letter: char) -> bool {
    matches!(letter, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    fn checked<T>(check: impl FnOnce(&mut Checks) -> Option<T>) -> Option<T> {
        let mut checks = Checks::default();
        let good = check(&mut checks);
        assert_eq!(
            good.is_none(),
            checks.finish(Some(())).is_err(),
            "none if and only if an error"
        );
        good
    }

    #[test]
    fn texts_have_their_length_and_no_control_characters() {
        let line = |text: &str| checked(|checks| checks.line("f", text, 2, 4));
        assert_eq!(line(" ab "), Some("ab".to_owned()));
        assert_eq!(
            line("äöüß"),
            Some("äöüß".to_owned()),
            "characters are counted, not bytes"
        );
        for bad in ["", "a", " a ", "abcde", "a\nb", "a\u{0}b", "a\u{202e}b", "a\u{85}b"] {
            assert_eq!(line(bad), None, "{bad:?}");
        }
        let lines = |text: &str| checked(|checks| checks.lines("f", text, 2, 4));
        assert_eq!(lines("a\nb"), Some("a\nb".to_owned()));
        assert_eq!(lines("a\u{7}b"), None);
        assert_eq!(lines("a\u{0}b"), None);
    }

    #[test]
    fn what_is_empty_is_missing_and_no_error() {
        let mut checks = Checks::default();
        assert_eq!(checks.optional_line("f", Some("  "), 5), None);
        assert_eq!(checks.optional_phone("f", None), None);
        assert!(checks.finish(Some(())).is_ok());
    }

    #[test]
    fn telephone_numbers_and_addresses_look_like_such() {
        for (text, good) in [
            ("01223 000 000", true),
            ("+44 (0)1223-000000 x12", true),
            ("ring me", false),
            ("()", false),
        ] {
            assert_eq!(
                checked(|checks| checks.optional_phone("f", Some(text))).is_some(),
                good,
                "{text}"
            );
        }
        for (text, good) in [
            ("someone@example.org", true),
            ("someone", false),
            ("@example.org", false),
            ("a@b@example.org", false),
            ("some one@example.org", false),
            ("someone@example", false),
            ("someone@.org", false),
        ] {
            assert_eq!(
                checked(|checks| checks.optional_email("f", Some(text))).is_some(),
                good,
                "{text}"
            );
        }
    }

    #[test]
    fn days_are_past_or_to_come_and_within_reason() {
        let today = day("2026-03-02");
        let past = |text: &str| checked(|checks| checks.past_day("f", day(text), today)).is_some();
        assert!(past("2026-03-02") && past("1900-01-01"));
        assert!(!past("2026-03-03") && !past("1899-12-31"));
        let coming = |text: &str| checked(|checks| checks.coming_day("f", day(text), today)).is_some();
        assert!(coming("2026-03-02") && coming("2199-12-31"));
        assert!(!coming("2026-03-01") && !coming("2200-01-01"));
    }
}
