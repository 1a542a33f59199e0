//! One made-up family. Shares of families are those of the sources where they give them (the Kingston and Richmond delivery framework,
//! "Understanding need": its national figures, and Richmond's for the criteria); the others are made up and say so.

use chrono::{DateTime, Days, Months, NaiveDate, NaiveTime, Utc};
use rand::{RngExt, rngs::ChaCha12Rng, seq::IndexedRandom};
use uuid::Uuid;

use super::{names, synthetic_authority::Authority};
use crate::{
    clock::Ids,
    records::{
        AddressRow, CriteriaMatchRow, FamilyRow, IdentifierSystem, InvolvementRow, LeadProfessionalRow,
        LocalIdentifierRow, MarkerRow, MarkerStatus, MatchedBy, MembershipRow, NeedLevel, PersonRow, Relationship,
        Route, Sex, StatutoryStatusCode, StatutoryStatusRow,
    },
    store::dataset::Dataset,
};

#[path = "synthetic_work.rs"]
mod work;

/// Families by their number of children: 2.5 on average, 40 % with three or more.
const CHILDREN: [f64; 6] = [0.27, 0.33, 0.18, 0.12, 0.06, 0.04];
/// 49 % are lone parents.
const LONE_PARENT: f64 = 0.49;
/// 59 % of the children are boys.
const BOYS: f64 = 0.59;
/// Children under five, so that 25 % of the families have one; and those from 13 to 17, who are the most (62 %).
const UNDER_FIVE: f64 = 0.11;
const TEENAGERS: f64 = 0.62;
/// 78 % of the main carers are recorded as White British.
const WHITE_BRITISH: f64 = 0.78;

/// The criterion, and how often it is drawn. A family has at least two of the six, so each is drawn a little less often than its share:
/// crime 57 %, education 79 %, work 82 %, domestic abuse 29 %, health 46 %. For children needing help there is no figure; 41 % is the sum of
/// those in need, on protection plans and looked after.
const NATIONAL: [(&str, f64, &str); 6] = [
    ("CRIME", 0.541, "police"),
    ("EDUCATION", 0.758, "school"),
    ("CHILDREN_NEEDING_HELP", 0.388, "childrens_social_care"),
    ("WORK", 0.790, "jobcentre_plus"),
    ("DOMESTIC_ABUSE", 0.274, "police"),
    ("HEALTH", 0.435, "health"),
];
/// 23 % of the families have a child in need, 12 % one on a protection plan, 6 % one looked after, 39 % one with special educational
/// needs; the share with an education, health and care plan is made up.
const STATUSES: [(StatutoryStatusCode, f64); 5] = [
    (StatutoryStatusCode::ChildInNeed, 0.23),
    (StatutoryStatusCode::ChildProtectionPlan, 0.12),
    (StatutoryStatusCode::LookedAfter, 0.06),
    (StatutoryStatusCode::Sen, 0.39),
    (StatutoryStatusCode::Ehcp, 0.05),
];
/// Made up: the share of families on the cohort, and of those the share that is closed.
const ATTACHED: f64 = 0.75;
const CLOSED: f64 = 0.25;
/// Made up: the share of people at risk.
const SHIELDED: f64 = 0.01;

struct Child {
    id: Uuid,
    age: u32,
}

/// Makes one family.
pub(super) struct Maker<'m> {
    out: &'m mut Dataset,
    rng: &'m mut ChaCha12Rng,
    ids: &'m Ids,
    today: NaiveDate,
    authority: &'m Authority,
    number: u64,
    family: Uuid,
    /// How many days ago it was attached, and closed.
    attached: Option<u64>,
    closed: Option<u64>,
    adults: Vec<Uuid>,
    children: Vec<Child>,
    criteria: Vec<&'static str>,
    involved: Vec<&'static str>,
}

impl<'m> Maker<'m> {
    pub(super) fn new(
        out: &'m mut Dataset,
        rng: &'m mut ChaCha12Rng,
        ids: &'m Ids,
        today: NaiveDate,
        authority: &'m Authority,
        number: u64,
    ) -> Self {
        let family = ids.uuid();
        Self {
            out,
            rng,
            ids,
            today,
            authority,
            number,
            family,
            attached: None,
            closed: None,
            adults: Vec::new(),
            children: Vec::new(),
            criteria: Vec::new(),
            involved: Vec::new(),
        }
    }

    pub(super) fn write(mut self) {
        self.family();
        self.people();
        self.criteria();
        self.statuses();
        self.involvements();
        if self.attached.is_some() {
            self.lead_and_markers();
            self.assessment();
            self.plan();
            self.consents();
        }
    }

    fn ago(&self, days: u64) -> NaiveDate {
        self.today.checked_sub_days(Days::new(days)).unwrap_or(self.today)
    }

    fn at(&self, days: u64) -> DateTime<Utc> {
        self.ago(days).and_time(NaiveTime::MIN).and_utc()
    }

    fn family(&mut self) {
        if self.rng.random_bool(ATTACHED) {
            let attached = self.rng.random_range(30..900);
            self.attached = Some(attached);
            if attached > 250 && self.rng.random_bool(CLOSED * 900.0 / 650.0) {
                self.closed = Some(self.rng.random_range(1..attached - 200));
            }
        }
        let place = &self.authority.place;
        let ward = self.rng.random_range(1..=12);
        let levels = [NeedLevel::HighOrComplex, NeedLevel::ExpertHelp, NeedLevel::Monitoring];
        let row = FamilyRow {
            authority_id: self.authority.id,
            id: self.family,
            reference: format!("MF-{:07}", self.number + 1),
            district: Some(format!("{place} {}", if ward <= 6 { "North" } else { "South" })),
            ward: Some(format!("{place} Ward {ward}")),
            locality: Some(format!("{place} Locality {}", (ward + 2) / 3)),
            reach_area: Some(format!("{place} Children's Centre {}", (ward + 1) / 2)),
            need_level: self.attached.and_then(|_| levels.choose(self.rng)).copied(),
            route: if self.rng.random_bool(0.5) {
                Route::Nomination
            } else {
                Route::Data
            },
            attached_on: self.attached.map(|days| self.ago(days)),
            closed_on: self.closed.map(|days| self.ago(days)),
        };
        self.out.families.push(row);
        let days = self.rng.random_range(900..2400);
        let since = self.ago(days);
        let row = AddressRow {
            authority_id: self.authority.id,
            id: self.ids.uuid(),
            family_id: self.family,
            line1: names::street(self.rng),
            line2: None,
            town: Some(self.authority.place.clone()),
            postcode: names::postcode(self.rng),
            valid_from: since,
            valid_until: None,
        };
        self.out.addresses.push(row);
    }

    fn people(&mut self) {
        let surname = names::family(self.rng);
        let lone = self.rng.random_bool(LONE_PARENT);
        let first = if lone && self.rng.random_bool(0.1) {
            Relationship::Father
        } else {
            Relationship::Mother
        };
        let carer = self.rng.random_range(22..52);
        self.adult(surname, first, carer);
        if !lone {
            let (second, name) = if self.rng.random_bool(0.6) {
                (Relationship::Father, surname)
            } else {
                (Relationship::StepParent, names::family(self.rng))
            };
            let age = self.rng.random_range(22..56);
            self.adult(name, second, age);
        }
        let mut draw: f64 = self.rng.random();
        let count = 1 + CHILDREN
            .iter()
            .position(|share| {
                draw -= share;
                draw < 0.0
            })
            .unwrap_or_default();
        for number in 0..count {
            self.child(surname, number);
        }
    }

    fn person(&mut self, surname: &str, sex: Sex, age: u32, relationship: Relationship) -> &mut PersonRow {
        let days = self.rng.random_range(0..365);
        let birthday = self.ago(days);
        let id = self.ids.uuid();
        self.out.memberships.push(MembershipRow {
            authority_id: self.authority.id,
            id: self.ids.uuid(),
            family_id: self.family,
            person_id: id,
            relationship,
            parental_responsibility: matches!(relationship, Relationship::Mother | Relationship::Father),
            // Nobody joins a family before they are born.
            valid_from: birthday
                .checked_sub_months(Months::new(12 * age.min(3)))
                .unwrap_or(birthday),
            valid_until: None,
            employment_status: None,
            education_setting: None,
            phone: None,
            email: None,
            source_agency_id: None,
        });
        let row = PersonRow {
            authority_id: self.authority.id,
            id,
            given_name: names::given(self.rng, sex).to_owned(),
            family_name: surname.to_owned(),
            date_of_birth: birthday.checked_sub_months(Months::new(12 * age)).or(Some(birthday)),
            birth_year: None,
            birth_month: None,
            expected_on: None,
            adult: false,
            died_on: None,
            sex,
            ethnicity: None,
            disability: None,
            shielded: false,
        };
        self.out.people.push(row);
        self.out.people.last_mut().expect("a person was just pushed")
    }

    /// That of the person who was made last.
    fn membership(&mut self) -> &mut MembershipRow {
        self.out.memberships.last_mut().expect("a membership was just pushed")
    }

    fn adult(&mut self, surname: &str, relationship: Relationship, age: u32) {
        let sex = if relationship == Relationship::Mother {
            Sex::Female
        } else {
            Sex::Male
        };
        let phone = names::mobile(self.rng);
        let shielded = self.rng.random_bool(SHIELDED);
        let white_british = self.rng.random_bool(WHITE_BRITISH);
        let other = [
            "Asian or Asian British",
            "Black or Black British",
            "Mixed",
            "Other White",
        ];
        let ethnicity = if white_british {
            "White British"
        } else {
            other.choose(self.rng).copied().unwrap_or("Other")
        };
        let row = self.person(surname, sex, age, relationship);
        row.shielded = shielded;
        row.ethnicity = Some(ethnicity.to_owned());
        let id = row.id;
        self.membership().phone = Some(phone);
        // Two adults a family at most, so each has a serial of their own.
        let serial = self.number * 2 + self.adults.len() as u64;
        self.identifier(id, IdentifierSystem::Nino, names::nino(serial));
        self.adults.push(id);
    }

    fn child(&mut self, surname: &str, number: usize) {
        let age = match self.rng.random::<f64>() {
            draw if draw < UNDER_FIVE => self.rng.random_range(0..5),
            draw if draw < UNDER_FIVE + TEENAGERS => self.rng.random_range(13..18),
            _ => self.rng.random_range(5..13),
        };
        let sex = if self.rng.random_bool(BOYS) {
            Sex::Male
        } else {
            Sex::Female
        };
        let school = format!("{} School", self.authority.place);
        let row = self.person(surname, sex, age, Relationship::Child);
        let id = row.id;
        self.membership().education_setting = (age >= 5).then_some(school);
        if age >= 5 {
            let serial = self.number * 10 + number as u64;
            self.identifier(id, IdentifierSystem::Upn, names::upn(serial));
        }
        self.children.push(Child { id, age });
    }

    fn identifier(&mut self, person: Uuid, system: IdentifierSystem, value: String) {
        self.out.local_identifiers.push(LocalIdentifierRow {
            authority_id: self.authority.id,
            id: self.ids.uuid(),
            family_id: self.family,
            person_id: person,
            system,
            value,
        });
    }

    fn criteria(&mut self) {
        let drawn = loop {
            let drawn: Vec<_> = NATIONAL
                .iter()
                .filter(|(_, share, _)| self.rng.random_bool(*share))
                .collect();
            if drawn.len() >= 2 {
                break drawn;
            }
        };
        for (criterion, _, source) in drawn {
            let person = self.whom(criterion);
            self.matched(criterion, source, person);
            self.criteria.push(criterion);
        }
        let (adult, child) = (
            self.adults.first().copied(),
            self.children.first().map(|child| child.id),
        );
        let two_year_old = self.children.iter().find(|child| child.age == 2).map(|child| child.id);
        let has = |criterion: &str, criteria: &[&str]| criteria.contains(&criterion);
        let mut local = Vec::new();
        if has("DOMESTIC_ABUSE", &self.criteria) {
            local.push(("PARENT_VICTIM_OF_DOMESTIC_VIOLENCE", "police", adult));
        }
        if has("HEALTH", &self.criteria) {
            local.push(("PARENT_MENTAL_HEALTH", "mental_health", adult));
            // 13 % of all families have an adult dependent on drugs.
            if self.rng.random_bool(0.13 / 0.46) {
                local.push(("PARENT_SUBSTANCE_MISUSE", "substance_misuse", adult));
            }
        }
        // 20 % of the families have a child diagnosed with ADHD.
        if self.rng.random_bool(0.20) {
            local.push(("CHILD_WITH_AUTISM_OR_ADHD", "health", child));
        }
        if two_year_old.is_some() {
            local.push(("FUNDED_TWO_YEAR_OLD", "early_help", two_year_old));
        }
        if local.is_empty() {
            let rare = self.rng.random_bool(0.05);
            let criterion = if rare {
                "RISK_OF_CHILD_SEXUAL_EXPLOITATION"
            } else {
                "STEP_DOWN_FROM_CHILD_PROTECTION"
            };
            local.push((criterion, "childrens_social_care", child));
        }
        for (criterion, source, person) in local {
            self.matched(criterion, source, person);
        }
    }

    /// Whom a national criterion is about.
    fn whom(&mut self, criterion: &str) -> Option<Uuid> {
        match criterion {
            "EDUCATION" => self.children.choose(self.rng).map(|child| child.id),
            "CRIME" if self.rng.random_bool(0.6) => self.children.choose(self.rng).map(|child| child.id),
            "WORK" | "HEALTH" | "CRIME" => self.adults.choose(self.rng).copied(),
            _ => None,
        }
    }

    fn matched(&mut self, criterion: &str, source: &str, person: Option<Uuid>) {
        let days = self.attached.unwrap_or(0) + self.rng.random_range(10..300);
        let verified = self.attached.filter(|_| self.rng.random_bool(0.8));
        let row = CriteriaMatchRow {
            authority_id: self.authority.id,
            id: self.ids.uuid(),
            family_id: self.family,
            person_id: person,
            criterion: criterion.to_owned(),
            source_agency_id: self.authority.agency(source),
            evidence: "Made-up evidence".to_owned(),
            evidence_from: self.ago(days),
            evidence_until: None,
            matched_by: if self.rng.random_bool(0.5) {
                MatchedBy::Data
            } else {
                MatchedBy::Professional
            },
            verified_on: verified.map(|days| self.ago(days)),
            withdrawn_on: None,
        };
        self.out.criteria_matches.push(row);
    }

    fn statuses(&mut self) {
        for (status, share) in STATUSES {
            if !self.rng.random_bool(share) {
                continue;
            }
            let Some(person) = self.children.choose(self.rng).map(|child| child.id) else {
                continue;
            };
            let since = self.rng.random_range(30..1000);
            let row = StatutoryStatusRow {
                authority_id: self.authority.id,
                id: self.ids.uuid(),
                family_id: self.family,
                person_id: person,
                status,
                valid_from: self.ago(since),
                valid_until: None,
            };
            self.out.statutory_statuses.push(row);
        }
    }

    /// Most agencies that supplied a criterion work with the family; some families have no agency at all.
    fn involvements(&mut self) {
        if self.attached.is_some() {
            self.involve("early_help");
        }
        for (criterion, _, kind) in NATIONAL {
            if self.criteria.contains(&criterion) && !self.involved.contains(&kind) && self.rng.random_bool(0.4) {
                self.involve(kind);
            }
        }
    }

    fn involve(&mut self, kind: &'static str) {
        let since = self.attached.unwrap_or(200) + self.rng.random_range(0..60);
        let sex = if self.rng.random_bool(0.5) {
            Sex::Female
        } else {
            Sex::Male
        };
        let contact = format!("{} {}", names::given(self.rng, sex), names::family(self.rng));
        let row = InvolvementRow {
            authority_id: self.authority.id,
            id: self.ids.uuid(),
            family_id: self.family,
            agency_id: self.authority.agency(kind),
            service_team: Some(format!("Team {}", self.rng.random_range(1..=9))),
            contact_name: contact,
            contact_phone: Some(names::landline(self.rng)),
            contact_email: None,
            started_on: self.ago(since),
            ended_on: self.closed.map(|days| self.ago(days)),
        };
        self.out.involvements.push(row);
        self.involved.push(kind);
    }

    fn lead_and_markers(&mut self) {
        let Some(attached) = self.attached else { return };
        // A Lead Professional holds about a dozen families.
        let holder = self.number / 12;
        let since = self.ago(attached);
        self.out.lead_professionals.push(LeadProfessionalRow {
            authority_id: self.authority.id,
            id: self.ids.uuid(),
            family_id: self.family,
            agency_id: self.authority.agency("early_help"),
            subject: format!("lead-{holder}"),
            name: format!("Lead Professional {holder}"),
            phone: Some(names::landline(self.rng)),
            email: Some(format!("lead-{holder}@{}.example", self.authority.code)),
            team: Some(format!("Team {}", holder % 9 + 1)),
            valid_from: since,
            valid_until: self.closed.map(|days| self.ago(days)),
        });
        for (kind, system) in [
            ("police", "Crime and intelligence system"),
            ("jobcentre_plus", "Labour Market System"),
        ] {
            let placed = attached - self.rng.random_range(1..20);
            let row = MarkerRow {
                authority_id: self.authority.id,
                id: self.ids.uuid(),
                family_id: self.family,
                agency_id: self.authority.agency(kind),
                system: system.to_owned(),
                status: if self.closed.is_some() {
                    MarkerStatus::Removed
                } else {
                    MarkerStatus::Placed
                },
                requested_on: since,
                placed_on: Some(self.ago(placed)),
                removed_on: self.closed.map(|days| self.ago(days)),
            };
            self.out.markers.push(row);
        }
    }
}
