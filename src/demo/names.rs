//! Made-up names, places and numbers: common given and family names put together at random, places that are on no map, telephone
//! numbers of the ranges kept free for drama, numbers of ranges that are never given out.

use rand::{RngExt, rngs::ChaCha12Rng, seq::IndexedRandom};

use crate::records::Sex;

const FEMALE: [&str; 48] = [
    "Abigail", "Aisha", "Alice", "Amina", "Amy", "Beth", "Carys", "Chloe", "Daisy", "Dawn", "Ellie", "Emma", "Eva",
    "Farah", "Freya", "Gemma", "Grace", "Hannah", "Holly", "Imogen", "Ines", "Jade", "Jasmin", "Kayleigh", "Kelly",
    "Lara", "Lauren", "Leah", "Lucy", "Maja", "Megan", "Mia", "Molly", "Nadia", "Natalie", "Niamh", "Olivia", "Paige",
    "Poppy", "Rachel", "Rosie", "Ruth", "Sadie", "Shanice", "Sofia", "Tara", "Yasmin", "Zoe",
];
const MALE: [&str; 48] = [
    "Aaron", "Adam", "Alfie", "Ali", "Archie", "Ben", "Callum", "Charlie", "Connor", "Daniel", "Darren", "Dylan",
    "Elijah", "Ethan", "Finley", "Gareth", "George", "Harry", "Ibrahim", "Isaac", "Jack", "Jake", "Jakub", "Jamal",
    "Jayden", "Joe", "Josh", "Kai", "Kieran", "Lee", "Leo", "Lewis", "Liam", "Logan", "Mason", "Max", "Mohammed",
    "Nathan", "Noah", "Oliver", "Oscar", "Rhys", "Riley", "Ryan", "Sam", "Toby", "Tyler", "Zac",
];
const FAMILY: [&str; 60] = [
    "Abbott", "Ahmed", "Allen", "Baker", "Barnes", "Begum", "Bell", "Bennett", "Brooks", "Carter", "Chapman", "Clarke",
    "Cole", "Cooper", "Cox", "Dawson", "Dixon", "Ellis", "Evans", "Fisher", "Ford", "Foster", "Fox", "Gibson", "Gray",
    "Green", "Hall", "Harper", "Harris", "Hart", "Hughes", "Hunt", "Hussain", "Jackson", "Kaur", "Kelly", "Khan",
    "King", "Knight", "Kowalski", "Lane", "Lloyd", "Marsh", "Mason", "Mills", "Moore", "Murphy", "Nowak", "Osei",
    "Owen", "Palmer", "Patel", "Price", "Reid", "Rose", "Shaw", "Stone", "Walsh", "Ward", "Webb",
];
const PLACES_FIRST: [&str; 15] = [
    "Alder", "Bracken", "Coln", "Dun", "Elm", "Fair", "Glen", "Hazel", "Kings", "Lark", "Mill", "North", "Oak", "Row",
    "Thorn",
];
const PLACES_LAST: [&str; 10] = [
    "bourne", "bury", "cote", "dale", "field", "ham", "ley", "mere", "stow", "wick",
];
const STREETS: [&str; 12] = [
    "Chapel Lane",
    "Church Road",
    "Cross Street",
    "Ferry Close",
    "Garden Walk",
    "High Street",
    "Meadow Way",
    "Mill Road",
    "Orchard Drive",
    "School Lane",
    "Station Road",
    "Willow Court",
];

pub(super) fn given(rng: &mut ChaCha12Rng, sex: Sex) -> &'static str {
    let names = if sex == Sex::Female { &FEMALE } else { &MALE };
    names.choose(rng).copied().unwrap_or(names[0])
}

pub(super) fn family(rng: &mut ChaCha12Rng) -> &'static str {
    FAMILY.choose(rng).copied().unwrap_or(FAMILY[0])
}

/// The place of that number; places repeat after 150 of them.
pub(super) fn place(number: usize) -> String {
    let (first, last) = (number % PLACES_FIRST.len(), number / PLACES_FIRST.len());
    format!("{}{}", PLACES_FIRST[first], PLACES_LAST[last % PLACES_LAST.len()])
}

pub(super) fn street(rng: &mut ChaCha12Rng) -> String {
    let street = STREETS.choose(rng).copied().unwrap_or(STREETS[0]);
    format!("{} {street}", rng.random_range(1..=180))
}

/// A postcode of an area that does not exist.
pub(super) fn postcode(rng: &mut ChaCha12Rng) -> String {
    let mut letter = || char::from(rng.random_range(b'A'..=b'Y'));
    let (first, second) = (letter(), letter());
    format!(
        "ZQ{} {}{first}{second}",
        rng.random_range(1..=99),
        rng.random_range(0..=9)
    )
}

pub(super) fn mobile(rng: &mut ChaCha12Rng) -> String {
    format!("07700 900{:03}", rng.random_range(0..1000))
}

pub(super) fn landline(rng: &mut ChaCha12Rng) -> String {
    format!("01632 960{:03}", rng.random_range(0..1000))
}

/// A National Insurance number of a prefix that is never given out; the same number for the same `serial` below four million.
pub(super) fn nino(serial: u64) -> String {
    let letter = ['A', 'B', 'C', 'D'][usize::try_from(serial / 1_000_000 % 4).unwrap_or(0)];
    format!("QQ{:06}{letter}", serial % 1_000_000)
}

/// A pupil number of no local authority.
pub(super) fn upn(serial: u64) -> String {
    format!("Z{serial:012}")
}
