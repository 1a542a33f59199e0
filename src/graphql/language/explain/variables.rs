//! What is wrong with an operation's variables: how they are declared, and where they are used.

use std::collections::HashSet;

use apollo_compiler::{ast::Type, schema::ExtendedType};
use async_graphql::Name;
use async_graphql_value::{ConstValue, Value};

use super::{Look, Looked, error, misplaced};
use crate::{
    error::RequestError,
    graphql::language::{
        fit::Variables,
        place::Place,
        variables::{default, type_of},
        words::quoted,
    },
};

impl Look<'_> {
    /// Whether every variable is declared once, with a type that a value can have and a default that has that type.
    pub(super) fn declarations(&self) -> Looked {
        let mut known = HashSet::new();
        for definition in self.declared {
            let name = &definition.node.name.node;
            let told = quoted(&format!("${name}"));
            if !known.insert(name) {
                return Err(error(format!("Variable {told} is declared twice."), definition.pos));
            }
            if let Some(directive) = definition.node.directives.first() {
                return Err(misplaced(directive));
            }
            let declared = &definition.node.var_type;
            let ty = type_of(&declared.node);
            let ty = ty.inner_named_type();
            match self.words.whole.types.get(ty) {
                Some(known) if takes_values(known) => {}
                Some(_) => {
                    let said = format!("Variable {told} cannot be a {}, which no value can be.", quoted(ty));
                    return Err(error(said, declared.pos));
                }
                None => {
                    let meant = self.words.near_type(ty, takes_values);
                    return Err(error(format!("There is no type {}.{meant}", quoted(ty)), declared.pos));
                }
            }
            default(self.words, &definition.node)?;
        }
        Ok(())
    }

    /// Whether every variable that is declared was used.
    pub(super) fn all_are_used(&self) -> Looked {
        let used = self.used.borrow();
        let unused = self
            .declared
            .iter()
            .find(|definition| !used.contains(&definition.node.name.node));
        unused.map_or(Ok(()), |definition| {
            let name = quoted(&format!("${}", definition.node.name.node));
            Err(error(
                format!("Variable {name} is declared and not used."),
                definition.pos,
            ))
        })
    }
}

fn takes_values(ty: &ExtendedType) -> bool {
    ty.is_scalar() || ty.is_enum() || ty.is_input_object()
}

impl Variables for Look<'_> {
    /// A variable must be declared, and with a type that may stand in its place.
    fn value(&self, name: &Name, ty: &Type, default: bool, at: &Place<'_>) -> Result<Option<Value>, RequestError> {
        let told = quoted(&format!("${name}"));
        let mut declared = self.declared.iter().map(|definition| &definition.node);
        let Some(declared) = declared.find(|definition| definition.name.node == *name) else {
            let known = self
                .declared
                .iter()
                .map(|definition| definition.node.name.node.as_str());
            let meant = super::near(name, known).replace(" `", " `$");
            return Err(at.error(format_args!(
                "names variable {told}, which the operation does not declare.{meant}"
            )));
        };
        self.used.borrow_mut().insert(name.clone());
        let own = type_of(&declared.var_type.node);
        let has_default = declared
            .default_value
            .as_ref()
            .is_some_and(|value| value.node != ConstValue::Null);
        // Null cannot come where something else stands when nothing is said.
        let wanted = if default || has_default {
            ty.clone().nullable()
        } else {
            ty.clone()
        };
        if may_stand(&own, &wanted) {
            return Ok(None);
        }
        Err(at.error(match self.words.type_name(ty) {
            Some(ty) => format!("must be {ty}, and variable {told} is declared as `{own}`."),
            None => format!("cannot be variable {told}, which is declared as `{own}`."),
        }))
    }
}

/// Whether every value of one type is one of the other.
fn may_stand(own: &Type, wanted: &Type) -> bool {
    match (own, wanted) {
        (_, Type::NonNullNamed(_) | Type::NonNullList(_)) => {
            own.is_non_null() && may_stand(own, &wanted.clone().nullable())
        }
        (Type::Named(own) | Type::NonNullNamed(own), Type::Named(wanted)) => own == wanted,
        (Type::List(own) | Type::NonNullList(own), Type::List(wanted)) => may_stand(own, wanted),
        _ => false,
    }
}
