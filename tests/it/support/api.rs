//! The schema as tests walk it: object types, their fields, and the ways that lead to them from the query root.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use apollo_compiler::{
    Schema,
    ast::{FieldDefinition, InputValueDefinition},
    schema::ExtendedType,
};
use thinkfamily::graphql::library::library_sdl;

/// The library's schema.
pub(crate) struct Api {
    pub(crate) schema: Schema,
}

/// A way from the query root to a type: root field first.
pub(crate) type Way = Vec<String>;

impl Api {
    pub(crate) fn new() -> Self {
        Self {
            schema: Schema::parse(library_sdl(), "schema.graphql").unwrap(),
        }
    }

    /// The fields of an object type; none for other types.
    pub(crate) fn fields(&self, of: &str) -> Vec<&FieldDefinition> {
        match self.schema.types.get(of) {
            Some(ExtendedType::Object(object)) => object.fields.values().map(|field| &***field).collect(),
            Some(ExtendedType::Interface(interface)) => interface.fields.values().map(|field| &***field).collect(),
            _ => Vec::new(),
        }
    }

    pub(crate) fn field(&self, of: &str, name: &str) -> &FieldDefinition {
        self.fields(of)
            .into_iter()
            .find(|field| field.name == name)
            .unwrap_or_else(|| panic!("{of}.{name}"))
    }

    /// Whether a type has fields to select.
    pub(crate) fn is_composite(&self, of: &str) -> bool {
        matches!(
            self.schema.types.get(of),
            Some(ExtendedType::Object(_) | ExtendedType::Interface(_))
        )
    }

    /// The fields of an input type; none for other types.
    pub(crate) fn inputs(&self, of: &str) -> Vec<&InputValueDefinition> {
        match self.schema.types.get(of) {
            Some(ExtendedType::InputObject(input)) => input.fields.values().map(|field| &***field).collect(),
            _ => Vec::new(),
        }
    }

    /// The values of an enum; none for other types.
    pub(crate) fn values(&self, of: &str) -> Vec<String> {
        match self.schema.types.get(of) {
            Some(ExtendedType::Enum(list)) => list.values.keys().map(ToString::to_string).collect(),
            _ => Vec::new(),
        }
    }

    /// The types that can be had by `node`.
    pub(crate) fn nodes(&self) -> BTreeSet<String> {
        let types = self.schema.types.iter().filter_map(|(name, of)| match of {
            ExtendedType::Object(object) if object.implements_interfaces.iter().any(|of| of.name == "Node") => {
                Some(name.to_string())
            }
            _ => None,
        });
        types.collect()
    }

    /// The shortest way to every object type that a query can reach, that of the root being empty.
    pub(crate) fn ways(&self) -> BTreeMap<String, Way> {
        let mut ways = BTreeMap::from([("Query".to_owned(), Way::new())]);
        let mut next = VecDeque::from(["Query".to_owned()]);
        while let Some(of) = next.pop_front() {
            for field in self.fields(&of) {
                let leads_to = field.ty.inner_named_type().to_string();
                if self.is_composite(&leads_to) && !ways.contains_key(&leads_to) {
                    let mut way = ways[&of].clone();
                    way.push(field.name.to_string());
                    ways.insert(leads_to.clone(), way);
                    next.push_back(leads_to);
                }
            }
        }
        for node in self.nodes() {
            ways.entry(node).or_default();
        }
        ways.remove("Node");
        ways
    }
}
