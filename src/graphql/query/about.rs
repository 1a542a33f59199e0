//! The fields of the query root that are about the asker, the agreements and the catalogues, and whatever has an id.

use async_graphql::{Context, ID, Object};

use crate::{
    graphql::{
        agreements,
        api_error::ApiError,
        context::Request,
        node::{self, Node},
        objects::{Agency, Agreement, Catalogue, Viewer},
        page::MOST,
        reads,
        shared::{Outcome, about_nobody},
    },
    sharing::register::field,
};

/// Reading about the asker, the agreements and the catalogues, and whatever has an id.
#[derive(Default)]
pub struct About;

/// Reading about the asker, the agreements and the catalogues, and whatever has an id.
#[Object]
impl About {
    /// Who you are to this server, and what you could ever see.
    async fn viewer(&self, ctx: &Context<'_>) -> Outcome<Viewer> {
        about_nobody(ctx, field::QUERY_VIEWER, reads::viewer(Request::of(ctx)))
            .await
            .into()
    }

    /// Every version of the information sharing agreements of your authority.
    async fn agreements(&self, ctx: &Context<'_>) -> Outcome<Vec<Agreement>> {
        about_nobody(ctx, field::QUERY_AGREEMENTS, async {
            Ok(agreements::all(Request::of(ctx)))
        })
        .await
        .into()
    }

    /// One version of an agreement; without an id the newest that is in force.
    async fn agreement(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which version.")] id: Option<ID>,
    ) -> Outcome<Option<Agreement>> {
        about_nobody(ctx, field::QUERY_AGREEMENT, async {
            agreements::one(Request::of(ctx), id)
        })
        .await
        .into()
    }

    /// The agencies of your authority, by code.
    async fn agencies(&self, ctx: &Context<'_>) -> Outcome<Vec<Agency>> {
        let request = Request::of(ctx);
        let agencies = async {
            Ok(request
                .session
                .agencies()
                .await?
                .all()
                .into_iter()
                .cloned()
                .map(Agency)
                .collect())
        };
        about_nobody(ctx, field::QUERY_AGENCIES, agencies).await.into()
    }

    /// The code lists of the programme with what they mean.
    async fn catalogue(&self, ctx: &Context<'_>) -> Outcome<Catalogue> {
        about_nobody(ctx, field::QUERY_CATALOGUE, async { Ok(Catalogue) })
            .await
            .into()
    }

    /// Anything by its id; null when it is not there or not for you.
    async fn node(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "An id as it came from this server.")] id: ID,
    ) -> Outcome<Option<Node>> {
        let found = async { Ok(node::nodes(ctx, &[id]).await?.pop().flatten()) };
        about_nobody(ctx, field::QUERY_NODE, found).await.into()
    }

    /// Things by their ids, at most 100, in their order; null where one is not there or not for you.
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Ids as they came from this server.")] ids: Vec<ID>,
    ) -> Outcome<Vec<Option<Node>>> {
        let found = async {
            if ids.len() > MOST {
                return Err(ApiError::BadUserInput("Ask for at most 100 ids at once."));
            }
            node::nodes(ctx, &ids).await
        };
        about_nobody(ctx, field::QUERY_NODES, found).await.into()
    }
}
