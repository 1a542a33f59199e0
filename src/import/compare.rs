//! What a file changes: each line held against the row that is there.

use std::collections::{BTreeSet, HashMap, HashSet};

use chrono::{DateTime, SubsecRound as _, Utc};
use uuid::Uuid;

use super::{
    Importer, Refused,
    column::Value,
    read::{Batch, Checked, Line, twice},
    rows,
    source::Problems,
    whole::Named,
};
use crate::{
    records::{Change, Code as _, ConsentAnswer, Holds, Table},
    store::dataset::Dataset,
};

/// What is done with the row of a line. Rows are written in this order, so that what ends makes room for what begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// It is changed, and is no longer what may be there only once.
    End,
    /// It is changed.
    Change,
    /// It is new.
    Add,
}

impl Step {
    /// All of them, in their order.
    pub const ALL: [Self; 3] = [Self::End, Self::Change, Self::Add];
}

/// How many rows of a file are what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Not there before.
    pub new: u64,
    /// There, and otherwise.
    pub changed: u64,
    /// There as the file has them.
    pub same: u64,
}

/// Holds the lines of a file against what is there, batch by batch.
pub struct Comparing<'i> {
    importer: &'i Importer,
    table: Table,
    now: DateTime<Utc>,
    united: HashMap<Uuid, Uuid>,
    ids: HashSet<Uuid>,
    problems: Problems,
    steps: HashMap<Uuid, Step>,
    same: u64,
    /// What may be there once, by the line that has it after the import, and by which column it is told.
    taken: HashMap<[u8; 16], Taken>,
    /// What rows of this file had before and do not have after it, by the line.
    left: HashMap<[u8; 16], u64>,
}

#[derive(Clone, Copy)]
struct Taken {
    line: u64,
    column: &'static str,
    /// Whether the row had it before.
    had: bool,
}

/// What a file changes.
pub struct Plan<'i> {
    importer: &'i Importer,
    table: Table,
    now: DateTime<Utc>,
    united: HashMap<Uuid, Uuid>,
    steps: HashMap<Uuid, Step>,
    /// How many rows are what.
    pub counts: Counts,
}

/// A line with what its file does not say.
struct Merged {
    values: Vec<Value>,
    step: Option<Step>,
    wrong: Vec<(&'static str, String)>,
}

impl Importer {
    /// Begins to hold a file that was checked against what is there. `now` is when what it says is decided.
    pub fn compare(&self, checked: &Checked, now: DateTime<Utc>) -> Comparing<'_> {
        Comparing {
            importer: self,
            table: checked.table,
            // What both databases keep.
            now: now.trunc_subsecs(6),
            united: HashMap::new(),
            ids: checked.ids(),
            problems: Problems::new(checked.table),
            steps: HashMap::new(),
            same: 0,
            taken: HashMap::new(),
            left: HashMap::new(),
        }
    }
}

impl<'i> Comparing<'i> {
    /// Reads whoever's record was merged into another as that one. The file of people still says what each record says of itself.
    #[must_use]
    pub fn reading_as(self, united: HashMap<Uuid, Uuid>) -> Self {
        Self { united, ..self }
    }

    /// Holds lines against the rows that are there of them.
    pub fn batch(&mut self, batch: &Batch, there: &Dataset) {
        let known: HashMap<Uuid, Vec<Value>> = rows::values(self.table, there).into_iter().collect();
        for line in &batch.lines {
            let before = known.get(&line.id);
            let merged = merge(self.importer, batch, line, before, (self.now, &self.united));
            for (column, why) in merged.wrong {
                self.problems.add(line.number, column, why);
            }
            match merged.step {
                Some(step) => drop(self.steps.insert(line.id, step)),
                None => self.same += 1,
            }
            let once = |values: &[Value]| {
                let table = self.table;
                Named { table, values }.once()
            };
            let had = before.and_then(|before| once(before));
            let has = once(&merged.values);
            if let Some((column, hash)) = has {
                let had = had.is_some_and(|(_, had)| had == hash);
                let line = line.number;
                if let Some(other) = self.taken.insert(hash, Taken { line, column, had }) {
                    self.problems.add(line, column, twice(other.line));
                }
            }
            // A row that ends makes room before anything else is written; one that becomes something else does not.
            if let Some((_, hash)) = had.filter(|_| has.is_some())
                && has.is_some_and(|(_, has)| has != hash)
            {
                self.left.insert(hash, line.number);
            }
        }
    }

    /// Whether rows of which the file says nothing can stand in the way.
    pub fn asks_for_others(&self) -> bool {
        self.taken.values().any(|taken| !taken.had)
    }

    /// Looks whether rows of which the file says nothing stand in the way; rows that it names are passed over.
    pub fn others(&mut self, there: &Dataset) {
        for (id, values) in rows::values(self.table, there) {
            let named = Named {
                table: self.table,
                values: &values,
            };
            let once = if self.ids.contains(&id) { None } else { named.once() };
            if let Some(taken) = once.and_then(|(_, hash)| self.taken.get(&hash)) {
                let why = "the same is there already, and may be there only once: end it in a line of its own";
                self.problems.add(taken.line, taken.column, why);
            }
        }
    }

    /// What is to be done.
    ///
    /// # Errors
    /// Every line that cannot be.
    pub fn finish(mut self) -> Result<Plan<'i>, Refused> {
        for (hash, left) in &self.left {
            if let Some(taken) = self.taken.get(hash) {
                let why = format!(
                    "is what the row of line {left} has until now: change that one first, in a file before this"
                );
                self.problems.add(taken.line, taken.column, why);
            }
        }
        self.problems.finish()?;
        let count = |of: &dyn Fn(Step) -> bool| self.steps.values().filter(|step| of(**step)).count() as u64;
        let new = count(&|step| step == Step::Add);
        Ok(Plan {
            importer: self.importer,
            table: self.table,
            now: self.now,
            united: self.united,
            counts: Counts {
                new,
                changed: self.steps.len() as u64 - new,
                same: self.same,
            },
            steps: self.steps,
        })
    }
}

impl Plan<'_> {
    /// Whether there is anything to be done in a step.
    pub fn has(&self, step: Step) -> bool {
        self.steps.values().any(|of| *of == step)
    }

    /// The rows of a batch that a step writes, as they are to be. What is there of them is needed for what the file does not say.
    pub fn rows(&self, step: Step, batch: &Batch, there: &Dataset) -> Dataset {
        let known: HashMap<Uuid, Vec<Value>> = rows::values(self.table, there).into_iter().collect();
        let lines = batch
            .lines
            .iter()
            .filter(|line| self.steps.get(&line.id) == Some(&step));
        let with = (self.now, &self.united);
        batch.rows_of(lines.map(|line| merge(self.importer, batch, line, known.get(&line.id), with).values))
    }

    /// Which new rows of a batch name somebody of whom several records are one: the column, the row, and the record that the file means.
    pub fn naming_united(&self, batch: &Batch) -> Vec<(&'static str, Uuid, Uuid)> {
        let new = batch
            .lines
            .iter()
            .filter(|line| self.steps.get(&line.id) == Some(&Step::Add));
        let kept: HashSet<&Uuid> = self.united.values().collect();
        let named = new.flat_map(|line| {
            let people = self.table.in_file().iter().zip(&line.values);
            let people = people.filter(|(column, _)| column.holds == Holds::Of(Table::Person));
            people.filter_map(|(column, value)| Some((column.name, line.id, value.id()?)))
        });
        named
            .filter(|(_, _, person)| self.united.contains_key(person) || kept.contains(person))
            .collect()
    }

    /// The rows of a batch that a step writes.
    pub fn ids(&self, step: Step, batch: &Batch) -> Vec<Uuid> {
        let of_step = |id: &Uuid| self.steps.get(id) == Some(&step);
        batch.ids().into_iter().filter(of_step).collect()
    }
}

/// The families that rows are of, and the people that they are; what is of a person is of all their families.
pub fn whose(table: Table, data: &Dataset) -> (BTreeSet<Uuid>, BTreeSet<Uuid>) {
    let (mut families, mut people) = (BTreeSet::new(), BTreeSet::new());
    let family = table.in_file().iter().position(|column| column.file == "family_key");
    let person = table.in_file().iter().position(|column| column.file == "person_key");
    let by_person = matches!(table, Table::Person | Table::Consent);
    for (_, values) in rows::values(table, data) {
        families.extend(family.and_then(|at| values[at].id()));
        people.extend(person.filter(|_| by_person).and_then(|at| values[at].id()));
    }
    (families, people)
}

/// The identifier of the last row.
pub fn last(table: Table, data: &Dataset) -> Option<Uuid> {
    rows::values(table, data).last().map(|(id, _)| *id)
}

/// Holds a line against the row that is there, and fills in what its file has no column for.
fn merge(
    importer: &Importer,
    batch: &Batch,
    line: &Line,
    before: Option<&Vec<Value>>,
    (now, united): (DateTime<Utc>, &HashMap<Uuid, Uuid>),
) -> Merged {
    let columns = batch.table.in_file();
    let at = |name: &str| columns.iter().position(|column| column.file == name);
    let (mut values, mut given) = (line.values.clone(), batch.given.clone());
    for (value, column) in values.iter_mut().zip(columns) {
        if column.holds == Holds::Of(Table::Person)
            && let Some(kept) = value.id().and_then(|named| united.get(&named))
        {
            *value = Value::Id(*kept);
        }
    }
    if let (Table::Person, Some(born), Some(expected)) = (batch.table, at("date_of_birth"), at("expected_on")) {
        if let Value::Expected(day) = values[born] {
            (values[born], values[expected]) = (Value::None, Value::Date(day));
        }
        // Of whoever was born, nothing is expected any more.
        given[expected] |= values[born] != Value::None || values[expected] != Value::None;
    }
    for (at, value) in values.iter_mut().enumerate().filter(|(at, _)| !given[*at]) {
        *value = match before {
            Some(before) => before[at].clone(),
            None if columns[at].is_flag() => Value::Flag(false),
            None => Value::None,
        };
    }
    for (value, column) in values.iter_mut().zip(columns) {
        if *value == Value::None && column.is_flag() {
            *value = Value::Flag(false);
        }
    }
    let mut wrong = Vec::new();
    if batch.table == Table::Consent {
        consent(&mut values, before, now, &at, &mut wrong);
    }
    let mut step = before.is_none().then_some(Step::Add);
    for (at, column) in columns.iter().enumerate() {
        let Some(was) = before.map(|before| &before[at]).filter(|was| **was != values[at]) else {
            continue;
        };
        step = Some(Step::Change);
        match column.change {
            Change::Free => {}
            Change::Once if *was == Value::None => {}
            Change::Once => wrong.push((column.file, "was said before, and stays as it was said".to_owned())),
            Change::Never => wrong.push((
                column.file,
                "is not what it was, and may not change: end that row, and give this one a key of its own".to_owned(),
            )),
        }
    }
    let table = batch.table;
    let once = |values: &[Value]| Named { table, values }.once().is_some();
    if let (Some(Step::Change), Some(before)) = (step, before)
        && once(before)
        && !once(&values)
    {
        step = Some(Step::End);
    }
    // What is as it was may be older than a rule.
    if step.is_some() && wrong.is_empty() {
        let mut said = values.clone();
        if let (Some(born), Some(expected)) = (at("date_of_birth"), at("expected_on"))
            && matches!(line.values[born], Value::Expected(_))
        {
            // It is told by the column in which it stands.
            said[born].clone_from(&line.values[born]);
            said[expected].clone_from(&line.values[expected]);
        }
        wrong = Named { table, values: &said }.problems(importer.today);
    }
    Merged { values, step, wrong }
}

/// A decision about consent counts from when it was said, and a yes from no later than its import. A no that is dated ahead counts at once; and from then on, whenever its line comes
/// again. What was withdrawn, by a file or by anybody, stays so.
fn consent(
    values: &mut [Value],
    before: Option<&Vec<Value>>,
    now: DateTime<Utc>,
    at: &impl Fn(&str) -> Option<usize>,
    wrong: &mut Vec<(&'static str, String)>,
) {
    let (Some(decision), Some(recorded), Some(withdrawn)) = (at("decision"), at("recorded_at"), at("withdrawn_at"))
    else {
        return;
    };
    let ahead = |value: &Value| matches!(value, Value::Instant(at) if *at > now);
    let was = |at: usize| {
        before
            .map(|before| before[at].clone())
            .filter(|was| *was != Value::None)
    };
    let later =
        |value: &Value, was: &Value| matches!((value, was), (Value::Instant(at), Value::Instant(was)) if at > was);
    if values[decision] == Value::Text(ConsentAnswer::Refused.word().to_owned()) {
        match was(recorded) {
            Some(was) if later(&values[recorded], &was) => values[recorded] = was,
            None if ahead(&values[recorded]) => values[recorded] = Value::Instant(now),
            _ => {}
        }
    } else if ahead(&values[recorded]) && before.is_none() {
        let why = "is still to come: consent is given when it is said, and not before";
        wrong.push(("recorded_at", why.to_owned()));
    }
    match was(withdrawn) {
        Some(was) if values[withdrawn] == Value::None || later(&values[withdrawn], &was) => values[withdrawn] = was,
        None if ahead(&values[withdrawn]) => values[withdrawn] = Value::Instant(now),
        _ => {}
    }
}
