//! Ready-made partners, who can only use the wire, and what they are answered.

use serde_json::{Value, json};

/// Somebody with a token, who can only use the wire.
#[derive(Clone)]
pub(crate) struct Partner {
    pub(crate) url: String,
    pub(crate) token: String,
    pub(super) client: reqwest::Client,
    pub(super) withheld: &'static str,
}

impl Partner {
    /// Somebody with a token for the server at that address.
    pub(crate) fn at(url: &str, token: String) -> Self {
        Self {
            url: url.to_owned(),
            token,
            client: reqwest::Client::new(),
            withheld: "report",
        }
    }

    /// The same partner, who wants to be told of withheld values in another way.
    pub(crate) fn told_by(&self, withheld: &'static str) -> Self {
        Self {
            withheld,
            ..self.clone()
        }
    }

    /// Asks without variables.
    pub(crate) async fn ask(&self, query: &str) -> Reply {
        self.ask_with(query, json!({})).await
    }

    /// Asks with variables.
    pub(crate) async fn ask_with(&self, query: &str, variables: Value) -> Reply {
        let (status, bytes) = self.raw(&json!({ "query": query, "variables": variables })).await;
        let body =
            serde_json::from_slice(&bytes).unwrap_or_else(|_| panic!("not JSON: {}", String::from_utf8_lossy(&bytes)));
        Reply { status, bytes, body }
    }

    /// Posts a body and gives back the status and the bytes.
    pub(crate) async fn raw(&self, body: &Value) -> (u16, Vec<u8>) {
        let sent = self
            .client
            .post(format!("{}/graphql", self.url))
            .bearer_auth(&self.token)
            .header("content-type", "application/json")
            .header("accept", "application/graphql-response+json")
            .header("x-withheld", self.withheld)
            .body(body.to_string())
            .send()
            .await
            .expect("the server answers");
        let status = sent.status().as_u16();
        (status, sent.bytes().await.expect("a body").to_vec())
    }

    /// The text of a page.
    pub(crate) async fn page(&self, path: &str) -> (u16, String) {
        let sent = self
            .client
            .get(format!("{}{path}", self.url))
            .bearer_auth(&self.token)
            .send()
            .await
            .expect("an answer");
        (sent.status().as_u16(), sent.text().await.expect("a body"))
    }
}

/// What a partner was answered.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) bytes: Vec<u8>,
    pub(crate) body: Value,
}

impl Reply {
    /// The data of an answer without errors.
    #[track_caller]
    pub(crate) fn data(&self) -> &Value {
        assert!(self.body.get("errors").is_none(), "errors: {:#}", self.body);
        assert_eq!(self.status, 200, "{:#}", self.body);
        &self.body["data"]
    }

    /// The reasons given for a field, in the account of what was withheld.
    pub(crate) fn withheld(&self, field: &str) -> Vec<&str> {
        let entries = self.body["extensions"]["disclosure"]["withheld"].as_array();
        let of_field = entries.into_iter().flatten().filter(|entry| entry["field"] == field);
        of_field.filter_map(|entry| entry["reason"].as_str()).collect()
    }

    /// The code of the first error.
    pub(crate) fn code(&self) -> &str {
        self.body["errors"][0]["extensions"]["code"].as_str().unwrap_or("none")
    }
}
