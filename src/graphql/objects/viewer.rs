//! `Viewer`: who is asking, and what they could ever see.

use async_graphql::{Context, Object};

use super::{Agency, Agreement, Authority, entry::told};
use crate::{
    graphql::{
        api_error::ApiError,
        codes::{self, DataCategory, Role, Sensitivity},
        context::Request,
        shared::{Outcome, about_nobody},
    },
    sharing::{caller::Party, category::Category, grant::Shared, register::field},
};

/// Who you are to this server, and what the agreement could ever let you see for this purpose.
pub struct Viewer {
    pub(in crate::graphql) caller: std::sync::Arc<crate::sharing::caller::Caller>,
    pub(in crate::graphql) authority: Authority,
    pub(in crate::graphql) agreements: Vec<Agreement>,
    pub(in crate::graphql) categories: Vec<CategoryAccess>,
    pub(in crate::graphql) may_open_emergency_access: bool,
}

/// Who you are to this server, and what the agreement could ever let you see for this purpose.
#[Object]
impl Viewer {
    /// The person or system, as your agency names it.
    fn subject(&self, ctx: &Context<'_>) -> Shared<String> {
        told(ctx, field::VIEWER_SUBJECT, || self.caller.principal.subject.clone())
    }

    /// The client program.
    fn client(&self, ctx: &Context<'_>) -> Shared<String> {
        told(ctx, field::VIEWER_CLIENT, || self.caller.client.clone())
    }

    /// Your agency.
    async fn agency(&self, ctx: &Context<'_>) -> Outcome<Option<Agency>> {
        let agency = of_party(ctx, Some(&self.caller.principal));
        about_nobody(ctx, field::VIEWER_AGENCY, agency).await.into()
    }

    /// The agency of the portal that asks for you.
    async fn portal(&self, ctx: &Context<'_>) -> Outcome<Option<Agency>> {
        let portal = of_party(ctx, self.caller.portal.as_ref());
        about_nobody(ctx, field::VIEWER_PORTAL, portal).await.into()
    }

    /// Your role.
    fn role(&self, ctx: &Context<'_>) -> Shared<Option<Role>> {
        told(ctx, field::VIEWER_ROLE, || codes::parse(&self.caller.principal.role))
    }

    /// What you ask for in this request.
    fn purpose(&self, ctx: &Context<'_>) -> Shared<String> {
        told(ctx, field::VIEWER_PURPOSE, || self.caller.purpose.clone())
    }

    /// Every purpose that your token allows.
    fn purposes(&self, ctx: &Context<'_>) -> Shared<Vec<String>> {
        told(ctx, field::VIEWER_PURPOSES, || self.caller.purposes.clone())
    }

    /// The authority whose families you may ask about.
    fn authority(&self, ctx: &Context<'_>) -> Shared<Authority> {
        told(ctx, field::VIEWER_AUTHORITY, || self.authority.clone())
    }

    /// The agreements in force.
    fn agreements(&self, ctx: &Context<'_>) -> Shared<Vec<Agreement>> {
        told(ctx, field::VIEWER_AGREEMENTS, || self.agreements.clone())
    }

    /// What some clause could permit you for this purpose. Each family's consent, and your part in its case, decide the rest.
    fn categories(&self, ctx: &Context<'_>) -> Shared<Vec<CategoryAccess>> {
        told(ctx, field::VIEWER_CATEGORIES, || self.categories.clone())
    }

    /// Whether you may open emergency access.
    fn may_open_emergency_access(&self, ctx: &Context<'_>) -> Shared<bool> {
        told(ctx, field::VIEWER_MAY_OPEN_EMERGENCY_ACCESS, || {
            self.may_open_emergency_access
        })
    }
}

async fn of_party(ctx: &Context<'_>, party: Option<&Party>) -> Result<Option<Agency>, ApiError> {
    let Some(party) = party else { return Ok(None) };
    Ok(Request::of(ctx).loaders.agency(party.agency).await?.map(Agency))
}

/// What you could ever do with one category of data.
#[derive(Clone)]
pub struct CategoryAccess {
    pub(in crate::graphql) category: Category,
    pub(in crate::graphql) read: bool,
    pub(in crate::graphql) write: bool,
}

/// What you could ever do with one category of data.
#[Object]
impl CategoryAccess {
    /// The category.
    fn category(&self, ctx: &Context<'_>) -> Shared<Option<DataCategory>> {
        told(ctx, field::CATEGORY_ACCESS_CATEGORY, || {
            codes::parse(self.category.code())
        })
    }

    /// How sensitive it is.
    fn sensitivity(&self, ctx: &Context<'_>) -> Shared<Option<Sensitivity>> {
        told(ctx, field::CATEGORY_ACCESS_SENSITIVITY, || {
            codes::parse(self.category.sensitivity().code())
        })
    }

    /// Whether you could read it.
    fn read(&self, ctx: &Context<'_>) -> Shared<bool> {
        told(ctx, field::CATEGORY_ACCESS_READ, || self.read)
    }

    /// Whether you could write it.
    fn write(&self, ctx: &Context<'_>) -> Shared<bool> {
        told(ctx, field::CATEGORY_ACCESS_WRITE, || self.write)
    }
}
