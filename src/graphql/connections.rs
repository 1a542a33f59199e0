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
macro_rules! connection {
    ($connection:ident, $edge:ident, $node:ident, $rows:literal, $total:ident) => {
        #[doc = concat!("A page of ", $rows, ".")]
        pub struct $connection(pub Page<$node>);

        #[doc = concat!("A page of ", $rows, ".")]
        #[Object]
        impl $connection {
            /// The rows with their cursors.
            fn edges(&self) -> Vec<$edge> {
                let edges = self.0.edges.iter();
                edges
                    .map(|(at, node)| $edge {
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
                    return Shared::not_in_agreement(field::$total);
                }
                let request = Request::of(ctx);
                self.0
                    .counted
                    .iter()
                    .for_each(|counted| request.disclose(counted));
                Shared::rows(&request.ceiling, field::$total, || self.0.total)
            }
        }

        #[doc = concat!("One of the ", $rows, " of a page, with its cursor.")]
        pub struct $edge {
            at: Position,
            list: Arc<str>,
            node: $node,
        }

        #[doc = concat!("One of the ", $rows, " of a page, with its cursor.")]
        #[Object]
        impl $edge {
            /// The row.
            fn node(&self) -> &$node {
                &self.node
            }

            /// Opaque; to continue after or before it.
            fn cursor(&self, ctx: &Context<'_>) -> String {
                cursor::close(Request::of(ctx), &self.list, &self.at)
            }
        }
    };
}

connection!(
    FamilyConnection,
    FamilyEdge,
    Family,
    "families",
    FAMILY_CONNECTION_TOTAL_COUNT
);
connection!(
    MemberConnection,
    MemberEdge,
    Member,
    "members",
    MEMBER_CONNECTION_TOTAL_COUNT
);
connection!(
    CriteriaMatchConnection,
    CriteriaMatchEdge,
    CriteriaMatch,
    "criteria matches",
    CRITERIA_MATCH_CONNECTION_TOTAL_COUNT
);
connection!(PlanConnection, PlanEdge, Plan, "plans", PLAN_CONNECTION_TOTAL_COUNT);
connection!(
    OutcomeConnection,
    OutcomeEdge,
    Outcome,
    "outcomes",
    OUTCOME_CONNECTION_TOTAL_COUNT
);
connection!(
    EmergencyAccessConnection,
    EmergencyAccessEdge,
    EmergencyAccess,
    "emergency accesses",
    EMERGENCY_ACCESS_CONNECTION_TOTAL_COUNT
);
connection!(
    ConsentConnection,
    ConsentEdge,
    Consent,
    "consents",
    CONSENT_CONNECTION_TOTAL_COUNT
);
connection!(
    TafMeetingConnection,
    TafMeetingEdge,
    TafMeeting,
    "meetings",
    TAF_MEETING_CONNECTION_TOTAL_COUNT
);
connection!(
    TodoConnection,
    TodoEdge,
    Todo,
    "things to do",
    TODO_CONNECTION_TOTAL_COUNT
);
