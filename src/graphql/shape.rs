//! The schema's shape: which field leads to which type, and which entry of the register each is. To read an operation without running it.

use std::collections::HashMap;

use apollo_compiler::Node;
use apollo_compiler::ast::{Definition, Document, FieldDefinition, InputValueDefinition, Type};

use crate::sharing::register::{self, FieldId};

/// A field of an object type.
#[derive(Clone, Debug)]
pub struct FieldShape {
    /// Its entry in the register.
    pub id: FieldId,
    /// The named type that it leads to.
    pub leads_to: String,
    /// Whether it holds a list.
    pub list: bool,
    /// Its arguments.
    pub arguments: HashMap<String, InputShape>,
}

/// An argument or an input's field.
#[derive(Clone, Debug)]
pub struct InputShape {
    /// Its entry in the register.
    pub id: FieldId,
    /// The named type of its value.
    pub of: String,
}

/// The schema's shape.
#[derive(Debug, Default)]
pub struct Shape {
    objects: HashMap<String, HashMap<String, FieldShape>>,
    inputs: HashMap<String, HashMap<String, InputShape>>,
    orderings: HashMap<String, FieldId>,
}

/// Schema coordinates that are not in the register.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not in src/sharing/register.toml: {0:?}")]
pub struct Unclassified(pub Vec<String>);

impl Shape {
    /// Reads the shape of the library's schema.
    ///
    /// # Errors
    /// When a field, argument or input of it is not classified.
    pub fn of(library: &str) -> Result<Self, Unclassified> {
        let document = Document::parse(library, "schema.graphql")
            .map_err(|_| Unclassified(vec!["the schema is not readable".to_owned()]))?;
        let mut missing = Vec::new();
        let mut find = |coordinate: String| {
            let found = register::find(&coordinate).map(|field| field.id);
            if found.is_none() {
                missing.push(coordinate);
            }
            found
        };
        let mut shape = Self::default();
        for definition in &document.definitions {
            match definition {
                Definition::ObjectTypeDefinition(object) => {
                    let fields = fields(&object.name, &object.fields, &mut find);
                    shape.objects.insert(object.name.to_string(), fields);
                }
                Definition::InterfaceTypeDefinition(interface) => {
                    let fields = fields(&interface.name, &interface.fields, &mut find);
                    shape.objects.insert(interface.name.to_string(), fields);
                }
                Definition::InputObjectTypeDefinition(input) => {
                    let fields = inputs(&input.fields, |field| format!("{}.{field}", input.name), &mut find);
                    shape.inputs.insert(input.name.to_string(), fields);
                }
                Definition::EnumTypeDefinition(list) if list.name.ends_with("OrderField") => {
                    for value in &list.values {
                        let coordinate = format!("{}.{}", list.name, value.value);
                        if let Some(id) = find(coordinate.clone()) {
                            shape.orderings.insert(coordinate, id);
                        }
                    }
                }
                _ => {}
            }
        }
        if missing.is_empty() {
            Ok(shape)
        } else {
            Err(Unclassified(missing))
        }
    }

    /// A field of an object type or interface.
    pub fn field(&self, of: &str, name: &str) -> Option<&FieldShape> {
        self.objects.get(of)?.get(name)
    }

    /// A field of an input type.
    pub fn input(&self, of: &str, name: &str) -> Option<&InputShape> {
        self.inputs.get(of)?.get(name)
    }

    /// A value of an enum by which a list is ordered.
    pub fn ordering(&self, of: &str, value: &str) -> Option<FieldId> {
        self.orderings.get(&format!("{of}.{value}")).copied()
    }
}

fn fields(
    of: &str,
    fields: &[Node<FieldDefinition>],
    find: &mut impl FnMut(String) -> Option<FieldId>,
) -> HashMap<String, FieldShape> {
    let mut shapes = HashMap::new();
    for field in fields {
        let coordinate = format!("{of}.{}", field.name);
        let arguments = inputs(&field.arguments, |argument| format!("{coordinate}({argument}:)"), find);
        if let Some(id) = find(coordinate) {
            let leads_to = field.ty.inner_named_type().to_string();
            let list = matches!(field.ty, Type::List(_) | Type::NonNullList(_));
            shapes.insert(
                field.name.to_string(),
                FieldShape {
                    id,
                    leads_to,
                    list,
                    arguments,
                },
            );
        }
    }
    shapes
}

fn inputs(
    fields: &[Node<InputValueDefinition>],
    coordinate: impl Fn(&str) -> String,
    find: &mut impl FnMut(String) -> Option<FieldId>,
) -> HashMap<String, InputShape> {
    let mut shapes = HashMap::new();
    for field in fields {
        if let Some(id) = find(coordinate(&field.name)) {
            let of = field.ty.inner_named_type().to_string();
            shapes.insert(field.name.to_string(), InputShape { id, of });
        }
    }
    shapes
}
