//! Ours: with tokens, and all that is on in production.

use std::{collections::HashMap, error::Error};

use serde_json::{Value, json};

use super::{
    operations::{Asked, Caller, Operation},
    side::{Side, data},
};
use crate::{
    http,
    server::{Process, Program},
};

const LOOK_UP: &str = include_str!("../../operations/lookup.graphql");
const FAMILY: &str = include_str!("../../operations/family.graphql");
const FAMILIES: &str = include_str!("../../operations/families.graphql");
const FILTERED: &str = include_str!("../../operations/filtered.graphql");
const PLANS: &str = include_str!("../../operations/plans.graphql");

/// Our server.
pub struct Ours {
    name: &'static str,
    process: Process,
    tokens: HashMap<(String, Caller), String>,
}

impl Ours {
    /// Starts it, with a token for each caller of each authority that is asked about.
    pub async fn start(name: &'static str, program: &Program, asked: &[Asked]) -> Result<Self, Box<dyn Error>> {
        let mut tokens = HashMap::new();
        for code in asked.iter().map(|asked| &asked.person.authority_code) {
            for caller in [Caller::Police, Caller::Coordinator] {
                if tokens.contains_key(&(code.clone(), caller)) {
                    continue;
                }
                let (agency, _, role, purpose) = caller.is();
                let token = program.token(code, &format!("{code}-{agency}"), role, purpose).await?;
                tokens.insert((code.clone(), caller), token);
            }
        }
        Ok(Self {
            name,
            process: program.serve().await?,
            tokens,
        })
    }
}

/// The text of an operation, and its variables.
pub fn operation(operation: Operation, asked: &Asked) -> (&'static str, Value) {
    match operation {
        Operation::LookUp => (LOOK_UP, json!({"input": asked.details()})),
        Operation::Family | Operation::Withheld => (FAMILY, json!({"reference": asked.person.reference})),
        Operation::Families => (FAMILIES, json!({})),
        Operation::Filtered => (FILTERED, json!({"criterion": asked.criterion, "since": asked.since})),
        Operation::Plans => (PLANS, json!({})),
    }
}

impl Side for Ours {
    fn name(&self) -> &'static str {
        self.name
    }

    fn decides(&self) -> bool {
        true
    }

    fn process(&self) -> &Process {
        &self.process
    }

    fn request(&self, asks: Operation, asked: &Asked) -> Vec<u8> {
        let token = self
            .tokens
            .get(&(asked.person.authority_code.clone(), asks.caller()))
            .map(String::as_str);
        let (query, variables) = operation(asks, asked);
        http::request("/graphql", token, &json!({"query": query, "variables": variables}))
    }

    fn in_our_words(&self, operation: Operation, answer: Value) -> Result<Value, String> {
        let told = &answer["extensions"]["disclosure"]["withheld"];
        if operation == Operation::Withheld {
            let hidden = ["members", "criteriaMatches", "plans", "consents"];
            if let Some(name) = hidden.iter().find(|name| !answer["data"]["family"][**name].is_null()) {
                return Err(format!("it shows {name} to the police"));
            }
            if told.as_array().is_none_or(Vec::is_empty) {
                return Err("it does not account for what it withheld".to_owned());
            }
        } else if !told.is_null() {
            return Err(format!("it withheld something: {told}"));
        }
        data(answer)
    }

    fn into_process(self: Box<Self>) -> Process {
        self.process
    }
}
