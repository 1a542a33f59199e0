use apollo_compiler::Schema;
use async_graphql_parser::{parse_query, types::SelectionSet};
use serde_json::{Map, Value, json};

use super::{Language, Resolved, Said};
use crate::error::RequestError;

const SCHEMA: &str = "
    type Query { viewer: Viewer, list(first: Int, of: Filter, ids: [ID!], former: Boolean! = false): [Row!], row(id: ID!): Row, near: Hidden }
    type Mutation { make(input: New!): Row }
    type Viewer { role: String, rows: [Row!]! }
    type Row { id: ID!, on: NaiveDate, of: Viewer, secret: Int, secretPart: Hidden }
    type Hidden { id: ID! }
    input Filter { level: Level, on: NaiveDate, tags: [String!], hidden: Int, both: Both }
    input Both { one: Int!, two: Int! = 2 }
    input New { name: String! }
    enum Level { LOW, HIGH, SECRET }
    scalar NaiveDate
";

/// What somebody sees who may not know of what is secret or hidden.
const OWN: &str = "
    type Query { viewer: Viewer, list(first: Int, of: Filter, ids: [ID!], former: Boolean! = false): [Row!], row(id: ID!): Row }
    type Viewer { role: String, rows: [Row!]! }
    type Row { id: ID!, on: NaiveDate, of: Viewer }
    input Filter { level: Level, on: NaiveDate, tags: [String!] }
    enum Level { LOW, HIGH }
    scalar NaiveDate
";

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(object) => object,
        other => panic!("{other} is no object"),
    }
}

fn read(query: &str, given: Value) -> Result<Resolved, RequestError> {
    let language = Language::over(Schema::parse_and_validate(SCHEMA, "schema.graphql").expect("a schema"));
    let document = parse_query(query).unwrap_or_else(|error| panic!("{error}: {query}"));
    let operation = document.operations.iter().next().expect("an operation").1;
    let given = object(given);
    let said = Said {
        query,
        document: &document,
        operation: &operation.node,
        given: &given,
    };
    let own = Schema::parse_and_validate(OWN, "own.graphql").expect("a schema");
    language
        .read(said)
        .map_err(|wrong| language.explain(said, wrong, Some(&own)))
}

/// The fields that are left, with what stands in their arguments, in one line.
fn left(resolved: &Resolved, set: &SelectionSet) -> String {
    use async_graphql_parser::types::Selection;
    let items = set.items.iter().map(|selection| match &selection.node {
        Selection::Field(field) => {
            let field = &field.node;
            let arguments = field
                .arguments
                .iter()
                .map(|(name, value)| format!("{}:{}", name.node, value.node));
            let arguments: Vec<_> = arguments.collect();
            let inner = left(resolved, &field.selection_set.node);
            let key = &field.response_key().node;
            match (arguments.is_empty(), inner.is_empty()) {
                (true, true) => key.to_string(),
                (false, true) => format!("{key}({})", arguments.join(",")),
                (true, false) => format!("{key}{{{inner}}}"),
                (false, false) => format!("{key}({}){{{inner}}}", arguments.join(",")),
            }
        }
        Selection::InlineFragment(inline) => left(resolved, &inline.node.selection_set.node),
        Selection::FragmentSpread(spread) => {
            let fragment = &resolved.fragments()[&spread.node.fragment_name.node];
            left(resolved, &fragment.node.selection_set.node)
        }
    });
    items.filter(|item| !item.is_empty()).collect::<Vec<_>>().join(" ")
}

#[track_caller]
fn comes_to(query: &str, given: Value, expected: &str) {
    let resolved = read(query, given).unwrap_or_else(|error| panic!("{query}: {error:?}"));
    assert_eq!(
        left(&resolved, &resolved.operation().selection_set.node),
        expected,
        "{query}"
    );
    assert!(resolved.operation().variable_definitions.is_empty());
}

#[track_caller]
fn says(query: &str, given: Value, expected: &str, place: (usize, usize)) {
    let error = read(query, given).err().unwrap_or_else(|| panic!("{query} is good"));
    assert_eq!(
        (error.message.as_ref(), error.locations.as_slice()),
        (expected, &[place][..]),
        "{query}"
    );
}

#[test]
fn a_value_means_the_same_however_it_comes() {
    comes_to("{ list(first: 2) { id } }", json!({}), "list(first:2){id}");
    comes_to(
        "query($n: Int = 2) { list(first: $n) { id } }",
        json!({}),
        "list(first:2){id}",
    );
    comes_to(
        "query($n: Int = 5) { list(first: $n) { id } }",
        json!({ "n": 2 }),
        "list(first:2){id}",
    );
    comes_to(
        "query($n: Int = 5) { list(first: $n) { id } }",
        json!({ "n": 2.0 }),
        "list(first:2){id}",
    );
    comes_to(
        "query($n: Int = 5) { list(first: $n) { id } }",
        json!({ "n": null }),
        "list(first:null){id}",
    );
    // What is left out is not said at all, so that what stands there without it stands there.
    comes_to(
        "query($n: Int, $f: Boolean) { list(first: $n, former: $f) { id } }",
        json!({}),
        "list{id}",
    );
    let filter = "list(of:{level: HIGH, tags: [\"a\"]}){id}";
    comes_to("{ list(of: { level: HIGH, tags: \"a\" }) { id } }", json!({}), filter);
    let variable = "query($f: Filter) { list(of: $f) { id } }";
    comes_to(variable, json!({ "f": { "level": "HIGH", "tags": "a" } }), filter);
    comes_to(
        "query($f: Filter = { level: HIGH, tags: \"a\" }) { list(of: $f) { id } }",
        json!({}),
        filter,
    );
    let parts =
        "query($l: Level = LOW, $t: [String!], $d: NaiveDate) { list(of: { level: $l, tags: $t, on: $d }) { id } }";
    comes_to(parts, json!({ "l": "HIGH", "t": ["a"] }), filter);
    comes_to(
        "query($i: [ID!]) { list(ids: $i) { id } }",
        json!({ "i": 7 }),
        "list(ids:[7]){id}",
    );
    comes_to(
        "query($a: ID! = 1, $b: ID!) { list(ids: [$a, $b]) { id } }",
        json!({ "b": "x" }),
        "list(ids:[1, \"x\"]){id}",
    );
}

#[test]
fn what_is_left_out_is_gone() {
    for (by, left) in [
        ("@include(if: true)", true),
        ("@include(if: false)", false),
        ("@skip(if: true)", false),
        ("@skip(if: false)", true),
        ("@include(if: $yes)", true),
        ("@include(if: $no)", false),
        ("@skip(if: $yes)", false),
        ("@skip(if: $no) @include(if: $yes)", true),
        ("@skip(if: $no) @include(if: $no)", false),
        ("@skip(if: $yes) @include(if: $yes)", false),
    ] {
        let declared = "query($yes: Boolean = true, $no: Boolean! = false, $n: Boolean = false)";
        let used = "n: viewer @include(if: $n) { role } y: viewer @skip(if: $yes) { role } z: viewer @include(if: $no) { role }";
        let expected = if left {
            "list{id} row(id:1){id of{role}}"
        } else {
            "list{id} row(id:1){id}"
        };
        for (here, fragment) in [
            (format!("of {by} {{ role }}"), ""),
            (format!("... {by} {{ of {{ role }} }}"), ""),
            (format!("... on Row {by} {{ of {{ role }} }}"), ""),
            (format!("...F {by}"), "fragment F on Row { of { role } }"),
            (
                "...F".to_owned(),
                &*format!("fragment F on Row {{ of {by} {{ role }} }}"),
            ),
        ] {
            let query = format!("{declared} {{ list {{ id }} row(id: 1) {{ id {here} }} {used} }} {fragment}");
            comes_to(&query, json!({}), expected);
        }
    }
    comes_to(
        "mutation($go: Boolean = false) { make(input: { name: \"a\" }) @include(if: $go) { id } }",
        json!({}),
        "",
    );
    comes_to("{ viewer { role @skip(if: true) } }", json!({}), "viewer");
    // Also what only stands in what is left out must fit.
    says(
        "{ list @skip(if: true) { idd } }",
        json!({}),
        "`list` has no field `idd`. Did you mean `id`?",
        (1, 26),
    );
}

/// Documents that do not fit, what is said of them, and where.
const WRONG: &[(&str, &str, (usize, usize))] = &[
    (
        "{ viewer { rol } }",
        "`viewer` has no field `rol`. Did you mean `role`?",
        (1, 12),
    ),
    (
        "{ v: viewer { r: rol } }",
        "`viewer` has no field `rol`. Did you mean `role`?",
        (1, 18),
    ),
    (
        "{ viewer }",
        "`viewer` is an object: say which of its fields you want, in braces behind it.",
        (1, 3),
    ),
    (
        "{ viewer { role { x } } }",
        "`role` is a value and has no fields: ask for it without braces.",
        (1, 12),
    ),
    (
        "{ veiwer { role } }",
        "The query has no field `veiwer`. Did you mean `viewer`?",
        (1, 3),
    ),
    (
        "{ list(frist: 1) { id } }",
        "`list` takes no argument `frist`. Did you mean `first`?",
        (1, 8),
    ),
    (
        "{ list(first: 1, first: 2) { id } }",
        "`list` has `first` twice.",
        (1, 18),
    ),
    ("{ row { id } }", "`row` needs the argument `id`.", (1, 3)),
    (
        "{ list(first: \"x\") { id } }",
        "Argument `first` of `list` must be `Int`, a whole number of 32 bits, not a text.",
        (1, 15),
    ),
    (
        "{ list(of: { level: HIHG }) { id } }",
        "Argument `of.level` of `list` must be `Level`, one of its values, not `HIHG`. Did you mean `HIGH`?",
        (1, 12),
    ),
    (
        "{ list(of: { levle: HIGH }) { id } }",
        "Argument `of` of `list` has no field `levle`. Did you mean `level`?",
        (1, 12),
    ),
    (
        "{ list(of: { tags: [1] }) { id } }",
        "Argument `of.tags[0]` of `list` must be `String!`, not a number.",
        (1, 12),
    ),
    (
        "{ viewer { ...F } } fragment F on Row { id }",
        "There is never a `Row` in this place.",
        (1, 35),
    ),
    (
        "{ viewer { ... on Rwo { id } } }",
        "There is no type `Rwo`. Did you mean `Row`?",
        (1, 19),
    ),
    (
        "{ viewer { ... on Level { id } } }",
        "`Level` has no fields to ask for.",
        (1, 19),
    ),
    (
        "{ viewer { role } } fragment F on Row { id }",
        "Fragment `F` is not used by any operation.",
        (1, 21),
    ),
    (
        "{ viewer { role @skp(if: true) } }",
        "There is no directive `@skp` for what is asked, only `@skip` and `@include`.",
        (1, 17),
    ),
    ("{ viewer { role @skip } }", "`@skip` needs the argument `if`.", (1, 17)),
    (
        "{ viewer { role @skip(if: 1) } }",
        "Argument `if` of `skip` must be `Boolean!`, not a number.",
        (1, 27),
    ),
    (
        "query @skip(if: true) { viewer { role } }",
        "`@skip` cannot stand here: it belongs to a field or the use of a fragment.",
        (1, 7),
    ),
    (
        "query($a: Int) { viewer { role } }",
        "Variable `$a` is declared and not used.",
        (1, 7),
    ),
    (
        "{ list(first: $ab) { id } }",
        "Argument `first` of `list` names variable `$ab`, which the operation does not declare.",
        (1, 15),
    ),
    (
        "query($a: Int) { list(first: $b) { id } }",
        "Argument `first` of `list` names variable `$b`, which the operation does not declare.",
        (1, 30),
    ),
    (
        "query($a: String) { list(first: $a) { id } }",
        "Argument `first` of `list` must be `Int`, and variable `$a` is declared as `String`.",
        (1, 33),
    ),
    (
        "query($a: [ID]) { list(ids: $a) { id } }",
        "Argument `ids` of `list` must be `[ID!]`, and variable `$a` is declared as `[ID]`.",
        (1, 29),
    ),
    (
        "query($a: Itn) { list(first: $a) { id } }",
        "There is no type `Itn`. Did you mean `Int`?",
        (1, 11),
    ),
    (
        "query($a: Row) { list(first: $a) { id } }",
        "Variable `$a` cannot be a `Row`, which no value can be.",
        (1, 11),
    ),
    (
        "query($a: Int = \"x\") { list(first: $a) { id } }",
        "The default of variable `$a` must be `Int`, a whole number of 32 bits, not a text.",
        (1, 17),
    ),
    (
        "query($a: Int, $a: Int) { list(first: $a) { id } }",
        "Variable `$a` is declared twice.",
        (1, 16),
    ),
];

#[test]
fn what_is_wrong_is_told_in_the_words_of_whoever_asks() {
    for (query, expected, place) in WRONG {
        says(query, json!({}), expected, *place);
    }
    let conflict = read("{ a: list(first: 1) { id } a: list(first: 2) { id } }", json!({})).expect_err("refused");
    assert!(conflict.message.contains("the same name in the answer"), "{conflict:?}");
}

#[test]
fn a_variable_that_does_not_fit_is_named_with_the_way_to_it() {
    let query = "query($f: Filter!) { list(of: $f) { id } }";
    for (given, expected) in [
        (json!({}), "Variable `$f` must be given: its type is `Filter!`."),
        (json!({ "f": null }), "Variable `$f` must be `Filter!`, not null."),
        (
            json!({ "f": { "level": "HIHG" } }),
            "Variable `$f.level` must be `Level`, one of its values, not a text. Did you mean `HIGH`?",
        ),
        (
            json!({ "f": { "levle": "HIGH" } }),
            "Variable `$f` has no field `levle`. Did you mean `level`?",
        ),
        (
            json!({ "f": { "not a name": 1 } }),
            "Variable `$f` has a field whose key is no name of GraphQL.",
        ),
        (
            json!({ "f": { "tags": ["a", 1] } }),
            "Variable `$f.tags[1]` must be `String!`, not a number.",
        ),
        (
            json!({ "f": { "tags": ["a", null] } }),
            "Variable `$f.tags[1]` must be `String!`, not null.",
        ),
        (
            json!({ "f": { "on": "2026-02-30" } }),
            "Variable `$f.on` must be `NaiveDate`, a day such as 2026-06-15, not a text.",
        ),
        (json!({ "f": [] }), "Variable `$f` must be `Filter!`, not a list."),
        // Beyond what this asker may see nothing is named but what they wrote.
        (
            json!({ "f": { "hidden": "x" } }),
            "Variable `$f.hidden` must be `Int`, a whole number of 32 bits, not a text.",
        ),
        (
            json!({ "f": { "both": 1 } }),
            "Variable `$f.both` has a value of another type than stands there: a number.",
        ),
        (json!({ "f": { "both": {} } }), "Variable `$f.both` is not whole."),
    ] {
        says(query, given, expected, (1, 7));
    }
    for wrong in [
        json!("2"),
        json!(2.5),
        json!(2_147_483_648_i64),
        json!(true),
        json!([[1]]),
    ] {
        let error = read("query($n: Int) { list(first: $n) { id } }", json!({ "n": wrong })).expect_err("refused");
        assert!(error.message.starts_with("Variable `$n` must be `Int`"), "{error:?}");
    }
    says(
        "{ list(of: { on: \"x\" }) { id } }",
        json!({}),
        "Argument `of.on` of `list` must be `NaiveDate`, a day such as 2026-06-15, not a text.",
        (1, 12),
    );
    let null = "query($i: Boolean = true) { viewer { role @include(if: $i) } }";
    says(
        null,
        json!({ "i": null }),
        "Argument `if` of `include` cannot be null, and variable `$i` is.",
        (1, 56),
    );
    let null = "query($f: Boolean) { list(former: $f) { id } }";
    says(
        null,
        json!({ "f": null }),
        "Argument `former` of `list` cannot be null, and variable `$f` is.",
        (1, 35),
    );
}

/// What is not the asker's to know is as if it were not there.
#[test]
fn nothing_beyond_the_ceiling_is_suggested() {
    for (hidden, absent) in [
        ("{ row(id: 1) { id secre } }", "{ row(id: 1) { id xyzzy } }"),
        (
            "{ row(id: 1) { id secretPar { id } } }",
            "{ row(id: 1) { id xyzzyxyzz { id } } }",
        ),
        ("{ list(of: { hiden: 1 }) { id } }", "{ list(of: { xyzzy: 1 }) { id } }"),
        (
            "{ list(of: { level: SECRE }) { id } }",
            "{ list(of: { level: XYZZY }) { id } }",
        ),
        (
            "{ viewer { ... on Hiden { id } } }",
            "{ viewer { ... on Xyzzy { id } } }",
        ),
        (
            "query($a: Boht) { list(first: $a) { id } }",
            "query($a: Xyzz) { list(first: $a) { id } }",
        ),
        ("mutation { mak { id } }", "mutation { xyz { id } }"),
        ("{ nea { id } }", "{ xyz { id } }"),
    ] {
        let told = |query: &str| {
            let error = read(query, json!({})).expect_err("refused");
            let names = [
                "secre",
                "secretPar",
                "hiden",
                "SECRE",
                "Hiden",
                "Boht",
                "mak",
                "nea",
                "xyzzyxyzz",
                "xyzzy",
                "XYZZY",
                "Xyzzy",
                "Xyzz",
                "xyz",
            ];
            let message = names.iter().fold(error.message.to_string(), |said, name| {
                said.replace(&format!("`{name}`"), "`?`")
            });
            (message, error.locations)
        };
        assert_eq!(told(hidden), told(absent), "{hidden}");
    }
}
