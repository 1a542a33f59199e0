//! What changes of families' rows have in common: finding the row, and reading it again afterwards.

use std::sync::Arc;

use async_graphql::Context;
use uuid::Uuid;

use super::{
    idempotency::Done,
    user_error::{UserError, errors},
};
use crate::{
    graphql::{
        api_error::ApiError,
        context::Request,
        ids::{Key, Kind},
        objects::{Entry, rows},
        wants,
    },
    sharing::{
        category::CategorySet,
        grant::Shared,
        register::{self, FieldId},
    },
    store::{
        dossier::{Dossier, Wants},
        reach::FamilySet,
        writing::{Deed, Written},
    },
};

/// The categories that a change writes, as the register says.
pub(super) fn categories_of(mutation: FieldId) -> CategorySet {
    register::get(mutation).categories
}

/// One family with the tables that are wanted of it.
pub(super) async fn dossier(request: &Request, family: Uuid, wants: Wants) -> Result<Option<Arc<Dossier>>, ApiError> {
    let families = FamilySet::Keys(vec![family]);
    let found = request.session.dossiers(&request.ceiling, &families, wants).await?;
    Ok(found.into_iter().next())
}

/// The refusal of a change of something that is not there, may not be seen or may not be written: one answer for all of these, and one
/// entry of the trail, so that neither tells them apart.
pub(super) fn not_found(request: &Request, field: &str, key: Key) -> Done {
    request.session.tried(Written {
        family: Some(key.family).filter(|family| !family.is_nil()),
        person: None,
        categories: CategorySet::EMPTY,
        clauses: Vec::new(),
        emergency: None,
        deed: Deed::Refused,
    });
    Done::refused(UserError::not_found(field))
}

/// What came of a change of a family's rows, with the family as it is after it.
pub(super) struct Changed {
    pub(super) done: Done,
    dossier: Option<Arc<Dossier>>,
}

impl Changed {
    /// Reads again what was changed: what is shown of it is decided on what holds now.
    pub(super) async fn read(request: &Request, done: Done, kind: Kind) -> Result<Self, ApiError> {
        let dossier = match done.family {
            Some(family) if !done.rows.is_empty() => {
                dossier(request, family, request.wants.with(wants::table_of(kind))).await?
            }
            _ => None,
        };
        Ok(Self { done, dossier })
    }

    /// What came of a change of which no row is shown.
    pub(super) fn nothing_to_show(done: Done) -> Self {
        Self { done, dossier: None }
    }

    /// The changed rows, of those that exist for the asker.
    pub(super) fn rows<E: Entry>(&self, ctx: &Context<'_>, shown: FieldId) -> Shared<Vec<E>> {
        Shared::rows(&Request::of(ctx).ceiling, shown, || {
            self.dossier.as_ref().map_or_else(Vec::new, |dossier| {
                rows(ctx, dossier, |row: &E| self.done.rows.contains(&row.key()))
            })
        })
    }

    /// The changed row, if it exists for the asker.
    pub(super) fn row<E: Entry>(&self, ctx: &Context<'_>, shown: FieldId) -> Shared<Option<E>> {
        self.rows(ctx, shown).map(|mut rows| rows.pop())
    }

    /// Why nothing was changed.
    pub(super) fn errors(&self, ctx: &Context<'_>, shown: FieldId) -> Shared<Vec<UserError>> {
        errors(ctx, shown, &self.done.errors)
    }
}

/// Says what comes of a change of families' rows: the row that was changed (`meeting: TafMeeting`) or the rows (`consents: [Consent]`), if
/// they may be seen, and why nothing was.
macro_rules! payload {
    ($(#[doc = $about:tt])+ $payload:ident {
        $($(#[doc = $says:tt])+ $row:ident: $($object:ident)? $([$each:ident])?)?
    } errors $why:tt) => { pastey::paste! {
        $(#[doc = $about])+
        pub struct $payload($crate::graphql::mutations::changed::Changed);

        impl $payload {
            /// Reads again what was changed.
            async fn read(
                request: &$crate::graphql::context::Request,
                done: $crate::graphql::mutations::idempotency::Done,
            ) -> Result<Self, $crate::graphql::api_error::ApiError> {
                $crate::graphql::mutations::changed::payload! { @read request, done, $($($object)? $($each)?)? }
            }
        }

        $(#[doc = $about])+
        #[async_graphql::Object]
        impl $payload {
            $($(#[doc = $says])+
            fn $row(
                &self,
                ctx: &async_graphql::Context<'_>,
            ) -> $crate::sharing::grant::Shared<$(Option<$object>)? $(Vec<$each>)?> {
                let shown = $crate::sharing::register::field::[<$payload:snake:upper _ $row:upper>];
                $crate::graphql::mutations::changed::payload! { @shown self, ctx, shown, $($object)? $([$each])? }
            })?

            #[doc = $why]
            fn errors(
                &self,
                ctx: &async_graphql::Context<'_>,
            ) -> $crate::sharing::grant::Shared<Vec<$crate::graphql::mutations::user_error::UserError>> {
                self.0.errors(ctx, $crate::sharing::register::field::[<$payload:snake:upper _ERRORS>])
            }
        }
    }};
    (@read $request:ident, $done:ident, $object:ident) => {{
        let kind = $crate::graphql::ids::Kind::$object;
        Ok(Self($crate::graphql::mutations::changed::Changed::read($request, $done, kind).await?))
    }};
    (@read $request:ident, $done:ident,) => {{
        let _ = $request;
        Ok(Self($crate::graphql::mutations::changed::Changed::nothing_to_show($done)))
    }};
    (@shown $self:ident, $ctx:ident, $shown:ident, $object:ident) => {
        $self.0.row($ctx, $shown)
    };
    (@shown $self:ident, $ctx:ident, $shown:ident, [$each:ident]) => {
        $self.0.rows($ctx, $shown)
    };
}
pub(super) use payload;
