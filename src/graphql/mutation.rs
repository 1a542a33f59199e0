//! stub
use async_graphql::Object;
/// Where every change begins.
pub struct Mutation;
/// Where every change begins.
#[Object]
impl Mutation {
    /// x
    async fn open_emergency_access(&self) -> bool {
        true
    }
}
