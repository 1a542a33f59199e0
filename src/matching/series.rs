//! Series of questions: what the questions of one asker have in common, and what they try beside it.
//!
//! Whoever looks people up asks about one person with one birthday, one place and one number, now and then with a slip put right. Whoever asks about one name with more and
//! more birthdays is trying values. So a question is taken apart into [`Series`]: something that it holds fast, and the values that it tries beside it. How many different values
//! an honest agency comes to have for the same by chance is told with it, by how frequent the names are. Nothing here knows what is stored.

use std::collections::HashSet;

use super::{
    Description,
    address::Address,
    dates::Born,
    frequent::{self, Frequencies, Of, Which},
    keys, normal,
    normal::Name,
    numbers::{self, Number},
    postcode,
};

mod sounds;

use sounds::{UNSAID, called, ends, said, sounds_of_family, sounds_of_given, words};

/// The most numbers of one question that are looked at.
const MOST_NUMBERS: usize = 5;
/// How many of all questions say no given name, or no family name.
const WITHOUT: f64 = 0.03;
/// Names of more words than these are held fast word by word. Ten of a hundred questions, at most, are like that.
const MOST_WORDS: usize = 8;
const OF_MANY_WORDS: f64 = 0.1;
/// How large a part of all questions is about somebody born on one day: most about children.
const ONE_DAY: f64 = 1.0 / 9_000.0;
/// How large a part of all people has one of the names that no list has and that sound alike, at most.
const UNLISTED: f64 = 0.002;
/// How many years of birth most people share out among them.
const YEARS: f64 = 45.0;
/// How many postcode sectors an authority has, at least.
const SECTORS: f64 = 60.0;
/// How many people of one household may be asked about.
const HOUSEHOLD: u32 = 10;
/// How many people who were born at one place on one day.
const TWINS: u32 = 5;
/// The system of tenancies, as it is folded.
const TENANCY: &str = "TENANCY";
/// How many numbers that begin alike may be asked about without saying whose they are, by how many of their last characters differ.
const NEIGHBOURS: [(usize, u32); 3] = [(2, 8), (3, 16), (4, 32)];
/// From so many characters on a number that is another at its beginning is a neighbour as well.
const LONG: usize = 8;

/// What is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum What {
    /// Dates of birth.
    Dates,
    /// Postcodes.
    Postcodes,
    /// Addresses without their postcodes.
    Addresses,
    /// Numbers in other systems.
    Numbers,
    /// Names.
    Names,
}

impl What {
    /// A letter that stands for it where values are kept.
    pub const fn letter(self) -> char {
        match self {
            Self::Dates => 'd',
            Self::Postcodes => 'p',
            Self::Addresses => 'a',
            Self::Numbers => 'n',
            Self::Names => 'f',
        }
    }
}

/// Something that a question holds fast, and one value that it tries beside it.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// What is held fast, in one text.
    pub held: String,
    /// What is tried.
    pub what: What,
    /// The value, in one text however it was written.
    pub value: String,
    /// How large a part of an honest agency's questions holds the same fast by chance, each with another value.
    pub share: f64,
    /// How many values there may be at least, whatever the share.
    pub least: u32,
}

/// Takes a question apart.
pub fn series(description: &Description, frequencies: &Frequencies) -> Vec<Series> {
    let question = Question::of(description);
    let mut found = Found::default();
    question.by_names(frequencies, &mut found);
    question.by_day(&mut found);
    question.by_place(frequencies, &mut found);
    question.by_numbers(&mut found);
    found.all
}

/// How many different values may be tried: more than an honest agency that expects so many has but once in fifty thousand times, and `least` at least. None where it is so many
/// that counting them would stop nobody.
pub fn allowance(expected: f64, least: u32) -> Option<u32> {
    /// As likely as that is unlikely enough.
    const UNLIKELY: f64 = 2e-5;
    /// Shares are not known better than this.
    const DOUBT: f64 = 1.5;
    /// So many are not counted.
    const MOST: u32 = 120;
    let expected = expected * DOUBT;
    let (mut exactly, mut fewer, mut count) = ((-expected).exp(), 0.0, 0_u32);
    while count <= MOST {
        fewer += exactly;
        count += 1;
        if 1.0 - fewer < UNLIKELY {
            // One more, for somebody's slip that is put right.
            return Some((count + 1).max(least));
        }
        exactly *= expected / f64::from(count);
    }
    None
}

/// The series of a question, each once.
#[derive(Default)]
struct Found {
    all: Vec<Series>,
    known: HashSet<(What, String, String)>,
}

impl Found {
    fn add(&mut self, held: &str, tried: &[(What, String)], share: f64, least: u32) {
        for (what, value) in tried {
            if self.known.insert((*what, held.to_owned(), value.clone())) {
                self.all.push(Series {
                    held: held.to_owned(),
                    what: *what,
                    value: value.clone(),
                    share,
                    least,
                });
            }
        }
    }
}

/// A question as it is taken apart.
struct Question {
    family: Name,
    given: Name,
    born: Option<Born>,
    postcode: String,
    address: Option<String>,
    numbers: Vec<Number>,
}

impl Question {
    fn of(description: &Description) -> Self {
        let name = |text: &Option<String>, read: fn(&str) -> Name| text.as_deref().map(read).unwrap_or_default();
        let mut numbers = numbers::of(description);
        numbers.truncate(MOST_NUMBERS);
        Self {
            family: name(&description.family_name, normal::family_name),
            given: name(&description.given_name, normal::given_name),
            born: Born::of(description),
            postcode: description.postcode.as_deref().map(normal::code).unwrap_or_default(),
            address: description
                .address
                .as_deref()
                .map(Address::plain)
                .filter(|plain| !plain.is_empty()),
            numbers,
        }
    }

    /// All values that are tried beside names.
    fn tried(&self) -> Vec<(What, String)> {
        let born = self.born.map(|born| (What::Dates, written(born)));
        let postcode = (!self.postcode.is_empty()).then(|| (What::Postcodes, self.postcode.clone()));
        let address = self.address.clone().map(|address| (What::Addresses, address));
        let numbers = self.numbers.iter();
        let numbers = numbers.map(|Number { system, value }| (What::Numbers, format!("{system} {value}")));
        born.into_iter().chain(postcode).chain(address).chain(numbers).collect()
    }

    fn dates(&self) -> Vec<(What, String)> {
        self.born.iter().map(|born| (What::Dates, written(*born))).collect()
    }

    fn year(&self) -> String {
        let year = self.born.and_then(|born| born.years().next());
        year.map_or_else(|| UNSAID.to_owned(), |year| year.to_string())
    }

    /// Whether it says of whom it is: both names and the date of birth.
    fn is_whole(&self) -> bool {
        !self.family.is_empty() && said(&self.given) && self.born.is_some()
    }

    /// How large a part of all questions has a family name and a form of the given name by chance: as large as the part that has the given name itself, since whoever is asked about by it
    /// comes to each of its forms.
    fn share(&self, frequencies: &Frequencies, family: &str, given: &str) -> f64 {
        let own = self.own_given();
        let of = |given: &str| share(frequencies, (Of::Sound, family), (Of::Sound, given));
        if given == UNSAID || own.is_empty() {
            of(given)
        } else {
            of(given).max(of(&own))
        }
    }

    /// How the given name sounds as it is said.
    fn own_given(&self) -> String {
        keys::sound(self.given.first()).unwrap_or_default()
    }

    /// One name, as it sounds, and one that is nearly that: with more and more of anything.
    fn by_names(&self, frequencies: &Frequencies, found: &mut Found) {
        if self.family.is_empty() && !said(&self.given) {
            return;
        }
        let (families, givens) = (sounds_of_family(&self.family), sounds_of_given(&self.given));
        if self.words() > MOST_WORDS {
            self.by_many_words(frequencies, &families, &givens, found);
        } else {
            self.by_pairs(frequencies, &families, &givens, found);
            self.by_ends(frequencies, &families, found);
        }
        let tried = self.tried();
        let year = self.year();
        // Anybody of one of the names, whatever the other is: whoever is found by names and a date has one of them as it is asked for.
        for name in families.iter().chain(&givens).filter(|name| *name != UNSAID) {
            let share = self.share_of_either(frequencies, name);
            found.add(
                &format!("name and year {name} {year}"),
                &tried,
                share / self.years(),
                HOUSEHOLD,
            );
        }
    }

    /// Anybody born on a day, whatever they are called: with more and more places and numbers.
    fn by_day(&self, found: &mut Found) {
        if let Some(born) = self.born.map(written) {
            found.add(&format!("born {born}"), &self.beside_dates(), ONE_DAY, HOUSEHOLD);
        }
    }

    /// Both names, as they sound.
    fn by_pairs(&self, frequencies: &Frequencies, families: &[String], givens: &[String], found: &mut Found) {
        let (tried, year) = (self.tried(), self.year());
        for family in families {
            for given in givens {
                let share = self.share(frequencies, family, given);
                let pair = in_one_order(family, given);
                found.add(&format!("names {pair}"), &tried, share, 0);
                found.add(
                    &format!("names and year {pair} {year}"),
                    &tried,
                    share / self.years(),
                    0,
                );
            }
        }
    }

    /// Whichever letter of a name is another, either its beginning or its end is as it was; and then the other name is as it was, or places and numbers are what is tried.
    fn by_ends(&self, frequencies: &Frequencies, families: &[String], found: &mut Found) {
        let (tried, year) = (self.tried(), self.year());
        for (name, sounds) in [(&self.family, called(&self.given)), (&self.given, families.to_vec())] {
            let ends = words(name).into_iter().filter(|_| said(name));
            for (of, part) in ends.flat_map(frequent::ends_when_slipped) {
                for other in &sounds {
                    let share = share(frequencies, (of, part), (Of::Sound, other));
                    let pair = in_one_order(&format!("{part}~"), other);
                    let held = format!("nearly names and year {pair} {year}");
                    found.add(&held, &tried, share / self.years(), 0);
                }
            }
        }
        let beside = self.beside_dates();
        for family in &ends(&self.family.usual.whole, !self.family.is_empty()) {
            for given in &ends(self.given.first(), said(&self.given)) {
                let share = share(frequencies, (family.0, &family.1), (given.0, &given.1));
                let pair = in_one_order(&family.1, &given.1);
                found.add(
                    &format!("parts and year {pair} {year}"),
                    &beside,
                    share / self.years(),
                    0,
                );
            }
        }
    }

    /// Names of more words than people have: whatever else is beside it, each of them is held fast, and closer than in other questions, since few are like that.
    fn by_many_words(&self, frequencies: &Frequencies, families: &[String], givens: &[String], found: &mut Found) {
        let (tried, year) = (self.tried(), self.year());
        for name in families.iter().chain(givens).filter(|name| *name != UNSAID) {
            let share = self.share_of_either(frequencies, name) * OF_MANY_WORDS;
            let held = format!("among many words and year {name} {year}");
            found.add(&held, &tried, share / self.years(), HOUSEHOLD);
        }
    }

    /// How many words its names have.
    fn words(&self) -> usize {
        words(&self.family).len() + words(&self.given).len()
    }

    /// Among how many years of birth its own is one.
    fn years(&self) -> f64 {
        if self.born.is_some() { YEARS } else { 1.0 }
    }

    /// All values that are tried beside a date of birth.
    fn beside_dates(&self) -> Vec<(What, String)> {
        let mut tried = self.tried();
        tried.retain(|(what, _)| *what != What::Dates);
        tried
    }

    /// How large a part of all questions has a name as either of the two.
    fn share_of_either(&self, frequencies: &Frequencies, name: &str) -> f64 {
        let of = |which, sound: &str| frequencies.share(which, Of::Sound, sound);
        let own = self.own_given();
        let given = of(Which::Given, name).max(of(Which::Given, &own));
        of(Which::Family, name) + given + UNLISTED
    }

    /// One place: one name or one date there, with more and more of the other.
    fn by_place(&self, frequencies: &Frequencies, found: &mut Found) {
        // A part of a postcode is no place: many live there.
        let unit = postcode::is_unit(&self.postcode).then_some(self.postcode.as_str());
        let Some(place) = unit.or(self.address.as_deref()) else {
            return;
        };
        let (families, givens) = (sounds_of_family(&self.family), sounds_of_given(&self.given));
        let dates = self.dates();
        for family in families.iter().filter(|family| *family != UNSAID) {
            found.add(&format!("family at {family} {place}"), &dates, 0.0, HOUSEHOLD);
        }
        for given in givens.iter().filter(|given| *given != UNSAID) {
            found.add(&format!("given at {given} {place}"), &dates, 0.0, 0);
        }
        if let (Some(unit), Some(family), Some(given)) = (unit, families.first(), givens.first()) {
            let sector = unit.get(..unit.len().saturating_sub(2)).unwrap_or_default();
            let share = self.share(frequencies, family, given) / SECTORS;
            let pair = in_one_order(family, given);
            found.add(&format!("names near {pair} {sector}"), &dates, share, 0);
        }
        if let Some(born) = self.born.map(written) {
            let name = in_one_order(
                families.first().map_or(UNSAID, String::as_str),
                givens.first().map_or(UNSAID, String::as_str),
            );
            found.add(&format!("born at {born} {place}"), &[(What::Names, name)], 0.0, TWINS);
        }
    }

    /// One number with more and more of anything, and numbers that differ a little where it is not said whose they are.
    fn by_numbers(&self, found: &mut Found) {
        let names = in_one_order(
            &keys::sound(&self.family.usual.whole).unwrap_or_default(),
            &keys::sound(self.given.formal()).unwrap_or_default(),
        );
        for Number { system, value: number } in &self.numbers {
            let mut tried = self.tried();
            tried.retain(|(what, _)| *what != What::Numbers);
            tried.push((What::Names, names.clone()));
            // A tenancy's number is that of everybody who lives there.
            found.add(
                &format!("number {system} {number}"),
                &tried,
                0.0,
                if system == TENANCY { HOUSEHOLD } else { 0 },
            );
            if self.is_whole() {
                continue;
            }
            let tried = [(What::Numbers, number.clone())];
            for (last, most) in NEIGHBOURS {
                let stem = number.get(..number.len().saturating_sub(last)).unwrap_or_default();
                found.add(&format!("numbers {last} {system} {stem}"), &tried, 0.0, most);
            }
            if number.len() >= LONG {
                let end = number.get(number.len() / 2..).unwrap_or_default();
                found.add(&format!("numbers end {system} {end}"), &tried, 0.0, NEIGHBOURS[1].1);
            }
            for second in self.seconds() {
                found.add(&format!("numbers with {system} {second}"), &tried, 0.0, NEIGHBOURS[1].1);
            }
        }
    }

    /// What is said beside a number where it is not said of whom it is.
    fn seconds(&self) -> Vec<String> {
        let born = self.born.map(|born| format!("born {}", written(born)));
        let place = (!self.postcode.is_empty()).then(|| format!("at {}", self.postcode));
        let address = self.address.as_ref().map(|address| format!("at {address}"));
        born.into_iter().chain(place).chain(address).collect()
    }
}

/// What is said of a date of birth. A year, or a month, is a value that can be tried as much as a day.
fn written(born: Born) -> String {
    match born {
        Born::Day(day) => day.to_string(),
        Born::About(about) => format!("{about:?}"),
    }
}

/// Names exchanged are the same names.
fn in_one_order(one: &str, other: &str) -> String {
    if one <= other {
        format!("{one} {other}")
    } else {
        format!("{other} {one}")
    }
}

/// How large a part of all questions has both by chance, in whichever order.
fn share(frequencies: &Frequencies, one: (Of, &str), other: (Of, &str)) -> f64 {
    let part = |which, (of, text): (Of, &str)| {
        if text == UNSAID {
            WITHOUT
        } else {
            frequencies.share(which, of, text)
        }
    };
    let as_written = part(Which::Family, one) * part(Which::Given, other);
    let exchanged = part(Which::Family, other) * part(Which::Given, one);
    as_written
        + if one.1 == UNSAID || other.1 == UNSAID {
            0.0
        } else {
            exchanged
        }
}
