//! What is refused, in which order it is looked at, and how little a refusal says.

use super::{
    bodies::{documents, forms},
    door::{Door, JSON, NEWER, PLANTED, says_little},
    raw::send,
};
use crate::support::{
    database::{TestDatabase, on_both},
    process::Site,
};

/// Each mistake is told before those that come after it in this list, however many of them a request makes.
fn in_order(door: &Door) {
    let too_large = " ".repeat(1024 * 1024 + 1);
    // (what is right from here on, status, code)
    let steps: [(&str, u16, &str); 7] = [
        ("nothing", 401, "UNAUTHENTICATED"),
        ("the token", 415, "BAD_USER_INPUT"),
        ("the content type", 415, "BAD_USER_INPUT"),
        ("no content encoding", 413, "TOO_COMPLEX"),
        ("the size", 400, "BAD_USER_INPUT"),
        ("the form", 406, "BAD_USER_INPUT"),
        ("what is accepted", 400, "BAD_USER_INPUT"),
    ];
    for (right, (name, status, code)) in steps.iter().enumerate() {
        let mut headers = vec![format!("x-withheld: {PLANTED}")];
        headers.push(if right >= 1 {
            door.good.clone()
        } else {
            format!("authorization: Bearer {PLANTED}")
        });
        headers.push(if right >= 2 {
            JSON.to_owned()
        } else {
            format!("content-type: text/{PLANTED}")
        });
        if right < 3 {
            headers.push("content-encoding: gzip".to_owned());
        }
        headers.push(if right >= 6 {
            NEWER.to_owned()
        } else {
            format!("accept: text/{PLANTED}")
        });
        let body = match right {
            0..4 => format!("{{{PLANTED}{too_large}"),
            4 => format!("{{{PLANTED}"),
            _ => format!("{{\"query\":\"{{ {PLANTED}\"}}"),
        };
        let got = send(&door.serving, "POST /graphql", &headers, &body);
        assert_eq!(
            (got.status, got.code().as_str()),
            (*status, *code),
            "{name} is right: {}",
            got.body
        );
        says_little(name, &got);
    }
}

/// Exactly one `Authorization` header, and a token nowhere else.
fn who_asks(door: &Door) {
    let token = door.good.trim_start_matches("authorization: Bearer ");
    let body = r#"{"query":"{ __typename }"}"#;
    for headers in [
        vec![],
        vec!["authorization:".to_owned()],
        vec!["authorization: Bearer".to_owned()],
        vec![format!("authorization: {token}")],
        vec![format!("authorization: Basic {token}")],
        vec![format!("authorization: Bearer {token} {token}")],
        vec![format!("authorization: Bearer {token}, Bearer {token}")],
        vec![door.good.clone(), door.good.clone()],
        vec![door.good.clone(), "authorization: Basic YTpi".to_owned()],
        vec![format!("cookie: authorization=Bearer {token}; token={token}")],
        vec![format!("x-authorization: Bearer {token}")],
    ] {
        let mut all = vec![JSON.to_owned()];
        all.extend(headers.iter().cloned());
        let got = send(&door.serving, "POST /graphql", &all, body);
        assert_eq!(
            (got.status, got.code().as_str()),
            (401, "UNAUTHENTICATED"),
            "{headers:?}"
        );
        assert_eq!(got.header("www-authenticate"), "Bearer");
        assert!(got.header("content-type").starts_with("application/json"));
        assert!(!got.body.contains(token));
        says_little("who asks", &got);
    }
    let address = format!("POST /graphql?access_token={token}");
    assert_eq!(send(&door.serving, &address, &[JSON.to_owned()], body).status, 401);
    assert_eq!(door.post(&[&door.good, JSON], body).status, 200);
}

/// GET carries queries, and only when a page of another origin could not have sent it unasked.
fn gets(door: &Door) {
    let both = "/graphql?query=query%20Q%7B__typename%7Dmutation%20M%7B__typename%7D";
    for (address, header, status, allow) in [
        ("/graphql?query=%7B__typename%7D", "x-none: 1", 400, ""),
        ("/graphql?query=%7B__typename%7D", "content-type: text/plain", 400, ""),
        ("/graphql?query=%7B__typename%7D", "x-requested-with: a-script", 200, ""),
        (
            "/graphql?query=%7B__typename%7D",
            "x-purpose-of-use: safeguarding",
            200,
            "",
        ),
        ("/graphql?query=%7B__typename%7D", JSON, 200, ""),
        ("/graphql", JSON, 400, ""),
        ("/graphql?query=%7Bzebra7%7D", JSON, 400, ""),
        ("/graphql?query=%7B__typename%7D&query=zebra7", JSON, 400, ""),
        ("/graphql?query=%7B__typename%7D&variables=zebra7", JSON, 400, ""),
        ("/graphql?query=mutation%7B__typename%7D", JSON, 405, "POST"),
        (&format!("{both}&operationName=Q"), JSON, 200, ""),
        (&format!("{both}&operationName=M"), JSON, 405, "POST"),
        (&format!("{both}&operationName=zebra7"), JSON, 400, ""),
        (both, JSON, 400, ""),
    ] {
        let got = door.get(address, &[header]);
        assert_eq!(
            (got.status, got.header("allow")),
            (status, allow),
            "{address} with {header}: {}",
            got.body
        );
        if status != 200 {
            says_little(address, &got);
        }
    }
}

/// An executed operation in which everything is wrong is told a few times, too.
fn executed(door: &Door) {
    let fields = (0..9).fold(String::new(), |text, at| {
        text + &format!(" a{at}: families(after: \"{PLANTED}\") {{ totalCount }}")
    });
    let got = door.ask(NEWER, &format!("{{{fields} }}"), &serde_json::json!({}));
    assert_eq!(got.status, 200, "{}", got.body);
    let errors = got.json()["errors"].as_array().map_or(0, Vec::len);
    assert_eq!(errors, 5, "{}", got.body);
    assert!(!got.body.contains(PLANTED), "{}", got.body);
}

async fn refusals_come_in_order_and_say_little(database: &TestDatabase) {
    let folder = tempfile::tempdir().unwrap();
    let site = Site::new(folder.path(), Some(database.text()));
    let door = Door::of(&site);
    in_order(&door);
    who_asks(&door);
    forms(&door);
    documents(&door);
    gets(&door);
    executed(&door);
}
on_both!(refusals_come_in_order_and_say_little);
