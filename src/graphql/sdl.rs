//! The schema in words, whole or within a ceiling: every field with its data categories, and nothing that the ceiling does not cover.

use std::collections::{BTreeSet, HashSet};

use apollo_compiler::{
    Name, Node,
    ast::{self, Definition, Document},
};

use crate::sharing::{
    category::{Category, Sensitivity},
    ceiling::Ceiling,
    register::{self, Field, FieldSet},
};

/// The directive that tells a value's data categories.
const DIRECTIVE: &str = r#"
"What a value says about a person. Whoever asks needs every category of `of`, for the purpose of the request, by a clause of the agreement."
directive @category(
  "The data categories that every value has."
  of: [DataCategory!]!
  "The category that each row has besides, from its criterion, its measure, or what is compared."
  perRow: Boolean! = false
  "Whether it tells where a family or somebody of it is, so that it is withheld where a person at risk lives with them."
  area: Boolean! = false
  "Whether write access is needed."
  write: Boolean! = false
  "Whether a clause that lets the asker open emergency access is needed, and no category."
  emergency: Boolean! = false
  "Whether it says nothing by itself: whoever is given what holds it is given it too, and needs no category."
  held: Boolean! = false
) on FIELD_DEFINITION | ARGUMENT_DEFINITION | INPUT_FIELD_DEFINITION | ENUM_VALUE
"#;

/// The schema as the library has it, with each value's categories; only what is in `seen`, if that is said.
///
/// # Errors
/// When nothing is left of the query root.
pub fn published(library: &str, seen: Option<&FieldSet>) -> Result<String, NothingLeft> {
    let text = format!("{library}\n{DIRECTIVE}");
    let mut document = Document::parse(text, "schema.graphql").map_err(|_| NothingLeft)?;
    let covered = |coordinate: &str| {
        seen.is_none_or(|seen| register::find(coordinate).is_none_or(|field| seen.contains(field.id)))
    };
    for definition in &mut document.definitions {
        annotate(definition, &covered);
    }
    while remove_what_is_empty(&mut document) {}
    keep_what_is_reached(&mut document);
    let has_query = document
        .definitions
        .iter()
        .any(|definition| name(definition) == Some("Query"));
    if !has_query {
        return Err(NothingLeft);
    }
    let there: BTreeSet<String> = document
        .definitions
        .iter()
        .filter_map(name)
        .map(str::to_owned)
        .collect();
    for definition in &mut document.definitions {
        if let Definition::SchemaDefinition(schema) = definition {
            schema
                .make_mut()
                .root_operations
                .retain(|root| there.contains(root.1.as_str()));
        }
    }
    document
        .definitions
        .sort_by_key(|definition| (order(definition), name(definition).map(str::to_owned)));
    Ok(document.to_string())
}

/// The ceiling covers no field of the query root.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the agreement gives nothing to this agency kind and role for this purpose")]
pub struct NothingLeft;

fn order(definition: &Definition) -> u8 {
    match definition {
        Definition::SchemaDefinition(_) => 0,
        Definition::DirectiveDefinition(_) => 1,
        _ if name(definition) == Some("Query") => 2,
        _ if name(definition) == Some("Mutation") => 3,
        _ if name(definition) == Some("Subscription") => 4,
        _ => 5,
    }
}

fn name(definition: &Definition) -> Option<&str> {
    definition.name().map(Name::as_str)
}

/// Marks every field, argument, input and ordering with its categories, and takes out what is not covered.
fn annotate(definition: &mut Definition, covered: &impl Fn(&str) -> bool) {
    match definition {
        Definition::ObjectTypeDefinition(object) => {
            let object = object.make_mut();
            // A type of which no row could ever exist for the asker goes as a whole.
            if !covered(&object.name) {
                object.fields.clear();
            }
            fields(object.name.clone().as_str(), &mut object.fields, covered);
        }
        Definition::InterfaceTypeDefinition(interface) => {
            let interface = interface.make_mut();
            fields(interface.name.clone().as_str(), &mut interface.fields, covered);
        }
        Definition::InputObjectTypeDefinition(input) => {
            let input = input.make_mut();
            let of = input.name.clone();
            input.fields.retain(|field| covered(&format!("{of}.{}", field.name)));
            for field in &mut input.fields {
                let entry = register::find(&format!("{of}.{}", field.name));
                let field = field.make_mut();
                mark(entry, &mut field.directives, &mut field.description);
            }
        }
        Definition::EnumTypeDefinition(list) => {
            let list = list.make_mut();
            let of = list.name.clone();
            list.values.retain(|value| covered(&format!("{of}.{}", value.value)));
            for value in &mut list.values {
                let entry = register::find(&format!("{of}.{}", value.value));
                let value = value.make_mut();
                mark(entry, &mut value.directives, &mut value.description);
            }
        }
        _ => {}
    }
}

fn fields(of: &str, fields: &mut Vec<Node<ast::FieldDefinition>>, covered: &impl Fn(&str) -> bool) {
    fields.retain(|field| covered(&format!("{of}.{}", field.name)));
    for field in fields {
        let field = field.make_mut();
        let coordinate = format!("{of}.{}", field.name);
        mark(
            register::find(&coordinate),
            &mut field.directives,
            &mut field.description,
        );
        field
            .arguments
            .retain(|argument| covered(&format!("{coordinate}({}:)", argument.name)));
        for argument in &mut field.arguments {
            let entry = register::find(&format!("{coordinate}({}:)", argument.name));
            let argument = argument.make_mut();
            mark(entry, &mut argument.directives, &mut argument.description);
        }
    }
}

/// The directive, for programs, and a line of the description, for people.
fn mark(entry: Option<&Field>, directives: &mut ast::DirectiveList, description: &mut Option<Node<str>>) {
    let Some(entry) = entry else { return };
    let value = |categories: Vec<Category>| {
        let codes = categories
            .into_iter()
            .filter_map(|category| Name::new(category.code()).ok());
        Node::new(ast::Value::List(
            codes.map(|code| Node::new(ast::Value::Enum(code))).collect(),
        ))
    };
    let argument = |name: &'static str, value| {
        Node::new(ast::Argument {
            name: Name::new_unchecked(name),
            value,
        })
    };
    let mut arguments = vec![argument("of", value(entry.categories.iter().collect()))];
    let flags = [
        ("perRow", entry.by_row),
        ("area", entry.area || entry.whereabouts),
        ("write", entry.access == crate::sharing::agreement::Access::Write),
        ("emergency", entry.emergency),
        ("held", entry.held),
    ];
    for (flag, _) in flags.into_iter().filter(|(_, set)| *set) {
        arguments.push(argument(flag, Node::new(ast::Value::Boolean(true))));
    }
    directives.0.push(Node::new(ast::Directive {
        name: Name::new_unchecked("category"),
        arguments,
    }));
    let sensitivity = entry
        .categories
        .iter()
        .map(Category::sensitivity)
        .max()
        .unwrap_or(Sensitivity::None);
    let told = format!(
        "Data category: {} ({}).",
        entry.label(),
        sensitivity.code().replace('_', " ")
    );
    let text = description
        .as_ref()
        .map_or_else(|| told.clone(), |text| format!("{text}\n\n{told}"));
    *description = Some(text.as_str().into());
}

/// Takes out types that have lost all their fields, and fields of types that are gone; says whether there was any.
fn remove_what_is_empty(document: &mut Document) -> bool {
    let before = document.definitions.len();
    document.definitions.retain(|definition| match definition {
        Definition::ObjectTypeDefinition(object) => !object.fields.is_empty(),
        Definition::InterfaceTypeDefinition(interface) => !interface.fields.is_empty(),
        Definition::InputObjectTypeDefinition(input) => !input.fields.is_empty(),
        Definition::EnumTypeDefinition(list) => !list.values.is_empty(),
        _ => true,
    });
    let mut changed = before != document.definitions.len();
    let known: HashSet<String> = document
        .definitions
        .iter()
        .filter_map(name)
        .map(str::to_owned)
        .collect();
    let gone = |ty: &ast::Type| {
        let ty = ty.inner_named_type().as_str();
        !known.contains(ty) && !["ID", "String", "Int", "Float", "Boolean"].contains(&ty)
    };
    for definition in &mut document.definitions {
        let fields = match definition {
            Definition::ObjectTypeDefinition(object) => {
                let object = object.make_mut();
                object
                    .implements_interfaces
                    .retain(|interface| known.contains(interface.as_str()));
                &mut object.fields
            }
            Definition::InterfaceTypeDefinition(interface) => &mut interface.make_mut().fields,
            Definition::InputObjectTypeDefinition(input) => {
                let input = input.make_mut();
                let count = input.fields.len();
                input.fields.retain(|field| !gone(&field.ty));
                changed |= count != input.fields.len();
                continue;
            }
            _ => continue,
        };
        let count = fields.len();
        fields.retain(|field| !gone(&field.ty));
        changed |= count != fields.len();
        for field in fields {
            if field.arguments.iter().any(|argument| gone(&argument.ty)) {
                field.make_mut().arguments.retain(|argument| !gone(&argument.ty));
                changed = true;
            }
        }
    }
    changed
}

/// Takes out what no field leads to.
fn keep_what_is_reached(document: &mut Document) {
    let mut reached: BTreeSet<String> = ["Query", "Mutation", "Subscription", "DataCategory"]
        .map(str::to_owned)
        .into();
    loop {
        let before = reached.len();
        for definition in &document.definitions {
            let Some(name) = name(definition) else { continue };
            let implements = |interfaces: &[Name]| interfaces.iter().any(|of| reached.contains(of.as_str()));
            let mut found: Vec<String> = Vec::new();
            let mut of_fields = |fields: &[Node<ast::FieldDefinition>]| {
                for field in fields {
                    found.push(field.ty.inner_named_type().to_string());
                    found.extend(
                        field
                            .arguments
                            .iter()
                            .map(|argument| argument.ty.inner_named_type().to_string()),
                    );
                }
            };
            match definition {
                Definition::ObjectTypeDefinition(object)
                    if reached.contains(name) || implements(&object.implements_interfaces) =>
                {
                    of_fields(&object.fields);
                    found.push(name.to_owned());
                }
                Definition::InterfaceTypeDefinition(interface) if reached.contains(name) => {
                    of_fields(&interface.fields);
                }
                Definition::InputObjectTypeDefinition(input) if reached.contains(name) => {
                    found.extend(input.fields.iter().map(|field| field.ty.inner_named_type().to_string()));
                }
                _ => {}
            }
            reached.extend(found);
        }
        if before == reached.len() {
            break;
        }
    }
    document.definitions.retain(|definition| match definition {
        Definition::SchemaDefinition(_) => true,
        Definition::DirectiveDefinition(directive) => directive.name == "category",
        _ => name(definition).is_some_and(|name| reached.contains(name)),
    });
}

/// The whole schema, as it is committed in `schema.graphql`.
///
/// # Panics
/// Never for the schema that is built in; a test makes it.
pub fn whole() -> String {
    published(&super::library::library_sdl(), None).expect("the built-in schema has a query root")
}

/// The schema as a caller could ever see it.
///
/// # Errors
/// When the ceiling covers nothing.
pub fn within(ceiling: &Ceiling) -> Result<String, NothingLeft> {
    published(&super::library::library_sdl(), Some(ceiling.fields()))
}

#[cfg(test)]
mod tests;
