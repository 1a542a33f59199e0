//! Mercurius with JIT and loaders, without authorisation.

use std::{error::Error, path::Path};

use serde_json::{Value, json};

use super::{
    operations::{Asked, Operation},
    side::{Side, data},
};
use crate::{http, npm::Node, server::Process};

const SERVER: &str = include_str!("../../peers/mercurius/server.mjs");
const STATEMENTS: &str = include_str!("../../peers/mercurius/statements.mjs");
const SCHEMA: &str = include_str!("../../peers/mercurius/schema.graphql");
const LOOK_UP: &str = include_str!("../../peers/mercurius/lookup.graphql");
const FAMILY: &str = include_str!("../../peers/mercurius/family.graphql");
const FAMILIES: &str = include_str!("../../peers/mercurius/families.graphql");
const FILTERED: &str = include_str!("../../peers/mercurius/filtered.graphql");
const PLANS: &str = include_str!("../../peers/mercurius/plans.graphql");

/// A running Mercurius.
pub struct Mercurius(Process);

impl Mercurius {
    /// Starts it over the database as its owner: no policy holds for it.
    pub async fn start(node: &Node, owner: &str) -> Result<Self, Box<dyn Error>> {
        node.write(Path::new("mercurius/statements.mjs"), STATEMENTS)?;
        node.write(Path::new("mercurius/schema.graphql"), SCHEMA)?;
        let mut command = node.script(Path::new("mercurius/server.mjs"), SERVER)?;
        command.env("PEER_URL", owner);
        Ok(Self(Process::start(command, "127.0.0.1:").await?))
    }
}

impl Side for Mercurius {
    fn name(&self) -> &'static str {
        "Mercurius"
    }

    fn decides(&self) -> bool {
        false
    }

    fn process(&self) -> &Process {
        &self.0
    }

    fn request(&self, operation: Operation, asked: &Asked) -> Vec<u8> {
        let authority = asked.person.authority;
        let (query, variables) = match operation {
            Operation::LookUp => (LOOK_UP, json!({"authority": authority, "input": asked.details()})),
            Operation::Family | Operation::Withheld => (
                FAMILY,
                json!({"authority": authority, "reference": asked.person.reference}),
            ),
            Operation::Families => (FAMILIES, json!({"authority": authority})),
            Operation::Filtered => (
                FILTERED,
                json!({"authority": authority, "criterion": asked.criterion, "since": asked.since}),
            ),
            Operation::Plans => (PLANS, json!({"authority": authority})),
        };
        http::request("/graphql", None, &json!({"query": query, "variables": variables}))
    }

    fn in_our_words(&self, _: Operation, answer: Value) -> Result<Value, String> {
        data(answer)
    }

    fn into_process(self: Box<Self>) -> Process {
        self.0
    }
}
