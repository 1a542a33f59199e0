//! `MarkerLookupInput`: what is known of a person that is asked about.

use async_graphql::InputObject;
use chrono::{Datelike as _, Days, NaiveDate};

use crate::{
    graphql::{
        codes::{self, IdentifierSystem, Sex},
        mutations::UserError,
    },
    matching::{self, BornAbout, Description, Field, Identifier, Lack, keys},
    store::rows::MOST_DAYS_AHEAD,
};

use super::LookupSettings;

/// A person's number in another system.
#[derive(Clone, Debug, InputObject)]
pub struct LookupIdentifierInput {
    /// Which system.
    pub system: IdentifierSystem,
    /// The number, as that system or a person writes it.
    pub value: String,
}

/// What is known of a person. Anything may be missing or a little wrong, as long as what is there could tell somebody from everybody else: a family name and a date of birth; two names and a
/// postcode; a given name, a date of birth and a postcode; an NHS number or a National Insurance number. A question that says too little is told what more it needs.
#[derive(Clone, Debug, Default, InputObject)]
pub struct MarkerLookupInput {
    /// The family name.
    pub family_name: Option<String>,
    /// The given names, as many as are known.
    pub given_name: Option<String>,
    /// The date of birth, where it is wholly known; of a child not yet born, the day on which they are expected.
    pub date_of_birth: Option<NaiveDate>,
    /// The year of birth, where no more of the date is known, or only the month.
    pub year_of_birth: Option<i32>,
    /// The month of birth, from 1 to 12, with its year.
    pub month_of_birth: Option<i32>,
    /// The postcode where the person lives.
    pub postcode: Option<String>,
    /// The address without the postcode.
    pub address: Option<String>,
    /// The sex, where it is known.
    pub sex: Option<Sex>,
    /// The person's numbers in systems, at most five.
    pub identifiers: Option<Vec<LookupIdentifierInput>>,
}

/// Longest texts, in characters.
const NAME: usize = 100;
const ADDRESS: usize = 300;
const POSTCODE: usize = 20;
/// Nobody who lives was born in an earlier year.
const EARLIEST: i32 = 1850;
/// Most numbers of one question.
const NUMBERS: usize = 5;

/// A question that can be asked.
#[derive(Clone, Debug)]
pub(super) struct Question {
    pub(super) description: Description,
    /// The keys that it is looked up by.
    pub(super) keys: Vec<i64>,
}

impl Question {
    /// The question in one form, however it was written: two that are the same here count once.
    pub(super) fn canonical(&self) -> String {
        let of = &self.description;
        let plain = |text: &Option<String>| -> String {
            let letters = text
                .iter()
                .flat_map(|text| text.chars())
                .filter(|c| c.is_alphanumeric());
            letters.flat_map(char::to_lowercase).collect()
        };
        let mut numbers: Vec<String> = of
            .identifiers
            .iter()
            .map(|number| format!("{}={}", number.system, plain(&Some(number.value.clone()))))
            .collect();
        numbers.sort_unstable();
        numbers.dedup();
        format!(
            "{}|{}|{:?}{:?}|{}|{}|{:?}|{}",
            plain(&of.family_name),
            plain(&of.given_name),
            of.date_of_birth,
            of.born_about,
            plain(&of.postcode),
            plain(&of.address),
            of.sex,
            numbers.join("|")
        )
    }
}

impl MarkerLookupInput {
    /// The question, or what is wrong with it: a matter of the question and of how questions are weighed, whoever is stored.
    pub(super) fn question(self, today: NaiveDate, settings: &LookupSettings) -> Result<Question, Vec<UserError>> {
        let mut wrong = Vec::new();
        for (field, text, most) in [
            ("familyName", &self.family_name, NAME),
            ("givenName", &self.given_name, NAME),
            ("postcode", &self.postcode, POSTCODE),
            ("address", &self.address, ADDRESS),
        ] {
            if text.as_deref().is_some_and(|text| !is_text(text, most)) {
                wrong.push(UserError::invalid(
                    field,
                    format!("It is one line of at most {most} characters."),
                ));
            }
        }
        let numbers = self.identifiers.unwrap_or_default();
        if numbers.len() > NUMBERS || numbers.iter().any(|number| !is_text(&number.value, NAME)) {
            wrong.push(UserError::invalid(
                "identifiers",
                format!("They are at most {NUMBERS}, each one line of at most {NAME} characters."),
            ));
        }
        let (date_of_birth, born_about) = born(
            (self.date_of_birth, self.year_of_birth, self.month_of_birth),
            today,
            &mut wrong,
        );
        let description = Description {
            given_name: self.given_name,
            family_name: self.family_name,
            date_of_birth,
            born_about,
            postcode: self.postcode,
            address: self.address,
            sex: match self.sex {
                Some(Sex::Female) => Some(matching::Sex::Female),
                Some(Sex::Male) => Some(matching::Sex::Male),
                Some(Sex::Other) => Some(matching::Sex::Other),
                Some(Sex::Unknown) | None => None,
            },
            identifiers: numbers
                .into_iter()
                .map(|number| Identifier {
                    system: codes::code(number.system),
                    value: number.value,
                })
                .collect(),
        };
        if wrong.is_empty()
            && let Some(lack) = settings.model.lacks(&description, settings.thresholds.upper)
        {
            wrong.push(too_little(&lack));
        }
        if wrong.is_empty() {
            let keys = keys::asked(&description);
            Ok(Question { description, keys })
        } else {
            Err(wrong)
        }
    }
}

/// The day, or what else is given of the date of birth. A day that is still to come is that on which a child is expected.
fn born(
    (day, year, month): (Option<NaiveDate>, Option<i32>, Option<i32>),
    today: NaiveDate,
    wrong: &mut Vec<UserError>,
) -> (Option<NaiveDate>, Option<BornAbout>) {
    let expected_by = today.checked_add_days(Days::new(MOST_DAYS_AHEAD)).unwrap_or(today);
    if day.is_some_and(|born| born > expected_by || born.year() < EARLIEST) {
        let why = format!(
            "It is a day from {EARLIEST} to today, or, of a child not yet born, one of the next {MOST_DAYS_AHEAD} days."
        );
        wrong.push(UserError::invalid("dateOfBirth", why));
    }
    if year.is_some_and(|year| !(EARLIEST..=today.year()).contains(&year)) {
        let why = format!("It is a year from {EARLIEST} to this one.");
        wrong.push(UserError::invalid("yearOfBirth", why));
    }
    if day.is_some() && year.is_some() {
        wrong.push(UserError::invalid(
            "yearOfBirth",
            "It is given where dateOfBirth is not: that has the year in it.",
        ));
    }
    let in_year = month
        .and_then(|month| u32::try_from(month).ok())
        .filter(|month| (1..=12).contains(month));
    if month.is_some() && (in_year.is_none() || year.is_none()) {
        wrong.push(UserError::invalid(
            "monthOfBirth",
            "It is a number from 1 to 12, and given with yearOfBirth.",
        ));
    }
    match day {
        Some(day) if day > today => (None, Some(BornAbout::Expected(day))),
        Some(day) => (Some(day), None),
        None => (None, year.map(|year| BornAbout::within(year, in_year))),
    }
}

/// What would make a question enough.
fn too_little(lack: &Lack) -> UserError {
    let words = |field: &Field| match field {
        Field::FamilyName => ("familyName", "the family name"),
        Field::GivenName => ("givenName", "the given name"),
        Field::DateOfBirth => ("dateOfBirth", "the date of birth"),
        Field::Postcode => ("postcode", "the postcode"),
        Field::Address => ("address", "the address"),
        Field::Sex => ("sex", "the sex"),
        Field::Identifiers => ("identifiers", "a number"),
    };
    let enough = match &lack.one_of[..] {
        [] => "A look-up needs two facts or more that tell people apart, such as family name and date of birth, or given name, date of birth and postcode; \
               or an NHS number or National Insurance number."
            .to_owned(),
        [one] => format!("With {} it would be enough.", words(one).1),
        [first @ .., last] => {
            let first: Vec<&str> = first.iter().map(|field| words(field).1).collect();
            format!("With {} or {} it would be enough.", first.join(", "), words(last).1)
        }
    };
    let mut text = format!("This is too little to tell anybody by. {enough}");
    if lack.wrong_number {
        text += " A number that was given cannot be right: its check digit is another, or digits are lost.";
        return UserError::invalid("identifiers", text);
    }
    UserError::invalid(lack.one_of.first().map_or("familyName", |field| words(field).0), text)
}

fn is_text(text: &str, most: usize) -> bool {
    text.chars().count() <= most && !text.chars().any(char::is_control)
}
