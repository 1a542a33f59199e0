//! Who counts at all: of near values together too little is told.

use super::{Agreement, Field, Score};

impl Score {
    /// Whether the person may count as an answer, whatever the weight: the date of birth is the very day, one of the names is the same and the other is not another; or both names are, and no date is compared; or a
    /// place or a number is the same.
    ///
    /// Weights add up, so that a question whose names and date are all only nearly right may still be in doubt. That finds next to nobody who is looked for, and tells somebody who tries values of many values at once:
    /// each misspelling of a name could be tried with dates that need only be near the right one, and each date with any family name. Nor is a near date told by names alone, or a month or a year that is
    /// the right one: a day in nine of a year is near another, so that four questions would find the neighbourhood of a birthday, and some ten more the day.
    pub fn says_enough(&self) -> bool {
        let level = |field| self.level(field);
        let same = |field: Field| {
            let level = level(field);
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
        let is_another = of_three.into_iter().any(|field| level(field) == Agreement::Disagrees);
        let is_near = !matches!(level(Field::DateOfBirth), Agreement::Exact | Agreement::Missing);
        let exchanged = |field: &Field| level(*field) == Agreement::Swapped;
        // Exchanged names may each be a slip away from the other's place, so that together they say as much as one.
        let twice = usize::from(of_three.iter().filter(|field| exchanged(field)).count() > 1);
        let sames = of_three.into_iter().filter(|field| same(*field)).count() - twice;
        place || street || number || sames >= 2 && !is_another && !is_near
    }

    /// Whether somebody of these very names, or by a part of the given ones, and of that age is known at the very place.
    pub fn is_at_home_by_name(&self) -> bool {
        let home = matches!(self.level(Field::Address), Agreement::Similar | Agreement::Exact);
        let given = matches!(
            self.level(Field::GivenName),
            Agreement::Exact | Agreement::Nickname | Agreement::Part
        );
        home && given && self.of_similar_age && self.level(Field::FamilyName) == Agreement::Exact
    }

    fn level(&self, field: Field) -> Agreement {
        let compared = self.fields.iter().find(|one| one.field == field);
        compared.map_or(Agreement::Missing, |one| one.level)
    }
}

#[cfg(test)]
mod tests;
