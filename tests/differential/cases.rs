//! One case: an agreement, a caller, what is asked for, and the facts.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use thinkfamily::{
    clock::day_of,
    sharing::{
        agreement::{Access, Policy},
        caller::{Caller, Party},
        category::{Category, CategorySet},
        ceiling::Ceiling,
        decide::{Decision, Needs, decide, decide_found, decide_of_no_family},
        facts::{FamilyFacts, MembershipFacts, RowFacts, Subject},
    },
};

use uuid::Uuid;

use crate::{
    agreements::{AGENCIES, PURPOSES, policy},
    chance::{Chance, shifted},
    families::{SUBJECTS, family},
};

/// Which decision is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Question {
    /// About a value of a row.
    Value,
    /// Whether somebody may be found by what is known of them.
    Found(Uuid),
    /// About what an agency did itself: the row's source. There is no family.
    Own,
}

/// Everything one decision rests on.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) policy: Policy,
    pub(crate) caller: Caller,
    pub(crate) today: NaiveDate,
    /// What the field needs; the row may bring more.
    pub(crate) field: Needs,
    pub(crate) facts: FamilyFacts,
    pub(crate) row: RowFacts,
    pub(crate) question: Question,
}

impl Case {
    /// What the value needs: the categories of its field and of its row.
    pub(crate) fn needs(&self) -> Needs {
        Needs {
            categories: self.field.categories.union(self.row.categories),
            ..self.field
        }
    }

    /// The ceiling of the case's caller.
    pub(crate) fn ceiling(&self) -> Ceiling {
        Ceiling::of(&self.policy, Arc::new(self.caller.clone()), self.today)
    }

    /// The decision under test.
    pub(crate) fn decide(&self) -> Decision {
        let (ceiling, needs) = (self.ceiling(), self.needs());
        match self.question {
            Question::Value => decide(&ceiling, needs, &self.facts, &self.row),
            Question::Found(person) => decide_found(&ceiling, &self.facts, person),
            Question::Own => decide_of_no_family(&ceiling, needs, self.row.source),
        }
    }
}

/// One set of agreements, and the chance to ask many things of it.
pub(crate) struct World {
    chance: Chance,
    around: NaiveDate,
    categories: Vec<Category>,
    pub(crate) policy: Policy,
}

impl World {
    pub(crate) fn new(seed: u64) -> Self {
        let mut chance = Chance::new(seed);
        let around = chance.pick(&["2016-03-15", "2016-02-29", "2017-03-01", "2015-12-31", "2018-07-02"]);
        let around: NaiveDate = around.parse().expect("a date");
        let mut categories = vec![Category::Contact, Category::Household, Category::Marker];
        categories.extend(chance.some(&Category::ALL, 14));
        let policy = policy(&mut chance, around, &categories);
        Self {
            chance,
            around,
            categories,
            policy,
        }
    }

    /// The next case.
    pub(crate) fn case(&mut self) -> Case {
        let chance = &mut self.chance;
        let day = shifted(self.around, chance.pick(&[-1, 0, 0, 0, 1]));
        let now = moment(chance, day);
        let today = day_of(now);
        let caller = caller(chance);
        let asked: Vec<_> = (0..chance.pick(&[1, 1, 1, 1, 2, 2, 3]))
            .map(|_| chance.pick(&self.categories))
            .collect();
        let authority = if chance.percent(96) { caller.authority } else { 2 };
        // Decisions about other categories only make the search longer.
        let mut about = asked.clone();
        about.push(chance.pick(&self.categories));
        about.sort_unstable();
        about.dedup();
        let facts = family(chance, &caller, authority, now, &about);
        let of_row = CategorySet::of(&about[..usize::from(chance.percent(25))]);
        let categories = if chance.percent(1) {
            CategorySet::EMPTY
        } else {
            CategorySet::of(&asked)
        };
        let case = Case {
            policy: self.policy.clone(),
            caller,
            today,
            field: Needs {
                access: chance.pick(&[Access::Read, Access::Read, Access::Read, Access::Write]),
                categories,
                area: chance.percent(20),
                whereabouts: chance.percent(12),
                sourced: chance.percent(80),
                agency: false,
                of_members: chance.percent(25),
            },
            row: row(chance, &facts, of_row),
            facts,
            question: Question::Value,
        };
        match chance.number(0, 15) {
            0 | 1 => found(chance, case),
            2 => own(case),
            _ => case,
        }
    }
}

/// Whether somebody of the family, or somebody unknown, may be found: their family's marker is read.
fn found(chance: &mut Chance, case: Case) -> Case {
    let people: Vec<Uuid> = case.facts.people.iter().map(|person| person.person).collect();
    let person = if people.is_empty() || chance.percent(5) {
        chance.key()
    } else {
        chance.pick(&people)
    };
    Case {
        field: Needs {
            access: Access::Read,
            categories: CategorySet::of(&[Category::Marker]),
            area: false,
            whereabouts: false,
            sourced: false,
            agency: false,
            of_members: false,
        },
        row: RowFacts::family(),
        question: Question::Found(person),
        ..case
    }
}

/// What an agency did itself: of a family in which there is nothing, so that nothing of one can permit it.
fn own(case: Case) -> Case {
    Case {
        field: Needs {
            area: false,
            whereabouts: false,
            sourced: true,
            agency: false,
            of_members: false,
            ..case.field
        },
        facts: FamilyFacts {
            authority: case.caller.authority,
            on_cohort: false,
            involved: Vec::new(),
            lead: None,
            consents: Vec::new(),
            people: Vec::new(),
            bars: Vec::new(),
            emergencies: Vec::new(),
            ..case.facts
        },
        row: RowFacts {
            subject: Subject::Family,
            source: case.row.source.or(Some(Uuid::nil())),
            whereabouts: false,
            ..case.row
        },
        question: Question::Own,
        ..case
    }
}

/// A moment of a day of UTC, of which some in summer are of the next day.
fn moment(chance: &mut Chance, day: NaiveDate) -> DateTime<Utc> {
    let midnight = day.and_hms_opt(0, 0, 0).expect("midnight is on every day").and_utc();
    midnight + TimeDelta::seconds(chance.pick(&[0, 1, 3 * 3600, 12 * 3600, 86_399]))
}

fn party(chance: &mut Chance, roles: &[&str], subjects: &[&str]) -> Party {
    let agency = chance.pick(&AGENCIES);
    Party {
        agency: agency.key(),
        agency_code: agency.code.to_owned(),
        agency_kind: agency.kind.to_owned(),
        role: chance.pick(roles).to_owned(),
        subject: chance.pick(subjects).to_owned(),
    }
}

fn caller(chance: &mut Chance) -> Caller {
    let purpose = chance.pick(&PURPOSES).to_owned();
    Caller {
        authority: 1,
        authority_code: "one".to_owned(),
        principal: party(chance, &["practitioner", "manager"], &SUBJECTS),
        portal: chance
            .percent(25)
            .then(|| party(chance, &["portal"], &["portal-service", SUBJECTS[0]])),
        client: "program".to_owned(),
        purposes: PURPOSES.iter().map(|&purpose| purpose.to_owned()).collect(),
        purpose,
    }
}

/// One of the subject's memberships, which the row is now and then; or one of somebody unknown.
fn membership(chance: &mut Chance, facts: &FamilyFacts, subject: Subject) -> Option<MembershipFacts> {
    let Subject::Person(key) = subject else {
        return None;
    };
    let of = facts.person(key).or(facts.people.first())?;
    chance.percent(30).then(|| chance.pick(&of.memberships))
}

fn row(chance: &mut Chance, facts: &FamilyFacts, categories: CategorySet) -> RowFacts {
    let subject = match chance.number(0, 19) {
        0 => Subject::Person(chance.key()),
        1..=12 if !facts.people.is_empty() => {
            let at = chance.number(0, facts.people.len() - 1);
            Subject::Person(facts.people[at].person)
        }
        _ => Subject::Family,
    };
    RowFacts {
        subject,
        source: chance.percent(70).then(|| chance.pick(&AGENCIES).key()),
        categories,
        membership: membership(chance, facts, subject),
        whereabouts: subject != Subject::Family && chance.percent(12),
    }
}
