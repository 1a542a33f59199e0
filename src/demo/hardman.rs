//! The Hardman family of the Cambridgeshire case study.
//!
//! From the source: a mother, a step-father and three children aged 12, 9 and 3; fighting heard at home, an unsafe home and rent arrears;
//! support as children in need that was refused; a violent offence and a licence with BENCH; the foodbank at the children's centre; an
//! exclusion at the secondary school, attainment below the expected levels at the primary school; no dentist; the Family Worker as Lead
//! Professional; the plan, its indicators, the set-backs, and the progress after six months. Names, dates, numbers, addresses and everyone's
//! consent are made up.

use uuid::Uuid;

use super::{
    cambridgeshire::Agencies,
    desk::{Desk, Member, Recorder},
};
use crate::store::rows::{AssessmentRow, PlanRow};

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
    plan(desk, agencies, &people);
    consents(desk, &people, lead);
}

fn people(desk: &mut Desk<'_>, agencies: &Agencies) -> Hardmans {
    let (attached, long_ago) = (desk.ago(240), desk.ago(1400));
    let row = desk.family(REFERENCE, "nomination");
    row.district = Some("Alderley".to_owned());
    row.ward = Some("Mill End".to_owned());
    row.locality = Some("Alderley East".to_owned());
    row.reach_area = Some("Mill End Children's Centre".to_owned());
    row.need_level = Some("high_or_complex".to_owned());
    row.attached_on = Some(attached);
    let family = row.id;

    let born = desk.born(34, 100);
    let row = desk.person("Dawn", "Hardman", "female", born);
    row.ethnicity = Some("White British".to_owned());
    row.employment_status = Some("unemployed".to_owned());
    row.phone = Some("07700 900101".to_owned());
    row.source_agency_id = Some(agencies.early_help);
    let mother = row.id;
    let born = desk.born(38, 30);
    let row = desk.person("Lee", "Sadler", "male", born);
    row.ethnicity = Some("White British".to_owned());
    row.employment_status = Some("long_term_unemployed".to_owned());
    row.phone = Some("07700 900102".to_owned());
    row.source_agency_id = Some(agencies.probation);
    let step_father = row.id;
    let mut child = |name: &str, sex: &str, years: u32, days: u64, setting: Option<&str>, source: Uuid| {
        let born = desk.born(years, days);
        let row = desk.person(name, "Hardman", sex, born);
        row.ethnicity = Some("White British".to_owned());
        row.education_setting = setting.map(str::to_owned);
        row.source_agency_id = Some(source);
        row.id
    };
    let eldest = child("Tyler", "male", 12, 140, Some("Fenbrook School"), agencies.school);
    let middle = child(
        "Megan",
        "female",
        9,
        60,
        Some("Ely Academy Primary"),
        agencies.unsigned_school,
    );
    let youngest = child("Alfie", "male", 3, 200, None, agencies.early_help);

    desk.member(family, mother, "mother", true, long_ago);
    desk.member(family, step_father, "step_parent", false, desk.ago(1100));
    for person in [eldest, middle, youngest] {
        desk.member(family, person, "child", false, desk.ago(1100));
    }
    desk.address(family, "14 Mill Road", "Alderley", "ZQ4 7HA", desk.ago(900));
    desk.identifier(family, step_father, "police_reference", "PR-104477");
    desk.identifier(family, mother, "nino", "QQ900101A");
    desk.identifier(family, step_father, "nino", "QQ900102A");
    desk.identifier(family, eldest, "upn", "Z900000010101");
    desk.identifier(family, middle, "upn", "Z900000010102");
    desk.identifier(family, mother, "tenancy", "CH-20931");
    let (since, until) = (desk.ago(420), desk.ago(330));
    for person in [eldest, middle, youngest] {
        desk.status(family, person, "child_in_need", since, Some(until));
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
    row.matched_by = "data".to_owned();
    row.withdrawn_on = Some(verified);
}

fn assessment(desk: &mut Desk<'_>, agencies: &Agencies, people: &Hardmans) {
    let (family, id) = (people.family, desk.id());
    let row = AssessmentRow {
        authority_id: desk.authority,
        id,
        family_id: family,
        agency_id: agencies.early_help,
        kind: "family_caf".to_owned(),
        covers_all_members: true,
        started_on: desk.ago(265),
        completed_on: Some(desk.ago(243)),
        quality: Some("good".to_owned()),
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

fn plan(desk: &mut Desk<'_>, agencies: &Agencies, people: &Hardmans) {
    let (family, plan) = (people.family, desk.id());
    let row = PlanRow {
        authority_id: desk.authority,
        id: plan,
        family_id: family,
        status: "active".to_owned(),
        drawn_up_on: desk.ago(235),
        agreed_on: Some(desk.ago(228)),
        signed_by_family_on: Some(desk.ago(228)),
        closed_on: None,
        closure: None,
    };
    desk.data.plans.push(row);
    let debts = desk.goal(family, plan, "The rent arrears are paid off step by step", Some("WORK"));
    let school = desk.goal(
        family,
        plan,
        "No more exclusions, and the same rules at home and at school",
        Some("EDUCATION"),
    );
    let home = desk.goal(
        family,
        plan,
        "A home that is clean and safe for the children",
        Some("CHILDREN_NEEDING_HELP"),
    );
    let peace = desk.goal(
        family,
        plan,
        "Disagreements are settled without fighting",
        Some("DOMESTIC_ABUSE"),
    );
    let offending = desk.goal(family, plan, "The licence is kept, with no new offence", Some("CRIME"));
    let dentist = desk.goal(family, plan, "Every child is registered with a dentist", Some("HEALTH"));
    let whole = desk.goal(
        family,
        plan,
        "The family asks for help early and keeps to its own routines",
        None,
    );
    let mut action = |goal, owner, what: &str, due: u64, done: Option<u64>| {
        let (due, done) = (desk.ago(due), done.map(|days| desk.ago(days)));
        desk.action(family, goal, owner, what, due, done);
    };
    action(
        debts,
        agencies.voluntary,
        "Debt advice and a repayment plan",
        180,
        Some(175),
    );
    action(
        debts,
        agencies.housing,
        "Hold court action while the repayment plan is kept",
        170,
        Some(170),
    );
    action(
        school,
        agencies.school,
        "Agree one way of managing behaviour with the parents",
        190,
        Some(186),
    );
    action(
        home,
        agencies.early_help,
        "Two visits a week to work on the state of the home",
        150,
        Some(110),
    );
    action(
        peace,
        agencies.early_help,
        "Mediation between mother and step-father",
        130,
        Some(95),
    );
    action(
        peace,
        agencies.social_care,
        "Joint visit with the Family Worker instead of a new assessment",
        115,
        Some(112),
    );
    action(
        offending,
        agencies.probation,
        "Count work on this plan towards the hours of contact",
        200,
        Some(198),
    );
    action(
        dentist,
        agencies.early_help,
        "Register the three children with a dentist",
        60,
        Some(45),
    );
    action(
        whole,
        agencies.early_help,
        "Accredited parenting course for both parents",
        30,
        None,
    );
    outcomes(
        desk,
        agencies,
        family,
        plan,
        [debts, school, peace, offending, dentist, whole],
    );
}

fn outcomes(desk: &mut Desk<'_>, agencies: &Agencies, family: Uuid, plan: Uuid, goals: [Uuid; 6]) {
    let [debts, school, peace, offending, dentist, whole] = goals;
    let results = [desk.ago(40), desk.ago(30), desk.ago(20)];
    let row = desk.outcome(
        family,
        plan,
        (Some(debts), Some("WORK")),
        "A rent arrear reduction plan in place and adhered to, and the debt reduced",
        "Significant arrears, no plan",
        "Court action and eviction",
    );
    row.result = Some("Arrears gradually being paid off".to_owned());
    row.result_on = Some(results[0]);
    row.evidence = Some("Rent account".to_owned());
    row.source_agency_id = Some(agencies.housing);
    let row = desk.outcome(
        family,
        plan,
        (Some(school), Some("EDUCATION")),
        "Fewer than 3 fixed term exclusions and no permanent exclusion across 3 consecutive terms",
        "One recent exclusion",
        "Further exclusions",
    );
    row.result = Some("No exclusion since the plan began; behaviour improved".to_owned());
    row.result_on = Some(results[1]);
    row.evidence = Some("School register".to_owned());
    row.source_agency_id = Some(agencies.school);
    desk.outcome(
        family,
        plan,
        (Some(school), Some("EDUCATION")),
        "All children at or on track to the attainment expected at the end of the Key Stage",
        "The middle child is below the expected level",
        "Below expected progress",
    );
    let row = desk.outcome(
        family,
        plan,
        (Some(offending), Some("CRIME")),
        "At least a 60 % reduction in offending across the household in the last 6 months",
        "One violent offence",
        "Breach of licence",
    );
    row.result = Some("No offence in six months".to_owned());
    row.result_on = Some(results[2]);
    row.evidence = Some("Offender Manager's record".to_owned());
    row.source_agency_id = Some(agencies.probation);
    desk.outcome(
        family,
        plan,
        (Some(dentist), Some("HEALTH")),
        "All children registered with a dentist, with a check-up within the last six months",
        "Never been to a dentist",
        "Untreated dental problems",
    );
    let row = desk.outcome(
        family,
        plan,
        (Some(whole), None),
        "Both parents attended an accredited parenting course and use its strategies over 6 months",
        "No course",
        "No change",
    );
    row.kind = "soft".to_owned();
    desk.outcome(
        family,
        plan,
        (Some(peace), Some("DOMESTIC_ABUSE")),
        "A Family CAF successfully completed, and no one referred to services again within 6 months",
        "Referred to social care several times",
        "Social care becomes involved again",
    );
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
                "refused",
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
