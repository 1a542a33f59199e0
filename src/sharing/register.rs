//! The register: every field, argument, input and ordering of the schema with the data categories it has.
//!
//! `register.toml` says it, in words an auditor can read; `build.rs` gives every field a constant.

use std::{collections::HashMap, sync::OnceLock};

use super::{
    agreement::Access,
    category::{Category, CategorySet},
};

include!(concat!(env!("OUT_DIR"), "/fields.rs"));

/// A field of the register, by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FieldId(u16);

/// One entry of the register.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a word of the register, there or not"
)]
pub struct Field {
    /// Its number.
    pub id: FieldId,
    /// Its schema coordinate: `Family.reference`, `Query.family(id:)`, or `Family` for the existence of a row.
    pub coordinate: &'static str,
    /// Reading or writing.
    pub access: Access,
    /// The categories that every row's value has.
    pub categories: CategorySet,
    /// The categories of which each row has at least one besides; empty where a row need not have any.
    pub one_of: CategorySet,
    /// Whether a row may bring categories of its own (its criterion, its measure).
    pub by_row: bool,
    /// Whether that of a row is the category of the field that it compares.
    pub compared: bool,
    /// Whether it tells where the family lives, or by whom it is worked with there.
    pub area: bool,
    /// Whether it tells where a person is.
    pub whereabouts: bool,
    /// Whether it is of a row that tells for good whence it came.
    pub sourced: bool,
    /// Whether it is of a row that an agency holds for itself, and for nobody else: by whatever clause gives that agency the category.
    pub agency: bool,
    /// Whether only who is a member today has it: of who has left, or is yet to come, it is told to nobody.
    pub of_members: bool,
    /// Whether it is for those who may open emergency access, who need no category for it.
    pub emergency: bool,
    /// Whether it says nothing by itself and goes with whatever holds it.
    pub held: bool,
    /// The type of the rows that it holds, where it only holds rows, which are each decided for themselves.
    pub rows: Option<&'static str>,
    /// The types of the rows that have to be read for it though it holds none of them.
    pub reads: Vec<&'static str>,
    /// What an error about it tells besides what whoever may send it knows: such an error is exact only to whom these are permitted.
    pub tells: CategorySet,
    /// Whether it only says, to whom a row was told before, that it is so no more: that is given even where the ceiling has ceased to cover it.
    pub handle: bool,
}

impl Field {
    /// Whether a caller with these categories, who may or may not open emergency access, could ever see it.
    pub fn could_be_seen(&self, read: CategorySet, write: CategorySet, emergency: bool) -> bool {
        if self.emergency || self.held {
            return self.held || emergency;
        }
        let permitted = match self.access {
            Access::Read => read,
            Access::Write => write,
        };
        permitted.covers(self.categories) && (self.one_of.is_empty() || !permitted.intersection(self.one_of).is_empty())
    }

    /// The categories as people read them: `PLAN`, `HOUSEHOLD @area`, `@criterion`.
    pub fn label(&self) -> String {
        let mut words: Vec<_> = self.categories.iter().map(Category::code).collect();
        if self.one_of == Category::CRITERIA {
            words.push("its criterion's");
        } else if self.one_of == Category::PROGRESS {
            words.push("its measure's");
        } else if self.compared {
            words.push("what is compared");
        } else if self.one_of == Category::NOTED {
            words.push("its note's");
        } else if self.by_row {
            words.push("its criterion's, if any");
        }
        let words = words.join(" + ");
        if self.emergency {
            format!("{words}, by an emergency clause alone")
        } else if self.held {
            format!("{words}, with what holds it")
        } else if self.handle {
            format!("{words}, or told before")
        } else {
            words
        }
    }
}

/// A set of fields of the register.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FieldSet(Box<[u64]>);

impl FieldSet {
    /// No field.
    pub fn new() -> Self {
        Self(vec![0; ENTRIES.len().div_ceil(64)].into_boxed_slice())
    }

    /// Adds a field.
    pub fn insert(&mut self, field: FieldId) {
        self.0[usize::from(field.0 / 64)] |= 1 << (field.0 % 64);
    }

    /// Whether every field of this set is in the other.
    pub fn is_within(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).all(|(mine, others)| mine & !others == 0)
    }

    /// Whether the field is in the set.
    pub fn contains(&self, field: FieldId) -> bool {
        self.0[usize::from(field.0 / 64)] & (1 << (field.0 % 64)) != 0
    }
}

impl Default for FieldSet {
    fn default() -> Self {
        Self::new()
    }
}

impl<'a> FromIterator<&'a Field> for FieldSet {
    fn from_iter<I: IntoIterator<Item = &'a Field>>(fields: I) -> Self {
        let mut set = Self::new();
        fields.into_iter().for_each(|field| set.insert(field.id));
        set
    }
}

struct Register {
    fields: Vec<Field>,
    by_coordinate: HashMap<&'static str, FieldId>,
}

fn register() -> &'static Register {
    static REGISTER: OnceLock<Register> = OnceLock::new();
    REGISTER.get_or_init(|| {
        let by_coordinate = ENTRIES
            .iter()
            .enumerate()
            .map(|(number, (coordinate, _))| (*coordinate, FieldId(u16::try_from(number).unwrap_or(u16::MAX))))
            .collect();
        let fields = ENTRIES
            .iter()
            .map(|(coordinate, needs)| parse(coordinate, needs, &by_coordinate, 0))
            .collect();
        Register { fields, by_coordinate }
    })
}

/// Every entry, in the order of the numbers.
pub fn fields() -> impl Iterator<Item = &'static Field> {
    register().fields.iter()
}

/// The entry of that number.
pub fn get(field: FieldId) -> &'static Field {
    &register().fields[usize::from(field.0)]
}

/// The entry of that schema coordinate.
pub fn find(coordinate: &str) -> Option<&'static Field> {
    register().by_coordinate.get(coordinate).map(|field| get(*field))
}

/// Whether the register says of the type that its rows tell for good whence they came.
fn is_sourced(coordinate: &str) -> bool {
    let of = coordinate.split('.').next().unwrap_or(coordinate);
    let exists = ENTRIES.iter().find(|(coordinate, _)| *coordinate == of);
    exists.is_some_and(|(_, needs)| needs.split_whitespace().any(|word| word == "@sourced"))
}

fn category(coordinate: &str, word: &str) -> Category {
    Category::from_code(word).unwrap_or_else(|| panic!("register: {coordinate} has the unknown category {word}"))
}

/// Reads `"PLAN @criterion?"`.
///
/// # Panics
/// On a word that means nothing: the register is part of the program, and a wrong one must not start.
fn parse(
    coordinate: &'static str,
    needs: &'static str,
    by_coordinate: &HashMap<&'static str, FieldId>,
    depth: usize,
) -> Field {
    assert!(depth < 8, "register: {coordinate} refers to itself");
    let mut field = Field {
        id: by_coordinate[coordinate],
        coordinate,
        access: Access::Read,
        categories: CategorySet::EMPTY,
        one_of: CategorySet::EMPTY,
        by_row: false,
        compared: false,
        area: false,
        whereabouts: false,
        sourced: is_sourced(coordinate),
        agency: false,
        of_members: false,
        emergency: false,
        held: false,
        rows: None,
        reads: Vec::new(),
        tells: CategorySet::EMPTY,
        handle: false,
    };
    let include = |field: &mut Field, of: &str| {
        let (coordinate, needs) = ENTRIES
            .iter()
            .find(|(coordinate, _)| *coordinate == of)
            .unwrap_or_else(|| panic!("register: {} refers to {of}, which is not there", field.coordinate));
        let other = parse(coordinate, needs, by_coordinate, depth + 1);
        field.categories = field.categories.union(other.categories);
        field.one_of = field.one_of.union(other.one_of);
        field.by_row |= other.by_row;
        field.compared |= other.compared;
        field.area |= other.area;
        field.whereabouts |= other.whereabouts;
        field.agency |= other.agency;
        field.of_members |= other.of_members;
    };
    for word in needs.split_whitespace() {
        match word {
            "@write" => field.access = Access::Write,
            "@area" => field.area = true,
            "@whereabouts" => field.whereabouts = true,
            "@agency" => field.agency = true,
            "@present" => field.of_members = true,
            "@emergency" => field.emergency = true,
            "@sourced" => {}
            "@held" => field.held = true,
            "@handle" => field.handle = true,
            "@criterion" => (field.one_of, field.by_row) = (Category::CRITERIA, true),
            "@progress" => (field.one_of, field.by_row) = (Category::PROGRESS, true),
            "@note" => (field.one_of, field.by_row) = (Category::NOTED, true),
            "@criterion?" => field.by_row = true,
            "@compared" => (field.compared, field.by_row) = (true, true),
            "*" => {
                let parent = coordinate.split('.').next().unwrap_or(coordinate);
                include(&mut field, parent);
            }
            _ => {
                if let Some(of) = word.strip_prefix("rows:") {
                    include(&mut field, of);
                    field.rows = Some(of);
                } else if let Some(of) = word.strip_prefix("reads:") {
                    field.reads.push(of);
                } else if let Some(of) = word.strip_prefix("as:") {
                    include(&mut field, of);
                } else if let Some(of) = word.strip_prefix("tells:") {
                    field.tells = field.tells.with(category(coordinate, of));
                } else {
                    field.categories = field.categories.with(category(coordinate, word));
                }
            }
        }
    }
    assert!(
        !(field.categories.is_empty() && field.one_of.is_empty()),
        "register: {coordinate} has no category"
    );
    field
}
