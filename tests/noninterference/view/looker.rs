//! Asks the decision about one row or field after the other, and notes what is seen.

use std::collections::{BTreeMap, HashMap};

use thinkfamily::sharing::{
    category::CategorySet,
    ceiling::Ceiling,
    decide::{Needs, decide},
    facts::{FamilyFacts, MembershipFacts, RowFacts, Subject},
    register,
};
use uuid::Uuid;

/// `Member 1f… givenName` and what is seen there.
pub(crate) type View = BTreeMap<(&'static str, Uuid, &'static str), String>;

/// A field, and what a decision about it looks at in a row.
type Asked = (
    &'static str,
    Subject,
    Option<Uuid>,
    CategorySet,
    Option<MembershipFacts>,
    bool,
);

pub(super) struct Looker<'a> {
    pub(super) ceiling: &'a Ceiling,
    pub(super) facts: FamilyFacts,
    kinds: &'a HashMap<Uuid, String>,
    reads_trail: bool,
    known: HashMap<Asked, Result<(), &'static str>>,
    pub(super) view: View,
}

impl<'a> Looker<'a> {
    pub(super) fn new(ceiling: &'a Ceiling, facts: FamilyFacts, kinds: &'a HashMap<Uuid, String>) -> Self {
        Self {
            kinds,
            ceiling,
            reads_trail: register::find("Disclosure.categories").is_some_and(|field| ceiling.covers(field.id)),
            facts,
            known: HashMap::new(),
            view: View::new(),
        }
    }

    /// Of which kind an agency is, which may be told where not which it is.
    pub(super) fn kind(&self, agency: Option<Uuid>) -> String {
        format!("{:?}", agency.and_then(|agency| self.kinds.get(&agency)))
    }

    /// Released, or what is told.
    pub(super) fn look(&mut self, coordinate: &'static str, row: &RowFacts) -> Result<(), &'static str> {
        let key = (
            coordinate,
            row.subject,
            row.source,
            row.categories,
            row.membership,
            row.whereabouts,
        );
        if let Some(known) = self.known.get(&key) {
            return *known;
        }
        let field = register::find(coordinate).unwrap_or_else(|| panic!("{coordinate} is not in the register"));
        let classified = field.one_of.is_empty() || !row.categories.intersection(field.one_of).is_empty();
        let needs = Needs {
            access: field.access,
            categories: field.categories.union(row.categories),
            area: field.area,
            whereabouts: field.whereabouts,
            sourced: field.sourced,
            agency: false,
            of_members: field.of_members,
        };
        let seen = if classified {
            decide(self.ceiling, needs, &self.facts, row)
                .map(|_| ())
                .map_err(|withheld| withheld.told.code())
        } else {
            Err("NOT_IN_AGREEMENT")
        };
        self.known.insert(key, seen);
        seen
    }

    /// Notes a row and its values, if it exists for the caller; says whether it does.
    pub(super) fn row(
        &mut self,
        of: &'static str,
        key: Uuid,
        facts: &RowFacts,
        values: &[(&'static str, String)],
    ) -> bool {
        if self.look(of, facts).is_err() {
            return false;
        }
        self.view.insert((of, key, ""), "exists".to_owned());
        // Whoever may read the trail is told there the categories of what they were given, those that rows bring among them.
        if self.reads_trail {
            self.view
                .insert((of, key, "categories"), format!("{:?}", facts.categories));
        }
        for (coordinate, value) in values {
            let seen = match self.look(coordinate, facts) {
                Ok(()) => value.clone(),
                Err(told) => format!("withheld: {told}"),
            };
            self.view.insert((of, key, coordinate), seen);
        }
        true
    }

    /// Notes something that comes with a row that exists.
    pub(super) fn note(&mut self, of: &'static str, key: Uuid, what: &'static str, value: String) {
        self.view.insert((of, key, what), value);
    }
}

/// Some columns of a row, each under the field that gives it.
macro_rules! values {
    ($row:ident, $($coordinate:literal $column:ident),* $(,)?) => {
        [$(($coordinate, format!("{:?}", $row.$column)),)*]
    };
}
pub(super) use values;

/// These values and a kind of agency.
pub(super) fn with_kind<const N: usize>(
    values: [(&'static str, String); N],
    coordinate: &'static str,
    kind: String,
) -> Vec<(&'static str, String)> {
    values.into_iter().chain([(coordinate, kind)]).collect()
}
