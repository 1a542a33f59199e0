//! That what every column holds is varied: a column of which nobody makes another value could be told to anybody, and nothing here would notice.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use thinkfamily::{
    records::{Cell, Holds, Table},
    sharing::register::{self, Field},
    store::dataset::Dataset,
};

use crate::{
    chance::Chance,
    changes,
    pairs::Base,
    world::{Folder, World},
};

/// Columns that stay as they are, each with the reason.
const AS_THEY_ARE: &[(&str, &str, &str)] = &[
    ("membership", "person_id", OF_ANOTHER),
    ("distance_score", "assessment_id", OF_ANOTHER),
    ("goal", "plan_id", OF_ANOTHER),
    ("action", "goal_id", OF_ANOTHER),
    ("outcome", "plan_id", OF_ANOTHER),
    ("taf_attendance", "meeting_id", OF_ANOTHER),
    ("without_goal", "plan_id", OF_ANOTHER),
    ("plan_history", "plan_id", OF_ANOTHER),
];
const OF_ANOTHER: &str = "what belongs to another row is a row of its own, which comes and goes";

/// Whose a row is does not change; a row with another key is another row.
fn is_of_the_row(holds: Holds) -> bool {
    matches!(holds, Holds::Key | Holds::Authority | Holds::Of(Table::Family))
}

#[test]
fn what_every_column_holds_is_varied() {
    let base = Base::new();
    let mut chance = Chance::new(7);
    let mut varied: BTreeSet<(Table, &str)> = BTreeSet::new();
    for turn in 0..12_000 {
        let before = &base.world.folders[turn % base.world.folders.len()];
        let words = base.words(before.family.authority_id);
        let mut after = before.clone();
        changes::change(&mut after, &mut chance, &words);
        let (before, after) = (rows(before.clone()), rows(after));
        for (key, cells) in &before {
            let Some(now) = after.get(key) else { continue };
            let columns = key.0.columns().iter().zip(cells.iter().zip(now));
            varied.extend(
                columns
                    .filter(|(_, (was, is))| was != is)
                    .map(|(column, _)| (key.0, column.name)),
            );
        }
    }
    let mut still = Vec::new();
    for table in Table::ALL
        .iter()
        .filter(|table| table.noted() && **table != Table::Agency)
    {
        for column in table.columns().iter().filter(|column| !is_of_the_row(column.holds)) {
            let named = AS_THEY_ARE
                .iter()
                .any(|(of, name, _)| (*of, *name) == (table.name(), column.name));
            if varied.contains(&(*table, column.name)) == named {
                still.push(format!("{}.{}", table.name(), column.name));
            }
        }
    }
    assert!(
        still.is_empty(),
        "no change varies these, or they are named and varied: {still:?}"
    );
}

/// What the view notes of these by a word of its own; a version is made of what it notes.
const NOTED: [&str; 6] = [
    "Family.hasPlan",
    "Family.leadProfessional",
    "Family.onCohort",
    "Plan.version",
    "Goal.version",
    "Action.version",
];

/// What the view does not look at is the same to everybody, whatever it holds. It is looked for in the text of the view.
#[test]
fn the_view_looks_at_every_value_of_every_row() {
    let files = fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/noninterference/view")).unwrap();
    let view: String = files
        .map(|file| fs::read_to_string(file.unwrap().path()).unwrap())
        .collect();
    let of_a_row = |field: &&Field| {
        let (of, name) = field.coordinate.split_once('.').unwrap_or_default();
        let table = Table::of_object(of).filter(|table| *table != Table::Agency);
        table.is_some() && name != "id" && !name.contains('(') && field.rows.is_none()
    };
    let values = register::fields().filter(of_a_row).map(|field| field.coordinate);
    let unseen: Vec<&str> = values
        .filter(|value| !NOTED.contains(value) && !view.contains(&format!("\"{value}\"")))
        .collect();
    assert!(unseen.is_empty(), "no view looks at these: {unseen:?}");
}

/// What a family's rows hold, by their tables and keys.
fn rows(folder: Folder) -> BTreeMap<(Table, String), Vec<Cell>> {
    let world = World {
        folders: vec![folder],
        rest: Dataset::default(),
    };
    let data = world.data();
    let of_table = |table: &Table| {
        let at = table.columns().iter().position(|column| column.name == "id");
        let rows = at.map(|at| (at, data.cells(*table)));
        let rows = rows
            .into_iter()
            .flat_map(|(at, rows)| rows.into_iter().map(move |cells| (at, cells)));
        let table = *table;
        rows.map(move |(at, cells)| ((table, format!("{:?}", cells[at])), cells))
            .collect::<Vec<_>>()
    };
    Table::ALL.iter().flat_map(of_table).collect()
}
