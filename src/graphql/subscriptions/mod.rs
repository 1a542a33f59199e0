//! The subscription root: what is told as it happens.
//!
//! A field of this root is run once to begin, when it says where its events come from ([`source::Source`]), and then once for each event, as an
//! operation of its own: in a session of its own, decided at that moment, recorded in the trail before it is given. The engine drives it
//! (`engine/subscribe.rs`); nothing here waits.

mod contacts;
mod markers;
mod root_field;
pub(super) mod source;

use async_graphql::{Context, Subscription};
use futures_util::stream::{Stream, iter};

pub(super) use self::root_field::with_one_root_field;
use self::{
    contacts::Contacts,
    markers::Markers,
    source::{Occurrence, Turn},
};
use super::{
    context::{Request, beside},
    objects::{ContactEdge, MarkerChange},
    shared::Outcome,
};

/// What is told as it happens.
pub struct SubscriptionRoot;

/// What is told as it happens. A subscription ends when your token does, and when the agreement gives you nothing more of what it tells.
#[Subscription(name = "Subscription")]
impl SubscriptionRoot {
    /// What becomes of the markers that you may see: first all that came after the cursor, or of all markers that are there if you have none,
    /// then whatever comes.
    async fn marker_changed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Continue after this cursor, of an event or of a page of markerChanges.")] after: Option<
            String,
        >,
    ) -> impl Stream<Item = Outcome<MarkerChange>> {
        let (request, turn) = (Request::of(ctx), beside::<Turn>(ctx));
        let item = match turn.occurrence() {
            None => {
                turn.begin(Markers::begin(request, after).await);
                None
            }
            Some(Occurrence::Marker(event)) => Markers::give(request, turn, event).await,
            Some(Occurrence::Contact(_)) => None,
        };
        iter(item.map(Outcome::from))
    }

    /// Contacts that partners report with the families whose Lead Professional is in your agency: first all that came after the cursor, or all
    /// that there are if you have none, then whatever comes. What you may not know of when it comes is left out.
    async fn contact_reported(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Continue after this cursor, of an event or of a page of contacts.")] after: Option<String>,
    ) -> impl Stream<Item = Outcome<ContactEdge>> {
        let (request, turn) = (Request::of(ctx), beside::<Turn>(ctx));
        let item = match turn.occurrence() {
            None => {
                turn.begin(Contacts::begin(request, after).await);
                None
            }
            Some(Occurrence::Contact(contact)) => Contacts::give(request, turn, *contact).await,
            Some(Occurrence::Marker(_)) => None,
        };
        iter(item.map(Outcome::from))
    }
}
