//! The Hardman family of the Cambridgeshire case study.
//!
//! From the source: a mother, a step-father and three children aged 12, 9 and 3; fighting heard at home, an unsafe home and rent arrears;
//! support as children in need that was refused; a violent offence and a licence with BENCH; the foodbank at the children's centre; an
//! exclusion at the secondary school, attainment below the expected levels at the primary school; no dentist; the Family Worker as Lead
//! Professional; the plan, its indicators, the set-backs, and the progress after six months. Names, dates, numbers, addresses and everyone's
//! consent are made up.

use uuid::Uuid;

use super::{
    cambridgeshire_agencies::Agencies,
    desk::{Desk, Member, Recorder},
    hardman_plan,
};
use crate::records::{
    AssessmentKind, AssessmentQuality, AssessmentRow, ConsentAnswer, IdentifierSystem, MatchedBy, NeedLevel,
    Relationship, Route, Sex, StatutoryStatusCode,
};

/// The Lead Professional's `sub`.
pub const LEAD_SUBJECT: &str = "demo-lead-professional";
/// The family's reference.
pub const REFERENCE: &str = "TF-10001";

struct Hardmans {
    family: Uuid,
    mother: Uuid,
    step_father: Uuid,
    eldest: Uuid,
    middle: Uuid,
    youngest: Uuid,
}

pub(super) fn write(desk: &mut Desk<'_>, agencies: &Agencies) {
    let lead = Recorder {
        agency: agencies.early_help,
        subject: LEAD_SUBJECT,
    };
    let people = people(desk, agencies);
    work(desk, agencies, &people, lead);
    criteria(desk, agencies, &people);
    assessment(desk, agencies, &people);
    hardman_plan::write(desk, agencies, people.family);
    consents(desk, &people, lead);
}

fn people(desk: &mut Desk<'_>, agencies: &Agencies) -> Hardmans {
    let (attached, long_ago) = (desk.ago(240), desk.ago(1400));
    let row = desk.family(REFERENCE, Route::Nomination);
    row.district = Some("Alderley".to_owned());
    row.ward = Some("Mill End".to_owned());
    row.locality = Some("Alderley East".to_owned());
    row.reach_area = Some("Mill End Children's Centre".to_owned());
    row.need_level = Some(NeedLevel::HighOrComplex);
    row.attached_on = Some(attached);
    let family = row.id;

    let born = desk.born(34, 100);
    let row = desk.person("Dawn", "Hardman", Sex::Female, born);
    row.ethnicity = Some("White British".to_owned());
    let mother = row.id;
    let born = desk.born(38, 30);
    let row = desk.person("Lee", "Sadler", Sex::Male, born);
    row.ethnicity = Some("White British".to_owned());
    let step_father = row.id;
    let mut child = |name: &str, sex: Sex, years: u32, days: u64| {
        let born = desk.born(years, days);
        let row = desk.person(name, "Hardman", sex, born);
        row.ethnicity = Some("White British".to_owned());
        row.id
    };
    let eldest = child("Tyler", Sex::Male, 12, 140);
    let middle = child("Megan", Sex::Female, 9, 60);
    let youngest = child("Alfie", Sex::Male, 3, 200);

    let row = desk.member(family, mother, Relationship::Mother, true, long_ago);
    row.employment_status = Some("unemployed".to_owned());
    row.phone = Some("07700 900101".to_owned());
    row.source_agency_id = Some(agencies.early_help);
    let joined = desk.ago(1100);
    let row = desk.member(family, step_father, Relationship::StepParent, false, joined);
    row.employment_status = Some("long_term_unemployed".to_owned());
    row.phone = Some("07700 900102".to_owned());
    row.source_agency_id = Some(agencies.probation);
    for (person, setting, source) in [
        (eldest, Some("Fenbrook School"), agencies.school),
        (middle, Some("Ely Academy Primary"), agencies.unsigned_school),
        (youngest, None, agencies.early_help),
    ] {
        let row = desk.member(family, person, Relationship::Child, false, joined);
        row.education_setting = setting.map(str::to_owned);
        row.source_agency_id = Some(source);
    }
    desk.address(family, "14 Mill Road", "Alderley", "ZQ4 7HA", desk.ago(900));
    desk.identifier(family, step_father, IdentifierSystem::PoliceReference, "PR-104477");
    desk.identifier(family, mother, IdentifierSystem::Nino, "QQ900101A");
    desk.identifier(family, step_father, IdentifierSystem::Nino, "QQ900102A");
    desk.identifier(family, eldest, IdentifierSystem::Upn, "F900000010101");
    desk.identifier(family, middle, IdentifierSystem::Upn, "V900000010102");
    desk.identifier(family, mother, IdentifierSystem::Tenancy, "CH-20931");
    let (since, until) = (desk.ago(420), desk.ago(330));
    for person in [eldest, middle, youngest] {
        desk.status(family, person, StatutoryStatusCode::ChildInNeed, since, Some(until));
    }
    Hardmans {
        family,
        mother,
        step_father,
        eldest,
        middle,
        youngest,
    }
}

fn work(desk: &mut Desk<'_>, agencies: &Agencies, people: &Hardmans, lead: Recorder<'_>) {
    let family = people.family;
    let mut involved = |agency: Uuid, team: &str, contact: &str, days: u64, phone: &str| {
        let since = desk.ago(days);
        let row = desk.involved(family, agency, contact, since);
        row.service_team = Some(team.to_owned());
        row.contact_phone = Some(phone.to_owned());
    };
    involved(
        agencies.early_help,
        "Mill End Children's Centre",
        "Ruth Ellis",
        300,
        "01632 960101",
    );
    involved(
        agencies.probation,
        "Offender management",
        "Gareth Stone",
        320,
        "01632 960102",
    );
    involved(agencies.housing, "Tenancy support", "Nadia Brooks", 500, "01632 960103");
    involved(agencies.school, "Pastoral care", "Imogen Hart", 290, "01632 960104");
    involved(agencies.unsigned_school, "Year 5", "Toby Lane", 290, "01632 960105");
    involved(agencies.voluntary, "Debt advice", "Carys Webb", 200, "01632 960106");
    let since = desk.ago(450);
    let ended = desk.ago(330);
    let row = desk.involved(family, agencies.social_care, "Farah Knight", since);
    row.service_team = Some("Integrated Access Team".to_owned());
    row.ended_on = Some(ended);
    let since = desk.ago(120);
    let row = desk.involved(family, agencies.social_care, "Farah Knight", since);
    row.service_team = Some("Integrated Access Team".to_owned());

    let (first, handed_over) = (desk.ago(270), desk.ago(255));
    let row = desk.lead(
        family,
        Recorder {
            agency: agencies.tff_team,
            subject: "demo-coordinator",
        },
        "Rhys Marsh",
        first,
    );
    row.team = Some("Advice and Co-ordination Team".to_owned());
    row.valid_until = Some(handed_over);
    let row = desk.lead(family, lead, "Ruth Ellis", handed_over);
    row.phone = Some("01632 960101".to_owned());
    row.email = Some("ruth.ellis@early-help.example".to_owned());
    row.team = Some("Mill End Children's Centre".to_owned());
    let (requested, placed) = (desk.ago(238), desk.ago(230));
    desk.marker(
        family,
        agencies.police,
        "Crime and intelligence system",
        requested,
        Some(placed),
    );
    desk.marker(family, agencies.jobcentre, "Labour Market System", requested, None);
    desk.marker(
        family,
        agencies.social_care,
        "Children's case system",
        requested,
        Some(placed),
    );
}

fn criteria(desk: &mut Desk<'_>, agencies: &Agencies, people: &Hardmans) {
    let family = people.family;
    let verified = desk.ago(245);
    let mut matched = |person: Option<Uuid>, criterion: &str, source: Uuid, evidence: &str, days: u64| {
        desk.matched(family, person, criterion, source, evidence, days)
            .verified_on = Some(verified);
    };
    matched(
        Some(people.step_father),
        "CRIME",
        agencies.probation,
        "On licence after a violent offence against an acquaintance",
        340,
    );
    matched(
        Some(people.eldest),
        "EDUCATION",
        agencies.school,
        "Fixed term exclusion; behaviour at school",
        295,
    );
    matched(
        None,
        "CHILDREN_NEEDING_HELP",
        agencies.social_care,
        "Offered support as children in need, which the parents refused; unsafe state of the home",
        420,
    );
    matched(
        None,
        "WORK",
        agencies.housing,
        "Significant rent arrears: at risk of financial exclusion",
        400,
    );
    matched(
        None,
        "DOMESTIC_ABUSE",
        agencies.social_care,
        "Fight between mother and step-father with the children present",
        120,
    );
    let row = desk.matched(
        family,
        None,
        "HEALTH",
        agencies.early_help,
        "The children have never been to a dentist",
        100,
    );
    row.verified_on = None;
    let row = desk.matched(
        family,
        Some(people.middle),
        "EDUCATION",
        agencies.unsigned_school,
        "Below the expected levels of attainment; later found not to meet the criterion",
        280,
    );
    row.matched_by = MatchedBy::Data;
    row.withdrawn_on = Some(verified);
}

fn assessment(desk: &mut Desk<'_>, agencies: &Agencies, people: &Hardmans) {
    let (family, id) = (people.family, desk.id());
    let row = AssessmentRow {
        authority_id: desk.authority,
        id,
        family_id: family,
        agency_id: agencies.early_help,
        kind: AssessmentKind::FamilyCaf,
        covers_all_members: true,
        started_on: desk.ago(265),
        completed_on: Some(desk.ago(243)),
        quality: Some(AssessmentQuality::Good),
    };
    desk.data.assessments.push(row);
    let mut scores = |person: Option<Uuid>, domain: &str, [baseline, first, second]: [i32; 3]| {
        desk.scores(
            family,
            id,
            person,
            domain,
            &[(baseline, 243), (first, 210), (second, 120)],
        );
    };
    scores(None, "HOUSING", [4, 4, 2]);
    scores(None, "INCOME_EMPLOYMENT_FINANCE", [5, 5, 3]);
    scores(None, "FAMILY_HISTORY_RELATIONSHIPS_WELLBEING", [4, 5, 2]);
    scores(None, "SOCIAL_COMMUNITY_LINKS", [3, 3, 2]);
    scores(Some(people.eldest), "BEHAVIOURAL_DEVELOPMENT", [4, 4, 2]);
    scores(Some(people.eldest), "PARTICIPATION_LEARNING_EDUCATION_WORK", [4, 3, 2]);
    scores(Some(people.middle), "PROGRESS_ACHIEVEMENT", [3, 3, 3]);
    scores(Some(people.youngest), "GENERAL_HEALTH", [3, 3, 2]);
    scores(Some(people.mother), "ROUTINES_BOUNDARIES", [4, 3, 2]);
    scores(Some(people.mother), "BASIC_CARE_SAFETY_PROTECTION", [4, 3, 2]);
    scores(Some(people.step_father), "EMOTIONAL_WARMTH_STABILITY", [4, 5, 3]);
    let mut progress =
        |person: Option<Uuid>, measure: &str, value: i32| desk.progress(family, person, measure, value, 243);
    progress(None, "POLICE_CALLOUTS", 5);
    progress(None, "DOMESTIC_VIOLENCE_INCIDENTS", 2);
    progress(Some(people.step_father), "ASB_FURTHER_ACTION", 1);
    progress(None, "RENT_ARREARS", 1840);
    progress(None, "EVICTIONS", 0);
    progress(Some(people.eldest), "MISSING_FROM_SCHOOL", 1);
    progress(Some(people.mother), "MENTAL_HEALTH_ISSUE", 3);
    progress(Some(people.step_father), "ALCOHOL_MISUSE", 6);
}

fn consents(desk: &mut Desk<'_>, people: &Hardmans, lead: Recorder<'_>) {
    let own = |id| Member { id, decider: id };
    let child = |id| Member {
        id,
        decider: people.mother,
    };
    let members = [
        own(people.mother),
        own(people.step_father),
        child(people.eldest),
        child(people.middle),
        child(people.youngest),
    ];
    let kinds = [
        "police",
        "jobcentre_plus",
        "childrens_social_care",
        "early_help",
        "school",
        "health",
        "probation",
        "housing",
        "voluntary_sector",
        "tff_team",
    ];
    desk.consents(people.family, &members, &kinds, lead, 241);
    // The step-father later said no to anyone but health services learning of his health.
    for kind in kinds.iter().filter(|kind| **kind != "health") {
        for category in ["CRITERION_HEALTH", "PROGRESS_HEALTH"] {
            desk.consent(
                people.family,
                own(people.step_father),
                category,
                kind,
                ConsentAnswer::Refused,
                lead,
                200,
            );
        }
    }
    // After a disagreement the mother withdrew her consent that schools see the plan.
    let withdrawn_at = desk.at(50);
    desk.change_consents(
        people.mother,
        |row| row.agency_kind == "school" && row.category == "PLAN",
        |row| row.withdrawn_at = Some(withdrawn_at),
    );
}
