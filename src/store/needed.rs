//! Which facts decisions need, of those that they may do without.

use super::dossier::Wants;
use crate::{
    records::Table,
    sharing::{
        agreement::Scope,
        alike::rests_on,
        ceiling::{Ceiling, ClauseInForce},
    },
};

/// Which facts are read, of those that decisions may do without.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[expect(clippy::struct_excessive_bools, reason = "one question a table: is it needed?")]
pub(super) struct Needed {
    pub(super) people: bool,
    pub(super) involvements: bool,
    pub(super) leads: bool,
    pub(super) consents: bool,
    pub(super) emergencies: bool,
}

impl Needed {
    /// Those on which the decisions that will be made may rest, or whose rows are wanted: where it is not said which will be made, all that some clause
    /// of the ceiling asks for.
    pub(super) fn by(ceiling: &Ceiling, wants: Wants) -> Self {
        if let Some(categories) = wants.decides {
            let rests = rests_on(ceiling, categories, !wants.without_people);
            return Self {
                people: rests.people || !wants.without_people,
                involvements: rests.involvements || wants.has(Table::Involvement),
                leads: rests.leads || wants.has(Table::LeadProfessional),
                consents: rests.consents || wants.has(Table::Consent),
                emergencies: rests.emergencies || wants.has(Table::EmergencyAccess),
            };
        }
        let some = |asks: fn(&ClauseInForce) -> bool| {
            let mut clauses = ceiling.parties().iter().flat_map(|party| &party.clauses);
            clauses.any(asks)
        };
        Self {
            people: !wants.without_people || some(|clause| clause.consent_required),
            involvements: wants.has(Table::Involvement) || some(|clause| clause.scope == Scope::Involved),
            leads: true,
            consents: wants.has(Table::Consent) || some(|clause| clause.consent_required),
            emergencies: wants.has(Table::EmergencyAccess) || some(|clause| clause.emergency),
        }
    }
}
