//! What every change has in common: the ceiling before anything is read, one answer to a request that is sent again, and what is shown decided on what holds afterwards.
//! What a change writes is accounted for where its permit is spent, in the store.

use async_graphql::{Context, ID, InputType};

use super::idempotency::{Done, Stopped, idempotent};
use crate::{
    graphql::{api_error::ApiError, context::Request, shared::Outcome},
    sharing::{
        grant::Shared,
        register::{self, FieldId},
    },
};

/// A change: what differs from one to the next.
pub(super) trait Change: Send + Sync + Sized {
    /// What the caller sends.
    type Input: InputType + Sync;
    /// What the caller gets.
    type Payload: Send;
    /// The mutation, in the register.
    const MUTATION: FieldId;

    /// What was sent.
    fn input(&self) -> &Self::Input;

    /// The id, or the reference, that says what is to be changed, where one does.
    fn named(&self) -> Option<&str>;

    /// The caller's idempotency key.
    fn key(&self) -> Option<&str>;

    /// The refusal of whoever may not make such a change at all.
    fn refused(request: &Request) -> Option<Shared<Self::Payload>> {
        Shared::beyond(&request.ceiling, Self::MUTATION)
    }

    /// Refuses the operation as a whole, before the change is counted.
    fn admit(_: &Request) -> Result<(), ApiError> {
        Ok(())
    }

    /// Finds what is to be changed, and changes it where that is permitted.
    fn change(&self, request: &Request) -> impl Future<Output = Result<Done, Stopped>> + Send;

    /// What is shown of what came of it, now or when the same request was sent before.
    fn payload(self, request: &Request, done: Done) -> impl Future<Output = Result<Self::Payload, ApiError>> + Send;

    /// Gives it.
    fn give(request: &Request, payload: Self::Payload) -> Shared<Self::Payload> {
        Shared::rows(&request.ceiling, Self::MUTATION, || payload)
    }
}

/// Says what a change was sent: its input, which is all of the change or a part of it, and by which of its fields is said what is to be
/// changed, or by nothing; and what it gives, where that is said by `payload!`. The key has the same name in every input.
macro_rules! sent {
    ($input:ty, by $named:ident, gives $payload:ident) => {
        $crate::graphql::mutations::frame::sent! { $input, by $named }

        type Payload = $payload;

        async fn payload(
            self,
            request: &$crate::graphql::context::Request,
            done: $crate::graphql::mutations::idempotency::Done,
        ) -> Result<$payload, $crate::graphql::api_error::ApiError> {
            $payload::read(request, done).await
        }
    };
    ($part:ident: $input:ty, by $named:ident) => {
        $crate::graphql::mutations::frame::sent! { @ $input, self => &self.$part, $named }
    };
    ($input:ty, by $named:ident) => {
        $crate::graphql::mutations::frame::sent! { @ $input, self => self, $named }
    };
    (@ $input:ty, $self:ident => $sent:expr, $named:ident) => {
        type Input = $input;

        fn input(&$self) -> &$input {
            $sent
        }

        fn named(&$self) -> Option<&str> {
            $crate::graphql::mutations::frame::sent! { @named $self.input(), $named }
        }

        fn key(&$self) -> Option<&str> {
            $self.input().idempotency_key.as_deref()
        }
    };
    (@named $input:expr, nothing) => {
        None
    };
    (@named $input:expr, $named:ident) => {
        $crate::graphql::mutations::frame::Naming::naming(&$input.$named)
    };
}
pub(super) use sent;

/// What names something in an input.
pub(super) trait Naming {
    /// As it was sent, if it was.
    fn naming(&self) -> Option<&str>;
}

impl Naming for ID {
    fn naming(&self) -> Option<&str> {
        Some(self.as_str())
    }
}

impl Naming for Option<ID> {
    fn naming(&self) -> Option<&str> {
        self.as_ref().map(|id| id.as_str())
    }
}

impl Naming for String {
    fn naming(&self) -> Option<&str> {
        Some(self)
    }
}

/// Says changes that the schema has together: what each is called, is sent and gives, and what is made of what was sent, where that is not
/// the change itself.
macro_rules! changes {
    ($(#[doc = $about:tt])+ $group:ident {
        $($(#[doc = $says:tt])+ $name:ident($input:ident, $desc:literal) -> $payload:ident $(= |$ctx:ident, $sent:ident| $change:expr)?;)+
    }) => {
        $(#[doc = $about])+
        #[derive(Default)]
        pub struct $group;

        $(#[doc = $about])+
        #[async_graphql::Object]
        impl $group {$(
            $(#[doc = $says])+
            async fn $name(
                &self,
                ctx: &async_graphql::Context<'_>,
                #[graphql(desc = $desc)] input: $input,
            ) -> $crate::graphql::shared::Outcome<$payload> {
                $(let input = { let ($ctx, $sent) = (ctx, input); $change };)?
                $crate::graphql::mutations::frame::make(ctx, input).await
            }
        )+}
    };
}
pub(super) use changes;

/// Makes a change.
pub(super) async fn make<C: Change>(ctx: &Context<'_>, change: C) -> Outcome<C::Payload> {
    Box::pin(made(Request::of(ctx), change)).await.into()
}

async fn made<C: Change>(request: &Request, change: C) -> Result<Shared<C::Payload>, ApiError> {
    if let Some(withheld) = C::refused(request) {
        return Ok(withheld);
    }
    C::admit(request)?;
    let coordinate = register::get(C::MUTATION).coordinate;
    let name = coordinate.strip_prefix("Mutation.").unwrap_or(coordinate);
    let (named, key) = (change.named(), change.key());
    let changing = async { change.change(request).await.or_else(Stopped::done) };
    let done = idempotent(request, name, change.input(), named, key, changing).await?;
    let payload = change.payload(request, done).await?;
    Ok(C::give(request, payload))
}
