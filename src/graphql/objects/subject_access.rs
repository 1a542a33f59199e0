//! `SubjectAccess`: what a member is told of who saw what of them, after a check for serious harm.

use async_graphql::{Context, Object};
use chrono::{Days, NaiveDate};

use super::{About, AccessCheck, DisclosureConnection, Entry, Member, disclosures, visible};
use crate::{
    graphql::{
        codes::{CheckOutcome, SubjectAccessState},
        context::Request,
        shared::Outcome,
    },
    sharing::{
        grant::{Link, Shared},
        register::field,
    },
};

/// So long a check holds: what could do harm changes, and an answer is due within a month (UK GDPR, article 12(3)).
const HOLDS: Days = Days::new(30);

/// What a member is told of who saw what of them.
#[derive(Clone)]
pub struct SubjectAccess {
    member: Member,
    /// What came of the newest check that the asker may see, and when; none where none holds.
    newest: Option<(CheckOutcome, NaiveDate)>,
}

impl SubjectAccess {
    pub(super) fn of(ctx: &Context<'_>, member: &Member) -> Self {
        let today = Request::of(ctx).session.today();
        let of_member = |check: &AccessCheck| check.row.link(Link::Person) == Some(member.person());
        // They come newest first.
        let newest = visible::<AccessCheck>(&member.dossier)
            .find(of_member)
            .and_then(|check| {
                let row = check.row();
                let outcome = *row.release(field::ACCESS_CHECK_OUTCOME, |row| row.outcome).seen()?;
                let day = *row
                    .release(field::ACCESS_CHECK_CHECKED_ON, |row| row.checked_on)
                    .seen()?;
                (today <= day + HOLDS).then_some((outcome, day))
            });
        Self {
            member: member.clone(),
            newest,
        }
    }
}

/// What a member is told of who saw what of them, after a check for serious harm.
#[Object]
impl SubjectAccess {
    /// Whether they may be told.
    fn state(&self) -> Shared<SubjectAccessState> {
        self.member
            .row
            .release(field::SUBJECT_ACCESS_STATE, |_| match self.newest {
                None => SubjectAccessState::CheckNeeded,
                Some((CheckOutcome::Refuse, _)) => SubjectAccessState::Refused,
                Some(_) => SubjectAccessState::Released,
            })
    }

    /// The day of the check on which that rests; null where one is needed.
    fn checked_on(&self) -> Shared<Option<NaiveDate>> {
        let day = |_: &_| self.newest.map(|(_, day)| day);
        self.member.row.release(field::SUBJECT_ACCESS_CHECKED_ON, day)
    }

    /// Who saw, changed or was refused what of them in this family, newest first; empty unless they may be told. After a release without
    /// agencies no entry names an agency or a person, or what is called after one: agreements, clauses and the operation.
    async fn disclosures(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, from 1 to 100; 20 when it is not said.")] first: Option<i32>,
        #[graphql(desc = "Continue after this cursor.")] after: Option<String>,
    ) -> Outcome<DisclosureConnection> {
        let person = self.member.person();
        let about = match self.newest {
            None | Some((CheckOutcome::Refuse, _)) => About::Nothing,
            Some((CheckOutcome::ReleaseWithoutAgencies, _)) => About::Person {
                person,
                agencies: false,
            },
            Some((CheckOutcome::Release, _)) => About::Person { person, agencies: true },
        };
        let asked = field::SUBJECT_ACCESS_DISCLOSURES;
        disclosures(ctx, asked, &self.member.dossier, about, first, after)
            .await
            .into()
    }
}
