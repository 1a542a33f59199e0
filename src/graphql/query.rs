//! The query root: where every reading begins.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use uuid::Uuid;

use super::{
    api_error::ApiError,
    connections::{
        ConsentConnection, CriteriaMatchConnection, EmergencyAccessConnection, FamilyConnection, MemberConnection,
        OutcomeConnection, PlanConnection,
    },
    context::Request,
    ids::Kind,
    lists::{
        self, ConsentFilter, ConsentOrder, ConsentSelect, CriteriaMatchFilter, CriteriaMatchOrder, CriteriaMatchSelect,
        EmergencyAccessFilter, EmergencyAccessOrder, EmergencyAccessSelect, FamilyFilter, FamilyOrder, FamilySelect,
        MemberFilter, MemberOrder, MemberSelect, OutcomeFilter, OutcomeOrder, OutcomeSelect, PlanFilter, PlanOrder,
        PlanSelect,
    },
    node::{self, Node},
    objects::{
        Agency, Agreement, Authority, Catalogue, CategoryAccess, DisclosureConnection, Entry, Family, Member, Viewer,
        disclosures, family,
    },
    page::PageArguments,
    shared::Outcome,
};
use crate::{
    sharing::{
        agreement::Access,
        category::Category,
        grant::Shared,
        register::{FieldId, field},
    },
    store::{dossier::Dossier, reach::FamilySet},
};

/// Where every reading begins.
pub struct Query;

/// Where every reading begins.
#[Object]
impl Query {
    /// Who you are to this server, and what you could ever see.
    async fn viewer(&self, ctx: &Context<'_>) -> Outcome<Viewer> {
        about_nobody(ctx, field::QUERY_VIEWER, viewer(Request::of(ctx)))
            .await
            .into()
    }

    /// Every version of the information sharing agreements of your authority.
    async fn agreements(&self, ctx: &Context<'_>) -> Outcome<Vec<Agreement>> {
        about_nobody(ctx, field::QUERY_AGREEMENTS, agreements(Request::of(ctx)))
            .await
            .into()
    }

    /// One version of an agreement; without an id the newest that is in force.
    async fn agreement(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which version.")] id: Option<ID>,
    ) -> Outcome<Option<Agreement>> {
        about_nobody(ctx, field::QUERY_AGREEMENT, agreement(Request::of(ctx), id))
            .await
            .into()
    }

    /// The agencies of your authority, by code.
    async fn agencies(&self, ctx: &Context<'_>) -> Outcome<Vec<Agency>> {
        let request = Request::of(ctx);
        let agencies = async {
            Ok(request
                .session
                .agencies()
                .await?
                .all()
                .into_iter()
                .cloned()
                .map(Agency)
                .collect())
        };
        about_nobody(ctx, field::QUERY_AGENCIES, agencies).await.into()
    }

    /// The code lists of the programme with what they mean.
    async fn catalogue(&self, ctx: &Context<'_>) -> Outcome<Catalogue> {
        about_nobody(ctx, field::QUERY_CATALOGUE, async { Ok(Catalogue) })
            .await
            .into()
    }

    /// Anything by its id; null when it is not there or not for you.
    async fn node(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "An id as it came from this server.")] id: ID,
    ) -> Outcome<Option<Node>> {
        let found = async { Ok(node::nodes(ctx, &[id]).await?.pop().flatten()) };
        about_nobody(ctx, field::QUERY_NODE, found).await.into()
    }

    /// Things by their ids, at most 100, in their order; null where one is not there or not for you.
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Ids as they came from this server.")] ids: Vec<ID>,
    ) -> Outcome<Vec<Option<Node>>> {
        let found = async {
            if ids.len() > super::page::MOST {
                return Err(ApiError::BadUserInput("Ask for at most 100 ids at once."));
            }
            node::nodes(ctx, &ids).await
        };
        about_nobody(ctx, field::QUERY_NODES, found).await.into()
    }

    /// A family by its id or by its reference; null when it is not there or not for you.
    async fn family(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: Option<ID>,
        #[graphql(desc = "Or its reference.", validator(max_length = 200))] reference: Option<String>,
    ) -> Outcome<Option<Family>> {
        let found = match (id, reference) {
            (Some(id), None) => family_by_id(ctx, field::QUERY_FAMILY, &id).await,
            (None, Some(reference)) => family_by_reference(ctx, reference).await,
            _ => Err(ApiError::BadUserInput(
                "Ask for a family by its id or by its reference: by one of the two.",
            )),
        };
        found.into()
    }

    /// Families, of those that you may see.
    #[expect(
        clippy::too_many_arguments,
        reason = "the arguments of a connection with a filter and an order"
    )]
    async fn families(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those for which all of this holds.")] filter: Option<FamilyFilter>,
        #[graphql(desc = "In this order; else in one that says nothing.")] order_by: Option<FamilyOrder>,
        #[graphql(desc = "How many, from 1 to 100; 20 when neither first nor last is said.")] first: Option<i32>,
        #[graphql(desc = "Continue after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, from 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Those before this cursor.")] before: Option<String>,
    ) -> Outcome<FamilyConnection> {
        let select = FamilySelect {
            filter: filter.unwrap_or_default(),
            order: order_by,
        };
        let page = lists::page(
            ctx,
            field::QUERY_FAMILIES,
            select,
            PageArguments {
                first,
                after,
                last,
                before,
            },
        )
        .await;
        page.map(|page| page.map(FamilyConnection)).into()
    }

    /// A member of a family by id; null when they are not there or not for you.
    async fn member(&self, ctx: &Context<'_>, #[graphql(desc = "Their id.")] id: ID) -> Outcome<Option<Member>> {
        member_by_id(ctx, &id).await.into()
    }

    /// Members of families, of those that you may see.
    #[expect(
        clippy::too_many_arguments,
        reason = "the arguments of a connection with a filter and an order"
    )]
    async fn members(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those for which all of this holds.")] filter: Option<MemberFilter>,
        #[graphql(desc = "In this order; else in one that says nothing.")] order_by: Option<MemberOrder>,
        #[graphql(desc = "How many, from 1 to 100; 20 when neither first nor last is said.")] first: Option<i32>,
        #[graphql(desc = "Continue after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, from 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Those before this cursor.")] before: Option<String>,
    ) -> Outcome<MemberConnection> {
        let select = MemberSelect {
            filter: filter.unwrap_or_default(),
            order: order_by,
        };
        let page = lists::page(
            ctx,
            field::QUERY_MEMBERS,
            select,
            PageArguments {
                first,
                after,
                last,
                before,
            },
        )
        .await;
        page.map(|page| page.map(MemberConnection)).into()
    }

    /// Criteria matches, of those that you may see.
    #[expect(
        clippy::too_many_arguments,
        reason = "the arguments of a connection with a filter and an order"
    )]
    async fn criteria_matches(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those for which all of this holds.")] filter: Option<CriteriaMatchFilter>,
        #[graphql(desc = "In this order; else in one that says nothing.")] order_by: Option<CriteriaMatchOrder>,
        #[graphql(desc = "How many, from 1 to 100; 20 when neither first nor last is said.")] first: Option<i32>,
        #[graphql(desc = "Continue after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, from 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Those before this cursor.")] before: Option<String>,
    ) -> Outcome<CriteriaMatchConnection> {
        let select = CriteriaMatchSelect {
            filter: filter.unwrap_or_default(),
            order: order_by,
        };
        let page = lists::page(
            ctx,
            field::QUERY_CRITERIA_MATCHES,
            select,
            PageArguments {
                first,
                after,
                last,
                before,
            },
        )
        .await;
        page.map(|page| page.map(CriteriaMatchConnection)).into()
    }

    /// Plans, of those that you may see.
    #[expect(
        clippy::too_many_arguments,
        reason = "the arguments of a connection with a filter and an order"
    )]
    async fn plans(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those for which all of this holds.")] filter: Option<PlanFilter>,
        #[graphql(desc = "In this order; else in one that says nothing.")] order_by: Option<PlanOrder>,
        #[graphql(desc = "How many, from 1 to 100; 20 when neither first nor last is said.")] first: Option<i32>,
        #[graphql(desc = "Continue after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, from 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Those before this cursor.")] before: Option<String>,
    ) -> Outcome<PlanConnection> {
        let select = PlanSelect {
            filter: filter.unwrap_or_default(),
            order: order_by,
        };
        let page = lists::page(
            ctx,
            field::QUERY_PLANS,
            select,
            PageArguments {
                first,
                after,
                last,
                before,
            },
        )
        .await;
        page.map(|page| page.map(PlanConnection)).into()
    }

    /// Outcomes, of those that you may see.
    #[expect(
        clippy::too_many_arguments,
        reason = "the arguments of a connection with a filter and an order"
    )]
    async fn outcomes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those for which all of this holds.")] filter: Option<OutcomeFilter>,
        #[graphql(desc = "In this order; else in one that says nothing.")] order_by: Option<OutcomeOrder>,
        #[graphql(desc = "How many, from 1 to 100; 20 when neither first nor last is said.")] first: Option<i32>,
        #[graphql(desc = "Continue after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, from 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Those before this cursor.")] before: Option<String>,
    ) -> Outcome<OutcomeConnection> {
        let select = OutcomeSelect {
            filter: filter.unwrap_or_default(),
            order: order_by,
        };
        let page = lists::page(
            ctx,
            field::QUERY_OUTCOMES,
            select,
            PageArguments {
                first,
                after,
                last,
                before,
            },
        )
        .await;
        page.map(|page| page.map(OutcomeConnection)).into()
    }

    /// Members' decisions about consent, of those that you may see.
    #[expect(
        clippy::too_many_arguments,
        reason = "the arguments of a connection with a filter and an order"
    )]
    async fn consents(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those for which all of this holds.")] filter: Option<ConsentFilter>,
        #[graphql(desc = "In this order; else in one that says nothing.")] order_by: Option<ConsentOrder>,
        #[graphql(desc = "How many, from 1 to 100; 20 when neither first nor last is said.")] first: Option<i32>,
        #[graphql(desc = "Continue after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, from 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Those before this cursor.")] before: Option<String>,
    ) -> Outcome<ConsentConnection> {
        let select = ConsentSelect {
            filter: filter.unwrap_or_default(),
            order: order_by,
        };
        let page = lists::page(
            ctx,
            field::QUERY_CONSENTS,
            select,
            PageArguments {
                first,
                after,
                last,
                before,
            },
        )
        .await;
        page.map(|page| page.map(ConsentConnection)).into()
    }

    /// Emergency access to families, of that which you may see: for those who must be shown it at once.
    #[expect(
        clippy::too_many_arguments,
        reason = "the arguments of a connection with a filter and an order"
    )]
    async fn emergency_accesses(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those for which all of this holds.")] filter: Option<EmergencyAccessFilter>,
        #[graphql(desc = "In this order; else in one that says nothing.")] order_by: Option<EmergencyAccessOrder>,
        #[graphql(desc = "How many, from 1 to 100; 20 when neither first nor last is said.")] first: Option<i32>,
        #[graphql(desc = "Continue after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, from 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Those before this cursor.")] before: Option<String>,
    ) -> Outcome<EmergencyAccessConnection> {
        let select = EmergencyAccessSelect {
            filter: filter.unwrap_or_default(),
            order: order_by,
        };
        let page = lists::page(
            ctx,
            field::QUERY_EMERGENCY_ACCESSES,
            select,
            PageArguments {
                first,
                after,
                last,
                before,
            },
        )
        .await;
        page.map(|page| page.map(EmergencyAccessConnection)).into()
    }

    /// Who saw, changed or was refused what of a family, newest first.
    async fn disclosures(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The family.")] family_id: ID,
        #[graphql(desc = "How many, from 1 to 100; 20 when it is not said.")] first: Option<i32>,
        #[graphql(desc = "Continue after this cursor.")] after: Option<String>,
    ) -> Outcome<Option<DisclosureConnection>> {
        disclosures_of(ctx, &family_id, first, after).await.into()
    }
}

/// A value that is about nobody, worked out only where the ceiling permits it.
async fn about_nobody<T>(
    ctx: &Context<'_>,
    asked: FieldId,
    value: impl Future<Output = Result<T, ApiError>>,
) -> Result<Shared<T>, ApiError> {
    let ceiling = &Request::of(ctx).ceiling;
    if let Some(withheld) = Shared::refused(ceiling, asked) {
        return Ok(withheld);
    }
    let value = value.await?;
    Ok(Shared::about_nobody(ceiling, asked, || value))
}

async fn viewer(request: &Request) -> Result<Viewer, ApiError> {
    let agencies = request.session.agencies().await?;
    let caller = request.ceiling.caller();
    let of = |party: &crate::sharing::caller::Party| agencies.get(party.agency).cloned().map(Agency);
    let (row, neighbours) = request.session.authority_and_neighbours().await?;
    let categories = Category::ALL.into_iter().map(|category| CategoryAccess {
        category,
        read: request.ceiling.categories(Access::Read).contains(category),
        write: request.ceiling.categories(Access::Write).contains(category),
    });
    Ok(Viewer {
        agency: of(&caller.principal),
        portal: caller.portal.as_ref().and_then(of),
        authority: Authority { row, neighbours },
        agreements: agreements(request)
            .await?
            .into_iter()
            .filter(|agreement| agreement.in_force)
            .collect(),
        categories: categories.collect(),
        may_open_emergency_access: request.ceiling.may_open_emergency(),
        caller: Arc::clone(caller),
    })
}

async fn agreements(request: &Request) -> Result<Vec<Agreement>, ApiError> {
    let agencies = request.session.agencies().await?;
    let today = request.session.today();
    let stored = request.policies.stored.iter();
    Ok(stored
        .map(|stored| Agreement {
            in_force: request
                .policies
                .policy
                .in_force(today)
                .any(|agreement| *agreement == stored.agreement),
            agencies: Arc::clone(agencies),
            stored: stored.clone(),
        })
        .collect())
}

async fn agreement(request: &Request, id: Option<ID>) -> Result<Option<Agreement>, ApiError> {
    match id {
        None => Ok(agreements(request)
            .await?
            .into_iter()
            .rfind(|agreement| agreement.in_force)),
        Some(id) => {
            let key = request.key(&id)?;
            if key.kind == Kind::Agreement {
                agreement_by_key(request, key.row).await
            } else {
                Ok(None)
            }
        }
    }
}

/// The version of an agreement with that key.
pub(super) async fn agreement_by_key(request: &Request, key: Uuid) -> Result<Option<Agreement>, ApiError> {
    Ok(agreements(request)
        .await?
        .into_iter()
        .find(|agreement| agreement.stored.key == key))
}

/// One family's dossier, by the id of the family or of something of it.
async fn dossier_of(ctx: &Context<'_>, key: Uuid) -> Result<Option<Arc<Dossier>>, ApiError> {
    let request = Request::of(ctx);
    let found = request
        .session
        .dossiers(&request.ceiling, &FamilySet::Keys(vec![key]), request.wants)
        .await?;
    Ok(found.into_iter().next())
}

async fn family_by_id(ctx: &Context<'_>, root: FieldId, id: &ID) -> Result<Shared<Option<Family>>, ApiError> {
    let request = Request::of(ctx);
    if let Some(withheld) = Shared::beyond(&request.ceiling, root) {
        return Ok(withheld);
    }
    let key = request.key(id)?;
    let found = match key.kind {
        Kind::Family => dossier_of(ctx, key.row)
            .await?
            .and_then(|dossier| family(ctx, &dossier)),
        _ => None,
    };
    Ok(Shared::rows(&request.ceiling, root, || found))
}

async fn family_by_reference(ctx: &Context<'_>, reference: String) -> Result<Shared<Option<Family>>, ApiError> {
    let select = FamilySelect {
        filter: FamilyFilter {
            reference: Some(reference),
            ..FamilyFilter::default()
        },
        order: None,
    };
    let page = lists::page(ctx, field::QUERY_FAMILY, select, PageArguments::default()).await?;
    Ok(page.map(|page| page.edges.into_iter().next().map(|(_, family)| family)))
}

async fn member_by_id(ctx: &Context<'_>, id: &ID) -> Result<Shared<Option<Member>>, ApiError> {
    let request = Request::of(ctx);
    if let Some(withheld) = Shared::beyond(&request.ceiling, field::QUERY_MEMBER) {
        return Ok(withheld);
    }
    let key = request.key(id)?;
    let found = match key.kind {
        Kind::Member => dossier_of(ctx, key.family)
            .await?
            .and_then(|dossier| node::one(ctx, &dossier, key.row)),
        _ => None,
    };
    Ok(Shared::rows(&request.ceiling, field::QUERY_MEMBER, || found))
}

async fn disclosures_of(
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
    match dossier_of(ctx, key.family).await? {
        Some(dossier)
            if key.kind == Kind::Family && Family::of(&dossier).is_some_and(|family| family.key() == key.row) =>
        {
            let page = disclosures(ctx, field::QUERY_DISCLOSURES, &dossier, first, after).await?;
            Ok(page.map(Some))
        }
        _ => Ok(Shared::rows(&request.ceiling, field::QUERY_DISCLOSURES, || None)),
    }
}
