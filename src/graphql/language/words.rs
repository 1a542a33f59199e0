//! What may be said to whoever asks: names that they wrote themselves, and names of the schema within their own ceiling.

use apollo_compiler::{Schema, ast::Type, schema::ExtendedType};

/// No name is told at greater length, and none that is longer is compared with others.
const LONGEST_NAME: usize = 60;
/// No more names are suggested.
const SUGGESTED: usize = 3;

/// The whole schema, by which things are decided, and the asker's own, in whose names they are told.
pub(super) struct Words<'a> {
    pub(super) whole: &'a Schema,
    own: Option<&'a Schema>,
}

impl<'a> Words<'a> {
    /// For an asker whose ceiling leaves this of the schema.
    pub(super) fn new(whole: &'a Schema, own: Option<&'a Schema>) -> Self {
        Self { whole, own }
    }

    /// Where it only counts whether something fits.
    pub(super) fn of_nobody(whole: &'a Schema) -> Self {
        Self::new(whole, None)
    }

    /// A type, if the asker's own schema has it.
    pub(super) fn type_name(&self, ty: &Type) -> Option<String> {
        self.own?.types.get(ty.inner_named_type())?;
        Some(format!("`{ty}`"))
    }

    /// Whether the asker's own schema has an argument of a field.
    pub(super) fn has_argument(&self, of: &str, field: &str, argument: &str) -> bool {
        let definition = self.own.and_then(|own| own.type_field(of, field).ok());
        definition.is_some_and(|field| field.arguments.iter().any(|of| of.name == argument))
    }

    /// Whether the asker's own schema has a field of an input.
    pub(super) fn has_input(&self, of: &str, field: &str) -> bool {
        match self.own.and_then(|own| own.types.get(of)) {
            Some(ExtendedType::InputObject(input)) => input.fields.contains_key(field),
            _ => false,
        }
    }

    /// The field of a type that was probably meant, or the value of an enum, or the field of an input.
    pub(super) fn near_member(&self, of: &str, written: &str) -> String {
        let Some(own) = self.own.and_then(|own| own.types.get(of)) else {
            return String::new();
        };
        match own {
            ExtendedType::Object(object) => near(written, object.fields.keys().map(AsRef::as_ref)),
            ExtendedType::Interface(interface) => near(written, interface.fields.keys().map(AsRef::as_ref)),
            ExtendedType::InputObject(input) => near(written, input.fields.keys().map(AsRef::as_ref)),
            ExtendedType::Enum(list) => near(written, list.values.keys().map(AsRef::as_ref)),
            ExtendedType::Scalar(_) | ExtendedType::Union(_) => String::new(),
        }
    }

    /// The argument of a field that was probably meant.
    pub(super) fn near_argument(&self, of: &str, field: &str, written: &str) -> String {
        let definition = self.own.and_then(|own| own.type_field(of, field).ok());
        definition.map_or_else(String::new, |field| {
            near(written, field.arguments.iter().map(|argument| argument.name.as_str()))
        })
    }

    /// The type that was probably meant, of those that may stand there.
    pub(super) fn near_type(&self, written: &str, fits: impl Fn(&ExtendedType) -> bool) -> String {
        let types = self.own.into_iter().flat_map(|own| own.types.iter());
        let fitting = types.filter(|(name, ty)| !name.starts_with("__") && fits(ty));
        near(written, fitting.map(|(name, _)| name.as_str()))
    }
}

/// A name that the asker wrote.
pub(super) fn quoted(name: &str) -> String {
    if name.len() <= LONGEST_NAME {
        return format!("`{name}`");
    }
    let beginning: String = name.chars().take(LONGEST_NAME).collect();
    format!("`{beginning}…`")
}

/// Asks whether the nearest of the candidates were meant; nothing where none is near.
pub(super) fn near<'n>(written: &str, candidates: impl Iterator<Item = &'n str>) -> String {
    if written.len() > LONGEST_NAME {
        return String::new();
    }
    let small = written.to_lowercase();
    let most = small.chars().count() / 3 + 1;
    let mut found: Vec<(usize, &str)> = candidates
        .map(|name| (strsim::osa_distance(&small, &name.to_lowercase()), name))
        .filter(|(distance, name)| *distance <= most && *distance < name.len())
        .collect();
    found.sort_unstable();
    let Some((least, _)) = found.first().copied() else {
        return String::new();
    };
    let nearest = found
        .iter()
        .take_while(|(distance, _)| *distance == least)
        .take(SUGGESTED);
    let names: Vec<_> = nearest.map(|(_, name)| format!("`{name}`")).collect();
    format!(" Did you mean {}?", names.join(" or "))
}

#[cfg(test)]
mod tests {
    use super::{near, quoted};

    #[test]
    fn what_is_near_is_suggested() {
        let fields = ["role", "agency", "purposes", "purpose", "id"];
        let of = |written| near(written, fields.into_iter());
        assert_eq!(of("rol"), " Did you mean `role`?");
        assert_eq!(of("ROLE"), " Did you mean `role`?");
        assert_eq!(of("purposs"), " Did you mean `purpose` or `purposes`?");
        assert_eq!(of("agnecy"), " Did you mean `agency`?");
        assert_eq!(of("shoeSize"), "");
        assert_eq!(of("zz"), "");
        assert_eq!(of(&"a".repeat(10_000)), "");
    }

    #[test]
    fn a_long_name_is_told_in_short() {
        assert_eq!(quoted("a"), "`a`");
        assert_eq!(quoted(&"a".repeat(10_000)).chars().count(), 63);
    }
}
