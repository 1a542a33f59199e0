//! Who counts at all: of near values together too little is told.

use super::{Agreement, Field, Score};

impl Score {
    /// Whether the person may count as an answer, whatever the weight: of family name, given name and date of birth two are the same, or a place or a number is.
    ///
    /// Weights add up, so that a question whose names and date are all only nearly right may still be in doubt. That finds next to nobody who is looked for, and tells somebody who tries values of many values at once:
    /// each misspelling of a name could be tried with dates that need only be near the right one.
    pub fn says_enough(&self) -> bool {
        let same = |field: Field| {
            let compared = self.fields.iter().find(|one| one.field == field);
            let level = compared.map_or(Agreement::Missing, |one| one.level);
            match field {
                Field::GivenName => matches!(
                    level,
                    Agreement::Exact | Agreement::Nickname | Agreement::Part | Agreement::Swapped
                ),
                Field::Address => matches!(level, Agreement::Exact | Agreement::Similar),
                _ => matches!(level, Agreement::Exact | Agreement::Swapped),
            }
        };
        let [place, street, number] = [Field::Postcode, Field::Address, Field::Identifiers].map(same);
        let of_three = [Field::FamilyName, Field::GivenName, Field::DateOfBirth];
        place || street || number || of_three.into_iter().filter(|field| same(*field)).count() >= 2
    }
}

#[cfg(test)]
mod tests {
    use crate::matching::{Description, Model};

    fn told(asked: [&str; 4]) -> bool {
        let of = |[given, family, born, postcode]: [&str; 4]| Description {
            given_name: (!given.is_empty()).then(|| given.to_owned()),
            family_name: (!family.is_empty()).then(|| family.to_owned()),
            date_of_birth: born.parse().ok(),
            postcode: (!postcode.is_empty()).then(|| postcode.to_owned()),
            ..Description::default()
        };
        let stored = of(["Dawn", "Hardman", "1985-03-04", "CB1 2AB"]);
        Model::standard().score(&of(asked), &stored).says_enough()
    }

    #[test]
    fn two_of_names_and_date_are_enough_and_near_values_alone_are_not() {
        for enough in [
            ["Dawn", "Hardman", "1986-03-04", ""],
            ["Dawn", "Hardmann", "1985-03-04", ""],
            ["", "Hardman", "1985-03-04", ""],
            ["Dawn", "", "1985-03-04", ""],
            ["Hardman", "Dawn", "1950-01-01", ""],
            ["Dawn Marie", "Hardman", "1950-01-01", "CB9 9ZZ"],
            ["Dwan", "Hardmann", "1985-03-05", "CB1 2AB"],
        ] {
            assert!(told(enough), "{enough:?}");
        }
        for little in [
            ["Dawn", "Hardmann", "1985-03-05", ""],
            ["Dwan", "Hardmann", "1985-03-04", ""],
            ["", "Hardmann", "1985-03-04", "CB1 2AD"],
            ["", "Hardman", "1985-03-05", "CB1 2AD"],
            ["", "", "1985-03-04", ""],
        ] {
            assert!(!told(little), "{little:?}");
        }
    }
}
