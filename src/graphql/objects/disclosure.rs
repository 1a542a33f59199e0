//! `Disclosure`: an entry of the trail that speaks of a family. Who saw what, when and why; never what they saw.

use std::sync::Arc;

use async_graphql::{Context, Object};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Agency, PageInfo, forward_page::forward_page};
use crate::{
    audit::{
        entry::{Entry, EntryRef},
        read,
    },
    graphql::{
        announced,
        api_error::ApiError,
        codes::{self, AgencyKind, DataCategory, Role},
        context::Request,
        trail_page::TrailPage,
    },
    sharing::{
        facts::RowFacts,
        grant::{Guarded, Shared, Visible},
        register::{FieldId, field},
    },
    store::dossier::Dossier,
};

const LIST: &str = "disclosures";

/// An entry of the trail about a family.
#[derive(Clone)]
pub struct Disclosure {
    row: Visible<(EntryRef, Entry)>,
    agency: Option<Agency>,
}

/// An entry of the trail that speaks of a family: who did what, when, for what purpose and under which clauses.
#[Object]
impl Disclosure {
    /// When.
    fn at(&self) -> Shared<DateTime<Utc>> {
        self.row.release(field::DISCLOSURE_AT, |(_, entry)| entry.at)
    }

    /// What happened: `disclosed`, `looked_up`, `write`, `consent`, `emergency`, `refused`; `write_failed` where a change was tried and not made.
    fn kind(&self) -> Shared<String> {
        self.row
            .release(field::DISCLOSURE_KIND, |(_, entry)| entry.kind.code().to_owned())
    }

    /// The agency of whoever asked.
    fn agency(&self) -> Shared<Option<Agency>> {
        self.row.release(field::DISCLOSURE_AGENCY, |_| self.agency.clone())
    }

    /// Of which kind the agency is, also where it is not told which it is.
    fn agency_kind(&self) -> Shared<Option<AgencyKind>> {
        self.row.release(field::DISCLOSURE_AGENCY_KIND, |(_, entry)| {
            entry.agency_kind.as_ref().and_then(|kind| codes::parse(kind.as_str()))
        })
    }

    /// Their role.
    fn role(&self) -> Shared<Option<Role>> {
        self.row.release(field::DISCLOSURE_ROLE, |(_, entry)| {
            entry.role.as_ref().and_then(|role| codes::parse(role.as_str()))
        })
    }

    /// Who asked, as their agency names them.
    fn subject(&self) -> Shared<Option<String>> {
        self.row.release(field::DISCLOSURE_SUBJECT, |(_, entry)| {
            entry.subject.as_ref().map(|subject| subject.as_str().to_owned())
        })
    }

    /// What it was wanted for.
    fn purpose(&self) -> Shared<Option<String>> {
        self.row.release(field::DISCLOSURE_PURPOSE, |(_, entry)| {
            entry.purpose.as_ref().map(|purpose| purpose.as_str().to_owned())
        })
    }

    /// The agreements that permitted it, with their versions.
    fn agreements(&self) -> Shared<Vec<String>> {
        self.row.release(field::DISCLOSURE_AGREEMENTS, |(_, entry)| {
            let agreements = entry.agreements.iter();
            agreements
                .map(|agreement| format!("{} {}", agreement.code.as_str(), agreement.version))
                .collect()
        })
    }

    /// The clauses that permitted it.
    fn clauses(&self) -> Shared<Vec<String>> {
        self.row.release(field::DISCLOSURE_CLAUSES, |(_, entry)| {
            entry.clauses.iter().map(|clause| clause.as_str().to_owned()).collect()
        })
    }

    /// The name of the operation, where it had one.
    fn operation_name(&self) -> Shared<Option<String>> {
        self.row.release(field::DISCLOSURE_OPERATION_NAME, |(_, entry)| {
            entry
                .operation
                .as_ref()
                .and_then(|operation| operation.name().map(str::to_owned))
        })
    }

    /// The categories of what was given or changed.
    fn categories(&self) -> Shared<Vec<DataCategory>> {
        self.row.release(field::DISCLOSURE_CATEGORIES, |(_, entry)| {
            entry
                .categories
                .iter()
                .filter_map(|category| codes::parse(category.as_str()))
                .collect()
        })
    }

    /// Whether it rested on emergency access, or opened it.
    fn emergency(&self) -> Shared<bool> {
        self.row
            .release(field::DISCLOSURE_EMERGENCY, |(_, entry)| !entry.emergency.is_empty())
    }
}

forward_page!(DisclosureConnection, DisclosureEdge, Disclosure, "disclosures");

/// Which entries of a family's are read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// None.
    Nothing,
    /// All.
    Family,
    /// Those that speak of that person, and whether they say which agencies it was.
    Person { person: Uuid, agencies: bool },
}

/// Leaves out who it was, and what is called after them.
fn without_agencies(entry: &mut Entry) {
    (entry.agency, entry.agency_kind, entry.subject, entry.operation) = (None, None, None, None);
    entry.clauses.clear();
    entry.agreements.clear();
}

/// A page of the trail about one family, if the asker may read the trail about it.
pub async fn disclosures(
    ctx: &Context<'_>,
    asked: FieldId,
    dossier: &Arc<Dossier>,
    about: About,
    first: Option<i32>,
    after: Option<String>,
) -> Result<Shared<DisclosureConnection>, ApiError> {
    let request = Request::of(ctx);
    let asked_for = TrailPage::asked_for(request, LIST, first, after)?;
    // Whether the trail of this family exists for the asker is decided before it is read.
    let probe = dossier.grant.visible(
        field::DISCLOSURE_AT,
        &Arc::new(Guarded::new(dossier.key(), (), RowFacts::family())),
    );
    let mut page = DisclosureConnection {
        edges: Vec::new(),
        next: false,
        previous: false,
    };
    if about != About::Nothing && probe.is_some() && request.ceiling.covers(asked) {
        let trail = request.services.trail.store();
        let (before, limit) = (asked_for.before, asked_for.limit);
        let (authority, family) = (request.authority(), dossier.key());
        let read = match about {
            About::Person { person, .. } => {
                read::about_person(trail, authority, (family, person.into()), before, limit).await
            }
            _ => read::about_family(trail, authority, family, before, limit).await,
        };
        let found = asked_for.found(request, read)?;
        page.next = found.more;
        for (cursor, place, mut entry) in announced::as_it_came_out(request, found.entries).await? {
            if matches!(about, About::Person { agencies: false, .. }) {
                without_agencies(&mut entry);
            }
            let agency = entry
                .agency
                .and_then(|key| dossier.agencies.get(key))
                .cloned()
                .map(Agency);
            let row = Arc::new(Guarded::new(dossier.key(), (place, entry), RowFacts::family()));
            if let Some(row) = dossier.grant.visible(field::DISCLOSURE_AT, &row) {
                request.disclose(&row.existence());
                page.edges.push((cursor, Disclosure { row, agency }));
            }
        }
    }
    Ok(Shared::rows(&request.ceiling, asked, || page))
}
