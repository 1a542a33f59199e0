use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use chrono::NaiveDate;
use uuid::Uuid;

use super::{check::check, *};
use crate::{
    catalogue,
    records::{Code as _, ConsentAnswer, Relationship, Sex, StatutoryStatusCode},
    sharing::{
        agreement::{Agreement, ConsentRule},
        agreement_file,
        category::Category,
    },
};

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 3, 2).expect("a date")
}

fn synthetic(families: u64, authorities: u16, seed: u64) -> Dataset {
    let mut all = Dataset::default();
    super::families(Size { families, authorities }, seed, today()).for_each(|batch| all.append(batch));
    all
}

fn parsed(data: &Dataset, text: &str) -> Agreement {
    let code = agreement_file::authority_of(text).expect("the file names its authority");
    let authority = data
        .authorities
        .iter()
        .find(|row| row.code == code)
        .expect("the authority is there");
    let of = data.agencies.iter().filter(|row| row.authority_id == authority.id);
    let known = catalogue::known(of.map(|row| row.code.clone()).collect());
    match agreement_file::parse(text, &known) {
        Ok((_, agreement)) => agreement,
        Err(refused) => panic!("{code}: {refused}"),
    }
}

#[test]
fn the_worked_data_is_sound() {
    let data = worked(today());
    check(&data, today());
    assert_eq!(data.authorities.len(), 4);
    assert_eq!(data.families.len(), 8);
    assert_eq!(worked(today()), data);
    for (date, seed) in [((2024, 2, 29), 1), ((2027, 12, 31), 2)] {
        let day = NaiveDate::from_ymd_opt(date.0, date.1, date.2).expect("a date");
        let other = worked(day);
        assert_eq!(
            other.people[0].id, data.people[0].id,
            "{seed}: identifiers do not depend on the day"
        );
    }
}

#[test]
fn the_hardmans_are_those_of_the_case_study() {
    let data = worked(today());
    let family = data
        .families
        .iter()
        .find(|row| row.reference == HARDMAN_REFERENCE)
        .expect("they are there");
    let people: HashMap<_, _> = data.people.iter().map(|row| (row.id, row)).collect();
    let members: Vec<_> = data
        .memberships
        .iter()
        .filter(|row| row.family_id == family.id)
        .collect();
    let children: BTreeSet<_> = members
        .iter()
        .filter(|row| row.relationship == Relationship::Child)
        .map(|row| people[&row.person_id].born(today()).age(today()).expect("an age"))
        .collect();
    assert_eq!(children, BTreeSet::from([3, 9, 12]));
    let lead = data
        .lead_professionals
        .iter()
        .find(|row| row.family_id == family.id && row.valid_until.is_none());
    assert_eq!(lead.map(|row| row.subject.as_str()), Some(LEAD_SUBJECT));
    let agency = data
        .agencies
        .iter()
        .find(|row| Some(row.id) == lead.map(|row| row.agency_id));
    assert_eq!(agency.map(|row| row.code.as_str()), Some("cambs-early-help"));
    let of_family = |row: &&crate::records::ConsentRow| row.family_id == family.id;
    assert!(
        data.consents
            .iter()
            .filter(of_family)
            .any(|row| row.withdrawn_at.is_some())
    );
    assert!(
        data.consents
            .iter()
            .filter(of_family)
            .any(|row| row.decision == ConsentAnswer::Refused)
    );
}

#[test]
fn the_tour_has_every_case() {
    let data = worked(today());
    assert!(data.people.iter().any(|row| row.shielded));
    assert!(data.families.iter().any(|row| row.attached_on.is_none()));
    assert!(data.families.iter().any(|row| row.closed_on.is_some()));
    assert!(
        data.consents
            .iter()
            .any(|row| row.expires_on.is_some_and(|last| last < today()))
    );
    assert!(
        data.emergency_accesses
            .iter()
            .all(|row| row.expires_at < row.opened_at + chrono::TimeDelta::hours(9))
    );
    let signed: BTreeSet<_> = parsed(&data, CAMBRIDGESHIRE_AGREEMENT)
        .signatories
        .into_iter()
        .map(|row| row.agency)
        .collect();
    let unsigned = data
        .agencies
        .iter()
        .filter(|row| row.authority_id == CAMBRIDGESHIRE && !signed.contains(&row.code));
    assert_eq!(
        unsigned.map(|row| row.code.as_str()).collect::<Vec<_>>(),
        ["ely-academy"]
    );
}

#[test]
fn the_demonstration_agreements_are_good_and_complete() {
    let data = worked(today());
    let [first, second] = worked_agreements().map(|text| parsed(&data, text));
    assert_eq!((first.code.as_str(), first.version), ("TFF-2", 1));
    let of =
        |agreement: &Agreement, part: fn(&crate::sharing::agreement::Clause) -> &Vec<String>| -> BTreeSet<String> {
            agreement
                .clauses
                .iter()
                .flat_map(|clause| part(clause).clone())
                .collect()
        };
    let every =
        |terms: &[catalogue::Term]| -> BTreeSet<String> { terms.iter().map(|term| term.code.clone()).collect() };
    let lists = catalogue::catalogue();
    assert_eq!(of(&first, |clause| &clause.agency_kinds), every(&lists.agency_kinds));
    assert_eq!(of(&first, |clause| &clause.roles), every(&lists.roles));
    assert_eq!(of(&first, |clause| &clause.purposes), every(&lists.purposes));
    let categories: BTreeSet<_> = Category::ALL
        .iter()
        .map(|category| category.code().to_owned())
        .collect();
    assert_eq!(of(&first, |clause| &clause.categories), categories);
    // Families are asked for exactly what clauses release only with consent, so that the demonstration shows it.
    for clause in first
        .clauses
        .iter()
        .chain(&second.clauses)
        .filter(|clause| clause.consent == ConsentRule::Required)
    {
        for kind in &clause.agency_kinds {
            for category in &clause.categories {
                assert!(
                    asked::of(kind).contains(&category.as_str()),
                    "{}: {kind} {category}",
                    clause.id
                );
            }
        }
    }
    for (_, categories) in asked::ASKED {
        assert!(categories.iter().all(|code| Category::from_code(code).is_some()));
    }
    // Named conditions are of the catalogue and serve what their clauses hold.
    for clause in first.clauses.iter().chain(&second.clauses) {
        for category in clause.category_set().iter() {
            let Some(named) = &clause.condition else { continue };
            let condition = lists
                .conditions
                .iter()
                .find(|condition| condition.code == *named)
                .expect("a condition");
            assert!(
                condition.serves(category.sensitivity()),
                "{}: {}",
                clause.id,
                category.code()
            );
        }
    }
}

#[test]
fn made_up_authorities_have_an_agreement_of_their_own() {
    let data = synthetic(0, 3, 1);
    for authority in &data.authorities {
        let agreement = parsed(&data, &agreement_for(&authority.code));
        assert_eq!(agreement.signatories.len(), 17);
        assert_eq!(
            agreement.clauses.len(),
            parsed(&worked(today()), CAMBRIDGESHIRE_AGREEMENT).clauses.len()
        );
    }
    let codes: Vec<_> = super::families(
        Size {
            families: 0,
            authorities: 3,
        },
        1,
        today(),
    )
    .authority_codes()
    .collect();
    assert_eq!(
        codes,
        data.authorities.iter().map(|row| row.code.clone()).collect::<Vec<_>>()
    );
}

#[test]
fn the_same_seed_makes_the_same_families() {
    assert_eq!(synthetic(300, 3, 7), synthetic(300, 3, 7));
    assert_ne!(synthetic(300, 3, 7).people, synthetic(300, 3, 8).people);
}

#[test]
fn made_up_families_are_sound_in_any_number() {
    for (families, authorities) in [(0, 1), (1, 1), (1, 150), (251, 2), (1000, 150)] {
        let data = synthetic(families, authorities, 11);
        check(&data, today());
        assert_eq!(data.families.len() as u64, families);
        assert_eq!(data.authorities.len(), usize::from(authorities));
    }
    let codes: BTreeSet<_> = synthetic(0, MOST_AUTHORITIES, 1)
        .authorities
        .into_iter()
        .map(|row| row.code)
        .collect();
    assert_eq!(codes.len(), usize::from(MOST_AUTHORITIES));
    assert_eq!(
        (
            Size::of(10).authorities,
            Size::of(400_000).authorities,
            Size::of(0).authorities
        ),
        (1, 149, 1)
    );
}

#[test]
fn a_batch_stays_small() {
    let most = super::families(
        Size {
            families: 2000,
            authorities: 2,
        },
        3,
        today(),
    )
    .map(|batch| batch.families.len())
    .max();
    assert_eq!(most, Some(250));
}

#[test]
#[expect(clippy::cast_precision_loss, reason = "counts of a few thousand")]
fn shares_are_those_of_the_sources() {
    let data = synthetic(6000, 4, 42);
    let total = data.families.len() as f64;
    let near = |what: &str, share: f64, expected: f64, within: f64| {
        assert!(
            (share - expected).abs() <= within,
            "{what}: {share:.3}, not {expected:.3}"
        );
    };
    let born: HashMap<Uuid, &crate::records::PersonRow> = data.people.iter().map(|row| (row.id, row)).collect();
    let mut children: BTreeMap<Uuid, Vec<i32>> = BTreeMap::new();
    let mut adults: BTreeMap<Uuid, u32> = BTreeMap::new();
    let (mut boys, mut all) = (0.0, 0.0);
    for row in &data.memberships {
        let person = born[&row.person_id];
        if row.relationship == Relationship::Child {
            children
                .entry(row.family_id)
                .or_default()
                .push(person.born(today()).age(today()).expect("an age"));
            all += 1.0;
            boys += f64::from(u8::from(person.sex == Sex::Male));
        } else {
            *adults.entry(row.family_id).or_default() += 1;
        }
    }
    let families =
        |which: &dyn Fn(&Vec<i32>) -> bool| children.values().filter(|ages| which(ages)).count() as f64 / total;
    near("children a family", all / total, 2.5, 0.06);
    near("three or more", families(&|ages| ages.len() >= 3), 0.40, 0.025);
    near(
        "under five",
        families(&|ages| ages.iter().any(|age| *age < 5)),
        0.25,
        0.03,
    );
    near("boys", boys / all, 0.59, 0.015);
    let lone = adults.values().filter(|count| **count == 1).count() as f64 / total;
    near("lone parents", lone, 0.49, 0.025);
    let with = |codes: &[&str]| {
        let rows = data
            .criteria_matches
            .iter()
            .filter(|row| codes.contains(&row.criterion.as_str()));
        rows.map(|row| row.family_id).collect::<HashSet<_>>().len() as f64 / total
    };
    for (criterion, share) in [
        ("CRIME", 0.57),
        ("EDUCATION", 0.79),
        ("WORK", 0.82),
        ("DOMESTIC_ABUSE", 0.29),
        ("HEALTH", 0.46),
    ] {
        near(criterion, with(&[criterion]), share, 0.025);
    }
    for (status, share) in [
        (StatutoryStatusCode::ChildInNeed, 0.23),
        (StatutoryStatusCode::ChildProtectionPlan, 0.12),
        (StatutoryStatusCode::LookedAfter, 0.06),
        (StatutoryStatusCode::Sen, 0.39),
    ] {
        let count = data
            .statutory_statuses
            .iter()
            .filter(|row| row.status == status)
            .count() as f64;
        near(status.word(), count / total, share, 0.025);
    }
    // Everyone meets two of the six and one local criterion at least.
    let mut met: BTreeMap<Uuid, (usize, usize)> = BTreeMap::new();
    for row in &data.criteria_matches {
        let national = catalogue::criterion(&row.criterion).is_some_and(|entry| entry.national);
        let counts = met.entry(row.family_id).or_default();
        *if national { &mut counts.0 } else { &mut counts.1 } += 1;
    }
    assert_eq!(met.len(), data.families.len());
    assert!(met.values().all(|(national, local)| *national >= 2 && *local >= 1));
}
