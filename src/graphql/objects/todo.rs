//! `Todo`: something that is to be done by the Lead Professional of a family. It is worked out when it is asked for, and stored nowhere.

use async_graphql::{Context, Object};
use chrono::NaiveDate;

use super::{Entry, Family, Member, family, rows, said::entry};
use crate::{
    graphql::codes::TodoKind,
    sharing::{
        consent::Asking,
        grant::{Link, Shared},
        register::field,
    },
    store::dossier::MemberRecord,
};

entry! {
    /// Something to be done about a member of a family.
    Todo of MemberRecord, TODO_KIND
}

impl Todo {
    /// What it is, and the day.
    fn asked(&self) -> Option<(Asking, NaiveDate)> {
        self.dossier.grant.to_be_asked(self.row.link(Link::Person)?)
    }

    /// By which day.
    pub(in crate::graphql) fn due(&self) -> Shared<Option<NaiveDate>> {
        self.row
            .release(field::TODO_DUE_ON, |_| self.asked().map(|(_, day)| day))
    }

    /// Whether there is anything to be done.
    pub(in crate::graphql) fn is_due(&self) -> bool {
        self.asked().is_some()
    }
}

/// Something that you are to do as the Lead Professional of a family.
#[Object]
impl Todo {
    /// What is to be done.
    fn kind(&self) -> Shared<Option<TodoKind>> {
        self.row.release(field::TODO_KIND, |_| {
            self.asked().map(|(why, _)| match why {
                Asking::OwnConsentAge => TodoKind::AskAtOwnConsentAge,
                Asking::Adulthood => TodoKind::AskAtAdulthood,
                Asking::Joined => TodoKind::AskWhoJoined,
            })
        })
    }

    /// By which day: that of the birthday, the earliest that is possible where it is not known; or on which they joined. It may be past.
    fn due_on(&self) -> Shared<Option<NaiveDate>> {
        self.due()
    }

    /// The family.
    fn family(&self, ctx: &Context<'_>) -> Shared<Option<Family>> {
        self.row.release_rows(field::TODO_FAMILY, || family(ctx, &self.dossier))
    }

    /// The member.
    fn member(&self, ctx: &Context<'_>) -> Shared<Option<Member>> {
        let own = self.row.key();
        self.row.release_rows(field::TODO_MEMBER, || {
            rows(ctx, &self.dossier, |member: &Member| member.key() == own).pop()
        })
    }
}
