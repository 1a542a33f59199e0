//! Who may see one of the families alone learns nothing by a merge with the other, and cannot find out by it who lives there.

use serde_json::{Value, json};
use thinkfamily::{
    demo,
    graphql::ids::{Codec, Key, Kind},
    records::{IdentifierSystem, LocalIdentifierRow},
    store::dataset::Dataset,
};
use uuid::Uuid;

use super::world::{
    DAWN, DEE, HOUSINGS, Of, SCHOOLS, THIRD, TY, TYLER, World, data, document, done, family, id, input, merge, person,
    refused,
};
use crate::{
    feed::reader::Reader,
    lookups::world::membership,
    support::{
        app::Partner,
        database::{TestDatabase, on_both},
    },
};

/// The same data, in which the second records say of themselves what the first say.
fn alike() -> Dataset {
    let mut data = data();
    for (of, as_of) in [(DEE, DAWN), (TY, TYLER)] {
        let (id, says) = (person(&data, of).id, person(&data, as_of).clone());
        for row in data.people.iter_mut().filter(|row| row.id == id) {
            *row = says.clone();
            row.id = id;
        }
    }
    data
}

/// Everything that somebody can ask about the people of their families.
async fn everything(partner: &Partner) -> Vec<Vec<u8>> {
    const MEMBER: &str = "id givenName familyName dateOfBirth age adult sex phone email educationSetting relationship memberFrom memberUntil \
                          identifiers { id system value } statutoryStatuses { id status } criteriaMatches { id criterion } \
                          consents { id decision category decidedBy { id givenName } }";
    let mut answers = Vec::new();
    for query in [
        format!(
            "{{ families(first: 50) {{ totalCount nodes {{ id reference memberCount members(includeFormer: true) {{ {MEMBER} }} addresses {{ postcode }} }} }} }}"
        ),
        format!(
            "{{ members(first: 50, orderBy: {{ field: GIVEN_NAME }}) {{ totalCount nodes {{ {MEMBER} }} pageInfo {{ endCursor }} }} }}"
        ),
        "{ members(first: 50, filter: { givenName: \"Dawn\" }) { totalCount nodes { id } } }".to_owned(),
        "{ consents(first: 50) { totalCount nodes { id member { id } decidedBy { id } } } }".to_owned(),
    ] {
        let reply = partner.ask(&query).await;
        assert!(reply.body["data"].is_object(), "{query}: {:#}", reply.body);
        answers.push(reply.bytes);
    }
    answers
}

on_both!(who_may_see_one_family_alone_is_answered_as_before);
async fn who_may_see_one_family_alone_is_answered_as_before(database: &TestDatabase) {
    let world = World::of(database, alike()).await;
    let known = |agency| world.app.partner(agency, "practitioner", "safeguarding");
    for (agency, reference) in [("cambs-early-help", SCHOOLS), ("cambs-health", HOUSINGS)] {
        let (partner, mut feed) = (known(agency), Reader::new(known(agency)));
        let of_their_own = partner.ask("{ families(first: 50) { nodes { reference } } }").await;
        assert_eq!(
            of_their_own.data()["families"]["nodes"],
            json!([{ "reference": reference }])
        );
        let before = everything(&partner).await;
        feed.read().await;
        for change in ["mergePeople", "splitPeople"] {
            for (one, other) in [
                ((DAWN.0, SCHOOLS), ("Dawn", HOUSINGS)),
                ((TYLER.0, SCHOOLS), ("Tyler", HOUSINGS)),
            ] {
                let (one, other) = (world.id(Of(one.0, one.1)), world.id(Of(other.0, other.1)));
                assert_eq!(merge(&world.analyst(), change, &one, &other).await, done());
            }
            assert_eq!(everything(&partner).await, before, "{agency} after {change}");
            assert_eq!(feed.read().await, [], "{agency} after {change}");
        }
    }
}

on_both!(a_member_whom_they_may_not_see_is_as_one_that_is_not_there);
async fn a_member_whom_they_may_not_see_is_as_one_that_is_not_there(database: &TestDatabase) {
    let world = World::of(database, data()).await;
    let early_help = world.app.partner("cambs-early-help", "practitioner", "safeguarding");
    let officer = world.officer();
    let row = Uuid::from_u128(1);
    let nobody = id(row, row);
    let of_family = Key {
        kind: Kind::Family,
        family: family(&world.data, SCHOOLS),
        row: family(&world.data, SCHOOLS),
    };
    let of_family = json!(Codec::new(&[7; 32]).expect("a key").id(demo::CAMBRIDGESHIRE, of_family));
    for name in ["mergePeople", "splitPeople"] {
        let ask =
            async |one: &Value, other: &Value| early_help.ask_with(&document(name), input(one, other)).await.bytes;
        let (known, hidden) = (&world.id(TYLER), &world.id(TY));
        assert_eq!(ask(known, hidden).await, ask(known, &nobody).await, "{name}");
        assert_eq!(ask(hidden, known).await, ask(&nobody, known).await, "{name}");
        let told = merge(&early_help, name, known, hidden).await;
        assert_eq!(told, refused("otherMemberId", "NOT_FOUND"));
        assert_eq!(merge(&early_help, name, known, &of_family).await, told);
        assert_eq!(
            merge(&early_help, name, known, known).await,
            refused("otherMemberId", "INVALID")
        );
        // Who may see both and write neither may not do it at all.
        assert_eq!(merge(&officer, name, known, hidden).await, Value::Null);
    }
    assert_eq!(world.merges().await, (0, 0));
    // Nor is it told afterwards that they are one.
    assert_eq!(world.merge(TYLER, TY).await, done());
    let told = merge(&early_help, "splitPeople", &world.id(TYLER), &world.id(TY)).await;
    assert_eq!(told, refused("otherMemberId", "NOT_FOUND"));
}

/// Both records are in a family at the same time: in the one that is given.
fn at_once(reference: &str) -> Dataset {
    let mut data = data();
    let there = data
        .families
        .iter()
        .find(|row| row.reference == reference)
        .expect("a family")
        .clone();
    for (key, of) in [(2_011, TYLER), (2_012, TY)] {
        let who = person(&data, of).id;
        if !data
            .memberships
            .iter()
            .any(|row| row.family_id == there.id && row.person_id == who)
        {
            data.memberships.push(membership(&there, who, key));
        }
    }
    data
}

on_both!(that_both_are_in_one_family_is_told_to_whom_that_family_may_be_told);
async fn that_both_are_in_one_family_is_told_to_whom_that_family_may_be_told(database: &TestDatabase) {
    let world = World::of(database, at_once(SCHOOLS)).await;
    assert_eq!(world.merge(TYLER, TY).await, refused("otherMemberId", "CONFLICT"));
    assert_eq!(world.merges().await, (0, 0));
    // It is one too many, and ended: then they are made one.
    let sql = "UPDATE membership SET valid_until = valid_from WHERE id = $1";
    world.write(sql, vec![Uuid::from_u128(2_012).into()]).await;
    // Both records have the number of the tenancy, there and in the other family.
    let number = |key, of, reference| LocalIdentifierRow {
        authority_id: demo::CAMBRIDGESHIRE,
        id: Uuid::from_u128(key),
        family_id: family(&world.data, reference),
        person_id: person(&world.data, of).id,
        system: IdentifierSystem::Tenancy,
        value: "CH-77".to_owned(),
    };
    let local_identifiers = vec![
        number(1, TYLER, SCHOOLS),
        number(2, TY, SCHOOLS),
        number(3, TY, HOUSINGS),
    ];
    let more = Dataset {
        local_identifiers,
        ..Dataset::default()
    };
    world.add(more).await;
    let before = world.stored().await;
    assert_eq!(world.merge(TYLER, TY).await, done());
    assert_eq!(world.split(TYLER, TY).await, done());
    assert_eq!(world.stored().await, before);
}

on_both!(of_another_family_it_is_not);
async fn of_another_family_it_is_not(database: &TestDatabase) {
    let world = World::of(database, at_once(THIRD)).await;
    assert_eq!(world.merge(TYLER, TY).await, refused("otherMemberId", "NOT_POSSIBLE"));
    assert_eq!(world.merges().await, (0, 0));
}
