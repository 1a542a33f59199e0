//! The query root: where every reading begins.

use async_graphql::{Context, ID, Object};

use super::{
    alerts,
    api_error::ApiError,
    codes::WebhookDeliveryState,
    connections::{
        ConsentConnection, CriteriaMatchConnection, EmergencyAccessConnection, FamilyConnection, MemberConnection,
        OutcomeConnection, PlanConnection,
    },
    contacts,
    context::Request,
    feed,
    lists::{
        self, ConsentFilter, ConsentOrder, ConsentSelect, CriteriaMatchFilter, CriteriaMatchOrder, CriteriaMatchSelect,
        EmergencyAccessFilter, EmergencyAccessOrder, EmergencyAccessSelect, FamilyFilter, FamilyOrder, FamilySelect,
        MemberFilter, MemberOrder, MemberSelect, OutcomeFilter, OutcomeOrder, OutcomeSelect, PlanFilter, PlanOrder,
        PlanSelect,
    },
    lookups::{self, LookupConnection, MarkerLookupInput, MarkerLookupResult},
    node::{self, Node},
    objects::{
        Agency, Agreement, Alert, AlertConnection, AlertEndpoint, Catalogue, ContactConnection, DisclosureConnection,
        Family, MarkerChangeConnection, Member, Viewer, WebhookDeliveryConnection, WebhookEndpoint,
    },
    page::PageArguments,
    reads,
    shared::Outcome,
};
use crate::sharing::register::field;

/// Where every reading begins.
pub struct Query;

/// Where every reading begins.
#[Object]
impl Query {
    /// Who you are to this server, and what you could ever see.
    async fn viewer(&self, ctx: &Context<'_>) -> Outcome<Viewer> {
        reads::about_nobody(ctx, field::QUERY_VIEWER, reads::viewer(Request::of(ctx)))
            .await
            .into()
    }

    /// Every version of the information sharing agreements of your authority.
    async fn agreements(&self, ctx: &Context<'_>) -> Outcome<Vec<Agreement>> {
        reads::about_nobody(ctx, field::QUERY_AGREEMENTS, async {
            Ok(reads::agreements(Request::of(ctx)))
        })
        .await
        .into()
    }

    /// One version of an agreement; without an id the newest that is in force.
    async fn agreement(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which version.")] id: Option<ID>,
    ) -> Outcome<Option<Agreement>> {
        reads::about_nobody(ctx, field::QUERY_AGREEMENT, async {
            reads::agreement(Request::of(ctx), id)
        })
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
        reads::about_nobody(ctx, field::QUERY_AGENCIES, agencies).await.into()
    }

    /// The code lists of the programme with what they mean.
    async fn catalogue(&self, ctx: &Context<'_>) -> Outcome<Catalogue> {
        reads::about_nobody(ctx, field::QUERY_CATALOGUE, async { Ok(Catalogue) })
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
        reads::about_nobody(ctx, field::QUERY_NODE, found).await.into()
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
        reads::about_nobody(ctx, field::QUERY_NODES, found).await.into()
    }

    /// A family by its id or by its reference; null when it is not there or not for you.
    async fn family(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: Option<ID>,
        #[graphql(desc = "Or its reference.", validator(max_length = 200))] reference: Option<String>,
    ) -> Outcome<Option<Family>> {
        let found = match (id, reference) {
            (Some(id), None) => reads::family_by_id(ctx, field::QUERY_FAMILY, &id).await,
            (None, Some(reference)) => reads::family_by_reference(ctx, reference).await,
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
            one: false,
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
        reads::member_by_id(ctx, &id).await.into()
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

    /// The marker of the family that a person is in, by what you know of them.
    async fn marker_lookup(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What you know of the person.")] input: MarkerLookupInput,
    ) -> Outcome<MarkerLookupResult> {
        lookups::marker_lookup(ctx, input).await.into()
    }

    /// The same for up to 500 people: one result each, in their order.
    async fn marker_lookups(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What you know of each person; 1 to 500 of them.")] inputs: Vec<MarkerLookupInput>,
    ) -> Outcome<Vec<MarkerLookupResult>> {
        lookups::marker_lookups(ctx, inputs).await.into()
    }

    /// What your own agency has looked up, newest first: who asked, what for, with what success.
    async fn lookups(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, from 1 to 100; 20 when it is not said.")] first: Option<i32>,
        #[graphql(desc = "Continue after this cursor.")] after: Option<String>,
    ) -> Outcome<LookupConnection> {
        lookups::lookups(ctx, first, after).await.into()
    }

    /// Contacts that partners reported with the families whose Lead Professional is in your agency now, in the order in which they were
    /// reported. Go on from the last cursor: nothing is left out and nothing comes twice.
    async fn contacts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, from 1 to 100; 20 when it is not said.")] first: Option<i32>,
        #[graphql(desc = "Continue after this cursor.")] after: Option<String>,
    ) -> Outcome<ContactConnection> {
        contacts::contacts(ctx, first, after).await.into()
    }

    /// Where your agency's own programs are told of contacts, for your role and purpose.
    async fn webhook_endpoints(&self, ctx: &Context<'_>) -> Outcome<Vec<WebhookEndpoint>> {
        contacts::endpoints(ctx).await.into()
    }

    /// What these endpoints were or are to be told, of what you may see, newest first.
    async fn webhook_deliveries(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those that stand so.")] state: Option<WebhookDeliveryState>,
        #[graphql(desc = "How many, from 1 to 100; 20 when it is not said.")] first: Option<i32>,
        #[graphql(desc = "Continue after this cursor.")] after: Option<String>,
    ) -> Outcome<WebhookDeliveryConnection> {
        contacts::deliveries(ctx, state, first, after).await.into()
    }

    /// Who tried too many values in look-ups, of what you may know, newest first.
    async fn alerts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, from 1 to 100; 20 when it is not said.")] first: Option<i32>,
        #[graphql(desc = "Continue after this cursor.")] after: Option<String>,
    ) -> Outcome<AlertConnection> {
        alerts::page(ctx, first, after).await.into()
    }

    /// An alert by its id, as a webhook tells it; null when it is not there or not for you.
    async fn alert(&self, ctx: &Context<'_>, #[graphql(desc = "Its id.")] id: ID) -> Outcome<Option<Alert>> {
        alerts::one(ctx, &id).await.into()
    }

    /// Where programs of yours are told of alerts, for your role and purpose.
    async fn alert_endpoints(&self, ctx: &Context<'_>) -> Outcome<Vec<AlertEndpoint>> {
        alerts::endpoints(ctx).await.into()
    }

    /// Who saw, changed or was refused what of a family, newest first.
    async fn disclosures(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The family.")] family_id: ID,
        #[graphql(desc = "How many, from 1 to 100; 20 when it is not said.")] first: Option<i32>,
        #[graphql(desc = "Continue after this cursor.")] after: Option<String>,
    ) -> Outcome<Option<DisclosureConnection>> {
        reads::disclosures_of(ctx, &family_id, first, after).await.into()
    }

    /// What became of the markers that you may see, in the order in which it came to be so. Without a cursor, all that are there; go on from the
    /// end cursor of each page to be told what comes, whenever that is.
    async fn marker_changes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Continue after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many, from 1 to 500; 20 when it is not said.")] first: Option<i32>,
    ) -> Outcome<MarkerChangeConnection> {
        feed::page(ctx, after, first).await.into()
    }
}
