//! A client of any server's wire, which keeps what [`super::app::Partner`] does not: the answer's headers, and failures half-way.

use serde_json::{Value, json};
use uuid::Uuid;

/// Someone with a token and a connection pool.
#[derive(Clone)]
pub(crate) struct Client {
    url: String,
    token: String,
    http: reqwest::Client,
}

/// An answer that arrived whole.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) request_id: Uuid,
    /// Seconds after which to come back.
    pub(crate) retry_after: Option<u64>,
    pub(crate) bytes: Vec<u8>,
}

impl Answer {
    /// The body as JSON; null when it is none.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_default()
    }

    /// The body as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }
}

impl Client {
    pub(crate) fn new(url: &str, token: &str) -> Self {
        Self {
            url: url.to_owned(),
            token: token.to_owned(),
            http: reqwest::Client::new(),
        }
    }

    /// Posts an operation; none when the server went away before the answer was whole.
    pub(crate) async fn post(&self, query: &str, variables: Value) -> Option<Answer> {
        self.send(&[], json!({ "query": query, "variables": variables }).to_string())
            .await
    }

    /// Posts a body with headers besides the usual ones.
    pub(crate) async fn send(&self, headers: &[(&str, &str)], body: impl Into<reqwest::Body>) -> Option<Answer> {
        let mut request = self
            .http
            .post(format!("{}/graphql", self.url))
            .header("content-type", "application/json")
            .header("accept", "application/graphql-response+json");
        if !self.token.is_empty() {
            request = request.bearer_auth(&self.token);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        whole(request.body(body).send().await.ok()?).await
    }

    /// Asks for an event stream.
    pub(crate) async fn stream(&self, query: &str) -> Option<Answer> {
        let request = self.http.post(format!("{}/graphql/stream", self.url));
        let request = request
            .header("content-type", "application/json")
            .header("accept", "text/event-stream")
            .bearer_auth(&self.token);
        whole(request.body(json!({ "query": query }).to_string()).send().await.ok()?).await
    }

    /// Gets a page.
    pub(crate) async fn get(&self, path: &str) -> Option<Answer> {
        let mut request = self.http.get(format!("{}{path}", self.url));
        if !self.token.is_empty() {
            request = request.bearer_auth(&self.token);
        }
        whole(request.send().await.ok()?).await
    }
}

async fn whole(response: reqwest::Response) -> Option<Answer> {
    let status = response.status().as_u16();
    let request_id = response.headers().get("x-request-id")?.to_str().ok()?.parse().ok()?;
    let retry_after = response.headers().get("retry-after");
    let retry_after = retry_after.and_then(|after| after.to_str().ok()?.parse().ok());
    let bytes = response.bytes().await.ok()?.to_vec();
    Some(Answer {
        status,
        request_id,
        retry_after,
        bytes,
    })
}
