//! Connections as Relay has them: one type of page and edge for each kind of row.

use std::sync::Arc;

use async_graphql::{Context, Object};

use super::{
    context::Request,
    cursor::{self, Position},
    objects::{Consent, CriteriaMatch, EmergencyAccess, Family, Member, Outcome, PageInfo, Plan, TafMeeting, Todo},
    page::Page,
};
use crate::sharing::{grant::Shared, register::field};

/// The page and edge types of one kind of row, which differ in nothing but their names.
macro_rules! connections {
    ($($node:ident $rows:literal,)+) => { pastey::paste! {$(
        #[doc = concat!("A page of ", $rows, ".")]
        pub struct [<$node Connection>](pub Page<$node>);

        #[doc = concat!("A page of ", $rows, ".")]
        #[Object]
        impl [<$node Connection>] {
            /// The rows with their cursors.
            fn edges(&self) -> Vec<[<$node Edge>]> {
                let edges = self.0.edges.iter();
                edges
                    .map(|(at, node)| [<$node Edge>] {
                        at: at.clone(),
                        list: Arc::clone(&self.0.list),
                        node: node.clone(),
                    })
                    .collect()
            }

            /// The rows.
            fn nodes(&self) -> Vec<$node> {
                self.0.edges.iter().map(|(_, node)| node.clone()).collect()
            }

            /// Whether there is more, and where the page begins and ends.
            fn page_info(&self, ctx: &Context<'_>) -> PageInfo {
                let close = |(at, _): &(Position, $node)| cursor::close(Request::of(ctx), &self.0.list, at);
                PageInfo {
                    next: self.0.next,
                    previous: self.0.previous,
                    start: self.0.edges.first().map(close),
                    end: self.0.edges.last().map(close),
                }
            }

            /// How many rows there are in all, of those that you may see and that the filter lets through. Null where the filter asks for something
            /// that the agreement does not give you: then nothing is counted.
            fn total_count(&self, ctx: &Context<'_>) -> Shared<usize> {
                if self.0.uncounted {
                    return Shared::not_in_agreement(field::[<$node:snake:upper _CONNECTION_TOTAL_COUNT>]);
                }
                let request = Request::of(ctx);
                self.0
                    .counted
                    .iter()
                    .for_each(|counted| request.disclose(counted));
                Shared::rows(&request.ceiling, field::[<$node:snake:upper _CONNECTION_TOTAL_COUNT>], || self.0.total)
            }
        }

        #[doc = concat!("One of the ", $rows, " of a page, with its cursor.")]
        pub struct [<$node Edge>] {
            at: Position,
            list: Arc<str>,
            node: $node,
        }

        #[doc = concat!("One of the ", $rows, " of a page, with its cursor.")]
        #[Object]
        impl [<$node Edge>] {
            /// The row.
            fn node(&self) -> &$node {
                &self.node
            }

            /// Opaque; to continue after or before it.
            fn cursor(&self, ctx: &Context<'_>) -> String {
                cursor::close(Request::of(ctx), &self.list, &self.at)
            }
        }
    )+}};
}

connections! {
    Family "families",
    Member "members",
    CriteriaMatch "criteria matches",
    Plan "plans",
    Outcome "outcomes",
    EmergencyAccess "emergency accesses",
    Consent "consents",
    TafMeeting "meetings",
    Todo "things to do",
}
