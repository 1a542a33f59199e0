//! Reads an operation before it runs: which fields of the register it names and where, and what it costs. A function of the operation alone.

use std::collections::HashMap;

use async_graphql::{Name, Positioned};
use async_graphql_parser::types::{Field, FragmentDefinition, OperationType, Selection, SelectionSet};
use async_graphql_value::Value;

use super::{
    language::Resolved,
    page::{LONGEST, USUAL},
    shape::Shape,
};
use crate::{
    catalogue,
    sharing::{
        agreement::Access,
        category::CategorySet,
        ceiling::Ceiling,
        disclosure::Step,
        register::{self, FieldId, FieldSet},
    },
};

/// How long a list of one family's rows is taken to be when an operation is costed.
const LIST: u64 = 5;

/// An operation as it was read.
#[derive(Debug, Default)]
pub struct Plan {
    /// Every field, argument, input and ordering that it names.
    pub used: FieldSet,
    /// Arguments, inputs and orderings with the place of the field that they belong to: where they are beyond the ceiling, that is told.
    pub inputs: Vec<Input>,
    /// Roughly how many values the answer may have.
    pub cost: u64,
    /// Names of introspection fields of the root.
    pub introspects: bool,
    /// Whether there is any other field of the root.
    pub reads: bool,
}

/// An argument, input or ordering that an operation names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// What it is.
    pub field: FieldId,
    /// The place of the field that it belongs to.
    pub path: Vec<Step>,
    /// The categories of the criterion that a filter wants.
    pub criterion: CategorySet,
}

impl Input {
    /// Whether the ceiling covers it.
    pub fn is_within(&self, ceiling: &Ceiling) -> bool {
        ceiling.covers(self.field) && ceiling.categories(Access::Read).covers(self.criterion)
    }
}

/// Reads operations.
pub struct Reader<'a> {
    shape: &'a Shape,
    fragments: &'a HashMap<Name, Positioned<FragmentDefinition>>,
    plan: Plan,
}

impl<'a> Reader<'a> {
    /// Reads an operation of a document that has passed the pre-check: its fragments form no circle, and are expanded a bounded number of times.
    pub fn read(shape: &'a Shape, resolved: &'a Resolved) -> Plan {
        let operation = resolved.operation();
        let root = match operation.ty {
            OperationType::Query => "Query",
            OperationType::Mutation => "Mutation",
            OperationType::Subscription => "Subscription",
        };
        let mut reader = Self {
            shape,
            fragments: resolved.fragments(),
            plan: Plan::default(),
        };
        let cost = reader.selections(root, &operation.selection_set.node, &mut Vec::new());
        reader.plan.cost = cost;
        reader.plan
    }

    fn selections(&mut self, of: &str, set: &SelectionSet, path: &mut Vec<Step>) -> u64 {
        let mut cost: u64 = 0;
        for selection in &set.items {
            cost = cost.saturating_add(match &selection.node {
                Selection::Field(field) => self.field(of, &field.node, path),
                Selection::InlineFragment(fragment) => {
                    let condition = fragment.node.type_condition.as_ref();
                    let of = condition.map_or(of, |condition| condition.node.on.node.as_str());
                    self.selections(of, &fragment.node.selection_set.node, path)
                }
                Selection::FragmentSpread(spread) => {
                    let fragments = self.fragments;
                    fragments.get(&spread.node.fragment_name.node).map_or(0, |fragment| {
                        let of = fragment.node.type_condition.node.on.node.as_str();
                        self.selections(of, &fragment.node.selection_set.node, path)
                    })
                }
            });
        }
        cost
    }

    fn field(&mut self, of: &str, field: &Field, path: &mut Vec<Step>) -> u64 {
        let name = field.name.node.as_str();
        if name.starts_with("__") {
            if path.is_empty() && name != "__typename" {
                self.plan.introspects = true;
            } else if path.is_empty() {
                self.plan.reads = true;
            }
            return 1;
        }
        if path.is_empty() {
            self.plan.reads = true;
        }
        let shape = self.shape;
        // A field that the schema does not have is the validation's business.
        let Some(known) = shape.field(of, name) else { return 1 };
        self.plan.used.insert(known.id);
        path.push(Step::Key(field.response_key().node.to_string()));
        let mut rows = if known.list { LIST } else { 1 };
        for (argument, value) in &field.arguments {
            if let Some(input) = known.arguments.get(argument.node.as_str()) {
                let given = &value.node;
                // Null is like nothing said.
                if *given == Value::Null {
                    continue;
                }
                self.input(input.id, &input.of, given, path);
                // A field that answers a list of questions gives as many answers.
                if let (true, Value::List(questions)) = (known.list, given) {
                    rows = questions.len() as u64;
                }
                if matches!(argument.node.as_str(), "first" | "last") {
                    let size = match given {
                        Value::Number(size) => size.as_u64(),
                        _ => None,
                    };
                    rows = size.unwrap_or(LONGEST as u64).clamp(1, LONGEST as u64);
                }
            }
        }
        if known.leads_to.ends_with("Connection") && rows == 1 {
            rows = USUAL as u64;
        }
        let inner = self.selections(&known.leads_to, &field.selection_set.node, path);
        path.pop();
        // The lists inside a connection are as long as its page, which has been counted.
        let rows = if of.ends_with("Connection") { 1 } else { rows };
        inner.saturating_mul(rows).saturating_add(1)
    }

    fn input(&mut self, id: FieldId, of: &str, value: &Value, path: &[Step]) {
        self.plan.used.insert(id);
        self.note(id, path, criterion(id, of, value));
        let shape = self.shape;
        match value {
            Value::Object(object) => {
                for (name, value) in object {
                    if let Some(input) = shape.input(of, name).filter(|_| *value != Value::Null) {
                        self.input(input.id, &input.of, value, path);
                    }
                }
            }
            Value::List(list) => {
                // What all of a list name is noted once.
                let first = self.plan.inputs.len();
                for value in list.iter().filter(|value| matches!(value, Value::Object(_))) {
                    let before = self.plan.inputs.len();
                    self.input(id, of, value, path);
                    let (known, new) = self.plan.inputs.split_at(before);
                    let new: Vec<_> = new
                        .iter()
                        .filter(|new| !known[first..].iter().any(|known| known.field == new.field))
                        .cloned()
                        .collect();
                    self.plan.inputs.truncate(before);
                    self.plan.inputs.extend(new);
                }
            }
            Value::Enum(name) => {
                if let Some(ordering) = shape.ordering(of, name) {
                    self.plan.used.insert(ordering);
                    self.note(ordering, path, CategorySet::EMPTY);
                }
            }
            _ => {}
        }
    }

    fn note(&mut self, field: FieldId, path: &[Step], criterion: CategorySet) {
        let path = path.to_vec();
        self.plan.inputs.push(Input { field, path, criterion });
    }
}

/// The categories of the criterion that a filter wants: of a criterion that the agreement never gives, no row could pass.
fn criterion(field: FieldId, of: &str, value: &Value) -> CategorySet {
    match value {
        Value::Enum(code) if of == "CriterionCode" && register::get(field).coordinate.contains("Filter.") => {
            catalogue::categories_of_criterion(code)
        }
        _ => CategorySet::EMPTY,
    }
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod tests;
