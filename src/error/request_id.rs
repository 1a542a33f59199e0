//! Which request is worked on, for the log: a cause that is found deep inside is told with the id that the client was given.

use uuid::Uuid;

tokio::task_local! {
    static REQUEST: Uuid;
}

/// Does something for a request.
pub async fn scope<F: Future>(request: Uuid, doing: F) -> F::Output {
    REQUEST.scope(request, doing).await
}

/// The id of the request that is worked on, if there is one.
pub fn current() -> Option<String> {
    REQUEST.try_with(Uuid::to_string).ok()
}
