//! What the parsed document amounts to: aliases, variables, repeats, cycles, and its size and depth with every fragment
//! written out. Each fragment is measured once, so the work is linear in the document however its fragments multiply.

use std::collections::HashMap;

use async_graphql_parser::{
    Pos, Positioned,
    types::{ExecutableDocument, Field, FragmentDefinition, Selection, SelectionSet},
};

use super::refusal::{bad, too_many};
use crate::{error::RequestError, wire::limits::Limits};

/// Refuses a document that is larger than the limits once it is written out, or that could not be written out at all.
pub(super) fn check(document: &ExecutableDocument, limits: &Limits) -> Result<(), RequestError> {
    let mut operations: Vec<_> = document.operations.iter().map(|(_, operation)| operation).collect();
    operations.sort_by_key(|operation| operation.pos);
    for operation in &operations {
        if operation.node.variable_definitions.len() > limits.variables {
            return Err(at(
                too_many("variables of an operation", limits.variables),
                operation.pos,
            ));
        }
    }
    let mut measure = Measure {
        limits,
        aliases: 0,
        fragments: HashMap::with_capacity(document.fragments.len()),
    };
    for (name, fragment) in in_order(document)? {
        // Validation also walks fragments that no operation spreads.
        let size = measure.set(&fragment.node.selection_set)?;
        measure.within(&size, fragment.pos)?;
        measure.fragments.insert(name, size);
    }
    let mut selections = 0_u64;
    for operation in operations {
        let size = measure.set(&operation.node.selection_set)?;
        if size.keys.len() > limits.root_fields {
            let what = "fields at the root of an operation";
            return Err(at(too_many(what, limits.root_fields), operation.pos));
        }
        selections = selections.saturating_add(size.selections);
        measure.within(&Size { selections, ..size }, operation.pos)?;
    }
    Ok(())
}

type Fragment<'a> = (&'a str, &'a Positioned<FragmentDefinition>);

/// The fragments, each after all those it spreads; refuses spreads of unknown fragments and cycles.
fn in_order(document: &ExecutableDocument) -> Result<Vec<Fragment<'_>>, RequestError> {
    let mut fragments: Vec<Fragment<'_>> = document
        .fragments
        .iter()
        .map(|(name, fragment)| (name.as_str(), fragment))
        .collect();
    fragments.sort_by_key(|(_, fragment)| fragment.pos);
    let mut spread_by: HashMap<&str, Vec<&str>> = HashMap::new();
    let mut missing: HashMap<&str, usize> = HashMap::new();
    for (name, fragment) in &fragments {
        let mut spreads = Vec::new();
        collect_spreads(&fragment.node.selection_set, &mut spreads);
        spreads.sort_unstable_by_key(|(spread, _)| *spread);
        spreads.dedup_by_key(|(spread, _)| *spread);
        for (spread, pos) in &spreads {
            if !document.fragments.contains_key(*spread) {
                return Err(at(bad(UNKNOWN), *pos));
            }
            spread_by.entry(spread).or_default().push(name);
        }
        missing.insert(name, spreads.len());
    }
    let mut ready: Vec<&str> = fragments
        .iter()
        .map(|(name, _)| *name)
        .filter(|name| missing[name] == 0)
        .collect();
    let mut ordered = Vec::with_capacity(fragments.len());
    while let Some(name) = ready.pop() {
        if let Some((name, fragment)) = document.fragments.get_key_value(name) {
            ordered.push((name.as_str(), fragment));
        }
        for user in spread_by.get(name).into_iter().flatten() {
            if let Some(left) = missing.get_mut(user) {
                *left -= 1;
                if *left == 0 {
                    ready.push(user);
                }
            }
        }
    }
    match fragments.iter().find(|(name, _)| missing[name] > 0) {
        Some((_, fragment)) => Err(at(
            bad("A fragment of the document spreads itself, directly or through others."),
            fragment.pos,
        )),
        None => Ok(ordered),
    }
}

const TYPENAME: &str =
    "__typename takes no arguments and no selections, and no other directives than skip and include.";

/// The library's validation does not look into `__typename`, which is the same in every schema.
fn is_well_formed(field: &Field) -> bool {
    let known = |name: &str| ["skip", "include"].contains(&name);
    field.name.node != "__typename"
        || field.arguments.is_empty()
            && field.selection_set.node.items.is_empty()
            && field
                .directives
                .iter()
                .all(|directive| known(&directive.node.name.node))
}

const UNKNOWN: &str = "The document spreads a fragment that it does not define.";

fn collect_spreads<'a>(set: &'a Positioned<SelectionSet>, spreads: &mut Vec<(&'a str, Pos)>) {
    for item in &set.node.items {
        match &item.node {
            Selection::Field(field) => collect_spreads(&field.node.selection_set, spreads),
            Selection::InlineFragment(inline) => collect_spreads(&inline.node.selection_set, spreads),
            Selection::FragmentSpread(spread) => spreads.push((spread.node.fragment_name.node.as_str(), item.pos)),
        }
    }
}

/// What a selection set amounts to once its fragments are written out.
#[derive(Default)]
struct Size<'a> {
    selections: u64,
    depth: usize,
    /// How often each response key stands in the set itself, through inline fragments and spreads.
    keys: HashMap<&'a str, usize>,
}

struct Measure<'a> {
    limits: &'a Limits,
    aliases: usize,
    fragments: HashMap<&'a str, Size<'a>>,
}

impl<'a> Measure<'a> {
    /// Recurses into fields and inline fragments only, whose nesting the scan has bounded, and never into fragments.
    fn set(&mut self, set: &'a Positioned<SelectionSet>) -> Result<Size<'a>, RequestError> {
        let mut size = Size::default();
        for item in &set.node.items {
            size.selections = size.selections.saturating_add(1);
            match &item.node {
                Selection::Field(field) => {
                    if !is_well_formed(&field.node) {
                        return Err(at(bad(TYPENAME), item.pos));
                    }
                    if field.node.alias.is_some() {
                        self.aliases += 1;
                        if self.aliases > self.limits.aliases {
                            return Err(at(too_many("aliases in the document", self.limits.aliases), item.pos));
                        }
                    }
                    let inner = self.set(&field.node.selection_set)?;
                    size.selections = size.selections.saturating_add(inner.selections);
                    size.depth = size.depth.max(inner.depth.saturating_add(1));
                    self.count(&mut size, field.node.response_key().node.as_str(), 1, item.pos)?;
                }
                Selection::InlineFragment(inline) => {
                    let inner = self.set(&inline.node.selection_set)?;
                    self.merge(&mut size, &inner, item.pos)?;
                }
                Selection::FragmentSpread(spread) => {
                    let Some(inner) = self.fragments.get(spread.node.fragment_name.node.as_str()) else {
                        return Err(at(bad(UNKNOWN), item.pos));
                    };
                    self.merge(&mut size, inner, item.pos)?;
                }
            }
        }
        Ok(size)
    }

    fn within(&self, size: &Size<'a>, pos: Pos) -> Result<(), RequestError> {
        if size.selections > self.limits.selections {
            let what = "selections once fragments are written out";
            return Err(at(too_many(what, self.limits.selections), pos));
        }
        if size.depth > self.limits.field_depth {
            return Err(at(too_many("fields inside one another", self.limits.field_depth), pos));
        }
        Ok(())
    }

    fn merge(&self, size: &mut Size<'a>, inner: &Size<'a>, pos: Pos) -> Result<(), RequestError> {
        size.selections = size.selections.saturating_add(inner.selections);
        size.depth = size.depth.max(inner.depth);
        for (key, times) in &inner.keys {
            self.count(size, key, *times, pos)?;
        }
        Ok(())
    }

    fn count(&self, size: &mut Size<'a>, key: &'a str, times: usize, pos: Pos) -> Result<(), RequestError> {
        let count = size.keys.entry(key).or_default();
        *count = count.saturating_add(times);
        if *count > self.limits.key_repeats {
            return Err(at(
                too_many("uses of one response key in one selection set", self.limits.key_repeats),
                pos,
            ));
        }
        Ok(())
    }
}

fn at(error: RequestError, pos: Pos) -> RequestError {
    error.at(pos.line, pos.column)
}
