//! Made-up families, callers and agreements for this room's tests.

use std::sync::Arc;

use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};
use uuid::Uuid;

use super::{
    agreement::{Access, Agreement, Clause, ConsentRule, Policy, Scope, Signatory},
    born::Born,
    caller::{Caller, Party},
    category::{Category, CategorySet},
    ceiling::Ceiling,
    decide::{Decision, Needs, decide},
    facts::{
        ConsentAnswer, ConsentDecision, Decider, EmergencyFact, FamilyFacts, MembershipFacts, Period, PersonFacts,
        RowFacts,
    },
};

pub(super) fn key(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

pub(super) fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// The day on which everything in these tests happens.
pub(super) fn today() -> NaiveDate {
    day("2016-03-15")
}

pub(super) fn noon(on: NaiveDate) -> DateTime<Utc> {
    on.and_time(NaiveTime::from_hms_opt(12, 0, 0).unwrap()).and_utc()
}

/// Noon, that many days ago.
pub(super) fn days_ago(days: u64) -> DateTime<Utc> {
    noon(today() - Days::new(days))
}

pub(super) const POLICE: u128 = 100;
pub(super) const SCHOOL: u128 = 200;

pub(super) fn police() -> Party {
    Party {
        agency: key(POLICE),
        agency_code: "police-one".into(),
        agency_kind: "police".into(),
        role: "practitioner".into(),
        subject: "officer-1".into(),
    }
}

pub(super) fn portal() -> Party {
    Party {
        agency: key(SCHOOL),
        agency_code: "portal-one".into(),
        agency_kind: "school".into(),
        role: "portal".into(),
        subject: "portal-service".into(),
    }
}

pub(super) fn caller() -> Caller {
    Caller {
        authority: 1,
        authority_code: "one".into(),
        principal: police(),
        portal: None,
        client: "program".into(),
        purpose: "safeguarding".into(),
        purposes: vec!["safeguarding".into(), "audit".into()],
    }
}

/// A clause for the police: read, any family, no consent, no flags.
pub(super) fn clause(id: &str, categories: &[Category]) -> Clause {
    Clause {
        id: id.into(),
        agency_kinds: vec!["police".into()],
        roles: vec!["practitioner".into()],
        categories: categories.iter().map(|category| category.code().into()).collect(),
        purposes: vec!["safeguarding".into()],
        access: vec![Access::Read],
        scope: Scope::Authority,
        consent: ConsentRule::NotRequired,
        lawful_basis: "public_task".into(),
        condition: None,
        shielded: false,
        explain: false,
        emergency: false,
    }
}

/// The same for the portal.
pub(super) fn portal_clause(id: &str, categories: &[Category]) -> Clause {
    Clause {
        agency_kinds: vec!["school".into()],
        roles: vec!["portal".into()],
        ..clause(id, categories)
    }
}

pub(super) fn with_scope(scope: Scope, clause: Clause) -> Clause {
    Clause { scope, ..clause }
}

pub(super) fn with_consent(clause: Clause) -> Clause {
    Clause {
        consent: ConsentRule::Required,
        ..clause
    }
}

pub(super) fn explained(clause: Clause) -> Clause {
    Clause {
        explain: true,
        ..clause
    }
}

pub(super) fn in_emergency(clause: Clause) -> Clause {
    Clause {
        emergency: true,
        ..clause
    }
}

/// In force, signed by everyone here.
pub(super) fn agreement(code: &str, clauses: Vec<Clause>) -> Agreement {
    let signatory = |agency: &str| Signatory {
        agency: agency.into(),
        signed_on: day("2015-05-20"),
        withdrawn_on: None,
    };
    Agreement {
        code: code.into(),
        version: 1,
        title: "An agreement".into(),
        effective_from: day("2015-06-01"),
        effective_to: None,
        review_by: day("2016-01-01"),
        signatories: vec![signatory("police-one"), signatory("portal-one")],
        clauses,
    }
}

pub(super) fn policy(clauses: Vec<Clause>) -> Policy {
    Policy {
        agreements: vec![agreement("TFF", clauses)],
    }
}

pub(super) fn ceiling(clauses: Vec<Clause>) -> Ceiling {
    Ceiling::of(&policy(clauses), Arc::new(caller()), today())
}

/// The ceiling of the same officer through the portal.
pub(super) fn portal_ceiling(clauses: Vec<Clause>) -> Ceiling {
    let caller = Caller {
        portal: Some(portal()),
        ..caller()
    };
    Ceiling::of(&policy(clauses), Arc::new(caller), today())
}

/// A membership of long standing.
pub(super) fn belongs(parental_responsibility: bool) -> MembershipFacts {
    MembershipFacts {
        period: Period {
            from: day("2010-01-01"),
            until: None,
        },
        end: None,
        parental_responsibility,
    }
}

/// In the family, not shielded, without parental responsibility.
pub(super) fn person(number: u128, born: &str) -> PersonFacts {
    PersonFacts {
        person: key(number),
        born: Born::on(day(born)),
        memberships: vec![belongs(false)],
        others: Vec::new(),
        lacks_capacity: Vec::new(),
        died_on: None,
        in_family: true,
        belongs: true,
        shielded: false,
        sheltered: false,
    }
}

pub(super) fn parent(number: u128, born: &str) -> PersonFacts {
    PersonFacts {
        memberships: vec![belongs(true)],
        ..person(number, born)
    }
}

pub(super) const MOTHER: u128 = 1;
pub(super) const FATHER: u128 = 2;
pub(super) const TEENAGER: u128 = 3;
pub(super) const CHILD: u128 = 4;

/// Two parents, a teenager of 15 and a child of 5; on no cohort, nobody involved, nothing consented to.
pub(super) fn family() -> FamilyFacts {
    FamilyFacts {
        authority: 1,
        family: key(9),
        on_cohort: false,
        involved: Vec::new(),
        lead: None,
        people: vec![
            parent(MOTHER, "1980-01-01"),
            parent(FATHER, "1979-01-01"),
            person(TEENAGER, "2001-01-01"),
            person(CHILD, "2011-01-01"),
        ],
        elsewhere: Vec::new(),
        responsibilities: Vec::new(),
        consents: Vec::new(),
        bars: Vec::new(),
        emergencies: Vec::new(),
        people_read: true,
        own_consent_age: 13,
        now: noon(today()),
        today: today(),
    }
}

/// Yes, to disclose the plan to the police.
pub(super) fn given(person: u128, decided_by: u128, days: u64) -> ConsentDecision {
    ConsentDecision {
        family: key(9),
        person: key(person),
        category: Category::Plan,
        agency_kind: "police".into(),
        purposes: None,
        answer: ConsentAnswer::Given,
        decided_by: Decider::Person(key(decided_by)),
        recorded_at: days_ago(days),
        recorded_on: today() - chrono::Days::new(days),
        key: key(1000 + u128::from(days)),
        expires_on: None,
        withdrawn_at: None,
        withdrawn_on: None,
    }
}

pub(super) fn refused(person: u128, decided_by: u128, days: u64) -> ConsentDecision {
    ConsentDecision {
        answer: ConsentAnswer::Refused,
        ..given(person, decided_by, days)
    }
}

pub(super) fn withdrawn(person: u128, decided_by: u128, days: u64) -> ConsentDecision {
    ConsentDecision {
        withdrawn_at: Some(noon(today())),
        withdrawn_on: Some(today()),
        ..given(person, decided_by, days)
    }
}

pub(super) fn until(last: NaiveDate, decision: ConsentDecision) -> ConsentDecision {
    ConsentDecision {
        expires_on: Some(last),
        ..decision
    }
}

/// Opened by the officer an hour ago, for eight hours.
pub(super) fn opened_emergency() -> EmergencyFact {
    EmergencyFact {
        key: key(77),
        agency: key(POLICE),
        subject: "officer-1".into(),
        opened_at: noon(today()) - chrono::TimeDelta::hours(1),
        expires_at: noon(today()) + chrono::TimeDelta::hours(7),
    }
}

/// Whether a value of these categories may be read.
pub(super) fn read(ceiling: &Ceiling, categories: &[Category], facts: &FamilyFacts, row: &RowFacts) -> Decision {
    decide(ceiling, needs_of(CategorySet::of(categories)), facts, row)
}

/// What reading a value of these categories needs.
pub(super) fn needs_of(categories: CategorySet) -> Needs {
    Needs {
        access: Access::Read,
        categories,
        area: false,
        whereabouts: false,
        sourced: true,
        agency: false,
        of_members: false,
    }
}
