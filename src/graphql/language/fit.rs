//! Whether a value fits the type that stands in its place, and what it comes to there.

use std::collections::HashMap;

use apollo_compiler::{
    ast::{InputValueDefinition, Type},
    schema::ExtendedType,
};
use async_graphql::{Name, Value as Constant};
use async_graphql_value::{Number, Value};
use chrono::{DateTime, NaiveDate, Utc};

use super::{
    place::Place,
    words::{Words, quoted},
};
use crate::error::RequestError;

/// The values that variables have. One that was left out and has no default has none.
pub(super) type Values = HashMap<Name, Constant>;

/// What a variable inside a value stands for.
pub(super) trait Variables {
    /// Its value where that type is wanted; none where it is left out. `default` says that something else stands there when it is.
    fn value(&self, name: &Name, ty: &Type, default: bool, at: &Place<'_>) -> Result<Option<Value>, RequestError>;
}

/// No variable may stand in the value.
pub(super) struct Nothing;

impl Variables for Nothing {
    fn value(&self, _: &Name, _: &Type, _: bool, at: &Place<'_>) -> Result<Option<Value>, RequestError> {
        Err(at.error("must not hold a variable."))
    }
}

impl Variables for Values {
    fn value(&self, name: &Name, ty: &Type, _: bool, at: &Place<'_>) -> Result<Option<Value>, RequestError> {
        match self.get(name) {
            // It fits its own type, and that one fits here, but for null.
            Some(Constant::Null) if ty.is_non_null() => Err(at.error(format_args!(
                "cannot be null, and variable {} is.",
                quoted(&format!("${name}"))
            ))),
            known => Ok(known.cloned().map(Constant::into_value)),
        }
    }
}

/// The value as that type has it: a single value where a list is wanted is a list of one. None where a variable stands that was left out.
///
/// What an input's field is when it is left out is not filled in: whoever reads the input knows.
pub(super) fn fit<'a>(
    words: &Words<'_>,
    variables: &impl Variables,
    ty: &Type,
    value: &'a Value,
    default: bool,
    at: &mut Place<'a>,
) -> Result<Option<Value>, RequestError> {
    match value {
        Value::Variable(name) => return variables.value(name, ty, default, at),
        Value::Null if ty.is_non_null() => return Err(misfit(words, ty, value, at)),
        Value::Null => return Ok(Some(Value::Null)),
        _ => {}
    }
    let name = match ty {
        Type::List(inner) | Type::NonNullList(inner) => {
            let item = |value: &'a Value, at: &mut Place<'a>| {
                let fitted = fit(words, variables, inner, value, false, at)?;
                Ok(fitted.unwrap_or(Value::Null))
            };
            let list: Result<Vec<_>, RequestError> = match value {
                Value::List(items) => {
                    let items = items.iter().enumerate();
                    items
                        .map(|(index, value)| at.item(index, |at| item(value, at)))
                        .collect()
                }
                one => item(one, at).map(|one| vec![one]),
            };
            return list.map(|list| Some(Value::List(list)));
        }
        Type::Named(name) | Type::NonNullNamed(name) => name,
    };
    let fitted = match (words.whole.types.get(name), value) {
        (Some(ExtendedType::Scalar(_)), value) => scalar(name, value, at.is_json()),
        (Some(ExtendedType::Enum(list)), Value::Enum(written)) if list.values.contains_key(written.as_str()) => {
            Some(value.clone())
        }
        (Some(ExtendedType::Enum(list)), Value::String(written))
            if at.is_json() && list.values.contains_key(written.as_str()) =>
        {
            Some(Value::Enum(Name::new(written)))
        }
        (Some(ExtendedType::InputObject(input)), Value::Object(object)) => {
            let mut fitted = async_graphql::indexmap::IndexMap::with_capacity(object.len());
            for (key, value) in object {
                let Some(field) = input.fields.get(key.as_str()) else {
                    return Err(no_such_input(words, name, key, at));
                };
                let default = field.default_value.is_some();
                let inner = at.inside(key.as_str(), |at| fit(words, variables, &field.ty, value, default, at))?;
                fitted.extend(inner.map(|value| (key.clone(), value)));
            }
            let missing =
                |field: &&InputValueDefinition| must_be_given(field) && !object.contains_key(field.name.as_str());
            if let Some(missing) = input.fields.values().map(|field| &***field).find(missing) {
                return Err(at.error(if words.has_input(name, &missing.name) {
                    format!("needs {}.", quoted(&missing.name))
                } else {
                    "is not whole.".to_owned()
                }));
            }
            Some(Value::Object(fitted))
        }
        _ => None,
    };
    fitted.map(Some).ok_or_else(|| misfit(words, ty, value, at))
}

/// Whether something must be said in this place.
pub(super) fn must_be_given(definition: &InputValueDefinition) -> bool {
    definition.ty.is_non_null() && definition.default_value.is_none()
}

/// A value of a scalar. The library reads days and instants in the same way; here they are told by name when they cannot be read.
fn scalar(name: &str, value: &Value, json: bool) -> Option<Value> {
    let good = match (name, value) {
        ("Int", Value::Number(number)) => return whole(number, json).map(Value::Number),
        ("ID", Value::Number(number)) => number.is_i64() || number.is_u64(),
        ("Float", Value::Number(_)) | ("String" | "ID", Value::String(_)) | ("Boolean", Value::Boolean(_)) => true,
        ("NaiveDate", Value::String(text)) => NaiveDate::parse_from_str(text, "%Y-%m-%d").is_ok(),
        ("DateTime", Value::String(text)) => text.parse::<DateTime<Utc>>().is_ok(),
        ("Int" | "Float" | "String" | "ID" | "Boolean" | "NaiveDate" | "DateTime", _) => false,
        _ => true,
    };
    good.then(|| value.clone())
}

/// A whole number of 32 bits. Programs whose JSON knows one kind of number alone write two as 2.0.
fn whole(number: &Number, json: bool) -> Option<Number> {
    let known = match number.as_i64() {
        Some(whole) => Some(whole),
        None if json => number.as_f64().filter(|number| number.fract() == 0.0).and_then(exactly),
        None => None,
    };
    known.and_then(|whole| i32::try_from(whole).ok()).map(Number::from)
}

/// A number without a fraction that 32 bits can hold.
fn exactly(number: f64) -> Option<i64> {
    let within = f64::from(i32::MIN)..=f64::from(i32::MAX);
    within.contains(&number).then(|| {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "it has no fraction and lies within 32 bits"
        )]
        let whole = number as i64;
        whole
    })
}

fn no_such_input(words: &Words<'_>, of: &str, key: &str, at: &Place<'_>) -> RequestError {
    // A key of JSON is a name only if it looks like one; else it could be anything.
    if apollo_compiler::Name::is_valid_syntax(key) {
        at.error(format_args!(
            "has no field {}.{}",
            quoted(key),
            words.near_member(of, key)
        ))
    } else {
        at.error("has a field whose key is no name of GraphQL.")
    }
}

/// The error of a value of another type, of which nothing but its kind is told, or what the asker wrote as the name of an enum's value.
fn misfit(words: &Words<'_>, ty: &Type, value: &Value, at: &Place<'_>) -> RequestError {
    let given = match value {
        Value::Null => "null".to_owned(),
        Value::Number(_) => "a number".to_owned(),
        Value::String(_) | Value::Binary(_) => "a text".to_owned(),
        Value::Boolean(_) => "true or false".to_owned(),
        Value::Enum(name) => quoted(name),
        Value::List(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
        Value::Variable(name) => quoted(&format!("${name}")),
    };
    let Some(told) = words.type_name(ty) else {
        return at.error(format_args!("has a value of another type than stands there: {given}."));
    };
    let of = ty.inner_named_type();
    let hint = match of.as_str() {
        "Int" => ", a whole number of 32 bits",
        "NaiveDate" => ", a day such as 2026-06-15",
        "DateTime" => ", an instant such as 2026-06-15T12:00:00Z",
        _ if words.whole.types.get(of).is_some_and(ExtendedType::is_enum) => ", one of its values",
        _ => "",
    };
    let meant = match value {
        Value::Enum(written) => words.near_member(of, written),
        Value::String(written) if at.is_json() => words.near_member(of, written),
        _ => String::new(),
    };
    at.error(format_args!("must be {told}{hint}, not {given}.{meant}"))
}
