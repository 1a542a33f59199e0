//! Tests of key sets: which keys are accepted, and key rotation.

use std::{
    collections::BTreeSet,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{Router, http::StatusCode, routing::get};
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::kit::{AUDIENCE, Key, POLICE, Register, base64, names, noon, officer};
use crate::{
    auth::{
        AuthRefusal, Authenticator, IssuerError, KeySetError, TrustedIssuer,
        claims::Claims,
        jwks::KeySet,
        token_cache::{TokenCache, Verified, hash},
    },
    clock::Clock,
    config::{IssuerSettings, KeyLocation, TokenAlgorithm, TokenBinding},
};

fn all() -> BTreeSet<TokenAlgorithm> {
    [TokenAlgorithm::Rs256, TokenAlgorithm::Es256, TokenAlgorithm::EdDsa].into()
}

fn parse(keys: &[Value]) -> Result<KeySet, KeySetError> {
    KeySet::parse(json!({"keys": keys}).to_string().as_bytes(), &all())
}

fn altered(key: &Key, change: impl FnOnce(&mut Value)) -> Value {
    let mut jwk = key.jwk("one");
    change(&mut jwk);
    jwk
}

#[test]
fn unusable_keys_are_ignored() {
    let (ed, ec) = (Key::ed(), Key::ec());
    assert!(parse(&[ed.jwk("one"), ec.jwk("two"), Key::rsa().jwk("three")]).is_ok());
    for (what, jwk) in [
        ("for encryption", altered(&ed, |jwk| jwk["use"] = json!("enc"))),
        ("for wrapping", altered(&ed, |jwk| jwk["key_ops"] = json!(["wrapKey"]))),
        ("of another algorithm", altered(&ec, |jwk| jwk["alg"] = json!("ES384"))),
        (
            "algorithm and kind differ",
            altered(&ed, |jwk| jwk["alg"] = json!("RS256")),
        ),
        ("private", altered(&ed, |jwk| jwk["d"] = json!("AAAA"))),
        (
            "without a name",
            altered(&ed, |jwk| drop(jwk.as_object_mut().unwrap().remove("kid"))),
        ),
        ("shared", json!({"kty": "oct", "kid": "one", "k": base64([7; 32])})),
        ("of another curve", altered(&ec, |jwk| jwk["crv"] = json!("P-384"))),
        ("short point", altered(&ec, |jwk| jwk["x"] = json!(base64([1; 31])))),
        ("long point", altered(&ed, |jwk| jwk["x"] = json!(base64([1; 33])))),
        (
            "weak modulus",
            altered(Key::rsa(), |jwk| jwk["n"] = json!(base64([0xff; 128]))),
        ),
        (
            "padded weak modulus",
            altered(Key::rsa(), |jwk| {
                jwk["n"] = json!(base64([vec![0; 200], vec![1; 128]].concat()));
            }),
        ),
        (
            "exponent of one",
            altered(Key::rsa(), |jwk| jwk["e"] = json!(base64([1]))),
        ),
        (
            "even exponent",
            altered(Key::rsa(), |jwk| jwk["e"] = json!(base64([4]))),
        ),
        ("not an object", json!("one")),
    ] {
        assert_eq!(parse(&[jwk]).unwrap_err(), KeySetError::NoUsableKey, "{what}");
    }
    let only_rsa = BTreeSet::from([TokenAlgorithm::Rs256]);
    let document = json!({"keys": [ed.jwk("one")]}).to_string();
    assert_eq!(
        KeySet::parse(document.as_bytes(), &only_rsa).unwrap_err(),
        KeySetError::NoUsableKey
    );
}

#[test]
fn a_key_listed_twice_is_one_key() {
    let (one, other) = (Key::ed(), Key::ed());
    let by = |key: &Key, x5t: &str| {
        let mut jwk = key.jwk("one");
        jwk["x5t"] = json!(x5t);
        jwk
    };
    let twice = parse(&[one.jwk("one"), one.jwk("one"), one.jwk("two"), by(&one, "print")]).unwrap();
    let listed = parse(&[by(&one, "print"), one.jwk("two")]).unwrap();
    assert!(twice.same_as(&listed) && listed.same_as(&twice));
    let encrypting = altered(&one, |jwk| jwk["use"] = json!("enc"));
    assert!(parse(&[encrypting, one.jwk("one")]).is_ok());
    for two in [
        [one.jwk("one"), other.jwk("one")],
        [by(&one, "print"), {
            let mut jwk = other.jwk("other");
            jwk["x5t"] = json!("print");
            jwk
        }],
    ] {
        assert_eq!(parse(&two).unwrap_err(), KeySetError::RepeatedKeyId);
    }
    // A certificate's thumbprint is a name as well, distinct from an equal `kid`.
    let nameless = altered(&one, |jwk| {
        let jwk = jwk.as_object_mut().unwrap();
        jwk.remove("kid");
        jwk.insert("x5t#S256".to_owned(), json!("print"));
    });
    assert!(
        !parse(&[nameless])
            .unwrap()
            .same_as(&parse(&[one.jwk("print")]).unwrap())
    );
}

#[test]
fn oversized_or_ambiguous_documents_are_refused() {
    let key = Key::ed();
    let many: Vec<Value> = (0..51).map(|number| key.jwk(&number.to_string())).collect();
    assert_eq!(parse(&many).unwrap_err(), KeySetError::TooManyKeys);
    assert_eq!(
        parse(&[key.jwk("one"), Key::ec().jwk("one")]).unwrap_err(),
        KeySetError::RepeatedKeyId
    );
    let large = format!(r#"{{"keys":[],"x":"{}"}}"#, "x".repeat(64 * 1024));
    assert_eq!(
        KeySet::parse(large.as_bytes(), &all()).unwrap_err(),
        KeySetError::TooLarge
    );
    for text in ["", "[]", "{}", r#"{"keys":{}}"#, r#"{"keys":[],"keys":[]}"#] {
        assert_eq!(
            KeySet::parse(text.as_bytes(), &all()).unwrap_err(),
            KeySetError::Malformed,
            "{text}"
        );
    }
}

fn settings(keys: KeyLocation) -> IssuerSettings {
    IssuerSettings {
        issuer: POLICE.to_owned(),
        audience: AUDIENCE.to_owned(),
        algorithms: all(),
        keys,
        agencies: names(&["cambridgeshire/cambs-police"]),
        portals: BTreeSet::new(),
        leeway: Duration::from_secs(5),
        max_lifetime: Duration::from_hours(24),
        refresh: Duration::from_mins(10),
        binding: TokenBinding::Optional,
    }
}

fn authenticator(keys: KeyLocation, clock: &Clock) -> Result<Authenticator, IssuerError> {
    let issuer = TrustedIssuer::from_settings(&settings(keys), clock)?;
    Authenticator::new(vec![issuer], Arc::new(Register::default()), clock.clone())
}

/// A key server whose answer the test sets, and which counts requests.
#[derive(Clone)]
struct KeyServer {
    url: String,
    answer: Arc<Mutex<(StatusCode, String)>>,
    requests: Arc<AtomicUsize>,
}

impl KeyServer {
    async fn open(keys: &[Value]) -> Self {
        let answer = Arc::new(Mutex::new((StatusCode::OK, json!({"keys": keys}).to_string())));
        let requests = Arc::new(AtomicUsize::new(0));
        let (told, count) = (answer.clone(), requests.clone());
        let respond = move || {
            count.fetch_add(1, Ordering::SeqCst);
            let (status, body) = told.lock().unwrap().clone();
            std::future::ready((status, [("location", "/elsewhere")], body))
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/keys", listener.local_addr().unwrap());
        let routes = Router::new()
            .route("/keys", get(respond.clone()))
            .route("/elsewhere", get(respond));
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Self { url, answer, requests }
    }

    fn set_answer(&self, status: StatusCode, body: impl Into<String>) {
        *self.answer.lock().unwrap() = (status, body.into());
    }

    fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }
}

#[tokio::test]
async fn keys_are_fetched_once_and_for_an_unknown_key_at_most_every_30_seconds() {
    let (old, new) = (Key::ed(), Key::ed());
    let address = KeyServer::open(&[old.jwk("old")]).await;
    let clock = Clock::fixed(noon());
    let authenticator = authenticator(KeyLocation::Address(address.url.clone()), &clock).unwrap();
    assert_eq!(address.requests(), 0);
    let (old_token, new_token) = (old.token("old", &officer()), new.token("new", &officer()));
    for _ in 0..3 {
        assert!(authenticator.sign_in_with(&old_token, None).await.is_ok());
    }
    assert_eq!(address.requests(), 1);
    address.set_answer(StatusCode::OK, json!({"keys": [new.jwk("new")]}).to_string());
    for _ in 0..3 {
        let refused = authenticator.sign_in_with(&new_token, None).await.unwrap_err();
        assert_eq!(refused, AuthRefusal::KeyUnknown);
    }
    assert_eq!(address.requests(), 1, "within 30 seconds");
    clock.set(noon() + TimeDelta::seconds(30));
    assert!(authenticator.sign_in_with(&new_token, None).await.is_ok());
    assert_eq!(address.requests(), 2);
    // The old key is gone, and so is the cached token that it signed.
    let refused = authenticator.sign_in_with(&old_token, None).await.unwrap_err();
    assert_eq!(refused, AuthRefusal::KeyUnknown);
}

#[tokio::test]
async fn keys_not_read_for_a_long_time_are_not_current() {
    let key = Key::ed();
    let address = KeyServer::open(&[key.jwk("one")]).await;
    let clock = Clock::fixed(noon());
    let authenticator = authenticator(KeyLocation::Address(address.url.clone()), &clock).unwrap();
    assert!(!authenticator.has_current_keys(), "none was ever read");
    authenticator.warm_up().await;
    assert!(authenticator.has_current_keys());
    address.set_answer(StatusCode::INTERNAL_SERVER_ERROR, "");
    for (minutes, current) in [(10, true), (60, true), (61, false)] {
        clock.set(noon() + TimeDelta::minutes(minutes));
        authenticator.warm_up().await;
        assert_eq!(authenticator.has_current_keys(), current, "after {minutes} minutes");
    }
    assert_eq!(authenticator.oldest_keys(), 61 * 60);
    address.set_answer(StatusCode::OK, json!({"keys": [key.jwk("one")]}).to_string());
    clock.set(noon() + TimeDelta::minutes(70));
    // A refresh that is due runs in the background.
    while !authenticator.has_current_keys() {
        authenticator.warm_up().await;
        tokio::task::yield_now().await;
    }
    assert_eq!(authenticator.oldest_keys(), 0);
}

#[tokio::test]
async fn keys_are_refreshed_in_the_background_when_due() {
    let (old, new) = (Key::ed(), Key::ed());
    let address = KeyServer::open(&[old.jwk("old")]).await;
    let clock = Clock::fixed(noon());
    let authenticator = authenticator(KeyLocation::Address(address.url.clone()), &clock).unwrap();
    let token = old.token("old", &officer());
    assert!(authenticator.sign_in_with(&token, None).await.is_ok());
    address.set_answer(StatusCode::OK, json!({"keys": [new.jwk("new")]}).to_string());
    clock.set(noon() + TimeDelta::seconds(599));
    assert!(authenticator.sign_in_with(&token, None).await.is_ok());
    assert_eq!(address.requests(), 1);
    clock.set(noon() + TimeDelta::seconds(600));
    let withdrawn = async {
        while authenticator.sign_in_with(&token, None).await != Err(AuthRefusal::KeyUnknown) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), withdrawn).await.unwrap();
    assert_eq!(address.requests(), 2);
}

#[tokio::test]
async fn keys_are_kept_while_the_key_server_is_down() {
    let key = Key::ed();
    let address = KeyServer::open(&[key.jwk("one")]).await;
    let clock = Clock::fixed(noon());
    let authenticator = authenticator(KeyLocation::Address(address.url.clone()), &clock).unwrap();
    let token = key.token("one", &officer());
    assert!(authenticator.sign_in_with(&token, None).await.is_ok());
    for (status, body) in [
        (StatusCode::INTERNAL_SERVER_ERROR, "down".to_owned()),
        (StatusCode::OK, "not keys".to_owned()),
        (StatusCode::OK, "x".repeat(70_000)),
        (StatusCode::FOUND, String::new()),
    ] {
        address.set_answer(status, body);
        clock.set(clock.now() + TimeDelta::seconds(31));
        let unknown = key.token("two", &officer());
        let before = address.requests();
        assert_eq!(
            authenticator.sign_in_with(&unknown, None).await.unwrap_err(),
            AuthRefusal::KeyUnknown
        );
        assert_eq!(address.requests(), before + 1, "no redirect is followed");
        assert!(authenticator.sign_in_with(&token, None).await.is_ok(), "{status}");
    }
}

#[tokio::test]
async fn an_unreachable_key_server_makes_authentication_unavailable() {
    let key = Key::ed();
    let address = KeyServer::open(&[]).await;
    let clock = Clock::fixed(noon());
    let authenticator = authenticator(KeyLocation::Address(address.url.clone()), &clock).unwrap();
    authenticator.warm_up().await;
    let token = key.token("one", &officer());
    for _ in 0..3 {
        let refused = authenticator.sign_in_with(&token, None).await.unwrap_err();
        assert_eq!(refused, AuthRefusal::KeysUnavailable);
    }
    assert_eq!(address.requests(), 1);
    address.set_answer(StatusCode::OK, json!({"keys": [key.jwk("one")]}).to_string());
    clock.set(noon() + TimeDelta::seconds(30));
    assert!(authenticator.sign_in_with(&token, None).await.is_ok());
}

#[tokio::test]
async fn a_key_file_is_read_at_start_and_refreshed() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("keys.json");
    let clock = Clock::fixed(noon());
    let location = KeyLocation::File(path.clone());
    assert!(matches!(
        authenticator(location.clone(), &clock),
        Err(IssuerError::Keys(..))
    ));
    let (old, new) = (Key::ed(), Key::ec());
    std::fs::write(&path, json!({"keys": [old.jwk("old")]}).to_string()).unwrap();
    let authenticator = authenticator(location, &clock).unwrap();
    assert!(
        authenticator
            .sign_in_with(&old.token("old", &officer()), None)
            .await
            .is_ok()
    );
    std::fs::write(&path, json!({"keys": [old.jwk("old"), new.jwk("new")]}).to_string()).unwrap();
    clock.set(noon() + TimeDelta::seconds(30));
    assert!(
        authenticator
            .sign_in_with(&new.token("new", &officer()), None)
            .await
            .is_ok()
    );
}

#[test]
fn an_issuer_without_agencies_or_with_a_remote_http_address_is_refused() {
    let clock = Clock::fixed(noon());
    let mut nobody = settings(KeyLocation::Address("https://login.police.example/keys".to_owned()));
    nobody.agencies.clear();
    assert!(matches!(
        TrustedIssuer::from_settings(&nobody, &clock),
        Err(IssuerError::NoAgency(_))
    ));
    let plain = settings(KeyLocation::Address("http://login.police.example/keys".to_owned()));
    assert!(matches!(
        TrustedIssuer::from_settings(&plain, &clock),
        Err(IssuerError::Keys(..))
    ));
}

#[test]
fn the_token_cache_is_bounded() {
    let cache = TokenCache::new(10);
    let claims = Arc::new(Claims::read(officer().as_object().unwrap()).unwrap());
    let verified = |issuer| Verified {
        claims: claims.clone(),
        issuer,
        keys_version: 1,
    };
    let favourite = hash("favourite");
    cache.insert(favourite, verified(99));
    for number in 0..1_000 {
        cache.insert(hash(&number.to_string()), verified(number));
        assert!(cache.len() <= 10);
        assert_eq!(
            cache.get(&favourite).map(|held| held.issuer),
            Some(99),
            "what is used stays"
        );
    }
    cache.remove(&favourite);
    assert!(cache.get(&favourite).is_none());
    let there = (0..1_000).filter(|number| cache.get(&hash(&number.to_string())).is_some());
    assert!(there.count() <= 10);
}
