//! Code lists of columns: said with the tables, and made enums of the schema here.

use std::{borrow::Cow, sync::LazyLock};

use async_graphql::{
    ContextSelectionSet, InputType, InputValueResult, OutputType, Positioned, ServerResult, Value,
    indexmap::IndexMap,
    parser::types::Field,
    registry::{EnumBuilder, MetaEnumValue, MetaTypeId, Registry},
    resolver_utils::{EnumItem, EnumType, enum_value, parse_enum},
};

use crate::records::Code;

/// All codes of a list, as the library wants to know them.
fn items<C: Code>() -> Vec<EnumItem<C>> {
    let codes = C::NAMES.iter().zip(C::ALL);
    codes.map(|(name, value)| EnumItem { name, value: *value }).collect()
}

/// The enum of the schema that a list is.
fn create<C: Code + InputType>(registry: &mut Registry) -> String {
    registry.create_input_type::<C, _>(MetaTypeId::Enum, |_| {
        let values = C::NAMES.iter().zip(C::MEANINGS).map(|(name, means)| {
            let mut value = MetaEnumValue::new(*name);
            value.description = Some(means.trim().to_owned());
            ((*name).to_owned(), value)
        });
        let (name, about) = C::LIST;
        EnumBuilder::new(name, values.collect::<IndexMap<_, _>>())
            .description(Some(about.trim().to_owned()))
            .rust_typename(std::any::type_name::<C>())
            .build()
    })
}

macro_rules! enums {
    ($($name:ident)+) => {$(
        pub use crate::records::$name;

        impl EnumType for $name {
            fn items() -> &'static [EnumItem<Self>] {
                static ITEMS: LazyLock<Vec<EnumItem<$name>>> = LazyLock::new(items);
                &ITEMS
            }
        }

        impl InputType for $name {
            type RawValueType = Self;

            fn type_name() -> Cow<'static, str> {
                Self::LIST.0.into()
            }

            fn create_type_info(registry: &mut Registry) -> String {
                create::<Self>(registry)
            }

            fn parse(value: Option<Value>) -> InputValueResult<Self> {
                parse_enum(value.unwrap_or_default())
            }

            fn to_value(&self) -> Value {
                enum_value(*self)
            }

            fn as_raw_value(&self) -> Option<&Self> {
                Some(self)
            }
        }

        impl OutputType for $name {
            fn type_name() -> Cow<'static, str> {
                Self::LIST.0.into()
            }

            fn create_type_info(registry: &mut Registry) -> String {
                create::<Self>(registry)
            }

            async fn resolve(&self, _: &ContextSelectionSet<'_>, _: &Positioned<Field>) -> ServerResult<Value> {
                Ok(enum_value(*self))
            }
        }
    )+};
}

enums! {
    Sex
    Relationship
    StatutoryStatusCode
    IdentifierSystem
    NeedLevel
    Route
    MatchedBy
    ProgressStage
    AssessmentKind
    AssessmentQuality
    ScoredBy
    PlanStatus
    PlanStep
    PlanClosure
    GoalStatus
    OutcomeKind
    ConsentAnswer
    MarkerStatus
    EmergencyGround
    ContactKind
    ContactUrgency
    Attendance
    IdentityReason
    CheckOutcome
}
