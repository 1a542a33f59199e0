//! The fields of the query root that lead to families and what belongs to them.

use async_graphql::{Context, ID, Object};

use crate::{
    graphql::{
        api_error::ApiError,
        connections::{
            ConsentConnection, CriteriaMatchConnection, EmergencyAccessConnection, FamilyConnection, MemberConnection,
            OutcomeConnection, PlanConnection,
        },
        lists::{
            self, ConsentFilter, ConsentOrder, ConsentSelect, CriteriaMatchFilter, CriteriaMatchOrder,
            CriteriaMatchSelect, EmergencyAccessFilter, EmergencyAccessOrder, EmergencyAccessSelect, FamilyFilter,
            FamilyOrder, FamilySelect, MemberFilter, MemberOrder, MemberSelect, OutcomeFilter, OutcomeOrder,
            OutcomeSelect, PlanFilter, PlanOrder, PlanSelect,
        },
        objects::{Family, Member},
        page::PageArguments,
        reads,
        shared::Outcome,
    },
    sharing::register::field,
};

/// Reading families and what belongs to them.
#[derive(Default)]
pub struct Families;

/// Reading families and what belongs to them.
#[Object]
impl Families {
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
}
