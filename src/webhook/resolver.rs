//! Names are looked up here and nowhere else, and a connection is made only to what was found and permitted: so that no name can lead into the
//! network after it was looked at.

use std::{io, net::SocketAddr, sync::Arc};

use futures_util::future::BoxFuture;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::address::Guard;

/// What a name leads to.
pub type Lookup = Arc<dyn Fn(String) -> BoxFuture<'static, io::Result<Vec<SocketAddr>>> + Send + Sync>;

/// The machine's own way of looking names up.
pub fn system() -> Lookup {
    Arc::new(|name| {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            Ok(found.collect())
        })
    })
}

/// A name that leads to an address where no webhook may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the name leads to an address that is not permitted")]
pub struct NotPermitted;

/// A name that leads nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the name leads nowhere")]
pub struct Unknown;

/// Looks names up and keeps what is not permitted from the connection.
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
            // One that is not permitted refuses all: an honest name does not lead to both.
            if found.iter().any(|address| !guard.permits(address.ip())) {
                return Err(NotPermitted.into());
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}
