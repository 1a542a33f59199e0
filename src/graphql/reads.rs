//! What the fields of the query root read, where that is more than a line.

use std::sync::Arc;

use async_graphql::{Context, ID};

use super::{
    agreements,
    api_error::ApiError,
    context::Request,
    ids::Kind,
    lists::{self, FamilyFilter, FamilySelect},
    node,
    objects::{
        About, Authority, CategoryAccess, DisclosureConnection, Entry, Family, Member, Viewer, disclosures, family,
    },
    page::PageArguments,
};
use crate::{
    sharing::{
        agreement::Access,
        category::Category,
        grant::Shared,
        register::{FieldId, field},
    },
    store::dossier::Dossier,
};

pub(super) async fn viewer(request: &Request) -> Result<Viewer, ApiError> {
    let caller = request.ceiling.caller();
    let categories = Category::ALL.into_iter().map(|category| CategoryAccess {
        category,
        read: request.ceiling.categories(Access::Read).contains(category),
        write: request.ceiling.categories(Access::Write).contains(category),
    });
    Ok(Viewer {
        authority: Authority(request.session.authority_row().await?.clone()),
        agreements: agreements::all(request)
            .into_iter()
            .filter(|agreement| agreement.in_force)
            .collect(),
        categories: categories.collect(),
        may_open_emergency_access: request.ceiling.may_open_emergency(),
        caller: Arc::clone(caller),
    })
}

pub(super) async fn family_by_id(
    ctx: &Context<'_>,
    root: FieldId,
    id: &ID,
) -> Result<Shared<Option<Family>>, ApiError> {
    let request = Request::of(ctx);
    if let Some(withheld) = Shared::beyond(&request.ceiling, root) {
        return Ok(withheld);
    }
    let key = request.key(id)?;
    let holds = |dossier: &Arc<Dossier>| Family::of(dossier).is_some();
    let found = match key.kind {
        Kind::Family => request
            .named_one(key.row, request.wants, &holds)
            .await?
            .and_then(|dossier| family(ctx, &dossier)),
        _ => None,
    };
    Ok(Shared::rows(&request.ceiling, root, || found))
}

pub(super) async fn family_by_reference(
    ctx: &Context<'_>,
    reference: String,
) -> Result<Shared<Option<Family>>, ApiError> {
    let select = FamilySelect {
        filter: FamilyFilter {
            reference: Some(reference),
            ..FamilyFilter::default()
        },
        order: None,
        one: true,
    };
    let page = lists::page(ctx, field::QUERY_FAMILY, select, PageArguments::default()).await?;
    Ok(page.map(|page| page.edges.into_iter().next().map(|(_, family)| family)))
}

pub(super) async fn member_by_id(ctx: &Context<'_>, id: &ID) -> Result<Shared<Option<Member>>, ApiError> {
    let request = Request::of(ctx);
    if let Some(withheld) = Shared::beyond(&request.ceiling, field::QUERY_MEMBER) {
        return Ok(withheld);
    }
    let key = request.key(id)?;
    let found = match key.kind {
        Kind::Member => {
            let holds = |dossier: &Arc<Dossier>| node::row::<Member>(dossier, key.row).is_some();
            let dossier = request.named_one(key.family, request.wants, &holds).await?;
            dossier.and_then(|dossier| node::row(&dossier, key.row))
        }
        _ => None,
    };
    if let Some(member) = &found {
        request.disclose(&Entry::row(member).existence());
    }
    Ok(Shared::rows(&request.ceiling, field::QUERY_MEMBER, || found))
}

pub(super) async fn disclosures_of(
    ctx: &Context<'_>,
    id: &ID,
    first: Option<i32>,
    after: Option<String>,
) -> Result<Shared<Option<DisclosureConnection>>, ApiError> {
    let request = Request::of(ctx);
    if let Some(withheld) = Shared::beyond(&request.ceiling, field::QUERY_DISCLOSURES) {
        return Ok(withheld);
    }
    let key = request.key(id)?;
    let holds = |dossier: &Arc<Dossier>| {
        key.kind == Kind::Family && Family::of(dossier).is_some_and(|family| family.key() == key.row)
    };
    match request.named_one(key.family, request.wants, &holds).await? {
        Some(dossier) => {
            let page = disclosures(ctx, field::QUERY_DISCLOSURES, &dossier, About::Family, first, after).await?;
            Ok(page.map(Some))
        }
        None => Ok(Shared::rows(&request.ceiling, field::QUERY_DISCLOSURES, || None)),
    }
}
