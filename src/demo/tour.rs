//! The tour: what the demonstration shows, decided by the engine itself on the demonstration's own rows and agreements.

use std::{collections::BTreeSet, sync::Arc};

use chrono::NaiveDate;
use uuid::Uuid;

use super::{CAMBRIDGESHIRE, CAMBRIDGESHIRE_AGREEMENT, HARDMAN_REFERENCE, LEAD_SUBJECT, worked};
use crate::{
    catalogue,
    clock::day_of,
    records,
    sharing::{
        agreement::{Access, Policy},
        agreement_file,
        caller::{Caller, Party},
        category::{Category, CategorySet},
        ceiling::Ceiling,
        decide::{Needs, decide},
        facts::{ConsentAnswer, ConsentDecision, Decider, FamilyFacts, MembershipFacts, Period, PersonFacts, RowFacts},
        reason::{Reason, Told},
    },
    store::dataset::Dataset,
};

struct Tour {
    data: Dataset,
    policy: Policy,
    today: NaiveDate,
}

impl Tour {
    fn new() -> Self {
        let today = NaiveDate::from_ymd_opt(2026, 6, 1).expect("a date");
        let data = worked(today);
        let of = data.agencies.iter().filter(|row| row.authority_id == CAMBRIDGESHIRE);
        let agencies: BTreeSet<_> = of.map(|row| row.code.clone()).collect();
        let (_, agreement) =
            agreement_file::parse(CAMBRIDGESHIRE_AGREEMENT, &catalogue::known(agencies)).expect("good");
        Self {
            data,
            policy: Policy {
                agreements: vec![agreement],
            },
            today,
        }
    }

    fn ceiling(&self, agency: &str, role: &str, subject: &str, purpose: &str) -> Ceiling {
        let row = self
            .data
            .agencies
            .iter()
            .find(|row| row.code == agency)
            .expect("the agency");
        let caller = Caller {
            authority: CAMBRIDGESHIRE,
            authority_code: "cambridgeshire".to_owned(),
            principal: Party {
                agency: row.id,
                agency_code: row.code.clone(),
                agency_kind: row.kind.clone(),
                role: role.to_owned(),
                subject: subject.to_owned(),
            },
            portal: None,
            client: "tour".to_owned(),
            purpose: purpose.to_owned(),
            purposes: vec![purpose.to_owned()],
        };
        Ceiling::of(&self.policy, Arc::new(caller), self.today)
    }

    fn family(&self, reference: &str) -> FamilyFacts {
        let family = self
            .data
            .families
            .iter()
            .find(|row| row.reference == reference)
            .expect("the family");
        let people = self
            .data
            .memberships
            .iter()
            .filter(|row| row.family_id == family.id)
            .map(|row| {
                let person = self
                    .data
                    .people
                    .iter()
                    .find(|person| person.id == row.person_id)
                    .expect("the person");
                PersonFacts {
                    person: person.id,
                    born: person.born(self.today),
                    memberships: vec![MembershipFacts {
                        period: Period {
                            from: row.valid_from,
                            until: row.valid_until,
                        },
                        end: None,
                        parental_responsibility: row.parental_responsibility,
                    }],
                    others: Vec::new(),
                    lacks_capacity: Vec::new(),
                    died_on: None,
                    in_family: row.valid_until.is_none(),
                    belongs: row.valid_until.is_none(),
                    shielded: person.shielded,
                    sheltered: false,
                }
            });
        let consents = self
            .data
            .consents
            .iter()
            .filter(|row| row.family_id == family.id)
            .map(|row| ConsentDecision {
                family: row.family_id,
                person: row.person_id,
                category: Category::from_code(&row.category).expect("a category"),
                agency_kind: row.agency_kind.clone(),
                purposes: None,
                answer: if row.decision == records::ConsentAnswer::Given {
                    ConsentAnswer::Given
                } else {
                    ConsentAnswer::Refused
                },
                decided_by: Decider::Person(row.decided_by.expect("somebody of the family")),
                recorded_at: row.recorded_at,
                recorded_on: day_of(row.recorded_at),
                key: row.id,
                expires_on: row.expires_on,
                withdrawn_at: row.withdrawn_at,
                withdrawn_on: row.withdrawn_at.map(day_of),
            });
        let open = self
            .data
            .involvements
            .iter()
            .filter(|row| row.family_id == family.id && row.ended_on.is_none());
        let mut leads = self.data.lead_professionals.iter();
        let lead = leads.find(|row| row.family_id == family.id && row.valid_until.is_none());
        FamilyFacts {
            authority: family.authority_id,
            family: family.id,
            on_cohort: family.attached_on.is_some() && family.closed_on.is_none(),
            involved: open.map(|row| row.agency_id).collect(),
            lead: lead.map(|row| (row.agency_id, row.subject.clone())),
            people: people.collect(),
            elsewhere: Vec::new(),
            responsibilities: Vec::new(),
            consents: consents.collect(),
            bars: Vec::new(),
            emergencies: Vec::new(),
            people_read: true,
            own_consent_age: 13,
            now: self.today.and_hms_opt(12, 0, 0).expect("a time").and_utc(),
            today: self.today,
        }
    }

    fn person(&self, given: &str) -> Uuid {
        self.data
            .people
            .iter()
            .find(|row| row.given_name == given)
            .expect("the person")
            .id
    }
}

/// Whether one category of a row is permitted, or the true reason and what the asker is told.
fn sees(ceiling: &Ceiling, facts: &FamilyFacts, row: RowFacts, category: Category) -> Result<(), (Reason, Told)> {
    let needs = Needs {
        access: Access::Read,
        categories: CategorySet::of(&[category]),
        area: false,
        whereabouts: false,
        sourced: true,
        agency: false,
        of_members: false,
    };
    let decision = decide(ceiling, needs, facts, &row);
    decision.map(drop).map_err(|withheld| (withheld.reason, withheld.told))
}

fn explained(reason: Reason) -> Result<(), (Reason, Told)> {
    Err((reason, Told::Exactly(reason)))
}

fn unexplained(reason: Reason) -> Result<(), (Reason, Told)> {
    Err((reason, Told::Withheld))
}

#[test]
fn police_and_jobcentre_see_markers_where_every_adult_agreed() {
    let tour = Tour::new();
    let police = tour.ceiling("cambs-police", "marker_lookup", "p", "prevention_of_crime");
    let jobcentre = tour.ceiling("jcp-cambridge", "practitioner", "j", "employment_support");
    let marker = |ceiling: &Ceiling, reference: &str| {
        sees(ceiling, &tour.family(reference), RowFacts::family(), Category::Marker)
    };
    assert_eq!(marker(&police, HARDMAN_REFERENCE), Ok(()));
    assert_eq!(marker(&jobcentre, HARDMAN_REFERENCE), Ok(()));
    assert_eq!(marker(&police, "TF-10003"), unexplained(Reason::NotOnCohort));
    assert_eq!(marker(&police, "TF-10004"), unexplained(Reason::NotOnCohort));
    assert_eq!(marker(&police, "TF-10005"), Ok(()));
    assert_eq!(marker(&jobcentre, "TF-10005"), unexplained(Reason::ConsentWithdrawn));
    assert_eq!(
        marker(&police, "TF-10006"),
        Ok(()),
        "children of own-consent age agreed for themselves"
    );
}

#[test]
fn each_partner_sees_its_part_of_the_hardmans() {
    let tour = Tour::new();
    let facts = tour.family(HARDMAN_REFERENCE);
    let family = RowFacts::family();
    let practitioner = |agency: &str, purpose: &str| tour.ceiling(agency, "practitioner", "x", purpose);

    let school = practitioner("fenbrook-school", "education_support");
    assert_eq!(sees(&school, &facts, family, Category::CriterionEducation), Ok(()));
    assert_eq!(
        sees(&school, &facts, family, Category::Plan),
        explained(Reason::ConsentWithdrawn)
    );
    assert_eq!(
        sees(&school, &facts, family, Category::CriterionCrime),
        Err((Reason::NotInAgreement, Told::NotInAgreement))
    );
    let unsigned = practitioner("ely-academy", "education_support");
    assert_eq!(
        sees(&unsigned, &facts, family, Category::CriterionEducation),
        explained(Reason::AgreementNotSigned)
    );

    let police = practitioner("cambs-police", "safeguarding");
    assert_eq!(
        sees(&police, &facts, family, Category::CriterionCrime),
        explained(Reason::NotInvolved)
    );
    assert!(police.may_open_emergency());
    let probation = practitioner("bench-crc", "offender_management");
    assert_eq!(sees(&probation, &facts, family, Category::Plan), Ok(()));
    let step_father = RowFacts::person(tour.person("Lee"));
    assert_eq!(sees(&probation, &facts, step_father, Category::CriterionCrime), Ok(()));
    let health = practitioner("cambs-health", "health_care");
    assert_eq!(
        sees(&health, &facts, step_father, Category::CriterionHealth),
        unexplained(Reason::NotInvolved)
    );

    let lead = tour.ceiling("cambs-early-help", "lead_professional", LEAD_SUBJECT, "family_support");
    assert_eq!(sees(&lead, &facts, family, Category::Consent), Ok(()));
    assert_eq!(sees(&lead, &facts, family, Category::CriterionDomesticAbuse), Ok(()));
    assert_eq!(
        sees(&lead, &facts, step_father, Category::CriterionHealth),
        explained(Reason::ConsentNotGiven)
    );
    let mother = RowFacts::person(tour.person("Dawn"));
    assert_eq!(sees(&lead, &facts, mother, Category::CriterionHealth), Ok(()));
    let other = tour.ceiling(
        "cambs-early-help",
        "lead_professional",
        "someone-else",
        "family_support",
    );
    assert_eq!(
        sees(&other, &facts, family, Category::Consent),
        explained(Reason::NotLeadProfessional)
    );
}

#[test]
fn where_a_mother_at_risk_lives_only_her_lead_professional_sees() {
    let tour = Tour::new();
    let facts = tour.family("TF-10002");
    let housing = tour.ceiling("city-housing", "practitioner", "h", "housing_support");
    let lead = tour.ceiling(
        "cambs-social-care",
        "lead_professional",
        "demo-lead-social-worker",
        "family_support",
    );
    let social = tour.ceiling("cambs-social-care", "practitioner", "s", "safeguarding");
    for row in [RowFacts::family(), RowFacts::person(tour.person("Sofia"))] {
        assert_eq!(sees(&lead, &facts, row, Category::Contact), Ok(()));
        assert_eq!(
            sees(&housing, &facts, row, Category::Contact),
            unexplained(Reason::Shielded)
        );
        assert_eq!(
            sees(&social, &facts, row, Category::Contact),
            explained(Reason::Shielded)
        );
    }
}

#[test]
fn auditors_analysts_and_researchers_see_what_their_work_needs() {
    let tour = Tour::new();
    let facts = tour.family(HARDMAN_REFERENCE);
    let family = RowFacts::family();
    let auditor = tour.ceiling("internal-audit", "auditor", "a", "audit");
    let analyst = tour.ceiling("tff-team", "data_analyst", "d", "programme_management");
    for category in Category::CRITERIA.iter() {
        assert_eq!(sees(&auditor, &facts, family, category), Ok(()), "{}", category.code());
        assert_eq!(sees(&analyst, &facts, family, category), Ok(()), "{}", category.code());
    }
    assert!(sees(&auditor, &facts, family, Category::Outcome).is_ok());
    assert!(sees(&auditor, &facts, family, Category::Identity).is_err());
    let researcher = tour.ceiling("university-research", "researcher", "r", "research");
    let ceiling = researcher.categories(Access::Read);
    assert_eq!(ceiling, CategorySet::of(&[Category::Reference, Category::Statistics]));
    let manager = tour.ceiling("tff-team", "agreement_manager", "m", "agreement_management");
    assert!(manager.categories(Access::Write).contains(Category::Reference));
    assert!(manager.categories(Access::Read).contains(Category::Audit));
    assert!(!researcher.may_open_emergency());
}
