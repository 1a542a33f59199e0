//! Connections as Relay has them: one type of page and edge for each kind of row.

use async_graphql::{Context, Object};

use super::{
    context::Request,
    objects::{Consent, CriteriaMatch, EmergencyAccess, Family, Member, Outcome, PageInfo, Plan},
    page::Page,
};

/// The page and edge types of one kind of row, which differ in nothing but their names.
macro_rules! connection {
    ($connection:ident, $edge:ident, $node:ident, $rows:literal) => {
        #[doc = concat!("A page of ", $rows, ".")]
        pub struct $connection(pub Page<$node>);

        #[doc = concat!("A page of ", $rows, ".")]
        #[Object]
        impl $connection {
            /// The rows with their cursors.
            async fn edges(&self) -> Vec<$edge> {
                let edges = self.0.edges.iter();
                edges
                    .map(|(cursor, node)| $edge {
                        cursor: cursor.clone(),
                        node: node.clone(),
                    })
                    .collect()
            }

            /// The rows.
            async fn nodes(&self) -> Vec<$node> {
                self.0.edges.iter().map(|(_, node)| node.clone()).collect()
            }

            /// Whether there is more, and where the page begins and ends.
            async fn page_info(&self) -> PageInfo {
                PageInfo {
                    next: self.0.next,
                    previous: self.0.previous,
                    start: self.0.edges.first().map(|(cursor, _)| cursor.clone()),
                    end: self.0.edges.last().map(|(cursor, _)| cursor.clone()),
                }
            }

            /// How many rows there are in all, of those that you may see and that the filter lets through.
            async fn total_count(&self, ctx: &Context<'_>) -> usize {
                self.0
                    .counted
                    .iter()
                    .for_each(|counted| Request::of(ctx).disclose(counted));
                self.0.total
            }
        }

        #[doc = concat!("One of the ", $rows, " of a page, with its cursor.")]
        pub struct $edge {
            cursor: String,
            node: $node,
        }

        #[doc = concat!("One of the ", $rows, " of a page, with its cursor.")]
        #[Object]
        impl $edge {
            /// The row.
            async fn node(&self) -> &$node {
                &self.node
            }

            /// Opaque; to continue after or before it.
            async fn cursor(&self) -> &str {
                &self.cursor
            }
        }
    };
}

connection!(FamilyConnection, FamilyEdge, Family, "families");
connection!(MemberConnection, MemberEdge, Member, "members");
connection!(
    CriteriaMatchConnection,
    CriteriaMatchEdge,
    CriteriaMatch,
    "criteria matches"
);
connection!(PlanConnection, PlanEdge, Plan, "plans");
connection!(OutcomeConnection, OutcomeEdge, Outcome, "outcomes");
connection!(
    EmergencyAccessConnection,
    EmergencyAccessEdge,
    EmergencyAccess,
    "emergency accesses"
);
connection!(ConsentConnection, ConsentEdge, Consent, "consents");
