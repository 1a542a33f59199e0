//! Random agreements: several, in versions, with dates, signatories and clauses around one day.

use chrono::NaiveDate;
use thinkfamily::sharing::{
    agreement::{Access, Agreement, Clause, ConsentRule, Policy, Scope, Signatory},
    category::Category,
};
use uuid::Uuid;

use crate::chance::{Chance, shifted};

/// An agency of the random world.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Agency {
    pub(crate) number: u128,
    pub(crate) code: &'static str,
    pub(crate) kind: &'static str,
}

impl Agency {
    pub(crate) fn key(self) -> Uuid {
        Uuid::from_u128(self.number)
    }
}

const fn agency(number: u128, code: &'static str, kind: &'static str) -> Agency {
    Agency { number, code, kind }
}

pub(crate) const AGENCIES: [Agency; 5] = [
    agency(0xA1, "police-one", "police"),
    agency(0xA2, "police-two", "police"),
    agency(0xA3, "school-one", "school"),
    agency(0xA4, "health-one", "health"),
    agency(0xA5, "council-one", "council"),
];
pub(crate) const KINDS: [&str; 4] = ["police", "school", "health", "council"];
pub(crate) const ROLES: [&str; 3] = ["practitioner", "manager", "portal"];
pub(crate) const PURPOSES: [&str; 3] = ["safeguarding", "support", "audit"];

/// Agreements around that day about those categories.
pub(crate) fn policy(chance: &mut Chance, around: NaiveDate, categories: &[Category]) -> Policy {
    let mut agreements = Vec::new();
    for code in ["TFF", "MARKERS"] {
        let mut from = shifted(around, chance.pick(&[-400, -400, -400, -400, -1, 0, 1]));
        for version in 1..=chance.pick(&[1, 1, 2, 3]) {
            agreements.push(agreement(chance, code, version, from, around, categories));
            from = shifted(around, chance.pick(&[-200, -1, 0, 1, 200]));
        }
    }
    if chance.percent(50) {
        agreements.reverse();
    }
    Policy { agreements }
}

fn agreement(
    chance: &mut Chance,
    code: &str,
    version: i32,
    effective_from: NaiveDate,
    around: NaiveDate,
    categories: &[Category],
) -> Agreement {
    let last = chance.pick(&[None, None, None, None, Some(-30), Some(-1), Some(0), Some(1), Some(30)]);
    Agreement {
        code: code.to_owned(),
        version,
        title: "A random agreement".to_owned(),
        effective_from,
        effective_to: last.map(|days| shifted(around, days)),
        review_by: shifted(around, -10),
        signatories: signatories(chance, around),
        clauses: (0..chance.number(3, 7))
            .map(|number| clause(chance, number, categories))
            .collect(),
    }
}

fn signatories(chance: &mut Chance, around: NaiveDate) -> Vec<Signatory> {
    let mut signatories = Vec::new();
    for agency in AGENCIES {
        let mut signatory = |signed: i64, left: Option<i64>| {
            signatories.push(Signatory {
                agency: agency.code.to_owned(),
                signed_on: shifted(around, signed),
                withdrawn_on: left.map(|days| shifted(around, days)),
            });
        };
        match chance.number(0, 19) {
            0 => {}
            1..=2 => signatory(chance.pick(&[-1, 0, 1]), None),
            3..=5 => signatory(-500, Some(chance.pick(&[-100, -1, 0, 1, 100]))),
            6 => {
                signatory(-500, Some(-100));
                signatory(chance.pick(&[-50, 0, 1]), None);
            }
            _ => signatory(-500, None),
        }
    }
    signatories
}

fn clause(chance: &mut Chance, number: usize, categories: &[Category]) -> Clause {
    use Scope::{Authority, Cohort, Involved, Lead, Own};
    let words = |chosen: Vec<&str>| chosen.into_iter().map(ToOwned::to_owned).collect();
    Clause {
        id: format!("clause-{number}"),
        agency_kinds: words(chance.some(&KINDS, 80)),
        roles: words(chance.some(&ROLES, 85)),
        categories: words(chance.some(categories, 75).into_iter().map(Category::code).collect()),
        purposes: words(chance.some(&PURPOSES, 80)),
        access: match chance.number(0, 9) {
            0 => vec![Access::Write],
            1..=3 => vec![Access::Read, Access::Write],
            _ => vec![Access::Read],
        },
        scope: chance.pick(&[
            Authority, Authority, Authority, Cohort, Cohort, Involved, Involved, Lead, Own,
        ]),
        consent: if chance.percent(55) {
            ConsentRule::Required
        } else {
            ConsentRule::NotRequired
        },
        lawful_basis: "public_task".to_owned(),
        condition: None,
        shielded: chance.percent(25),
        explain: chance.percent(35),
        emergency: chance.percent(35),
    }
}
