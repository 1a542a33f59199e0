//! A small schema: fields that are slow, withheld, refused or failing.

use std::{
    borrow::Cow,
    future::ready,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use async_graphql::{
    Context, ContextSelectionSet, Guard, ID, Interface, Object, OutputType, Positioned, Result, ServerError,
    ServerResult, Value, parser::types::Field, registry::Registry,
};

/// How slow a slow resolver is.
pub const SLOW: Duration = Duration::from_millis(30);

/// A value or none of it, as `sharing::grant::Shared` is.
pub enum Shared<T> {
    Released(T),
    Withheld,
}

impl<T: OutputType> OutputType for Shared<T> {
    fn type_name() -> Cow<'static, str> {
        T::type_name()
    }

    fn qualified_type_name() -> String {
        let name = T::qualified_type_name();
        name.strip_suffix('!').map_or_else(|| name.clone(), str::to_owned)
    }

    fn create_type_info(registry: &mut Registry) -> String {
        T::create_type_info(registry);
        Self::qualified_type_name()
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerResult<Value> {
        match self {
            Self::Released(value) => value.resolve(ctx, field).await,
            Self::Withheld => Ok(Value::Null),
        }
    }
}

/// A value that notes an error and is null.
pub struct Noted;

impl OutputType for Noted {
    fn type_name() -> Cow<'static, str> {
        <i32 as OutputType>::type_name()
    }

    fn qualified_type_name() -> String {
        Self::type_name().into_owned()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        <i32 as OutputType>::create_type_info(registry);
        Self::qualified_type_name()
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerResult<Value> {
        let error = ServerError::new("noted", Some(field.pos));
        ctx.add_error(ctx.set_error_path(error));
        Ok(Value::Null)
    }
}

/// Whether the slow resolver came to its end.
#[derive(Clone, Default)]
pub struct Seen(Arc<AtomicBool>);

impl Seen {
    pub fn ended(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

struct No;

impl Guard for No {
    async fn check(&self, _: &Context<'_>) -> Result<()> {
        Err("refused".into())
    }
}

pub struct Leaf;

#[Object]
impl Leaf {
    async fn id(&self) -> ID {
        "1".into()
    }

    async fn withheld(&self) -> Shared<i32> {
        Shared::Withheld
    }

    #[graphql(guard = "No")]
    async fn guarded(&self) -> Option<i32> {
        Some(1)
    }
}

#[derive(Interface)]
#[graphql(
    field(name = "id", ty = "ID"),
    field(name = "withheld", ty = "Shared<i32>"),
    field(name = "guarded", ty = "Option<i32>")
)]
pub enum Node {
    Leaf(Leaf),
}

pub struct Child;

#[Object]
impl Child {
    async fn name(&self) -> &str {
        "a"
    }

    async fn withheld(&self) -> Shared<i32> {
        Shared::Withheld
    }

    async fn given(&self) -> Shared<i32> {
        Shared::Released(1)
    }

    async fn withheld_child(&self) -> Shared<Leaf> {
        Shared::Withheld
    }

    async fn withheld_list(&self) -> Shared<Vec<Leaf>> {
        Shared::Withheld
    }

    async fn given_list(&self) -> Shared<Vec<Leaf>> {
        Shared::Released(vec![Leaf, Leaf])
    }

    async fn noted(&self) -> Noted {
        Noted
    }

    async fn nullable(&self) -> Result<Option<i32>> {
        ready(Err("refused".into())).await
    }

    async fn maybe_result(&self) -> Option<Result<i32>> {
        Some(Err("refused".into()))
    }

    async fn required(&self) -> Result<i32> {
        ready(Err("refused".into())).await
    }

    #[graphql(guard = "No")]
    async fn guarded(&self) -> Option<i32> {
        Some(1)
    }

    async fn slowly(&self, ctx: &Context<'_>) -> i32 {
        tokio::time::sleep(SLOW).await;
        ctx.data_unchecked::<Seen>().0.store(true, Ordering::SeqCst);
        1
    }
}

pub struct Query;

#[Object]
impl Query {
    async fn slow(&self) -> i32 {
        tokio::time::sleep(SLOW).await;
        1
    }

    async fn quick(&self) -> i32 {
        2
    }

    async fn child(&self) -> Option<Child> {
        Some(Child)
    }

    async fn must(&self) -> Child {
        Child
    }

    async fn children(&self) -> Vec<Child> {
        vec![Child, Child]
    }

    async fn node(&self) -> Option<Node> {
        Some(Node::Leaf(Leaf))
    }
}
