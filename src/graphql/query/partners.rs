//! The fields of the query root that lead to what partners ask, are told and have done.

use async_graphql::{Context, ID, Object};

use crate::graphql::{
    alerts,
    codes::WebhookDeliveryState,
    contacts, feed,
    lookups::{self, LookupConnection, MarkerLookupInput, MarkerLookupResult},
    objects::{
        Alert, AlertConnection, AlertEndpoint, ContactConnection, DisclosureConnection, MarkerChangeConnection,
        WebhookDeliveryConnection, WebhookEndpoint,
    },
    reads,
    shared::Outcome,
};

/// Reading what partners ask, are told and have done.
#[derive(Default)]
pub struct Partners;

/// Reading what partners ask, are told and have done.
#[Object]
impl Partners {
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
