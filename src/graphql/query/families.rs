//! The fields of the query root that lead to families and what belongs to them.

use async_graphql::{Context, ID, MergedObject, Object};

use crate::{
    graphql::{
        api_error::ApiError,
        connections, lists,
        objects::{Family, Member},
        page::PageArguments,
        reads,
        shared::Outcome,
    },
    sharing::register::field,
};

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

/// Says lists: what each is called, and what it is of.
macro_rules! lists {
    ($(#[doc = $about:tt] $name:ident of $node:ident $({ $more:ident: $said:expr })?;)+) => { pastey::paste! {
        $(
            #[doc = $about]
            #[derive(Default)]
            pub struct [<$node List>];

            #[doc = $about]
            #[Object]
            impl [<$node List>] {
                #[doc = $about]
                #[expect(clippy::too_many_arguments, reason = "the arguments of a connection with a filter and an order")]
                async fn $name(
                    &self,
                    ctx: &Context<'_>,
                    #[graphql(desc = "Only those for which all of this holds.")] filter: Option<lists::[<$node Filter>]>,
                    #[graphql(desc = "In this order; else in one that says nothing.")] order_by: Option<lists::[<$node Order>]>,
                    #[graphql(desc = "How many, from 1 to 100; 20 when neither first nor last is said.")] first: Option<i32>,
                    #[graphql(desc = "Continue after this cursor.")] after: Option<String>,
                    #[graphql(desc = "How many from the end, from 1 to 100.")] last: Option<i32>,
                    #[graphql(desc = "Those before this cursor.")] before: Option<String>,
                ) -> Outcome<connections::[<$node Connection>]> {
                    let select = lists::[<$node Select>] {
                        filter: filter.unwrap_or_default(), order: order_by $(, $more: $said)?
                    };
                    let arguments = PageArguments { first, after, last, before };
                    let page = lists::page(ctx, field::[<QUERY_ $name:upper>], select, arguments).await;
                    page.map(|page| page.map(connections::[<$node Connection>])).into()
                }
            }
        )+

        /// Reading families and what belongs to them.
        #[derive(MergedObject, Default)]
        pub struct Families(OneFamily, OneMember, $([<$node List>],)+);
    }};
}

lists! {
    /// Families, of those that you may see.
    families of Family { one: false };
    /// Members of families, of those that you may see.
    members of Member;
    /// Criteria matches, of those that you may see.
    criteria_matches of CriteriaMatch;
    /// Plans, of those that you may see.
    plans of Plan;
    /// Outcomes, of those that you may see.
    outcomes of Outcome;
    /// Members' decisions about consent, of those that you may see.
    consents of Consent;
    /// Emergency access to families, of that which you may see: for those who must be shown it at once.
    emergency_accesses of EmergencyAccess;
    /// Meetings of teams around families, of those that you may see.
    meetings of TafMeeting;
    /// What you are to do as the Lead Professional of the families that you lead now: whom to ask for consent.
    todo of Todo;
}
