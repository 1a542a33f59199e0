//! The first demonstration authority: its agencies, the Hardman family, and five families that are made up from end to end, each to show
//! one thing: a person at risk, a family that is not on the cohort, a closed one, withdrawn and expired consent, children without an adult.

use uuid::Uuid;

use super::{
    cambridgeshire_agencies::{Agencies, agencies},
    desk::{Desk, Member, Recorder},
    hardman,
};
use crate::records::{
    EmergencyAccessRow, EmergencyGround, GoalStatus, MatchedBy, NeedLevel, PlanClosure, PlanRow, PlanStatus,
    Relationship, Route, Sex, StatutoryStatusCode,
};

/// The authority's number.
pub const AUTHORITY: i32 = 1;

pub(super) fn write(desk: &mut Desk<'_>) {
    desk.authority(AUTHORITY, "cambridgeshire", "Cambridgeshire (demonstration)");
    let agencies = agencies(desk);
    hardman::write(desk, &agencies);
    shielded(desk, &agencies);
    not_on_cohort(desk, &agencies);
    closed(desk, &agencies);
    withdrawn(desk, &agencies);
    without_adult(desk, &agencies);
}

/// Puts a family on the cohort in one place, with its people.
fn family(desk: &mut Desk<'_>, reference: &str, route: Route, attached: Option<u64>) -> Uuid {
    let attached = attached.map(|days| desk.ago(days));
    let row = desk.family(reference, route);
    row.district = Some("Colnbury".to_owned());
    row.ward = Some("Larkfield".to_owned());
    row.locality = Some("Colnbury North".to_owned());
    row.reach_area = Some("Larkfield Children's Centre".to_owned());
    row.need_level = attached.is_some().then_some(NeedLevel::ExpertHelp);
    row.attached_on = attached;
    row.id
}

fn person(
    desk: &mut Desk<'_>,
    family: Uuid,
    name: (&str, &str),
    sex: Sex,
    years: u32,
    relationship: Relationship,
) -> Uuid {
    let (born, since) = (desk.born(years, 77), desk.ago(700));
    let row = desk.person(name.0, name.1, sex, born);
    row.ethnicity = (years >= 18).then(|| "White British".to_owned());
    let id = row.id;
    let parent = matches!(relationship, Relationship::Mother | Relationship::Father);
    desk.member(family, id, relationship, parent, since);
    id
}

fn plan(desk: &mut Desk<'_>, family: Uuid, status: PlanStatus, days: u64, closed: Option<(u64, PlanClosure)>) -> Uuid {
    let id = desk.id();
    let row = PlanRow {
        authority_id: desk.authority,
        id,
        family_id: family,
        status,
        drawn_up_on: desk.ago(days),
        agreed_on: (status != PlanStatus::Draft).then(|| desk.ago(days - 5)),
        signed_by_family_on: (status != PlanStatus::Draft).then(|| desk.ago(days - 5)),
        closed_on: closed.map(|(days, _)| desk.ago(days)),
        closure: closed.map(|(_, how)| how),
    };
    desk.data.plans.push(row);
    id
}

/// A mother at risk, whose address must never be shown to anyone outside the people named for it.
fn shielded(desk: &mut Desk<'_>, agencies: &Agencies) {
    let family = family(desk, "TF-10002", Route::Nomination, Some(150));
    let mother = person(
        desk,
        family,
        ("Sofia", "Marchant"),
        Sex::Female,
        31,
        Relationship::Mother,
    );
    let row = desk.data.people.last_mut().expect("the mother was just pushed");
    row.shielded = true;
    let row = desk.data.memberships.last_mut().expect("she joined just now");
    row.phone = Some("07700 900201".to_owned());
    row.email = Some("s.marchant@mail.example".to_owned());
    let son = person(desk, family, ("Luca", "Marchant"), Sex::Male, 8, Relationship::Child);
    let moved = desk.ago(160);
    desk.address(family, "Flat 3, 9 Willow Court", "Colnbury", "ZQ9 2MC", moved);
    let lead = Recorder {
        agency: agencies.social_care,
        subject: "demo-lead-social-worker",
    };
    let since = desk.ago(155);
    desk.involved(family, agencies.social_care, "Yasmin Cole", since);
    desk.involved(family, agencies.police, "Adam Fox", since);
    desk.involved(family, agencies.housing, "Nadia Brooks", since);
    desk.lead(family, lead, "Yasmin Cole", since).phone = Some("01632 960201".to_owned());
    desk.status(family, son, StatutoryStatusCode::ChildInNeed, since, None);
    let verified = desk.ago(149);
    let evidence = "Referred by a multi-agency risk assessment conference";
    desk.matched(family, Some(mother), "DOMESTIC_ABUSE", agencies.police, evidence, 200)
        .verified_on = Some(verified);
    desk.matched(
        family,
        Some(mother),
        "PARENT_VICTIM_OF_DOMESTIC_VIOLENCE",
        agencies.police,
        evidence,
        200,
    );
    let evidence = "Child in need";
    desk.matched(
        family,
        Some(son),
        "CHILDREN_NEEDING_HELP",
        agencies.social_care,
        evidence,
        155,
    )
    .verified_on = Some(verified);
    let plan = plan(desk, family, PlanStatus::Active, 145, None);
    desk.goal(
        family,
        plan,
        "A safe home that stays unknown to the former partner",
        Some("DOMESTIC_ABUSE"),
    );
    desk.goal(family, plan, "The child settles in his new school", None);
    let members = [
        Member {
            id: mother,
            decider: mother,
        },
        Member {
            id: son,
            decider: mother,
        },
    ];
    desk.consents(
        family,
        &members,
        &["police", "childrens_social_care", "housing", "school", "tff_team"],
        lead,
        148,
    );
    // Shows what emergency access leaves behind; it ran out long ago.
    let row = EmergencyAccessRow {
        authority_id: desk.authority,
        id: desk.id(),
        family_id: family,
        agency_id: agencies.police,
        subject: "demo-police-practitioner".to_owned(),
        ground: EmergencyGround::Safeguarding,
        justification: "Report of a threat at the family's former address; checking who else works with the family"
            .to_owned(),
        opened_at: desk.at(140),
        expires_at: desk.at(140) + chrono::TimeDelta::hours(8),
        closed_at: None,
    };
    desk.data.emergency_accesses.push(row);
}

/// Found in the data; nobody works with the family, and it is not on the cohort.
fn not_on_cohort(desk: &mut Desk<'_>, agencies: &Agencies) {
    let family = family(desk, "TF-10003", Route::Data, None);
    let father = person(desk, family, ("Joe", "Palmer"), Sex::Male, 41, Relationship::Father);
    let daughter = person(desk, family, ("Niamh", "Palmer"), Sex::Female, 15, Relationship::Child);
    let since = desk.ago(700);
    desk.address(family, "52 Station Road", "Colnbury", "ZQ9 4DP", since);
    let evidence = "Attendance of 81 % across three terms";
    desk.matched(family, Some(daughter), "EDUCATION", agencies.school, evidence, 90)
        .matched_by = MatchedBy::Data;
    let evidence = "Out of work for two years";
    desk.matched(family, Some(father), "WORK", agencies.jobcentre, evidence, 80)
        .matched_by = MatchedBy::Data;
}

/// Closed with everything reached.
fn closed(desk: &mut Desk<'_>, agencies: &Agencies) {
    let family = family(desk, "TF-10004", Route::Nomination, Some(620));
    let closed_on = desk.ago(200);
    let row = desk.data.families.last_mut().expect("the family was just pushed");
    row.closed_on = Some(closed_on);
    let mother = person(desk, family, ("Rachel", "Osei"), Sex::Female, 45, Relationship::Mother);
    let father = person(desk, family, ("Daniel", "Osei"), Sex::Male, 47, Relationship::Father);
    let son = person(desk, family, ("Isaac", "Osei"), Sex::Male, 17, Relationship::Child);
    let since = desk.ago(900);
    desk.address(family, "7 Orchard Drive", "Colnbury", "ZQ9 1KE", since);
    let lead = Recorder {
        agency: agencies.youth_offending,
        subject: "demo-lead-youth-worker",
    };
    let since = desk.ago(630);
    desk.involved(family, agencies.youth_offending, "Kai Barnes", since)
        .ended_on = Some(closed_on);
    desk.lead(family, lead, "Kai Barnes", since).valid_until = Some(closed_on);
    desk.matched(
        family,
        Some(son),
        "CRIME",
        agencies.youth_offending,
        "Two offences within a year",
        640,
    )
    .verified_on = Some(since);
    desk.matched(
        family,
        Some(son),
        "EDUCATION",
        agencies.school,
        "Persistent absence",
        640,
    )
    .verified_on = Some(since);
    let plan = plan(
        desk,
        family,
        PlanStatus::Closed,
        600,
        Some((200, PlanClosure::WhollyAchieved)),
    );
    let goal = desk.goal(family, plan, "No further offence", Some("CRIME"));
    desk.data.goals.last_mut().expect("the goal was just pushed").status = GoalStatus::Achieved;
    let (indicator, baseline) = ("No offence in six months", "Two offences in a year");
    let row = desk.outcome(
        family,
        plan,
        (Some(goal), Some("CRIME")),
        indicator,
        baseline,
        "Custody",
    );
    row.result = Some("No offence in twelve months".to_owned());
    row.result_on = Some(closed_on);
    row.evidence = Some("Youth offending record".to_owned());
    row.source_agency_id = Some(agencies.youth_offending);
    let own = |id| Member { id, decider: id };
    desk.consents(
        family,
        &[own(mother), own(father), own(son)],
        &["police", "school", "youth_offending"],
        lead,
        615,
    );
}

/// One parent withdrew consent for Jobcentre Plus, and consent for the mental health service has run out.
fn withdrawn(desk: &mut Desk<'_>, agencies: &Agencies) {
    let family = family(desk, "TF-10005", Route::Nomination, Some(330));
    let mother = person(
        desk,
        family,
        ("Kayleigh", "Hunt"),
        Sex::Female,
        27,
        Relationship::Mother,
    );
    let daughter = person(desk, family, ("Poppy", "Hunt"), Sex::Female, 4, Relationship::Child);
    let since = desk.ago(600);
    desk.address(family, "31 Garden Walk", "Colnbury", "ZQ9 8RT", since);
    let lead = Recorder {
        agency: agencies.early_help,
        subject: hardman::LEAD_SUBJECT,
    };
    let since = desk.ago(335);
    for (agency, contact) in [
        (agencies.early_help, "Ruth Ellis"),
        (agencies.jobcentre, "Lewis Gray"),
        (agencies.mental_health, "Leah Price"),
    ] {
        desk.involved(family, agency, contact, since);
    }
    desk.lead(family, lead, "Ruth Ellis", since).phone = Some("01632 960101".to_owned());
    desk.matched(
        family,
        Some(mother),
        "HEALTH",
        agencies.mental_health,
        "In treatment for depression",
        400,
    )
    .verified_on = Some(since);
    desk.matched(
        family,
        Some(mother),
        "PARENT_MENTAL_HEALTH",
        agencies.mental_health,
        "In treatment for depression",
        400,
    );
    desk.matched(family, Some(mother), "WORK", agencies.jobcentre, "Out of work", 500)
        .verified_on = Some(since);
    let plan = plan(desk, family, PlanStatus::Agreed, 320, None);
    desk.goal(family, plan, "Back in work part time", Some("WORK"));
    desk.goal(family, plan, "Stays in treatment", Some("HEALTH"));
    let members = [
        Member {
            id: mother,
            decider: mother,
        },
        Member {
            id: daughter,
            decider: mother,
        },
    ];
    let kinds = ["police", "jobcentre_plus", "early_help", "mental_health", "tff_team"];
    desk.consents(family, &members, &kinds, lead, 329);
    let (withdrawn_at, expired) = (desk.at(12), desk.ago(2));
    desk.change_consents(
        mother,
        |row| row.agency_kind == "jobcentre_plus",
        |row| row.withdrawn_at = Some(withdrawn_at),
    );
    desk.change_consents(
        mother,
        |row| row.agency_kind == "mental_health",
        |row| row.expires_on = Some(expired),
    );
}

/// Two siblings who live by themselves: with no adult, those of own-consent age decide for the family.
fn without_adult(desk: &mut Desk<'_>, agencies: &Agencies) {
    let family = family(desk, "TF-10006", Route::Nomination, Some(60));
    let elder = person(
        desk,
        family,
        ("Amina", "Hussain"),
        Sex::Female,
        17,
        Relationship::Sibling,
    );
    // She turns 18 in two months: her Lead Professional is to ask her.
    let turning = desk.born(17, 305);
    for row in desk.data.people.iter_mut().filter(|row| row.id == elder) {
        row.date_of_birth = Some(turning);
    }
    let younger = person(
        desk,
        family,
        ("Ibrahim", "Hussain"),
        Sex::Male,
        14,
        Relationship::Sibling,
    );
    let since = desk.ago(90);
    desk.address(family, "18 Cross Street", "Colnbury", "ZQ9 3NB", since);
    let lead = Recorder {
        agency: agencies.voluntary,
        subject: "demo-lead-voluntary",
    };
    desk.involved(family, agencies.voluntary, "Carys Webb", since);
    desk.lead(family, lead, "Carys Webb", since).email = Some("carys.webb@foodbank.example".to_owned());
    desk.matched(
        family,
        Some(elder),
        "WORK",
        agencies.jobcentre,
        "Not in education, employment or training",
        90,
    );
    desk.matched(
        family,
        None,
        "CHILDREN_NEEDING_HELP",
        agencies.voluntary,
        "Living without an adult",
        90,
    );
    let until = desk.ahead(300);
    let own = |id| Member { id, decider: id };
    desk.consents(
        family,
        &[own(elder), own(younger)],
        &["police", "jobcentre_plus", "voluntary_sector"],
        lead,
        61,
    );
    for person in [elder, younger] {
        desk.change_consents(person, |_| true, |row| row.expires_on = Some(until));
    }
    plan(desk, family, PlanStatus::Draft, 55, None);
}
