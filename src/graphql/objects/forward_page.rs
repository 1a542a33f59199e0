//! The types of lists that only go forward, which differ in nothing but their names.

/// The page and edge types of a list that only goes forward.
macro_rules! forward_page {
    ($connection:ident, $edge:ident, $node:ident, $rows:literal) => {
        #[doc = concat!("A page of ", $rows, ".")]
        pub struct $connection {
            /// The rows with their cursors.
            pub edges: Vec<(String, $node)>,
            /// Whether there are rows after it.
            pub next: bool,
            /// Whether there are rows before it.
            pub previous: bool,
        }

        #[doc = concat!("A page of ", $rows, ".")]
        #[Object]
        impl $connection {
            /// The rows with their cursors.
            async fn edges(&self) -> Vec<$edge> {
                let edges = self.edges.iter();
                edges
                    .map(|(cursor, node)| $edge {
                        cursor: cursor.clone(),
                        node: node.clone(),
                    })
                    .collect()
            }

            /// The rows.
            async fn nodes(&self) -> Vec<$node> {
                self.edges.iter().map(|(_, node)| node.clone()).collect()
            }

            /// Whether there is more, and where the page begins and ends.
            async fn page_info(&self) -> PageInfo {
                PageInfo {
                    next: self.next,
                    previous: self.previous,
                    start: self.edges.first().map(|(cursor, _)| cursor.clone()),
                    end: self.edges.last().map(|(cursor, _)| cursor.clone()),
                }
            }
        }

        #[doc = concat!("One of the ", $rows, " of a page, with its cursor.")]
        pub struct $edge {
            pub(in crate::graphql) cursor: String,
            pub(in crate::graphql) node: $node,
        }

        #[doc = concat!("One of the ", $rows, " of a page, with its cursor.")]
        #[Object]
        impl $edge {
            /// The row.
            async fn node(&self) -> &$node {
                &self.node
            }

            /// Opaque; to continue after it.
            async fn cursor(&self) -> &str {
                &self.cursor
            }
        }
    };
}

pub(in crate::graphql) use forward_page;
