//! The second demonstration authority, with the two cases of the Kingston and Richmond delivery framework (appendix 2).
//!
//! From the source: who is in each family and how old the children are, what brought them into the programme, who worked with them and what
//! came of it. Names, dates, numbers, addresses and consents are made up.

use uuid::Uuid;

use super::desk::{Desk, Member, Recorder};
use crate::records::{
    AssessmentKind, AssessmentRow, NeedLevel, PlanRow, PlanStatus, Relationship, Route, Sex, StatutoryStatusCode,
};

/// The authority's number.
pub const AUTHORITY: i32 = 2;
/// The key worker who leads both families (`sub`).
pub const LEAD_SUBJECT: &str = "demo-kr-key-worker";

struct Agencies {
    police: Uuid,
    jobcentre: Uuid,
    social_care: Uuid,
    early_help: Uuid,
    school: Uuid,
    sen_service: Uuid,
    camhs: Uuid,
    substance: Uuid,
    housing: Uuid,
}

pub(super) fn write(desk: &mut Desk<'_>) {
    desk.authority(AUTHORITY, "kingston_richmond", "Kingston and Richmond (demonstration)");
    let mut agency = |code, name, kind| desk.agency(code, name, kind);
    let agencies = Agencies {
        police: agency("kr-police", "Riverside Police (demonstration)", "police"),
        jobcentre: agency(
            "kr-jobcentre",
            "Riverside Jobcentre Plus (demonstration)",
            "jobcentre_plus",
        ),
        social_care: agency(
            "kr-social-care",
            "Riverside Social Care (demonstration)",
            "childrens_social_care",
        ),
        early_help: agency(
            "kr-early-help",
            "Strengthening Families Team (demonstration)",
            "early_help",
        ),
        school: agency("kr-school", "Riverside School (demonstration)", "school"),
        sen_service: agency(
            "kr-sen-service",
            "Special Educational Needs Service (demonstration)",
            "school",
        ),
        camhs: agency(
            "kr-camhs",
            "Child and Adolescent Mental Health Service (demonstration)",
            "mental_health",
        ),
        substance: agency(
            "kr-substance-service",
            "Riverside Substance Service (demonstration)",
            "substance_misuse",
        ),
        housing: agency("kr-housing", "Riverside Homes (demonstration)", "housing"),
    };
    for (code, name, kind) in [
        ("kr-health", "Riverside Health (demonstration)", "health"),
        ("kr-probation", "Riverside Probation (demonstration)", "probation"),
        (
            "kr-yos",
            "Riverside Youth Offending Service (demonstration)",
            "youth_offending",
        ),
        (
            "kr-voluntary",
            "Riverside Family Charity (demonstration)",
            "voluntary_sector",
        ),
        (
            "kr-tff-team",
            "Strengthening Families co-ordination and data (demonstration)",
            "tff_team",
        ),
        (
            "kr-internal-audit",
            "Joint Audit Service (demonstration)",
            "internal_audit",
        ),
        ("kr-research", "Riverside University (demonstration)", "researcher"),
    ] {
        agency(code, name, kind);
    }
    case_one(desk, &agencies);
    case_two(desk, &agencies);
}

fn family(desk: &mut Desk<'_>, reference: &str, days: u64, level: NeedLevel) -> Uuid {
    let attached = desk.ago(days);
    let row = desk.family(reference, Route::Nomination);
    row.district = Some("Riverside".to_owned());
    row.ward = Some("Dunham".to_owned());
    row.locality = Some("Riverside West".to_owned());
    row.reach_area = Some("Dunham Children's Centre".to_owned());
    row.need_level = Some(level);
    row.attached_on = Some(attached);
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
    let (born, since) = (desk.born(years, 50), desk.ago(3000));
    let row = desk.person(name.0, name.1, sex, born);
    let id = row.id;
    let parent = matches!(relationship, Relationship::Mother | Relationship::Father);
    let row = desk.member(family, id, relationship, parent, since);
    row.education_setting = (5..18).contains(&years).then(|| "Riverside School".to_owned());
    id
}

fn lead(agencies: &Agencies) -> Recorder<'static> {
    Recorder {
        agency: agencies.early_help,
        subject: LEAD_SUBJECT,
    }
}

fn worked_with(desk: &mut Desk<'_>, family: Uuid, agencies: &Agencies, days: u64, others: &[(Uuid, &str)]) -> Uuid {
    let since = desk.ago(days);
    desk.involved(family, agencies.early_help, "Jamal Foster", since)
        .service_team = Some("Strengthening Families Team".to_owned());
    for (agency, contact) in others {
        desk.involved(family, *agency, contact, since);
    }
    let row = desk.lead(family, lead(agencies), "Jamal Foster", since);
    row.phone = Some("01632 960301".to_owned());
    row.team = Some("Strengthening Families Team".to_owned());
    let assessment = AssessmentRow {
        authority_id: desk.authority,
        id: desk.id(),
        family_id: family,
        agency_id: agencies.early_help,
        kind: AssessmentKind::FamilyCaf,
        covers_all_members: true,
        started_on: desk.ago(days - 5),
        completed_on: Some(desk.ago(days - 30)),
        quality: None,
    };
    let id = assessment.id;
    desk.data.assessments.push(assessment);
    id
}

fn plan(desk: &mut Desk<'_>, family: Uuid, days: u64) -> Uuid {
    let row = PlanRow {
        authority_id: desk.authority,
        id: desk.id(),
        family_id: family,
        status: PlanStatus::Active,
        drawn_up_on: desk.ago(days),
        agreed_on: Some(desk.ago(days - 7)),
        signed_by_family_on: Some(desk.ago(days - 7)),
        closed_on: None,
        closure: None,
    };
    let id = row.id;
    desk.data.plans.push(row);
    id
}

/// Mother, father and two children between 13 and 18.
#[expect(clippy::too_many_lines, reason = "one family, told from beginning to end")]
fn case_one(desk: &mut Desk<'_>, agencies: &Agencies) {
    let family = family(desk, "SF-20001", 320, NeedLevel::HighOrComplex);
    let mother = person(desk, family, ("Tara", "Dixon"), Sex::Female, 39, Relationship::Mother);
    let father = person(desk, family, ("Darren", "Dixon"), Sex::Male, 42, Relationship::Father);
    let elder = person(desk, family, ("Paige", "Dixon"), Sex::Female, 16, Relationship::Child);
    let son = person(desk, family, ("Logan", "Dixon"), Sex::Male, 14, Relationship::Child);
    let since = desk.ago(2500);
    desk.address(family, "66 Ferry Close", "Dunham", "ZQ31 5LW", since);
    let others = [
        (agencies.camhs, "Grace Shaw"),
        (agencies.sen_service, "Harry Mills"),
        (agencies.school, "Lucy Ward"),
        (agencies.substance, "Sam Cox"),
    ];
    let assessment = worked_with(desk, family, agencies, 330, &others);
    let ended = desk.ago(335);
    desk.involved(family, agencies.social_care, "Beth Reid", since).ended_on = Some(ended);
    desk.status(family, son, StatutoryStatusCode::Ehcp, ended, None);
    let verified = Some(desk.ago(318));
    let mut matched = |person, criterion: &str, source, evidence: &str| {
        desk.matched(family, person, criterion, source, evidence, 340)
            .verified_on = verified;
    };
    matched(
        Some(father),
        "CRIME",
        agencies.police,
        "A recent incident with a neighbour that could lead to a custodial sentence",
    );
    matched(Some(son), "CRIME", agencies.police, "Anti-social behaviour");
    matched(
        None,
        "EDUCATION",
        agencies.school,
        "Both children do not attend regularly",
    );
    matched(
        Some(mother),
        "HEALTH",
        agencies.substance,
        "Substance misuse; has just left a rehabilitation clinic",
    );
    matched(
        Some(mother),
        "PARENT_SUBSTANCE_MISUSE",
        agencies.substance,
        "Heroin and alcohol",
    );
    matched(
        Some(son),
        "CHILD_WITH_AUTISM_OR_ADHD",
        agencies.camhs,
        "Diagnosis of attention deficit hyperactivity disorder",
    );
    matched(
        None,
        "STEP_DOWN_FROM_CHILD_PROTECTION",
        agencies.social_care,
        "Stepped down to early help eleven months ago",
    );
    desk.scores(
        family,
        assessment,
        Some(son),
        "BEHAVIOURAL_DEVELOPMENT",
        &[(5, 300), (3, 200), (2, 90)],
    );
    desk.scores(
        family,
        assessment,
        Some(mother),
        "DRUG_ALCOHOL_USE",
        &[(4, 300), (3, 200), (2, 90)],
    );
    desk.scores(
        family,
        assessment,
        Some(father),
        "ROUTINES_BOUNDARIES",
        &[(4, 300), (3, 200), (2, 90)],
    );
    let plan = plan(desk, family, 295);
    let boundaries = desk.goal(family, plan, "Effective boundaries at home", None);
    let school = desk.goal(
        family,
        plan,
        "A place in the right school, and attendance",
        Some("EDUCATION"),
    );
    let medicine = desk.goal(
        family,
        plan,
        "Medication is given as prescribed",
        Some("CHILD_WITH_AUTISM_OR_ADHD"),
    );
    let behaviour = desk.goal(family, plan, "Less anti-social behaviour", Some("CRIME"));
    let (due, done) = (desk.ago(150), Some(desk.ago(160)));
    desk.action(
        family,
        boundaries,
        agencies.early_help,
        "One-to-one parenting course for both parents",
        due,
        done,
    );
    desk.action(
        family,
        school,
        agencies.sen_service,
        "Find an appropriate educational establishment",
        due,
        done,
    );
    desk.action(
        family,
        medicine,
        agencies.camhs,
        "Review with the parents each month",
        due,
        done,
    );
    let result_on = Some(desk.ago(80));
    let indicator = "Anti-social behaviour of the younger child";
    let row = desk.outcome(
        family,
        plan,
        (Some(behaviour), Some("CRIME")),
        indicator,
        "Regular reports",
        "Offending",
    );
    row.result = Some("Decreased".to_owned());
    row.result_on = result_on;
    row.source_agency_id = Some(agencies.police);
    let indicator = "School attendance of the younger child";
    let row = desk.outcome(
        family,
        plan,
        (Some(school), Some("EDUCATION")),
        indicator,
        "Not attending regularly",
        "Exclusion",
    );
    row.result = Some("Improved".to_owned());
    row.result_on = result_on;
    row.source_agency_id = Some(agencies.school);
    desk.progress(family, Some(mother), "DRUG_MISUSE", 9, 300);
    desk.progress(family, Some(son), "ASB_FURTHER_ACTION", 4, 300);
    let own = |id| Member { id, decider: id };
    let kinds = [
        "police",
        "early_help",
        "school",
        "mental_health",
        "substance_misuse",
        "jobcentre_plus",
        "tff_team",
    ];
    desk.consents(
        family,
        &[own(mother), own(father), own(elder), own(son)],
        &kinds,
        lead(agencies),
        321,
    );
}

/// A single mother and four children between 6 and 18.
#[expect(clippy::too_many_lines, reason = "one family, told from beginning to end")]
fn case_two(desk: &mut Desk<'_>, agencies: &Agencies) {
    let family = family(desk, "SF-20002", 260, NeedLevel::ExpertHelp);
    let mother = person(desk, family, ("Jade", "Walsh"), Sex::Female, 36, Relationship::Mother);
    let eldest = person(desk, family, ("Kieran", "Walsh"), Sex::Male, 17, Relationship::Child);
    let second = person(desk, family, ("Molly", "Walsh"), Sex::Female, 15, Relationship::Child);
    let third = person(desk, family, ("Finley", "Walsh"), Sex::Male, 10, Relationship::Child);
    let youngest = person(desk, family, ("Rosie", "Walsh"), Sex::Female, 6, Relationship::Child);
    let since = desk.ago(2000);
    desk.address(family, "5 Meadow Way", "Dunham", "ZQ31 8PT", since);
    let others = [
        (agencies.camhs, "Grace Shaw"),
        (agencies.school, "Lucy Ward"),
        (agencies.jobcentre, "Noah Bell"),
        (agencies.housing, "Ellie Green"),
    ];
    let assessment = worked_with(desk, family, agencies, 270, &others);
    for person in [eldest, second] {
        desk.status(
            family,
            person,
            StatutoryStatusCode::ChildInNeed,
            since,
            Some(desk.ago(500)),
        );
    }
    let verified = Some(desk.ago(258));
    let mut matched = |person, criterion: &str, source, evidence: &str| {
        desk.matched(family, person, criterion, source, evidence, 280)
            .verified_on = verified;
    };
    matched(
        Some(mother),
        "CRIME",
        agencies.police,
        "Arrested for possession with intent to supply",
    );
    matched(
        Some(eldest),
        "CRIME",
        agencies.police,
        "Anti-social behaviour; arrested for possession of cannabis",
    );
    matched(
        None,
        "EDUCATION",
        agencies.school,
        "The older children do badly at school",
    );
    matched(
        Some(mother),
        "DOMESTIC_ABUSE",
        agencies.social_care,
        "Domestic violence by previous partners",
    );
    matched(
        Some(mother),
        "PARENT_VICTIM_OF_DOMESTIC_VIOLENCE",
        agencies.social_care,
        "Domestic violence by previous partners",
    );
    matched(Some(mother), "HEALTH", agencies.camhs, "Acute mental health concerns");
    matched(
        Some(mother),
        "PARENT_MENTAL_HEALTH",
        agencies.camhs,
        "Acute mental health concerns",
    );
    matched(
        Some(mother),
        "WORK",
        agencies.jobcentre,
        "Struggles with household payments",
    );
    desk.scores(
        family,
        assessment,
        Some(mother),
        "MENTAL_HEALTH_EMOTIONAL_WELLBEING",
        &[(5, 240), (5, 160), (3, 70)],
    );
    desk.scores(
        family,
        assessment,
        Some(eldest),
        "ASPIRATIONS",
        &[(4, 240), (3, 160), (2, 70)],
    );
    let plan = plan(desk, family, 235);
    let health = desk.goal(
        family,
        plan,
        "Support for the mother's wellbeing, beginning with counselling",
        Some("PARENT_MENTAL_HEALTH"),
    );
    let training = desk.goal(family, plan, "Training for the eldest son", Some("WORK"));
    desk.goal(
        family,
        plan,
        "Better attendance of the younger children",
        Some("EDUCATION"),
    );
    let (due, done) = (desk.ago(120), Some(desk.ago(125)));
    desk.action(family, health, agencies.camhs, "Counselling service", due, done);
    desk.action(
        family,
        training,
        agencies.jobcentre,
        "Introduction to training opportunities",
        due,
        done,
    );
    let result_on = Some(desk.ago(60));
    let indicator = "Anti-social behaviour of the eldest son";
    let row = desk.outcome(
        family,
        plan,
        (None, Some("CRIME")),
        indicator,
        "Arrest, regular reports",
        "Offending",
    );
    row.result = Some("Reduced".to_owned());
    row.result_on = result_on;
    row.source_agency_id = Some(agencies.police);
    desk.progress(family, Some(mother), "MENTAL_HEALTH_ISSUE", 12, 240);
    desk.progress(family, None, "POLICE_CALLOUTS", 7, 240);
    let own = |id| Member { id, decider: id };
    let child = |id| Member { id, decider: mother };
    let members = [own(mother), own(eldest), own(second), child(third), child(youngest)];
    let kinds = [
        "police",
        "early_help",
        "school",
        "mental_health",
        "jobcentre_plus",
        "housing",
        "tff_team",
    ];
    desk.consents(family, &members, &kinds, lead(agencies), 261);
}
