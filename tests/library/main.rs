//! What the pinned async-graphql does, as far as our answers rest on it (docs/decisions/0001). Where an upgrade changes any of this, a
//! test here fails and says what to look at.
//!
//! Nothing of ours is used: the types are the smallest ones that show each behaviour.

mod schema;

use async_graphql::{EmptyMutation, EmptySubscription, Response, Schema};

use schema::{Query, Seen};

async fn ask(query: &str) -> Response {
    let schema = Schema::build(Query, EmptyMutation, EmptySubscription).finish();
    schema.execute(query).await
}

/// The data, byte for byte, and where the errors are.
async fn told(query: &str) -> (String, Vec<String>) {
    let response = ask(query).await;
    let errors = response.errors.iter().map(|error| {
        let path: Vec<String> = error.path.iter().map(|step| format!("{step:?}")).collect();
        path.join(" ")
    });
    (serde_json::to_string(&response.data).expect("JSON"), errors.collect())
}

async fn data(query: &str) -> String {
    let (data, errors) = told(query).await;
    assert_eq!(errors, Vec::<String>::new(), "{query}");
    data
}

#[tokio::test]
async fn fields_come_in_the_order_of_the_selection_however_slow_the_first_is() {
    assert_eq!(data("{ slow quick }").await, r#"{"slow":1,"quick":2}"#);
    assert_eq!(data("{ slow b: quick a: quick }").await, r#"{"slow":1,"b":2,"a":2}"#);
    assert_eq!(
        data("{ slow ...F quick } fragment F on Query { late: quick }").await,
        r#"{"slow":1,"late":2,"quick":2}"#
    );
}

#[tokio::test]
async fn a_withheld_value_is_null_where_it_stands_and_nothing_else_is_touched() {
    assert_eq!(
        data("{ child { name withheld x: withheld given } quick }").await,
        r#"{"child":{"name":"a","withheld":null,"x":null,"given":1},"quick":2}"#
    );
    assert_eq!(
        data("{ must { withheldChild { id } withheldList { id } givenList { id withheld } } }").await,
        r#"{"must":{"withheldChild":null,"withheldList":null,"givenList":[{"id":"1","withheld":null},{"id":"1","withheld":null}]}}"#
    );
    assert_eq!(
        data("{ children { withheld } }").await,
        r#"{"children":[{"withheld":null},{"withheld":null}]}"#
    );
}

#[tokio::test]
async fn a_withheld_value_is_withheld_through_an_interface_too() {
    assert_eq!(
        data("{ node { id withheld } }").await,
        r#"{"node":{"id":"1","withheld":null}}"#
    );
    assert_eq!(
        data("{ node { __typename ... on Leaf { id withheld } } }").await,
        r#"{"node":{"__typename":"Leaf","id":"1","withheld":null}}"#
    );
}

#[tokio::test]
async fn an_error_noted_beside_a_null_leaves_its_neighbours_alone() {
    let (data, errors) = told("{ child { name noted } children { noted } quick }").await;
    assert_eq!(
        data,
        r#"{"child":{"name":"a","noted":null},"children":[{"noted":null},{"noted":null}],"quick":2}"#
    );
    assert_eq!(
        errors,
        [
            r#"Field("child") Field("noted")"#,
            r#"Field("children") Index(0) Field("noted")"#,
            r#"Field("children") Index(1) Field("noted")"#
        ]
    );
}

#[tokio::test]
async fn a_type_of_our_own_is_nullable_in_the_schema() {
    let sdl = Schema::build(Query, EmptyMutation, EmptySubscription).finish().sdl();
    for line in [
        "withheld: Int\n",
        "given: Int\n",
        "withheldChild: Leaf\n",
        "givenList: [Leaf!]\n",
    ] {
        assert!(sdl.contains(line), "{line} in\n{sdl}");
    }
}

/// Why no resolver of ours gives `Result<Option<T>>`: its error takes the whole parent away, or everything.
#[tokio::test]
async fn a_resolver_that_fails_takes_its_parent_even_where_it_is_nullable() {
    for field in ["nullable", "required", "guarded"] {
        let (data, errors) = told(&format!("{{ child {{ name {field} }} quick }}")).await;
        assert_eq!(data, r#"{"child":null,"quick":2}"#, "{field}");
        assert_eq!(errors, [format!("Field(\"child\") Field({field:?})")]);
        let (data, _) = told(&format!("{{ children {{ name {field} }} quick }}")).await;
        assert_eq!(data, "null", "{field}");
        let (data, _) = told(&format!("{{ must {{ {field} }} quick }}")).await;
        assert_eq!(data, "null", "{field}");
    }
    let (data, errors) = told("{ child { name maybeResult } quick }").await;
    assert_eq!(data, r#"{"child":{"name":"a","maybeResult":null},"quick":2}"#);
    assert_eq!(errors, [r#"Field("child") Field("maybeResult")"#]);
}

/// Why there is no guard in our schema: an interface's field goes past it.
#[tokio::test]
async fn a_guard_is_not_asked_through_an_interface() {
    assert_eq!(
        data("{ node { id guarded } }").await,
        r#"{"node":{"id":"1","guarded":1}}"#
    );
    let (data, _) = told("{ node { id ... on Leaf { guarded } } quick }").await;
    assert_eq!(data, r#"{"node":null,"quick":2}"#);
}

/// Why nothing is written to the trail inside a resolver: it may be cut short.
#[tokio::test]
async fn a_slow_resolver_is_cut_short_when_its_neighbour_fails() {
    let seen = Seen::default();
    let schema = Schema::build(Query, EmptyMutation, EmptySubscription)
        .data(seen.clone())
        .finish();
    let response = schema.execute("{ must { slowly required } }").await;
    assert_eq!(response.errors.len(), 1);
    tokio::time::sleep(schema::SLOW * 3).await;
    assert!(!seen.ended(), "the slow resolver ran to its end");
    let response = schema.execute("{ must { slowly } }").await;
    assert!(response.errors.is_empty() && seen.ended(), "left alone it does");
}

/// A request that fails validation has no data and no path; `graphql::answer::was_never_executed` tells it by that.
#[tokio::test]
async fn what_was_never_executed_has_neither_data_nor_path() {
    for query in [
        "{ nothing }",
        "{ quick { a } }",
        "{ child }",
        "query($a: Int!) { quick }",
    ] {
        let response = ask(query).await;
        assert_eq!(response.data, async_graphql::Value::Null, "{query}");
        assert!(response.errors.iter().all(|error| error.path.is_empty()), "{query}");
        assert!(!response.errors.is_empty(), "{query}");
    }
}

/// Why `graphql::validation` has another library look first: this one has the rule that a variable fits where it stands, and never applies it, and takes no
/// notice of a variable that must be given. Once this fails, that room may go.
#[tokio::test]
async fn the_types_of_variables_are_not_looked_at() {
    assert_eq!(data("query($a: Int) { quick @skip(if: $a) }").await, r#"{"quick":2}"#);
    assert_eq!(
        data("query($a: Boolean!) { quick @skip(if: $a) }").await,
        r#"{"quick":2}"#
    );
}
