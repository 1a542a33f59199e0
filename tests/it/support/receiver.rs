//! Somebody else's server that is told by webhooks: it keeps what it got and answers as the test wants.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::Bytes,
    http::{HeaderMap, Method, StatusCode, Uri},
    response::{IntoResponse, Response},
};
use tokio::{net::TcpListener, sync::watch, task::JoinHandle, time::timeout};

/// Longer than this, nothing has come.
const WAIT: Duration = Duration::from_secs(40);

/// A request that came.
#[derive(Clone, Debug)]
pub(crate) struct Got {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Got {
    /// A header's text.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().expect("a text"))
    }

    /// The body as JSON.
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).expect("JSON")
    }
}

/// How it answers.
#[derive(Clone, Debug)]
pub(crate) enum Answers {
    /// With a status, and perhaps a header.
    With(u16, Option<(&'static str, String)>),
    /// Never.
    Never,
}

/// A server that is told by webhooks.
pub(crate) struct Receiver {
    pub(crate) url: String,
    answers: Arc<Mutex<Answers>>,
    got: watch::Receiver<Vec<Got>>,
    serving: JoinHandle<()>,
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Receiver {
    /// One that takes all that comes.
    pub(crate) async fn start() -> Self {
        let answers = Arc::new(Mutex::new(Answers::With(204, None)));
        let (kept, got) = watch::channel(Vec::new());
        let shared = Arc::clone(&answers);
        let kept = Arc::new(kept);
        let take = move |method: Method, uri: Uri, headers: HeaderMap, body: Bytes| {
            let (kept, answers) = (Arc::clone(&kept), Arc::clone(&shared));
            async move { answer(&kept, &answers, method, &uri, headers, &body).await }
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}/hooks", listener.local_addr().expect("an address"));
        let serving = tokio::spawn(async move {
            axum::serve(listener, Router::new().fallback(take))
                .await
                .expect("it serves");
        });
        Self {
            url,
            answers,
            got,
            serving,
        }
    }

    /// From now on it answers like this.
    pub(crate) fn answer(&self, answers: Answers) {
        *self.answers.lock().expect("nobody panics") = answers;
    }

    /// From now on it answers with that status.
    pub(crate) fn status(&self, status: u16) {
        self.answer(Answers::With(status, None));
    }

    /// All that came so far.
    pub(crate) fn got(&self) -> Vec<Got> {
        self.got.borrow().clone()
    }

    /// Waits until so many came.
    pub(crate) async fn wait_for(&self, count: usize) -> Vec<Got> {
        let mut got = self.got.clone();
        let all = timeout(WAIT, got.wait_for(|got| got.len() >= count)).await;
        all.expect("it comes in time").expect("the receiver lives").clone()
    }
}

async fn answer(
    kept: &watch::Sender<Vec<Got>>,
    answers: &Mutex<Answers>,
    method: Method,
    uri: &Uri,
    headers: HeaderMap,
    body: &[u8],
) -> Response {
    kept.send_modify(|got| {
        got.push(Got {
            method,
            path: uri.path().to_owned(),
            headers,
            body: body.to_vec(),
        });
    });
    let answers = answers.lock().expect("nobody panics").clone();
    match answers {
        Answers::With(status, header) => {
            let status = StatusCode::from_u16(status).expect("a status");
            let mut response = status.into_response();
            if let Some((name, value)) = header {
                response.headers_mut().insert(name, value.parse().expect("a header"));
            }
            response
        }
        Answers::Never => std::future::pending().await,
    }
}
