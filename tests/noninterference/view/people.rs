//! Members, where they live, and what they have numbers and statuses in.

use std::collections::HashSet;

use thinkfamily::sharing::facts::RowFacts;
use uuid::Uuid;

use super::{
    facts::{self, Moment, open},
    looker::{Looker, values},
};
use crate::world::Folder;

/// The members whom the caller knows of.
#[derive(Clone, Copy)]
pub(super) struct Named<'a>(pub(super) &'a HashSet<Uuid>);

impl Named<'_> {
    /// Somebody, if the caller knows of them.
    pub(super) fn tell(self, person: Option<Uuid>) -> String {
        format!("{:?}", person.filter(|person| self.0.contains(person)))
    }
}

/// What tells of a birth.
const BIRTHS: [&str; 6] = [
    "Member.dateOfBirth",
    "Member.yearOfBirth",
    "Member.monthOfBirth",
    "Member.expectedOn",
    "Member.age",
    "Member.adult",
];

/// What is seen of members, and who is. Of who has left, or is yet to come, it is what they are or were in the family, and since when and until when: what they are called or reached by now
/// is the same to everybody, whatever the register says of it: unless that was their last family, they are in none now, and it stays as it was.
pub(super) fn members(looker: &mut Looker<'_>, folder: &Folder, moment: &Moment) -> HashSet<Uuid> {
    let today = moment.today;
    let mut members = HashSet::new();
    for row in &folder.memberships {
        let Some(person) = folder.person(row.person_id) else {
            continue;
        };
        let lives = person.died_on.is_none_or(|died| today < died);
        let here = lives && open(row.valid_from, row.valid_until, today);
        let told = here || facts::stays(folder, person, row, today);
        let facts = RowFacts::membership(person.id, facts::membership(row));
        // All that is known of a birth is of one category, and orders and ages are made of all of it.
        let birth = format!(
            "{:?}",
            (
                person.date_of_birth,
                person.birth_year,
                person.birth_month,
                person.expected_on,
                person.adult
            )
        );
        let births = BIRTHS.map(|field| (field, birth.clone()));
        let age = values!(person,
            "Member.givenName" given_name, "Member.familyName" family_name, "Member.sex" sex, "Member.ethnicity" ethnicity, "Member.disability" disability,
        );
        let there = values!(row,
            "Member.parentalResponsibility" parental_responsibility, "Member.phone" phone, "Member.email" email,
            "Member.employmentStatus" employment_status, "Member.educationSetting" education_setting,
        );
        let today_alone = age.into_iter().chain(births).chain(there);
        let today_alone = today_alone.map(|(field, value)| (field, if told { value } else { String::new() }));
        // Whether they are a member today is told with the day of the end: a death ends it, too.
        let until = [row.valid_until, person.died_on].into_iter().flatten().min();
        let until = format!("{until:?} {here}");
        let own = values!(row,
            "Member.relationship" relationship, "Member.memberFrom" valid_from,
        );
        let own = own.into_iter().chain([
            ("Member.memberUntil", until),
            // It is made of the checks, which are noted by themselves.
            ("Member.subjectAccess", String::new()),
        ]);
        if looker.row("Member", row.id, &facts, &own.chain(today_alone).collect::<Vec<_>>()) {
            members.insert(person.id);
            looker.note("Member", row.id, "person", person.id.to_string());
        }
    }
    members
}

/// What is seen of addresses, statuses and numbers.
pub(super) fn look(looker: &mut Looker<'_>, folder: &Folder, named: Named<'_>) {
    let family = RowFacts::family();
    for row in &folder.addresses {
        looker.row(
            "Address",
            row.id,
            &family,
            &values!(row,
                "Address.line1" line1, "Address.line2" line2, "Address.town" town, "Address.postcode" postcode,
                "Address.validFrom" valid_from, "Address.validUntil" valid_until,
            ),
        );
    }
    for row in &folder.statutory_statuses {
        if looker.row("StatutoryStatus", row.id, &RowFacts::person(row.person_id), &values!(row,
            "StatutoryStatus.status" status, "StatutoryStatus.validFrom" valid_from, "StatutoryStatus.validUntil" valid_until,
        )) {
            looker.note("StatutoryStatus", row.id, "person", named.tell(Some(row.person_id)));
        }
    }
    for row in &folder.local_identifiers {
        let here = looker.facts.members().any(|member| member.person == row.person_id);
        let mut once = folder.memberships.iter().filter(|one| one.person_id == row.person_id);
        let stays = |one| {
            let person = folder.person(row.person_id);
            person.is_some_and(|person| facts::stays(folder, person, one, looker.facts.today))
        };
        if !here && !once.any(stays) {
            continue;
        }
        if looker.row(
            "LocalIdentifier",
            row.id,
            &RowFacts::number(row.person_id, crate::elsewhere::is_of_a_place(row)),
            &values!(row,
                "LocalIdentifier.system" system, "LocalIdentifier.value" value,
            ),
        ) {
            looker.note("LocalIdentifier", row.id, "person", named.tell(Some(row.person_id)));
        }
    }
}
