//! DNS look-ups for webhooks. Connections are made only to addresses that were just resolved and checked, so
//! that no name can be pointed into the network after the check (DNS rebinding).

use std::{io, net::SocketAddr, sync::Arc};

use futures_util::future::BoxFuture;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::address::Guard;

/// Resolves a host name.
pub type Lookup = Arc<dyn Fn(String) -> BoxFuture<'static, io::Result<Vec<SocketAddr>>> + Send + Sync>;

/// The operating system's resolver.
pub fn system() -> Lookup {
    Arc::new(|name| {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            Ok(found.collect())
        })
    })
}

/// A host name resolves to an address that webhooks may not go to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the name leads to an address that is not permitted")]
pub struct NotPermitted;

/// A host name does not resolve.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the name leads nowhere")]
pub struct Unknown;

/// A resolver that refuses addresses that are not allowed.
pub struct Resolver {
    pub(super) guard: Guard,
    pub(super) lookup: Lookup,
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let (guard, lookup) = (self.guard, Arc::clone(&self.lookup));
        Box::pin(async move {
            let found = lookup(name.as_str().to_owned()).await.map_err(|_| Unknown)?;
            if found.is_empty() {
                return Err(Unknown.into());
            }
            // One forbidden address refuses all: an honest name does not resolve to both kinds.
            if found.iter().any(|address| !guard.permits(address.ip())) {
                return Err(NotPermitted.into());
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}
