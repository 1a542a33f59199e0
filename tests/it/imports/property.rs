//! What was written out comes in again as it was; and what is changed in the files is what is written out then.

use std::collections::BTreeMap;

use thinkfamily::{
    import::FILES,
    records::{Change, Column, Holds, Table},
};

use super::Council;
use crate::support::database::{TestDatabase, on_both};

on_both!(whatever_is_changed_in_the_files_is_what_is_written_out_again);

const CHANGES: usize = 40;

/// Numbers that look like chance, the same for the same seed.
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % bound
    }

    fn of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}

/// Another value of a column; none where what is right depends on other columns or rows.
fn another(table: Table, column: &Column, chance: &mut Chance) -> Option<String> {
    let depends = matches!(
        (table, column.file),
        (Table::Family, "reference")
            | (Table::LocalIdentifier, "value")
            | (Table::Plan | Table::Marker, "status")
            | (_, "note" | "result" | "closure" | "end_reason")
    );
    if depends || column.change != Change::Free {
        return None;
    }
    match column.holds {
        Holds::Text(most) => {
            let texts = [
                "=1+1",
                "a, \"b\" and c",
                "née Ó’Brien",
                "-1",
                "x",
                "@home",
                "日本",
                "N/A",
            ];
            Some(chance.of(&texts).chars().take(most).collect())
        }
        Holds::OneOf(words) => Some((*chance.of(words)).to_owned()),
        Holds::Number(least, most) => Some((least + i32::try_from(chance.below(5)).unwrap()).min(most).to_string()),
        Holds::Flag if column.file != "adult" => Some(["true", "false"][chance.below(2)].to_owned()),
        _ => None,
    }
}

/// Changes some cells, and gives how many rows became others.
fn changed(files: &mut BTreeMap<Table, String>, chance: &mut Chance) -> usize {
    let mut rows = std::collections::BTreeSet::new();
    let mut tables: BTreeMap<Table, Vec<Vec<String>>> = BTreeMap::new();
    for (table, text) in files.iter() {
        let lines = csv::Reader::from_reader(text.as_bytes()).into_records();
        let lines = lines.map(|line| line.unwrap().iter().map(str::to_owned).collect());
        tables.insert(*table, lines.collect());
    }
    let before = tables.clone();
    for _ in 0..CHANGES {
        let table = *chance.of(&FILES);
        let lines = tables.get_mut(&table).unwrap();
        if lines.is_empty() {
            continue;
        }
        let (row, at) = (chance.below(lines.len()), chance.below(table.in_file().len()));
        if let Some(value) = another(table, &table.in_file()[at], chance) {
            lines[row][at] = value;
            rows.insert((table, row));
        }
    }
    rows.retain(|(table, row)| before[table][*row] != tables[table][*row]);
    for (table, lines) in tables {
        let mut written = csv::Writer::from_writer(Vec::new());
        written
            .write_record(table.in_file().iter().map(|column| column.file))
            .unwrap();
        for line in lines {
            written.write_record(line).unwrap();
        }
        files.insert(table, String::from_utf8(written.into_inner().unwrap()).unwrap());
    }
    rows.len()
}

async fn whatever_is_changed_in_the_files_is_what_is_written_out_again(database: &TestDatabase) {
    let council = Council::new(Some(database.text()));
    council.run(&["demo", "--families", "1"]);
    let mut files = council.export();
    let rows = |files: &BTreeMap<Table, String>| files.values().map(|text| text.lines().count() - 1).sum::<usize>();
    let all = rows(&files);
    let printed = council.import(&files, &[]);
    assert!(
        printed.starts_with(&format!("26 files: 0 rows new, 0 changed, {all} the same")),
        "{printed}"
    );

    let mut chance = Chance(11);
    for _ in 0..3 {
        let rows = changed(&mut files, &mut chance);
        assert!(rows > 0, "something is changed");
        let checked = council.import(&files, &["--check"]);
        assert!(
            checked.contains(&format!(" {rows} would be changed")),
            "{rows}: {checked}"
        );
        let printed = council.import(&files, &[]);
        assert!(
            printed.contains(&format!("0 rows new, {rows} changed")),
            "{rows}: {printed}"
        );
        assert_eq!(council.export(), files);
    }

    // Into an empty database, of the other kind perhaps, and out again.
    let other = Council::new(None);
    let printed = other.import(&files, &["--new-authority", "Another"]);
    assert!(
        printed.starts_with(&format!("26 files: {all} rows new, 0 changed, 0 the same")),
        "{printed}"
    );
    assert_eq!(other.export(), files);
    assert!(other.run(&["audit", "verify"]).contains("nothing found"));
}
