//! What is fed with anything, and what must hold whatever it is. Those that say whether they took it, say it for the examples. Each is called by the seeded tests beside it and by the program of the same name in
//! `fuzz`. A target fails by panicking.

use std::sync::{Arc, LazyLock};

use chrono::{DateTime, Utc};
use thinkfamily::{
    auth::{AgencyEntry, AgencyLookup, Authenticator, Credentials, DevIssuer, Directory, TokenRequest},
    catalogue,
    clock::{Clock, Ids},
    graphql::ids::{Codec, Key, Kind},
    import::{FILES, Importer},
    sharing::agreement_file,
    wire::{limits::Limits, precheck},
};
use uuid::Uuid;

const AUTHORITY: i32 = 7;
const LIST: &str = "members";

static CODEC: LazyLock<Codec> = LazyLock::new(|| Codec::new(&[7; 32]).expect("32 bytes"));

/// An id and a cursor that are good.
pub static ID: LazyLock<String> = LazyLock::new(|| {
    let key = Key {
        kind: Kind::Contact,
        family: Uuid::from_u128(1),
        row: Uuid::from_u128(2),
    };
    CODEC.id(AUTHORITY, key)
});

/// A cursor that is good.
pub static CURSOR: LazyLock<String> = LazyLock::new(|| CODEC.cursor(AUTHORITY, LIST, b"a place".to_vec()));

/// The documents' pre-check: what it lets pass is within the limits, and what it says of the rest is short and no echo.
pub fn document(data: &[u8]) -> bool {
    let Ok(source) = std::str::from_utf8(data) else {
        return false;
    };
    let limits = Limits::default();
    match precheck::check(source, &limits) {
        Ok(document) => {
            assert!(source.len() <= limits.document_bytes);
            assert!(document.fragments.len() <= limits.fragments);
            assert!(document.operations.iter().count() <= limits.operations);
            true
        }
        Err(error) => {
            assert!(error.message.chars().count() <= 300);
            assert!(error.locations.iter().all(|(line, column)| *line > 0 && *column > 0));
            false
        }
    }
}

/// Agreement files: refused with lines that the file has, or read the same each time.
pub fn agreement(data: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(data) else {
        return false;
    };
    let lines = include_str!("../../agreements/demonstration.toml").lines();
    let named = lines.filter_map(|line| line.strip_prefix("agency = \"")?.strip_suffix('"'));
    let known = catalogue::known(named.map(str::to_owned).collect());
    match agreement_file::parse(text, &known) {
        Ok(read) => {
            assert_eq!(agreement_file::authority_of(text).as_ref(), Ok(&read.0));
            assert_eq!(agreement_file::parse(text, &known), Ok(read));
            true
        }
        Err(refused) => {
            assert!(!refused.to_string().is_empty());
            false
        }
    }
}

/// Ids and cursors: only those that were made here are taken, and neither for the other, for another list or for another authority.
pub fn opaque(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    assert_eq!(CODEC.key(AUTHORITY, text).is_some(), text == *ID);
    assert_eq!(CODEC.open_cursor(AUTHORITY, LIST, text).is_some(), text == *CURSOR);
    assert_eq!(CODEC.key(AUTHORITY + 1, text), None);
    assert_eq!(CODEC.open_cursor(AUTHORITY + 1, LIST, text), None);
    assert_eq!(CODEC.open_cursor(AUTHORITY, "families", text), None);
}

/// Tables of an import, the first byte saying which: refused, or as many rows as were counted.
pub fn import(data: &[u8]) -> bool {
    let Some((which, file)) = data.split_first() else {
        return false;
    };
    let table = FILES[usize::from(*which) % FILES.len()];
    let agencies = [("eastshire-police".to_owned(), Uuid::from_u128(3))];
    let importer = Importer::new(AUTHORITY, "eastshire", agencies, now().date_naive());
    let Ok(checked) = importer.check(table, file) else {
        return false;
    };
    let mut rows = 0;
    for batch in importer.batches(&checked, file) {
        rows += batch.expect("what was checked can be read").rows().len() as u64;
    }
    assert_eq!(rows, checked.rows);
    true
}

/// Tokens: only what the issuer made is taken, to the letter.
pub struct Tokens {
    authenticator: Authenticator,
    runtime: tokio::runtime::Runtime,
    /// A token that is good.
    pub good: String,
}

struct Anybody;

impl Directory for Anybody {
    fn agency<'a>(&'a self, _: &'a str, _: &'a str, _: &'a str) -> AgencyLookup<'a> {
        let entry = AgencyEntry {
            authority: AUTHORITY,
            agency: Uuid::from_u128(3),
            kind: "police".to_owned(),
            only_registered: false,
        };
        Box::pin(std::future::ready(Ok(Some(entry))))
    }
}

impl Tokens {
    /// An issuer of its own, whose key goes with the folder, and a token of it.
    pub fn new(folder: &std::path::Path) -> Self {
        let clock = Clock::fixed(now());
        let issuer = DevIssuer::open(
            folder,
            "https://thinkfamily.example/graphql",
            clock.clone(),
            Ids::seeded(1),
        );
        let issuer = issuer.expect("an issuer");
        let trusted = vec![issuer.trusted().expect("it trusts itself")];
        let authenticator = Authenticator::new(trusted, Arc::new(Anybody), clock).expect("one issuer");
        let who = TokenRequest {
            authority: "eastshire".to_owned(),
            agency: "eastshire-police".to_owned(),
            role: "practitioner".to_owned(),
            purposes: vec!["safeguarding".to_owned()],
            subject: "somebody".to_owned(),
            client: "a-client".to_owned(),
            portal: None,
            minutes: 60,
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        Self {
            authenticator,
            runtime: runtime.expect("a runtime"),
            good: issuer.mint(&who).expect("a token"),
        }
    }

    /// The target.
    pub fn check(&self, data: &[u8]) {
        let Ok(bearer) = http::HeaderValue::from_bytes(&[b"Bearer ", data].concat()) else {
            return;
        };
        let headers = http::HeaderMap::from_iter([(http::header::AUTHORIZATION, bearer)]);
        let taken = {
            let credentials = Credentials::from_headers(&headers);
            self.runtime.block_on(self.authenticator.sign_in(&credentials)).is_ok()
        };
        assert_eq!(taken, data == self.good.as_bytes());
    }
}

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).expect("an instant")
}
