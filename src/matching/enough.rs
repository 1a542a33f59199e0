//! Whether a question says enough that somebody could be found by it.

use super::{
    Agreement, Description, Field, Identifier, Model,
    address::Address,
    compare::{self, Beside, Levels, Prepared},
    normal,
    numbers::{self, System},
    placeholders, postcode,
};

/// What a question lacks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lack {
    /// The fields of which any one would make it enough; none where it would take more than one.
    pub one_of: Vec<Field>,
    /// A number of the question that is wrong in itself, and so is no help.
    pub wrong_number: bool,
}

impl Model {
    /// What a question lacks for the best that could be stored to reach this weight; nothing if it says enough. That is a matter of the question and the model alone, whoever
    /// is stored.
    ///
    /// What stands for a value that is not known counts as a value here: it is asked with, and finds nobody.
    pub fn lacks(&self, asked: &Description, upper: f64) -> Option<Lack> {
        let (levels, beside, rarity) = self.best(asked);
        let reaches = |levels: Levels| self.weigh(levels, beside, rarity) >= upper;
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

    /// The comparison with the best that could be stored.
    fn best(&self, asked: &Description) -> (Levels, Beside, [f64; 2]) {
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
        // Of a date in part no more can agree than is known of it.
        let born = levels[2];
        let written = [
            is_written(&asked.family_name),
            is_written(&asked.given_name),
            asked.date_of_birth.is_some(),
            // A part of one is never all of what is stored.
            is_written(&asked.postcode) && !postcode::is_only_district(&prepared.postcode),
            // A street without a number is not where somebody lives.
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
        let beside = Beside {
            number: system.max(),
            ..Beside::default()
        };
        (levels, beside, self.rarity(levels, &prepared, &prepared))
    }
}

/// What a question can be given more of.
const ADDED: [Field; 5] = [
    Field::FamilyName,
    Field::GivenName,
    Field::DateOfBirth,
    Field::Postcode,
    Field::Address,
];
