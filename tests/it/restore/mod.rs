//! Databases that are older than they were: the server does not start before they have been compared, and what the trail knows is done again.

mod backup;
mod bars;
mod failover;
mod imported;
mod older;
mod world;

/// A test in some worlds: in files, in two databases of PostgreSQL, and in one.
macro_rules! in_worlds {
    ($name:ident: $($world:ident),+) => {
        mod $name {
            $(
                #[tokio::test(flavor = "multi_thread")]
                async fn $world() {
                    if let Some(world) = $crate::restore::world::World::$world().await {
                        super::$name(world).await;
                    }
                }
            )+
        }
    };
}
pub(crate) use in_worlds;
