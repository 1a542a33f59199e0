//! What was decided about sharing somebody's data: found good by itself, and made rows.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::{checks::Checks, user_error::UserError};
use crate::{
    audit::{
        Code,
        decided::{Decided, Decision, Professional},
    },
    catalogue,
    graphql::{
        codes::{self, AgencyKind, ConsentAnswer, DataCategory},
        context::Request,
    },
    records::ConsentRow,
    sharing::{category::Category, facts::Decider},
};

/// The most decisions that one request records.
const MOST: usize = 200;

/// What an input says was decided.
pub(super) struct Asked<'a> {
    pub(super) categories: &'a [DataCategory],
    pub(super) agency_kinds: &'a [AgencyKind],
    pub(super) decision: ConsentAnswer,
    pub(super) purposes: Option<&'a [String]>,
    pub(super) expires_on: Option<NaiveDate>,
    /// The field that says who decided, and whether it does.
    pub(super) decider: (&'static str, bool),
    pub(super) as_professional: bool,
}

/// What was decided, found good by itself.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Terms {
    decision: ConsentAnswer,
    categories: Vec<&'static str>,
    agency_kinds: Vec<String>,
    purposes: BTreeSet<String>,
    expires_on: Option<NaiveDate>,
}

impl Asked<'_> {
    /// What was decided, or all that is wrong with it, whoever it is about.
    pub(super) fn check(&self, today: NaiveDate) -> Result<Terms, Vec<UserError>> {
        let mut checks = Checks::default();
        let named = self.categories.iter().map(|category| codes::upper(*category));
        let categories: BTreeSet<Category> = named.filter_map(|code| Category::from_code(&code)).collect();
        if categories.is_empty() {
            checks.refuse("categories", "Name at least one category.");
        } else if categories.iter().any(|category| !category.is_personal()) {
            checks.refuse(
                "categories",
                "Name only categories about people; what is about nobody needs no consent.",
            );
        }
        let agency_kinds: BTreeSet<String> = self.agency_kinds.iter().map(|kind| codes::code(*kind)).collect();
        if agency_kinds.is_empty() {
            checks.refuse("agencyKinds", "Name at least one kind of agency.");
        }
        if categories.len() * agency_kinds.len() > MOST {
            checks.refuse(
                "categories",
                "Categories times kinds of agency may be 200 at most. Send several requests.",
            );
        }
        let purposes = self.purposes(&mut checks);
        if self.as_professional && self.decider.1 {
            checks.refuse(self.decider.0, "Say either who decided or that you did yourself.");
        }
        let expires_on = self
            .expires_on
            .and_then(|day| checks.coming_day("expiresOn", day, today));
        checks.finish(Some(Terms {
            decision: self.decision,
            categories: categories.into_iter().map(Category::code).collect(),
            agency_kinds: agency_kinds.into_iter().collect(),
            purposes,
            expires_on,
        }))
    }

    fn purposes(&self, checks: &mut Checks) -> BTreeSet<String> {
        let mut named = self.purposes.iter().copied().flatten();
        if let Some(at) = named.position(|purpose| !catalogue::is_purpose(purpose)) {
            checks.refuse(
                &format!("purposes[{at}]"),
                "There is no such purpose. The catalogue lists them.",
            );
        } else if self.purposes.is_some_and(<[String]>::is_empty) {
            checks.refuse(
                "purposes",
                "Name at least one purpose, or leave it out for every purpose.",
            );
        } else if self.purposes.is_some() && self.decision == ConsentAnswer::Refused {
            checks.refuse("purposes", "A refusal is for every purpose: leave them out.");
        }
        self.purposes.iter().copied().flatten().cloned().collect()
    }
}

impl Terms {
    /// One decision for each category and kind of agency, about a person of a family, with keys that the trail's words tell as well.
    pub(super) fn rows(
        &self,
        request: &Request,
        (family, person): (Uuid, Uuid),
        decider: &Decider,
        recorded_at: DateTime<Utc>,
    ) -> Vec<ConsentRow> {
        let recorder = &request.ceiling.caller().principal;
        let (decided_by, agency, subject) = match decider {
            Decider::Person(person) => (Some(*person), None, None),
            Decider::Professional { agency, subject } => (None, Some(*agency), Some(subject.clone())),
        };
        let said = match self.decision {
            ConsentAnswer::Given => Decision::Given,
            ConsentAnswer::Refused => Decision::Refused,
        };
        let words = Decided {
            at: Some(recorded_at).filter(|at| *at != request.session.now()),
            decided_by,
            professional: Professional::of(agency, subject.as_deref()),
            purposes: self.purposes.iter().map(Code::nearest).collect(),
            categories: self.categories.iter().map(Code::nearest).collect(),
            agency_kinds: self.agency_kinds.iter().map(Code::nearest).collect(),
            until: self.expires_on,
            ..Decided::of_row(said, person, request.services.store.ids().uuid())
        };
        let row = |(id, category, agency_kind): (Uuid, &Code, &Code)| ConsentRow {
            authority_id: request.authority(),
            id,
            family_id: family,
            person_id: person,
            category: category.as_str().to_owned(),
            agency_kind: agency_kind.as_str().to_owned(),
            decision: self.decision,
            purposes: words.purposes_in_words(),
            decided_by,
            decided_by_agency: agency,
            decided_by_subject: subject.clone(),
            recorded_at,
            expires_on: self.expires_on,
            withdrawn_at: None,
            recorded_by_agency: recorder.agency,
            recorded_by_subject: recorder.subject.clone(),
        };
        words.rows().map(row).collect()
    }
}

#[cfg(test)]
mod tests;
