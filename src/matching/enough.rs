//! Whether a question has enough detail to find somebody.

use super::{
    Agreement, Description, Field, Identifier, Model,
    address::Address,
    compare::{self, Extras, Levels, Prepared},
    normal,
    numbers::{self, System},
    placeholders, postcode,
};

/// What a question lacks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lack {
    /// The fields of which any one would suffice; empty if more than one is needed.
    pub one_of: Vec<Field>,
    /// The question has an invalid number, which does not help.
    pub wrong_number: bool,
}

impl Model {
    /// What a question lacks for a perfect stored match to reach the weight `upper`; `None` if it has enough.
    /// This depends only on the question and the model, not on who is stored.
    /// A placeholder for an unknown value counts as a value here: the question may be asked, and finds
    /// nobody.
    pub fn lacks(&self, asked: &Description, upper: f64) -> Option<Lack> {
        let (levels, extras, rarity) = self.best(asked);
        let reaches = |levels: Levels| self.weigh(levels, extras, rarity) >= upper;
        if reaches(levels) {
            return None;
        }
        let with = |field: &Field| {
            let mut more = levels;
            if let Some(level) = Field::ALL
                .iter()
                .position(|own| own == field)
                .and_then(|at| more.get_mut(at))
            {
                *level = Agreement::Exact;
            }
            more != levels && reaches(more)
        };
        let wrong = |of: &Identifier| numbers::wrong(&of.system, &of.value).is_some();
        Some(Lack {
            one_of: ADDED.into_iter().filter(with).collect(),
            wrong_number: asked.identifiers.iter().any(wrong),
        })
    }

    /// The comparison with a perfect stored match.
    fn best(&self, asked: &Description) -> (Levels, Extras, [f64; 2]) {
        let prepared = Prepared::of(asked);
        let mut levels = compare::levels(&prepared, &prepared);
        let is_written = |text: &Option<String>| text.as_deref().is_some_and(|text| !normal::name(text).is_empty());
        let is_street =
            |text: &str| placeholders::is_address(&normal::fold(text)) || !Address::streets(text).is_empty();
        let has_street = |text: &Option<String>| text.as_deref().is_some_and(is_street);
        let is_number = |number: &Identifier| {
            [&number.system, &number.value]
                .into_iter()
                .all(|text| !normal::code(text).is_empty())
        };
        // No more of a partial date can agree than is known.
        let born = levels[2];
        let written = [
            is_written(&asked.family_name),
            is_written(&asked.given_name),
            asked.date_of_birth.is_some(),
            // A part of a postcode never matches in full.
            is_written(&asked.postcode) && !postcode::is_only_district(&prepared.postcode),
            // A street without a number is not a home.
            has_street(&asked.address),
            asked.sex.is_some(),
            asked.identifiers.iter().any(is_number),
        ];
        for (level, written) in levels.iter_mut().zip(written) {
            *level = if written { Agreement::Exact } else { Agreement::Missing };
        }
        if asked.date_of_birth.is_none() && asked.born_about.is_some() {
            levels[2] = born;
        }
        let systems = asked.identifiers.iter().filter(|number| is_number(number));
        let system = systems.map(|number| match numbers::wrong(&number.system, &number.value) {
            None | Some(numbers::WrongNumber::Placeholder) => System::of(&normal::code(&number.system)),
            Some(_) => System::Other,
        });
        let extras = Extras {
            number: system.max(),
            ..Extras::default()
        };
        (levels, extras, self.rarity(levels, &prepared, &prepared))
    }
}

/// The fields that could be added to a question.
const ADDED: [Field; 5] = [
    Field::FamilyName,
    Field::GivenName,
    Field::DateOfBirth,
    Field::Postcode,
    Field::Address,
];
