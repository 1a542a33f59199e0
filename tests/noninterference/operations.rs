//! Operations over the whole schema, drawn from the schema itself: any field, alias, fragment, variable, filter, ordering, page and id.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use apollo_compiler::ast::{InputValueDefinition, Type};
use serde_json::{Map, Value, json};
use thinkfamily::graphql::operation::WithheldMode;

use crate::{chance::Chance, support::api::Api};

/// Values that arguments are drawn from: real ones of both data sets, and what answers brought.
#[derive(Default)]
pub(crate) struct Pool {
    /// By the filter's field.
    pub(crate) texts: BTreeMap<&'static str, Vec<String>>,
    pub(crate) dates: Vec<String>,
    /// By type.
    pub(crate) ids: BTreeMap<String, Vec<String>>,
    /// What is known of people, as questions.
    pub(crate) people: Vec<Map<String, Value>>,
    /// By list and order.
    pub(crate) cursors: BTreeMap<String, Vec<String>>,
    /// Ids that the caller was given, by type.
    pub(crate) given: BTreeMap<&'static str, Vec<String>>,
}

/// An operation, with what it uses of the schema.
#[derive(Clone, Debug)]
pub(crate) struct Operation {
    pub(crate) query: String,
    pub(crate) variables: Map<String, Value>,
    pub(crate) withheld: WithheldMode,
    pub(crate) used: BTreeSet<String>,
    /// Where its cursors belong, if it is one page of one list under the key `page`.
    pub(crate) list: Option<String>,
}

pub(crate) struct Drawer<'a> {
    pub(crate) api: &'a Api,
    pub(crate) pool: &'a Pool,
    pub(crate) chance: &'a mut Chance,
    variables: Map<String, Value>,
    declared: Vec<String>,
    fragments: Vec<String>,
    used: BTreeSet<String>,
    names: usize,
}

/// The lists of the query root.
const LISTS: [&str; 8] = [
    "families",
    "contacts",
    "members",
    "criteriaMatches",
    "plans",
    "outcomes",
    "consents",
    "emergencyAccesses",
];
/// Fields of the query root of which these data sets have no rows: nobody wants to be called.
const WITHOUT_ROWS: [&str; 2] = ["webhookEndpoints", "webhookDeliveries"];
/// Fields of the query root that say nothing of a family.
pub(crate) const ABOUT_NOBODY: [&str; 5] = ["viewer", "agreement", "agreements", "agencies", "catalogue"];

impl<'a> Drawer<'a> {
    pub(crate) fn new(api: &'a Api, pool: &'a Pool, chance: &'a mut Chance) -> Self {
        Self {
            api,
            pool,
            chance,
            variables: Map::new(),
            declared: Vec::new(),
            fragments: Vec::new(),
            used: BTreeSet::new(),
            names: 0,
        }
    }

    /// One operation.
    pub(crate) fn draw(mut self) -> Operation {
        let mut list = None;
        let body = if self.chance.percent(50) {
            let (body, of) = self.page();
            list = Some(of);
            body
        } else if self.chance.percent(5) {
            self.introspection()
        } else {
            let fields = self.api.fields("Query");
            let roots = self.chance.number(1, 3);
            let mut names: Vec<String> = Vec::new();
            while names.len() < roots {
                let name = fields[self.chance.number(0, fields.len() - 1)].name.to_string();
                // Most operations are about families alone.
                let seldom = ABOUT_NOBODY.contains(&name.as_str()) || WITHOUT_ROWS.contains(&name.as_str());
                if !seldom || self.chance.percent(15) {
                    names.push(name);
                }
            }
            let parts: Vec<String> = names.iter().map(|name| self.field("Query", name, 4, true)).collect();
            parts.join(" ")
        };
        let declared = if self.declared.is_empty() {
            String::new()
        } else {
            format!("({})", self.declared.join(", "))
        };
        let withheld = match self.chance.number(0, 9) {
            0..=5 => WithheldMode::Report,
            6..=8 => WithheldMode::Error,
            _ => WithheldMode::Fail,
        };
        Operation {
            query: format!("query Drawn{declared} {{ {body} }} {}", self.fragments.join(" ")),
            variables: self.variables,
            withheld,
            used: self.used,
            list,
        }
    }

    /// A page of one list with everything that tells how many there are, and what they are ordered by.
    fn page(&mut self) -> (String, String) {
        let name = self.chance.pick(&LISTS);
        let (arguments, list) = self.arguments("Query", name);
        let nodes = self.api.field("Query", name).ty.inner_named_type().to_string();
        let of = self.api.field(&nodes, "nodes").ty.inner_named_type().to_string();
        self.used.insert(format!("Query.{name}"));
        let inside = self.selection(&of, 2);
        let counted = self.api.fields(&nodes).iter().any(|field| field.name == "totalCount");
        let total = if counted { "totalCount" } else { "" };
        let text = format!(
            "page: {name}{arguments} {{ {total} pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} edges {{ cursor node {{ id {inside} }} }} }}"
        );
        (text, list)
    }

    fn introspection(&mut self) -> String {
        let types = [
            "Family",
            "Member",
            "CriterionCode",
            "FamilyFilter",
            "LocalIdentifier",
            "Nothing",
        ];
        let of = self.chance.pick(&types);
        let all = [
            "__schema { types { name kind fields { name type { name } args { name } } inputFields { name } enumValues { name } } }".to_owned(),
            format!("__type(name: \"{of}\") {{ name description fields {{ name description }} }}"),
            "__schema { queryType { name fields { name description } } } viewer { role }".to_owned(),
        ];
        all[self.chance.number(0, all.len() - 1)].clone()
    }

    fn alias(&mut self) -> String {
        self.names += 1;
        format!("a{}", self.names)
    }

    fn field(&mut self, of: &str, name: &str, depth: usize, aliased: bool) -> String {
        let field = self.api.field(of, name);
        let leads_to = field.ty.inner_named_type().to_string();
        let (arguments, _) = self.arguments(of, name);
        let alias = if aliased || self.chance.percent(30) {
            format!("{}: ", self.alias())
        } else {
            String::new()
        };
        self.used.insert(format!("{of}.{name}"));
        let directive = match self.chance.number(0, 39) {
            0 => " @include(if: true)",
            1 => " @skip(if: false)",
            2 => " @skip(if: true)",
            _ => "",
        };
        let below = if self.api.is_composite(&leads_to) {
            format!(" {{ {} }}", self.selection(&leads_to, depth.saturating_sub(1)))
        } else {
            String::new()
        };
        format!("{alias}{name}{arguments}{directive}{below}")
    }

    /// Some of the fields of a type, never none, some of them in fragments.
    fn selection(&mut self, of: &str, depth: usize) -> String {
        let mut parts = vec!["__typename".to_owned()];
        if of == "Node" {
            parts.push("id".to_owned());
            let nodes: Vec<String> = self.api.nodes().into_iter().collect();
            for _ in 0..3 {
                let on = nodes[self.chance.number(0, nodes.len() - 1)].clone();
                let inside = self.selection(&on, depth.min(2));
                parts.push(format!("... on {on} {{ {} }}", inside.replacen("__typename", "id", 1)));
            }
            return parts.join(" ");
        }
        let fields = self.api.fields(of);
        let connection = of.ends_with("Connection") || of.ends_with("Edge");
        let mut named = BTreeSet::new();
        let (mut inline, mut spread) = (Vec::new(), Vec::new());
        for field in fields {
            let composite = self.api.is_composite(field.ty.inner_named_type());
            let likely = match (connection, composite) {
                (true, _) => 60,
                (false, true) if depth == 0 => 0,
                (false, true) => 22,
                (false, false) => 45,
            };
            if !self.chance.percent(likely) || (composite && depth == 0) {
                continue;
            }
            let name = field.name.to_string();
            if is_not_asked_for(of, &name) {
                continue;
            }
            let below = if connection { depth } else { depth.saturating_sub(1) };
            let text = self.field(of, &name, below, !named.insert(name.clone()));
            match self.chance.number(0, 9) {
                0 => inline.push(text),
                1 => spread.push(text),
                _ => parts.push(text),
            }
        }
        if !inline.is_empty() {
            parts.push(format!("... on {of} {{ {} }}", inline.join(" ")));
        }
        if !spread.is_empty() {
            let name = format!("F{}", self.fragments.len());
            self.fragments.push(String::new());
            let at = name[1..].parse::<usize>().unwrap();
            self.fragments[at] = format!("fragment {name} on {of} {{ {} }}", spread.join(" "));
            parts.push(format!("...{name}"));
        }
        parts.join(" ")
    }

    /// Arguments of a field as they stand in the document, and the list and order that they make.
    fn arguments(&mut self, of: &str, name: &str) -> (String, String) {
        let field = self.api.field(of, name);
        let mut given: Vec<(&InputValueDefinition, Value)> = Vec::new();
        let mut list = name.to_owned();
        let by_reference = name == "family" && self.chance.percent(50);
        let backwards = self.chance.percent(25);
        let is_list = LISTS.contains(&name);
        if let Some(argument) = field.arguments.iter().find(|argument| argument.name == "orderBy")
            && self.chance.percent(65)
        {
            let order = self.input(name, argument, argument.ty.inner_named_type());
            list = format!("{name} {} {}", order["field"], order["direction"]);
            given.push((&**argument, order));
        }
        for argument in &field.arguments {
            let value = match argument.name.as_str() {
                "orderBy" => continue,
                "id" if name == "family" && by_reference && !self.chance.percent(3) => continue,
                "reference" if !by_reference && !self.chance.percent(3) => continue,
                "id" if name == "agreement" && self.chance.percent(50) => continue,
                "first" if (backwards && is_list) || self.chance.percent(35) => continue,
                "last" if !backwards && !self.chance.percent(2) => continue,
                "after" if self.chance.percent(72) => continue,
                "before" if self.chance.percent(if backwards { 55 } else { 95 }) => continue,
                "filter" if self.chance.percent(45) => continue,
                "includeFormer" if self.chance.percent(50) => continue,
                "after" | "before" => self.cursor(&list),
                "first" | "last" => json!(match self.chance.number(0, 19) {
                    0 => 0,
                    1 => 101,
                    2..=4 => 100,
                    // About as many as there are, so that whether there is another page is in the balance.
                    5..=8 => self.chance.number(10, 60),
                    _ => self.chance.number(1, 7),
                }),
                _ => self.input(name, argument, argument.ty.inner_named_type()),
            };
            given.push((&**argument, value));
        }
        if given.is_empty() {
            return (String::new(), list);
        }
        let mut texts = Vec::new();
        for (argument, value) in given {
            self.used.insert(format!("{of}.{name}({}:)", argument.name));
            let text = if self.chance.percent(25) {
                let variable = self.alias();
                self.declared.push(format!("${variable}: {}", argument.ty));
                self.variables.insert(variable.clone(), value);
                format!("${variable}")
            } else {
                self.literal(&argument.ty, &value)
            };
            texts.push(format!("{}: {text}", argument.name));
        }
        (format!("({})", texts.join(", ")), list)
    }

    fn cursor(&mut self, list: &str) -> Value {
        let pool = self.pool;
        let own = pool.cursors.get(list).filter(|own| !own.is_empty());
        match own {
            Some(own) if !self.chance.percent(8) => json!(own[self.chance.number(0, own.len() - 1)]),
            _ => {
                let all: Vec<&String> = pool.cursors.values().flatten().collect();
                if all.is_empty() || self.chance.percent(20) {
                    json!("bm90aGluZw")
                } else {
                    json!(self.chance.pick(&all))
                }
            }
        }
    }

    /// A value of a type for an argument or an input's field.
    fn input(&mut self, of: &str, input: &InputValueDefinition, ty: &str) -> Value {
        if ty == "MarkerLookupInput" {
            if input.name == "inputs" {
                return (0..self.chance.number(0, 9)).map(|_| self.question()).collect();
            }
            return self.question();
        }
        if matches!(*input.ty, Type::List(_) | Type::NonNullList(_)) {
            return (0..self.chance.number(1, 6)).map(|_| self.id("node")).collect();
        }
        match ty {
            "ID" => self.id(of),
            "Boolean" => json!(self.chance.percent(50)),
            "Int" => json!(self.chance.number(0, 200)),
            "NaiveDate" if self.chance.percent(2) => json!("2026-02-30"),
            "NaiveDate" => json!(self.pool.dates[self.chance.number(0, self.pool.dates.len() - 1)]),
            "String" => {
                let pool = self.pool;
                let texts = pool.texts.get(input.name.as_str()).filter(|texts| !texts.is_empty());
                let texts = texts.unwrap_or_else(|| panic!("no texts for {}", input.name));
                let text = &texts[self.chance.number(0, texts.len() - 1)];
                json!(if self.chance.percent(20) {
                    text.to_uppercase()
                } else {
                    text.clone()
                })
            }
            _ => {
                let values = self.api.values(ty);
                if !values.is_empty() {
                    let value = values[self.chance.number(0, values.len() - 1)].clone();
                    if ty.ends_with("OrderField") {
                        self.used.insert(format!("{ty}.{value}"));
                    }
                    return json!(value);
                }
                let inputs = self.api.inputs(ty);
                assert!(!inputs.is_empty(), "no values for {ty}");
                let mut object = Map::new();
                let all = ty.ends_with("Order");
                let one = self.chance.number(0, inputs.len() - 1);
                for (at, inner) in inputs.into_iter().enumerate() {
                    if all || at == one || self.chance.percent(10) {
                        self.used.insert(format!("{ty}.{}", inner.name));
                        let value = self.input(of, inner, inner.ty.inner_named_type());
                        object.insert(inner.name.to_string(), value);
                    }
                }
                Value::Object(object)
            }
        }
    }

    /// Something of what is known of somebody of either data set, and sometimes of two.
    fn question(&mut self) -> Value {
        let pool = self.pool;
        let mut question = Map::new();
        let one = &pool.people[self.chance.number(0, pool.people.len() - 1)];
        let other = &pool.people[self.chance.number(0, pool.people.len() - 1)];
        let all = self.chance.percent(40);
        for (name, value) in one {
            let of = if self.chance.percent(6) { &other[name] } else { value };
            if all || self.chance.percent(70) {
                self.used.insert(format!("MarkerLookupInput.{name}"));
                question.insert(name.clone(), of.clone());
            }
        }
        if question.contains_key("identifiers") {
            let inner = ["system", "value"].map(|name| format!("LookupIdentifierInput.{name}"));
            self.used.extend(inner);
        }
        Value::Object(question)
    }

    /// An id of a row of either data set, of the right type nearly always.
    fn id(&mut self, field: &str) -> Value {
        let of = match field {
            "family" | "disclosures" => "Family",
            "member" => "Member",
            "agreement" => "Agreement",
            _ => "",
        };
        let pool = self.pool;
        if self.chance.percent(2) {
            return json!("bm9uZSBvZiBvdXJz");
        }
        let given = pool.given.get(if of.is_empty() {
            self.chance.pick(&["Family", "Member", "Consent", "Plan"])
        } else {
            of
        });
        if let Some(given) = given.filter(|given| !given.is_empty())
            && self.chance.percent(60)
        {
            return json!(given[self.chance.number(0, given.len() - 1)]);
        }
        let ids = match pool.ids.get(of).filter(|ids| !ids.is_empty()) {
            Some(ids) if !self.chance.percent(4) => ids,
            _ => {
                let kinds: Vec<&Vec<String>> = pool.ids.values().filter(|ids| !ids.is_empty()).collect();
                self.chance.pick(&kinds)
            }
        };
        json!(ids[self.chance.number(0, ids.len() - 1)])
    }

    /// A value as the document writes it: enum values without quotes.
    fn literal(&self, ty: &Type, value: &Value) -> String {
        let name = ty.inner_named_type().as_str();
        match value {
            Value::Array(list) => {
                let texts: Vec<String> = list.iter().map(|value| self.literal(ty, value)).collect();
                format!("[{}]", texts.join(", "))
            }
            Value::Object(object) => {
                let inputs = self.api.inputs(name);
                let mut text = String::from("{");
                for (key, value) in object {
                    let input = inputs.iter().find(|input| input.name == key.as_str()).unwrap();
                    let _ = write!(text, " {key}: {}", self.literal(&input.ty, value));
                }
                text + " }"
            }
            Value::String(text) if !self.api.values(name).is_empty() => text.clone(),
            other => other.to_string(),
        }
    }
}

/// The team of a Lead Professional is told with the marker, unless shielding covers the family. So it tells whoever may know of the marker whether that is so, and with it nobody would be left to
/// whom that must make no difference. `tests/it/shelter.rs` asks for it.
pub(crate) fn is_not_asked_for(of: &str, field: &str) -> bool {
    (of, field) == ("LeadProfessional", "team")
}
