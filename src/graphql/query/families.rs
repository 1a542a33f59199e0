//! The fields of the query root that lead to families and what belongs to them.

use async_graphql::{Context, ID, MergedObject, Object};

use crate::{
    graphql::{
        api_error::ApiError,
        connections::{
            ConsentConnection, CriteriaMatchConnection, EmergencyAccessConnection, FamilyConnection, MemberConnection,
            OutcomeConnection, PlanConnection, TafMeetingConnection, TodoConnection,
        },
        lists::{
            self, ConsentFilter, ConsentOrder, ConsentSelect, CriteriaMatchFilter, CriteriaMatchOrder,
            CriteriaMatchSelect, EmergencyAccessFilter, EmergencyAccessOrder, EmergencyAccessSelect, FamilyFilter,
            FamilyOrder, FamilySelect, MemberFilter, MemberOrder, MemberSelect, OutcomeFilter, OutcomeOrder,
            OutcomeSelect, PlanFilter, PlanOrder, PlanSelect, TafMeetingFilter, TafMeetingOrder, TafMeetingSelect,
            TodoFilter, TodoOrder, TodoSelect,
        },
        objects::{Family, Member},
        page::PageArguments,
        reads,
        shared::Outcome,
    },
    sharing::register::field,
};

/// Reading families and what belongs to them.
#[derive(MergedObject, Default)]
pub struct Families(
    OneFamily,
    FamilyList,
    OneMember,
    MemberList,
    CriteriaMatchList,
    PlanList,
    OutcomeList,
    ConsentList,
    EmergencyAccessList,
    TafMeetingList,
    TodoList,
);

/// One family.
#[derive(Default)]
pub struct OneFamily;

/// One family.
#[Object]
impl OneFamily {
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
}

/// One member.
#[derive(Default)]
pub struct OneMember;

/// One member.
#[Object]
impl OneMember {
    /// A member of a family by id; null when they are not there or not for you.
    async fn member(&self, ctx: &Context<'_>, #[graphql(desc = "Their id.")] id: ID) -> Outcome<Option<Member>> {
        reads::member_by_id(ctx, &id).await.into()
    }
}

/// Says lists: what each is called, what it is of, and how it is narrowed and ordered.
macro_rules! lists {
    ($(#[doc = $about:literal] $list:ident: $name:ident $query:ident of $connection:ident, $select:ident {
        filter: $filter:ident, order: $order:ident $(, $more:ident: $said:expr)?
    })+) => {$(
        #[doc = $about]
        #[derive(Default)]
        pub struct $list;

        #[doc = $about]
        #[Object]
        impl $list {
            #[doc = $about]
            #[expect(clippy::too_many_arguments, reason = "the arguments of a connection with a filter and an order")]
            async fn $name(
                &self,
                ctx: &Context<'_>,
                #[graphql(desc = "Only those for which all of this holds.")] filter: Option<$filter>,
                #[graphql(desc = "In this order; else in one that says nothing.")] order_by: Option<$order>,
                #[graphql(desc = "How many, from 1 to 100; 20 when neither first nor last is said.")] first: Option<i32>,
                #[graphql(desc = "Continue after this cursor.")] after: Option<String>,
                #[graphql(desc = "How many from the end, from 1 to 100.")] last: Option<i32>,
                #[graphql(desc = "Those before this cursor.")] before: Option<String>,
            ) -> Outcome<$connection> {
                let select = $select { filter: filter.unwrap_or_default(), order: order_by $(, $more: $said)? };
                let arguments = PageArguments { first, after, last, before };
                let page = lists::page(ctx, field::$query, select, arguments).await;
                page.map(|page| page.map($connection)).into()
            }
        }
    )+};
}

lists! {
    /// Families, of those that you may see.
    FamilyList: families QUERY_FAMILIES of FamilyConnection, FamilySelect { filter: FamilyFilter, order: FamilyOrder, one: false }
    /// Members of families, of those that you may see.
    MemberList: members QUERY_MEMBERS of MemberConnection, MemberSelect { filter: MemberFilter, order: MemberOrder }
    /// Criteria matches, of those that you may see.
    CriteriaMatchList: criteria_matches QUERY_CRITERIA_MATCHES of CriteriaMatchConnection, CriteriaMatchSelect { filter: CriteriaMatchFilter, order: CriteriaMatchOrder }
    /// Plans, of those that you may see.
    PlanList: plans QUERY_PLANS of PlanConnection, PlanSelect { filter: PlanFilter, order: PlanOrder }
    /// Outcomes, of those that you may see.
    OutcomeList: outcomes QUERY_OUTCOMES of OutcomeConnection, OutcomeSelect { filter: OutcomeFilter, order: OutcomeOrder }
    /// Members' decisions about consent, of those that you may see.
    ConsentList: consents QUERY_CONSENTS of ConsentConnection, ConsentSelect { filter: ConsentFilter, order: ConsentOrder }
    /// Emergency access to families, of that which you may see: for those who must be shown it at once.
    EmergencyAccessList: emergency_accesses QUERY_EMERGENCY_ACCESSES of EmergencyAccessConnection, EmergencyAccessSelect { filter: EmergencyAccessFilter, order: EmergencyAccessOrder }
    /// Meetings of teams around families, of those that you may see.
    TafMeetingList: meetings QUERY_MEETINGS of TafMeetingConnection, TafMeetingSelect { filter: TafMeetingFilter, order: TafMeetingOrder }
    /// What you are to do as the Lead Professional of the families that you lead now: whom to ask for consent.
    TodoList: todo QUERY_TODO of TodoConnection, TodoSelect { filter: TodoFilter, order: TodoOrder }
}
