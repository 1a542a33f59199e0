//! Which of the two media types of GraphQL over HTTP the client would rather have.

use http::{HeaderMap, header::ACCEPT};

/// A media type of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::wire) enum MediaType {
    /// `application/graphql-response+json`: the status code speaks of the GraphQL request.
    GraphqlResponse,
    /// `application/json`, the older one: 200 for whatever was a well-formed request.
    Json,
}

impl MediaType {
    /// The value of `Content-Type`.
    pub(in crate::wire) fn content_type(self) -> &'static str {
        match self {
            Self::GraphqlResponse => "application/graphql-response+json; charset=utf-8",
            Self::Json => "application/json; charset=utf-8",
        }
    }

    fn subtype(self) -> &'static str {
        match self {
            Self::GraphqlResponse => "graphql-response+json",
            Self::Json => "json",
        }
    }
}

/// Whether a charset is UTF-8, under its name or under the one that many programs have for it.
pub(super) fn is_utf8(charset: &str) -> bool {
    let charset = charset.trim().trim_matches('"');
    ["utf-8", "utf8"].iter().any(|name| charset.eq_ignore_ascii_case(name))
}

/// More media ranges than this are not read.
const MOST_RANGES: usize = 50;

/// How well a media type is wanted: thousandths of q, and how exactly the range names it.
type Wish = (u16, u8);

/// Chooses by q, then by the more exact range; between equals, the newer one if it is named and else the older one, which
/// is also what a request without `Accept` gets. `None` when neither will do.
pub(in crate::wire) fn negotiate(headers: &HeaderMap) -> Option<MediaType> {
    let mut newer: Option<Wish> = None;
    let mut older: Option<Wish> = None;
    let mut any = false;
    let values = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    for range in values
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .filter(|range| !range.is_empty())
        .take(MOST_RANGES)
    {
        any = true;
        let Some((range, quality)) = parse(range) else {
            continue;
        };
        for (kind, wish) in [(MediaType::GraphqlResponse, &mut newer), (MediaType::Json, &mut older)] {
            if let Some(exactness) = exactness(&range, kind)
                && wish.is_none_or(|(_, before)| exactness > before)
            {
                *wish = Some((quality, exactness));
            }
        }
    }
    if !any {
        let absent = headers
            .get_all(ACCEPT)
            .iter()
            .all(|value| value.as_bytes().iter().all(|byte| b" \t,".contains(byte)));
        return absent.then_some(MediaType::Json);
    }
    let newer = newer.filter(|(quality, _)| *quality > 0);
    let older = older.filter(|(quality, _)| *quality > 0);
    let better = match (newer, older) {
        (None, None) => return None,
        (Some(_), None) => MediaType::GraphqlResponse,
        (Some(newer), Some(older)) if newer > older || (newer == older && newer.1 == EXACT) => {
            MediaType::GraphqlResponse
        }
        (_, Some(_)) => MediaType::Json,
    };
    Some(better)
}

const EXACT: u8 = 2;

/// A media range in lower case, without its weight; `None` when it is malformed or asks for another charset than UTF-8.
fn parse(range: &str) -> Option<(String, u16)> {
    let mut parts = range.split(';').map(str::trim);
    let name = parts.next()?.to_ascii_lowercase();
    let mut quality = 1000;
    for parameter in parts {
        let (key, value) = parameter.split_once('=')?;
        match key.trim().to_ascii_lowercase().as_str() {
            "q" => quality = thousandths(value.trim())?,
            "charset" if !is_utf8(value) => return None,
            _ => {}
        }
    }
    Some((name, quality))
}

/// Whether the client takes `text/event-stream`; one that says nothing takes anything.
pub(in crate::wire) fn takes_events(headers: &HeaderMap) -> bool {
    let mut named = false;
    let mut best: Option<Wish> = None;
    let values = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    for range in values
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .filter(|range| !range.is_empty())
        .take(MOST_RANGES)
    {
        named = true;
        let Some((range, quality)) = parse(range) else {
            continue;
        };
        let exactness = match range.as_str() {
            "*/*" => 0,
            "text/*" => 1,
            "text/event-stream" => EXACT,
            _ => continue,
        };
        if best.is_none_or(|(_, before)| exactness > before) {
            best = Some((quality, exactness));
        }
    }
    if named {
        best.is_some_and(|(quality, _)| quality > 0)
    } else {
        headers.get_all(ACCEPT).iter().all(|value| value.to_str().is_ok())
    }
}

fn thousandths(text: &str) -> Option<u16> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if fraction.len() > 3 || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let fraction: u16 = format!("{fraction:0<3}").parse().ok()?;
    match (whole, fraction) {
        ("0", _) => Some(fraction),
        ("1", 0) => Some(1000),
        _ => None,
    }
}

fn exactness(range: &str, kind: MediaType) -> Option<u8> {
    match range.split_once('/')? {
        ("*", "*") => Some(0),
        ("application", "*") => Some(1),
        ("application", subtype) if subtype == kind.subtype() => Some(EXACT),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(values: &[&str]) -> Option<MediaType> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(ACCEPT, value.parse().expect("a header value"));
        }
        negotiate(&headers)
    }

    #[test]
    fn the_older_type_when_nothing_is_asked_for() {
        assert_eq!(chosen(&[]), Some(MediaType::Json));
        assert_eq!(chosen(&[""]), Some(MediaType::Json));
        assert_eq!(chosen(&["*/*"]), Some(MediaType::Json));
        assert_eq!(chosen(&["application/*"]), Some(MediaType::Json));
        assert_eq!(chosen(&["text/html, */*;q=0.8"]), Some(MediaType::Json));
    }

    #[test]
    fn events_are_sent_to_those_who_take_them() {
        let takes = |value: Option<&str>| {
            let headers = value.map(|value| (ACCEPT, value.parse().expect("a header value")));
            takes_events(&headers.into_iter().collect())
        };
        for value in [
            None,
            Some("text/event-stream"),
            Some("*/*"),
            Some("text/*"),
            Some("application/json, text/event-stream;q=0.1"),
        ] {
            assert!(takes(value), "{value:?}");
        }
        for value in [
            "application/json",
            "text/html",
            "text/event-stream;q=0, */*",
            "text/event-stream; charset=latin1",
        ] {
            assert!(!takes(Some(value)), "{value}");
        }
    }

    #[test]
    fn the_newer_type_when_it_is_named() {
        for value in [
            "application/graphql-response+json",
            "APPLICATION/GraphQL-Response+JSON; Charset=\"UTF-8\"",
            "application/graphql-response+json, application/json",
            "application/json, application/graphql-response+json",
            "application/graphql-response+json; charset=utf-8, application/json; charset=utf-8;q=0.9",
            "application/graphql-response+json, */*",
            "application/json;q=0.5, application/graphql-response+json;q=0.501",
        ] {
            assert_eq!(chosen(&[value]), Some(MediaType::GraphqlResponse), "{value}");
        }
    }

    #[test]
    fn weights_and_exclusions_count() {
        assert_eq!(
            chosen(&["application/json, application/graphql-response+json;q=0.9"]),
            Some(MediaType::Json)
        );
        assert_eq!(
            chosen(&["application/json", "application/graphql-response+json;q=0.1"]),
            Some(MediaType::Json)
        );
        assert_eq!(chosen(&["*/*, application/json;q=0"]), Some(MediaType::GraphqlResponse));
        assert_eq!(chosen(&["application/json, */*"]), Some(MediaType::Json));
    }

    #[test]
    fn neither_fits() {
        for value in [
            "text/html",
            "application/json;q=0",
            "application/json;q=2",
            "application/json; charset=iso-8859-1",
            "*/*;q=0",
            "nonsense",
        ] {
            assert_eq!(chosen(&[value]), None, "{value}");
        }
    }
}
