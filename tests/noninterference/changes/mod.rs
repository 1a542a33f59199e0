//! Changes of any row and any value, of which those are made that a caller cannot see.

use chrono::NaiveDate;
use uuid::Uuid;

use self::maker::Maker;
use crate::{chance::Chance, world::Folder};

/// Gives a row's columns other values, now and then.
macro_rules! change {
    ($maker:ident, $row:expr, $($column:ident = $value:expr),+ $(,)?) => {{
        let row = &mut *$row;
        $(if $maker.here() { row.$column = $value; })+
    }};
}
/// A row of a table: a copy of one with another key, or one less, or the same; then its values are changed.
macro_rules! row_of {
    ($maker:ident, $folder:ident, $rows:ident) => {{
        let Some(at) = $maker.which($folder.$rows.len()) else {
            return stringify!($rows);
        };
        match $maker.chance.number(0, 9) {
            0 | 1 => {
                let mut copy = $folder.$rows[at].clone();
                copy.id = $maker.chance.key();
                $folder.$rows.push(copy);
                $folder.$rows.last_mut().unwrap()
            }
            2 => {
                $folder.$rows.remove(at);
                return stringify!($rows);
            }
            _ => &mut $folder.$rows[at],
        }
    }};
}

mod barred;
mod consents;
mod maker;
mod meetings;
mod people;
mod plans;
mod shelter;
mod steps;
mod subject_access;
mod work;

pub(crate) use self::shelter::is_sheltered;

/// What changes draw from: the agencies of an authority, and the words that families' values have.
pub(crate) struct Words {
    pub(crate) agencies: Vec<Uuid>,
    pub(crate) texts: Vec<String>,
    pub(crate) measures: Vec<String>,
    pub(crate) domains: Vec<String>,
    pub(crate) today: NaiveDate,
    /// Postcodes and addresses of somebody.
    pub(crate) places: Vec<(String, String)>,
}
/// Makes a random change of one table of a family: a row more, one less, or other values in one. Says which table.
pub(crate) fn change(folder: &mut Folder, chance: &mut Chance, words: &Words) -> &'static str {
    let mut maker = Maker { chance, words };
    if folder.people.is_empty() {
        return "nobody";
    }
    match maker.chance.number(0, 23) {
        table @ 0..=6 => people::change(table, &mut maker, folder),
        table @ 7..=12 => work::change(table, &mut maker, folder),
        table @ 13..=17 => plans::change(table, &mut maker, folder),
        20 => meetings::change(&mut maker, folder),
        21 => barred::change(&mut maker, folder),
        22 => steps::change(&mut maker, folder),
        23 => subject_access::change(&mut maker, folder),
        table => consents::change(table, &mut maker, folder),
    }
}

/// Makes a change of who is shielded, or of where those with them live; says which, where there is something to change.
pub(crate) fn shelter(folder: &mut Folder, chance: &mut Chance, words: &Words) -> Option<&'static str> {
    shelter::change(&mut Maker { chance, words }, folder)
}
