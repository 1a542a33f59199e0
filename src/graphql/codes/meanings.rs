//! What each code of the schema means, as the schema itself says it.

use apollo_compiler::{
    Node,
    ast::{Definition, Document, EnumTypeDefinition},
};

use crate::graphql::sdl;

/// A code list of the schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeList {
    /// Its name in the schema.
    pub name: String,
    /// Each code as the API writes it, and what it means.
    pub codes: Vec<(String, String)>,
}

/// All code lists of the schema, in its order.
///
/// # Panics
/// Never: the published schema can be read, as tests say.
pub fn code_lists() -> Vec<CodeList> {
    let document = Document::parse(sdl::whole(), "schema.graphql").expect("the published schema can be read");
    let lists = document.definitions.iter().filter_map(|definition| match definition {
        Definition::EnumTypeDefinition(list) => Some(list),
        _ => None,
    });
    lists.map(list).collect()
}

fn list(list: &Node<EnumTypeDefinition>) -> CodeList {
    let codes = list.values.iter().map(|value| {
        let meaning = value.description.as_ref().map_or("", |text| text.as_str());
        (value.value.to_string(), meaning.trim().replace('\n', " "))
    });
    CodeList {
        name: list.name.to_string(),
        codes: codes.collect(),
    }
}
