//! `PageInfo`: where a page begins and ends.

use async_graphql::Object;

/// Where a page begins and ends.
pub struct PageInfo {
    pub(in crate::graphql) next: bool,
    pub(in crate::graphql) previous: bool,
    pub(in crate::graphql) start: Option<String>,
    pub(in crate::graphql) end: Option<String>,
}

/// Where a page begins and ends, and whether there is more.
#[Object]
impl PageInfo {
    /// Whether there are rows after it.
    fn has_next_page(&self) -> bool {
        self.next
    }

    /// Whether there are rows before it.
    fn has_previous_page(&self) -> bool {
        self.previous
    }

    /// The first row's cursor.
    fn start_cursor(&self) -> Option<&str> {
        self.start.as_deref()
    }

    /// The last row's cursor.
    fn end_cursor(&self) -> Option<&str> {
        self.end.as_deref()
    }
}
