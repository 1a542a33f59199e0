//! Makes values of every kind by chance.

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use thinkfamily::{records::Code, sharing::category::Category};
use uuid::Uuid;

use super::Words;
use crate::{chance::Chance, world::Folder};

pub(super) const CRITERIA: [&str; 8] = [
    "CRIME",
    "EDUCATION",
    "CHILDREN_NEEDING_HELP",
    "WORK",
    "DOMESTIC_ABUSE",
    "HEALTH",
    "PARENT_MENTAL_HEALTH",
    "FUNDED_TWO_YEAR_OLD",
];
pub(super) const KINDS: [&str; 8] = [
    "police",
    "jobcentre_plus",
    "childrens_social_care",
    "early_help",
    "school",
    "health",
    "housing",
    "voluntary_sector",
];

/// What makes them.
pub(super) struct Maker<'a> {
    pub(super) chance: &'a mut Chance,
    pub(super) words: &'a Words,
}

impl Maker<'_> {
    pub(super) fn text(&mut self) -> String {
        if self.chance.percent(50) {
            let at = self.chance.number(0, self.words.texts.len() - 1);
            self.words.texts[at].clone()
        } else {
            let of = "abcdefghijklmnopqrstuvwxyzÀé ".chars().collect::<Vec<_>>();
            let length = self.chance.number(0, 60);
            (0..length).map(|_| self.chance.pick(&of)).collect()
        }
    }

    /// The account of somebody, which is often not known.
    pub(super) fn account(&mut self) -> String {
        if self.chance.percent(40) {
            String::new()
        } else {
            self.text()
        }
    }

    pub(super) fn text_if_any(&mut self) -> Option<String> {
        self.chance.percent(75).then(|| self.text())
    }

    pub(super) fn day(&mut self) -> NaiveDate {
        let days = if self.chance.percent(50) {
            self.chance.number(0, 60)
        } else {
            self.chance.number(0, 6_000)
        };
        self.words.today + Days::new(20) - Days::new(u64::try_from(days).unwrap())
    }

    pub(super) fn day_if_any(&mut self) -> Option<NaiveDate> {
        self.chance.percent(60).then(|| self.day())
    }

    pub(super) fn instant(&mut self) -> DateTime<Utc> {
        let seconds = TimeDelta::seconds(self.small(0, 86_399).into());
        self.day().and_hms_opt(0, 0, 0).unwrap().and_utc() + seconds
    }

    pub(super) fn small(&mut self, least: usize, most: usize) -> i32 {
        i32::try_from(self.chance.number(least, most)).unwrap()
    }

    pub(super) fn agency(&mut self) -> Uuid {
        self.chance.pick(&self.words.agencies)
    }

    pub(super) fn one(&mut self, of: &[&str]) -> String {
        self.chance.pick(of).to_owned()
    }

    pub(super) fn one_if_any(&mut self, of: &[&str]) -> Option<String> {
        self.chance.percent(70).then(|| self.one(of))
    }

    pub(super) fn code<C: Code>(&mut self) -> C {
        self.chance.pick(C::ALL)
    }

    pub(super) fn code_if_any<C: Code>(&mut self) -> Option<C> {
        self.chance.percent(70).then(|| self.code())
    }

    pub(super) fn criterion(&mut self) -> Option<String> {
        self.one_if_any(&CRITERIA)
    }

    pub(super) fn person(&mut self, folder: &Folder) -> Uuid {
        let keys: Vec<Uuid> = folder.people.iter().map(|person| person.id).collect();
        self.chance.pick(&keys)
    }

    pub(super) fn person_if_any(&mut self, folder: &Folder) -> Option<Uuid> {
        self.chance.percent(70).then(|| self.person(folder))
    }

    pub(super) fn category(&mut self) -> String {
        self.chance.pick(&Category::ALL).code().to_owned()
    }

    /// One purpose or two, as rows have them.
    pub(super) fn purposes(&mut self) -> String {
        self.one(&[
            "safeguarding",
            "programme_management",
            "prevention_of_crime safeguarding",
        ])
    }

    /// Who decides: a person, or a professional of an agency.
    pub(super) fn decider(&mut self, person: Uuid) -> (Option<Uuid>, Option<Uuid>, Option<String>) {
        if self.chance.percent(70) {
            return (Some(person), None, None);
        }
        (None, Some(self.agency()), Some(format!("{}.", self.text())))
    }

    /// Which row of so many; none when there are none.
    pub(super) fn which(&mut self, rows: usize) -> Option<usize> {
        (rows > 0).then(|| self.chance.number(0, rows - 1))
    }

    /// Whether a row that is changed is changed here too: a little of it, or all.
    pub(super) fn here(&mut self) -> bool {
        self.chance.percent(40)
    }
}
