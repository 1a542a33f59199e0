//! Whatever is made one and parted, each record has its own back: every row of every table is as it was.

use std::collections::BTreeSet;

use thinkfamily::{
    records::{ConsentAnswer, IdentifierSystem, LocalIdentifierRow, ParentalResponsibilityRow},
    store::dataset::Dataset,
};
use uuid::Uuid;

use super::world::{
    DAWN, DEE, HOUSINGS, Of, SCHOOLS, THIRD, TY, TYLER, World, again, data, done, family, id, person, said,
};
use crate::support::{
    app::today,
    database::{TestDatabase, on_both},
};

const DAY: Of = Of("Day", THIRD);

/// Three records of Dawn, of whom each has decided, is responsible for a child and has a number; the first two also for a child in each other's family.
fn thrice() -> Dataset {
    let mut data = data();
    again(&mut data, 4, DAWN, THIRD, "Day");
    for (key, of, in_family) in [
        (1, DAWN, SCHOOLS),
        (2, DEE, HOUSINGS),
        (3, DAY, THIRD),
        (4, DEE, SCHOOLS),
        (5, DAWN, HOUSINGS),
    ] {
        let who = person(&data, of).id;
        data.local_identifiers.push(LocalIdentifierRow {
            authority_id: 1,
            id: Uuid::from_u128(4_000 + key),
            family_id: family(&data, in_family),
            person_id: who,
            system: IdentifierSystem::PoliceReference,
            value: format!("PR-{key}"),
        });
        data.parental_responsibilities.push(ParentalResponsibilityRow {
            authority_id: 1,
            id: Uuid::from_u128(4_100 + key),
            family_id: family(&data, in_family),
            child_id: person(&data, TYLER).id,
            person_id: Some(who),
            agency_id: None,
            subject: None,
            valid_from: today().date_naive(),
            valid_until: None,
        });
    }
    let row = said(&data, 41, (DAY, DAY), THIRD, ConsentAnswer::Refused, 3);
    data.consents.push(row);
    data
}

on_both!(each_has_its_own_back_in_whichever_order_they_are_made_one_and_parted);
async fn each_has_its_own_back_in_whichever_order_they_are_made_one_and_parted(database: &TestDatabase) {
    let world = World::of(database, thrice()).await;
    let before = world.stored().await;
    let mut seen = BTreeSet::new();
    for merges in [
        [(DAWN, DEE), (DAWN, DAY)],
        [(DEE, DAY), (DAWN, DEE)],
        [(DAWN, DEE), (DAY, DAWN)],
    ] {
        for splits in [
            [(DAWN, DEE), (DAWN, DAY)],
            [(DEE, DAY), (DAWN, DEE)],
            [(DAY, DEE), (DAY, DAWN)],
        ] {
            for (one, other) in merges {
                assert_eq!(world.merge(one, other).await, done());
            }
            let one = world.stored().await;
            assert_ne!(one, before);
            seen.insert(one);
            for (one, other) in splits {
                assert_eq!(world.split(one, other).await, done(), "{merges:?} {splits:?}");
            }
            // Whichever of three were meant, two more words part what is still one.
            for (one, other) in [(DAWN, DEE), (DAWN, DAY), (DEE, DAY)] {
                assert_eq!(world.split(one, other).await, done());
            }
            assert_eq!(world.stored().await, before, "{merges:?} {splits:?}");
        }
    }
    assert_eq!(
        seen.len(),
        2,
        "the record that stands for all three is Dawn's, or that of the third family"
    );
}

on_both!(what_is_recorded_since_goes_with_its_family);
async fn what_is_recorded_since_goes_with_its_family(database: &TestDatabase) {
    let world = World::of(database, data()).await;
    assert_eq!(world.merge(TYLER, TY).await, done());
    let (tyler, ty) = (person(&world.data, TYLER).id, person(&world.data, TY).id);
    let number = |key: u128, reference: &str| LocalIdentifierRow {
        authority_id: 1,
        id: Uuid::from_u128(key),
        family_id: family(&world.data, reference),
        person_id: tyler,
        system: IdentifierSystem::PoliceReference,
        value: format!("PR-{key}"),
    };
    let since = [(1, SCHOOLS, tyler), (2, HOUSINGS, ty), (3, THIRD, tyler)];
    let local_identifiers = since.map(|(key, reference, _)| number(key, reference)).to_vec();
    let more = Dataset {
        local_identifiers,
        ..Dataset::default()
    };
    world.add(more).await;
    assert_eq!(world.split(TYLER, TY).await, done());
    for (key, reference, whose) in since {
        let sql = format!("SELECT count(*) AS number FROM local_identifier WHERE value = 'PR-{key}' AND person_id = ");
        let of = if world.app.store.databases().main().get_database_backend() == sea_orm::DbBackend::Sqlite {
            format!("x'{}'", whose.simple())
        } else {
            format!("'{whose}'")
        };
        assert_eq!(world.app.number_of(&(sql + &of)).await, 1, "{reference}");
    }
}

on_both!(nothing_is_parted_that_one_record_had);
async fn nothing_is_parted_that_one_record_had(database: &TestDatabase) {
    let mut data = data();
    // Tyler himself lives in the third family, too.
    let third = data
        .families
        .iter()
        .find(|row| row.reference == THIRD)
        .expect("a family")
        .clone();
    let row = crate::lookups::world::membership(&third, person(&data, TYLER).id, 2_009);
    let there = id(third.id, row.id);
    data.memberships.push(row);
    let world = World::of(database, data).await;
    let not_possible = super::world::refused("otherMemberId", "NOT_POSSIBLE");
    let split = async || super::world::merge(&world.analyst(), "splitPeople", &world.id(TYLER), &there).await;
    assert_eq!(split().await, not_possible);
    assert_eq!(world.merge(TYLER, TY).await, done());
    assert_eq!(split().await, not_possible);
    // By the one membership as by the other.
    let ty = world.id(TY);
    assert_eq!(
        super::world::merge(&world.analyst(), "splitPeople", &ty, &there).await,
        done()
    );
    assert_eq!(world.merges().await, (1, 0));
}
