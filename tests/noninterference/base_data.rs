//! What the demonstration data lacks for this test: emergency access, contacts, people at risk, and consent to a part.

use thinkfamily::{
    clock::Ids,
    records::{
        AccessCheckRow, Attendance, BarredSubjectRow, CheckOutcome, ConsentAnswer, ContactKind, ContactUrgency,
        EmergencyAccessRow, EmergencyGround, IdentifierSystem, LacksCapacityRow, LocalIdentifierRow,
        ParentalResponsibilityRow, PlanHistoryRow, PlanStatus, PlanStep, Relationship, TafAttendanceRow, TafMeetingRow,
        WholeContactRow, WithoutGoalRow,
    },
};

use crate::{
    chance::Chance,
    elsewhere,
    moment::{day, now},
    world::{Folder, World},
};

/// Categories to which some are asked for consent besides.
const CONSENTED: [&str; 12] = [
    "MARKER",
    "IDENTITY",
    "HOUSEHOLD",
    "CONTACT",
    "PLAN",
    "OUTCOME",
    "ASSESSMENT",
    "CRITERION_CRIME",
    "CRITERION_EDUCATION",
    "CRITERION_WORK",
    "CRITERION_HEALTH",
    "PROGRESS_EDUCATION",
];
/// A meeting about every family, with two agencies asked to it.
pub(crate) fn hold_meetings(world: &mut World, keys: &Ids) {
    let agencies = world.rest.agencies.clone();
    for folder in &mut world.folders {
        let (authority_id, family_id) = (folder.family.authority_id, folder.family.id);
        let asked: Vec<_> = agencies
            .iter()
            .filter(|row| row.authority_id == authority_id)
            .take(2)
            .collect();
        let Some(chair) = asked.first() else { continue };
        let meeting = TafMeetingRow {
            authority_id,
            id: keys.uuid(),
            family_id,
            chaired_by: chair.id,
            held_on: day(),
            next_on: None,
        };
        folder
            .taf_attendances
            .extend(asked.iter().map(|agency| TafAttendanceRow {
                authority_id,
                id: keys.uuid(),
                family_id,
                meeting_id: meeting.id,
                agency_id: agency.id,
                attendee: Some("Made up.".to_owned()),
                attendance: Attendance::Attended,
            }));
        folder.taf_meetings.push(meeting);
    }
}

/// What a plan may have besides: a criterion without a goal, and the steps that made it.
pub(crate) fn take_steps(world: &mut World, keys: &Ids) {
    for folder in &mut world.folders {
        let (authority_id, family_id) = (folder.family.authority_id, folder.family.id);
        let agency = folder.involvements.first().map(|row| row.agency_id);
        let (Some(plan), Some(agency_id)) = (folder.plans.first(), agency) else {
            continue;
        };
        folder.without_goals.push(WithoutGoalRow {
            authority_id,
            id: keys.uuid(),
            family_id,
            plan_id: plan.id,
            criterion: "HEALTH".to_owned(),
            reason: "Made up.".to_owned(),
        });
        folder.plan_histories.push(PlanHistoryRow {
            authority_id,
            id: keys.uuid(),
            family_id,
            plan_id: plan.id,
            step: PlanStep::Draft,
            before: None,
            after: PlanStatus::Draft,
            taken_at: now(),
            agency_id,
            subject: "somebody".to_owned(),
        });
    }
}

/// A check of every family's first person, before they are told who saw what of them.
pub(crate) fn check_access(world: &mut World, keys: &Ids) {
    for folder in &mut world.folders {
        let agency = folder.involvements.first().map(|row| row.agency_id);
        let (Some(person), Some(agency_id)) = (folder.people.first(), agency) else {
            continue;
        };
        folder.access_checks.push(AccessCheckRow {
            authority_id: folder.family.authority_id,
            id: keys.uuid(),
            family_id: folder.family.id,
            person_id: person.id,
            outcome: CheckOutcome::Release,
            reason: "Made up.".to_owned(),
            advised_by: None,
            checked_on: day(),
            recorded_at: now(),
            agency_id,
            subject: "somebody".to_owned(),
        });
    }
}

/// Some families that are barred to somebody: to whom opened emergency access to one, or to people of whom some ask.
pub(crate) fn bar(world: &mut World, keys: &Ids) {
    for (number, folder) in world
        .folders
        .iter_mut()
        .enumerate()
        .filter(|(number, _)| number % 3 == 1)
    {
        let opened = folder.emergency_accesses.first().filter(|_| number % 2 == 0);
        let row = BarredSubjectRow {
            authority_id: folder.family.authority_id,
            id: keys.uuid(),
            family_id: folder.family.id,
            agency_id: opened.map(|row| row.agency_id),
            subject: opened.map_or("somebody", |row| &row.subject).to_owned(),
            valid_from: day() - chrono::Days::new(30),
            valid_until: None,
        };
        folder.barred_subjects.push(row);
    }
}

/// Some families of every authority to which somebody opened emergency access, an hour ago or a day ago.
pub(crate) fn open_emergencies(world: &mut World, keys: &Ids) {
    let agencies = world.rest.agencies.clone();
    for (number, folder) in world.folders.iter_mut().enumerate() {
        let authority = folder.family.authority_id;
        let kind = ["police", "childrens_social_care", "health"][number % 3];
        let Some(agency) = agencies
            .iter()
            .find(|row| row.authority_id == authority && row.kind == kind)
        else {
            continue;
        };
        let opened = now() - chrono::TimeDelta::hours(if number % 4 == 0 { 24 } else { 1 });
        folder.emergency_accesses.push(EmergencyAccessRow {
            authority_id: authority,
            id: keys.uuid(),
            family_id: folder.family.id,
            agency_id: agency.id,
            subject: "on-duty".to_owned(),
            ground: EmergencyGround::Safeguarding,
            justification: "Made up.".to_owned(),
            opened_at: opened,
            expires_at: opened + chrono::TimeDelta::hours(8),
            closed_at: None,
        });
    }
}

/// What the notes of contacts are about; nothing where there is none.
const NOTED: [&str; 6] = [
    "INVOLVEMENT",
    "",
    "CRITERION_HEALTH",
    "CONTACT",
    "CRITERION_CRIME",
    "PLAN",
];

/// Contacts with every family but some, by agencies that work with it and by others. Two of them were recorded at the same moment.
pub(crate) fn report_contacts(world: &mut World, keys: &Ids) {
    let agencies = world.rest.agencies.clone();
    for (number, folder) in world.folders.iter_mut().enumerate() {
        let authority = folder.family.authority_id;
        let own: Vec<_> = agencies.iter().filter(|row| row.authority_id == authority).collect();
        for at in 0..number % 4 {
            let about = NOTED[(number + at) % NOTED.len()];
            let hours = i64::try_from(number / 2 + 30 * at).unwrap();
            let agency = folder.involvements.get(at).map(|row| row.agency_id);
            folder.contacts.push(WholeContactRow {
                authority_id: authority,
                id: keys.uuid(),
                family_id: folder.family.id,
                agency_id: agency.unwrap_or(own[(number + at) % own.len()].id),
                subject: "somebody-on-duty".to_owned(),
                kind: [ContactKind::Incident, ContactKind::Visit, ContactKind::Arrest][at],
                urgency: [ContactUrgency::Soon, ContactUrgency::Routine, ContactUrgency::Immediate][number % 3],
                occurred_at: now() - chrono::TimeDelta::hours(hours + 2),
                note: (!about.is_empty()).then(|| "Made up.".to_owned()),
                note_category: (!about.is_empty()).then(|| about.to_owned()),
                recorded_at: now() - chrono::TimeDelta::hours(hours),
            });
        }
    }
}

/// Values that made-up people have none of, so that there is something to ask for; people at risk; and consent that is given to some
/// categories and not to others, so that much is seen in part.
pub(crate) fn fill_in(world: &mut World, keys: &Ids) {
    let mut chance = Chance::new(5);
    for folder in &mut world.folders {
        let mut more = Vec::new();
        for consent in &folder.consents {
            for category in CONSENTED {
                if chance.percent(12) {
                    let mut row = consent.clone();
                    (row.id, row.category) = (keys.uuid(), category.to_owned());
                    more.push(row);
                }
            }
        }
        folder.consents.extend(more);
        for consent in &mut folder.consents {
            match chance.number(0, 19) {
                0..=3 => consent.decision = ConsentAnswer::Refused,
                4 => consent.withdrawn_at = Some(consent.recorded_at + chrono::TimeDelta::days(1)),
                5 => consent.expires_on = Some(day() - chrono::Days::new(3)),
                _ => {}
            }
        }
        for person in &mut folder.people {
            person.shielded |= chance.percent(8);
        }
        decide_otherwise(folder, keys, &mut chance);
    }
    let some = |of: &[&str], number: usize| Some(of[number % of.len()].to_owned()).filter(|text| !text.is_empty());
    let people = world.folders.iter_mut().flat_map(|folder| &mut folder.people);
    for (number, person) in people.enumerate() {
        person.ethnicity = person
            .ethnicity
            .take()
            .or(some(&["White British", "", "Mixed", "Asian"], number));
        person.disability = person
            .disability
            .take()
            .or(some(&["", "Hearing", "", "Mobility"], number));
    }
    let memberships = world.folders.iter_mut().flat_map(|folder| &mut folder.memberships);
    for (number, row) in memberships.enumerate() {
        row.employment_status = row
            .employment_status
            .take()
            .or(some(&["employed", "out of work", "", "carer"], number));
        row.education_setting = row
            .education_setting
            .take()
            .or(some(&["", "Fenbrook School", "Home"], number));
        row.phone = row.phone.take().or(some(&["01632 960001", "01632 960002", ""], number));
        row.email = row.email.take().or(some(&["", "somebody@family.example"], number));
    }
}

/// Parental responsibility recorded for one child, of a person or of whom an authority names, and a time in which somebody lacked capacity.
fn decide_otherwise(folder: &mut Folder, keys: &Ids, chance: &mut Chance) {
    let (authority_id, family_id) = (folder.family.authority_id, folder.family.id);
    let people: Vec<_> = folder.people.iter().map(|person| person.id).collect();
    if people.len() < 2 {
        return;
    }
    let from = day() - chrono::Days::new(400);
    let (child_id, holder) = (chance.pick(&people), chance.pick(&people));
    folder.parental_responsibilities.push(ParentalResponsibilityRow {
        authority_id,
        id: keys.uuid(),
        family_id,
        child_id,
        person_id: Some(holder),
        agency_id: None,
        subject: None,
        valid_from: from,
        valid_until: None,
    });
    folder.lacks_capacity.push(LacksCapacityRow {
        authority_id,
        id: keys.uuid(),
        family_id,
        person_id: chance.pick(&people),
        valid_from: from,
        valid_until: Some(from + chrono::Days::new(30)),
    });
}

/// Tenancies for some of the grown-up, and every fifth family at a place that nobody asks about.
pub(crate) fn house(world: &mut World, keys: &Ids) {
    for (number, folder) in world.folders.iter_mut().enumerate() {
        for (at, row) in folder.memberships.iter().enumerate() {
            if row.relationship == Relationship::Child || (number + at) % 3 == 0 {
                continue;
            }
            folder.local_identifiers.push(LocalIdentifierRow {
                authority_id: row.authority_id,
                id: keys.uuid(),
                family_id: row.family_id,
                person_id: row.person_id,
                system: IdentifierSystem::Tenancy,
                value: format!("T-{:06}", 204_000 + number * 17 + at),
            });
        }
        if number % 5 == 2 {
            elsewhere::settle_elsewhere(folder, keys.uuid());
        }
    }
}
