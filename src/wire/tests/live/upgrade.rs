//! Tests of the upgrade from HTTP to a socket.

use super::*;

#[tokio::test]
async fn a_socket_is_opened_as_rfc_6455_says() {
    let server = Server::plain().await;
    let (_stream, head) = server.ask(&upgrade_request("")).await;
    let head = head.to_ascii_lowercase();
    for line in [
        "http/1.1 101 switching protocols\r\n",
        "\r\nupgrade: websocket\r\n",
        "\r\nconnection: upgrade\r\n",
        "\r\nsec-websocket-accept: s3pplmbitxaq9kygzzhzrbk+xoo=\r\n",
        "\r\nsec-websocket-protocol: graphql-transport-ws\r\n",
        "\r\nx-request-id: ",
    ] {
        assert!(head.contains(line), "{line} in {head}");
    }
    assert!(!head.contains("sec-websocket-extensions"));
    server.sockets(1).await;
}

#[tokio::test]
async fn header_names_keep_the_clients_spelling() {
    let server = Server::plain().await;
    let asked = upgrade_request("").replacen("sec-websocket-protocol", "Sec-WebSocket-Protocol", 1);
    let (_, head) = server.ask(&asked).await;
    assert!(
        head.contains("\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n"),
        "{head}"
    );
    assert!(head.contains("\r\nsec-websocket-accept: "), "{head}");
}

#[tokio::test]
async fn invalid_upgrades_are_answered_by_http() {
    let server = Server::plain().await;
    for (from, to, status) in [
        ("GET /", "POST /", 400),
        ("HTTP/1.1", "HTTP/1.0", 400),
        ("connection: Upgrade", "connection: keep-alive", 400),
        ("version: 13", "version: 8", 426),
        ("sec-websocket-version: 13\r\n", "", 426),
        ("key: dGhlIHNhbXBsZSBub25jZQ==", "key: dGhlIHNhbXBsZQ==", 400),
        ("key: dGhlIHNhbXBsZSBub25jZQ==", "key: ?", 400),
        ("sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n", "", 400),
        ("host: a", "host: a\r\nauthorization: Bearer bad", 401),
        ("host: a", "host: a\r\nauthorization: Basic Z29vZDpnb29k", 401),
        (
            "host: a",
            "host: a\r\nauthorization: Bearer good\r\nx-purpose-of-use: not_mine",
            403,
        ),
        ("host: a", "host: a\r\nauthorization: Bearer offline", 503),
        // An upgrade to another protocol is ignored, so it is an ordinary GET.
        ("upgrade: websocket", "upgrade: h2c", 401),
        ("GET /graphql", "GET /graphql/stream", 405),
    ] {
        let asked = upgrade_request("");
        assert!(asked.contains(from));
        let (_, head) = server.ask(&asked.replacen(from, to, 1)).await;
        let got = head.split(' ').nth(1).unwrap_or_default();
        assert_eq!(got, status.to_string(), "{to}: {head}");
        assert_eq!(
            head.to_ascii_lowercase().contains("\r\nsec-websocket-version: 13\r\n"),
            status == 426
        );
    }
    assert_eq!(server.metrics.sockets.get(), 0);
}

#[tokio::test]
async fn an_unsupported_sub_protocol_is_closed_4406() {
    let server = Server::plain().await;
    for (offered, chosen) in [
        ("sec-websocket-protocol: graphql-ws", false),
        ("sec-websocket-protocol: GraphQL-Transport-WS", false),
        ("x-a: b", false),
        ("sec-websocket-protocol: graphql-ws,  graphql-transport-ws", true),
        (
            "sec-websocket-protocol: a\r\nsec-websocket-protocol: graphql-transport-ws",
            true,
        ),
    ] {
        let asked = upgrade_request("").replacen("sec-websocket-protocol: graphql-transport-ws", offered, 1);
        let (stream, head) = server.ask(&asked).await;
        assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
        assert_eq!(
            head.contains("sec-websocket-protocol: graphql-transport-ws\r\n"),
            chosen,
            "{offered}"
        );
        let mut peer = Peer::new(stream).await;
        if chosen {
            peer.init(json!({ "authorization": "Bearer good" })).await;
        } else {
            assert_eq!(peer.closed().await, (4406, "Subprotocol not acceptable".to_owned()));
        }
    }
}

#[tokio::test]
async fn credentials_come_from_headers_or_connection_init() {
    let server = Server::plain().await;
    for (headers, payload, client, purpose) in [
        (
            "",
            json!({ "authorization": "Bearer good" }),
            "a-client",
            "direct_support",
        ),
        (
            "",
            json!({ "Authorization": "Bearer client-b", "more": [1] }),
            "b",
            "direct_support",
        ),
        ("authorization: Bearer client-c\r\n", json!({}), "c", "direct_support"),
        (
            "authorization: Bearer client-c\r\n",
            json!({ "authorization": "Bearer client-d" }),
            "d",
            "direct_support",
        ),
        (
            "authorization: Bearer purposes\r\n",
            json!({ "purpose": "research" }),
            "a-client",
            "research",
        ),
        (
            "x-purpose-of-use: one\r\n",
            json!({ "authorization": "Bearer good", "x-purpose-of-use": "two" }),
            "a-client",
            "two",
        ),
    ] {
        let mut peer = server.peer(headers).await;
        peer.init(payload).await;
        peer.subscribe("1", "{ whoami }").await;
        let answer = peer.message().await;
        assert_eq!(answer["payload"]["data"]["client"], client);
        assert_eq!(answer["payload"]["data"]["purpose"], purpose);
    }
}

#[tokio::test]
async fn refused_tokens_are_closed_4403() {
    let server = Server::plain().await;
    for (payload, code, reason) in [
        (json!({}), 4403, "Forbidden"),
        (json!({ "authorization": "Bearer bad" }), 4403, "Forbidden"),
        (json!({ "authorization": "good" }), 4403, "Forbidden"),
        (json!({ "token": "good" }), 4403, "Forbidden"),
        (
            json!({ "authorization": "Bearer purposes" }),
            4403,
            "Forbidden: PURPOSE_REQUIRED",
        ),
        (
            json!({ "authorization": "Bearer good", "purpose": "not_mine" }),
            4403,
            "Forbidden: the token does not allow this purpose",
        ),
        (
            json!({ "authorization": "Bearer offline" }),
            1013,
            "The server cannot answer now; try again later",
        ),
        (json!({ "authorization": 1 }), 4403, "Forbidden"),
        (json!({ "authorization": null }), 4403, "Forbidden"),
        (json!({ "authorization": ["Bearer good"] }), 4403, "Forbidden"),
        (json!({ "authorization": { "bearer": "good" } }), 4403, "Forbidden"),
        (json!({ "authorization": "Bearer good\r\n" }), 4403, "Forbidden"),
        (json!({ "authorization": "Bearer \u{1f511}" }), 4403, "Forbidden"),
        (json!({ "authorization": "" }), 4403, "Forbidden"),
        (
            json!({ "authorization": "Bearer good", "Authorization": "Bearer good" }),
            4403,
            "Forbidden",
        ),
        (
            json!({ "authorization": "Bearer good", "purpose": 1 }),
            4403,
            "Forbidden",
        ),
        (
            json!({ "authorization": "Bearer good", "x-withheld": "all" }),
            4400,
            "Invalid message",
        ),
    ] {
        // Headers that a page of another origin could make the browser send are ignored.
        let mut peer = server
            .peer("origin: https://elsewhere.example\r\ncookie: token=good; authorization=Bearer good\r\n")
            .await;
        peer.send(json!({ "type": "connection_init", "payload": payload }))
            .await;
        assert_eq!(peer.closed().await, (code, reason.to_owned()), "{payload}");
    }
}
