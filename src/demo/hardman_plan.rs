//! The Hardman family's plan, with the goals, actions and indicators of the case study; dates and some of the wording are made up.

use uuid::Uuid;

use super::{cambridgeshire_agencies::Agencies, desk::Desk};
use crate::records::{OutcomeKind, PlanRow, PlanStatus};

#[expect(clippy::too_many_lines, reason = "one plan, told from beginning to end")]
pub(super) fn write(desk: &mut Desk<'_>, agencies: &Agencies, family: Uuid) {
    let plan = desk.id();
    let row = PlanRow {
        authority_id: desk.authority,
        id: plan,
        family_id: family,
        status: PlanStatus::Active,
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
    row.kind = OutcomeKind::Soft;
    desk.outcome(
        family,
        plan,
        (Some(peace), Some("DOMESTIC_ABUSE")),
        "A Family CAF successfully completed, and no one referred to services again within 6 months",
        "Referred to social care several times",
        "Social care becomes involved again",
    );
}
