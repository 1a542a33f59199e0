//! The hand-written handler (`src/peer`), in a process of its own.

use std::error::Error;

use serde_json::{Value, json};

use super::{
    operations::{Asked, Operation},
    side::{Side, data},
};
use crate::{http, server::Process};

/// A running hand-written handler.
pub struct Hand(Process);

impl Hand {
    /// Starts it over a `postgres://` or `sqlite:` address.
    pub async fn start(url: &str) -> Result<Self, Box<dyn Error>> {
        let mut command = tokio::process::Command::new(std::env::current_exe()?);
        command.args(["peer", "--url", url]);
        Ok(Self(Process::start(command, "127.0.0.1:").await?))
    }
}

impl Side for Hand {
    fn name(&self) -> &'static str {
        "hand-written"
    }

    fn decides(&self) -> bool {
        false
    }

    fn process(&self) -> &Process {
        &self.0
    }

    fn request(&self, operation: Operation, asked: &Asked) -> Vec<u8> {
        let authority = asked.person.authority;
        let (path, body) = match operation {
            Operation::LookUp => {
                let mut details = asked.details();
                details["authority"] = authority.into();
                ("/lookup", details)
            }
            Operation::Family | Operation::Withheld => (
                "/family",
                json!({"authority": authority, "reference": asked.person.reference}),
            ),
            Operation::Families => ("/families", json!({"authority": authority})),
            Operation::Filtered => (
                "/filtered",
                json!({"authority": authority, "criterion": asked.criterion, "since": asked.since}),
            ),
            Operation::Plans => ("/plans", json!({"authority": authority})),
        };
        http::request(path, None, &body)
    }

    fn in_our_words(&self, _: Operation, answer: Value) -> Result<Value, String> {
        data(answer)
    }

    fn into_process(self: Box<Self>) -> Process {
        self.0
    }
}
