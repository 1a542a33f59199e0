//! Content negotiation by `Accept`: which of the two media types of GraphQL over HTTP the client prefers.

use http::{HeaderMap, header::ACCEPT};

/// A media type of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::wire) enum MediaType {
    /// `application/graphql-response+json`: the status code is that of the GraphQL request.
    GraphqlResponse,
    /// `application/json`, the older one: 200 for every well-formed request.
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

/// Whether a charset is UTF-8, also under the common name `utf8`.
pub(super) fn is_utf8(charset: &str) -> bool {
    let charset = charset.trim().trim_matches('"');
    ["utf-8", "utf8"].iter().any(|name| charset.eq_ignore_ascii_case(name))
}

/// At most this many media ranges are read.
const MAX_RANGES: usize = 50;

/// How much a media type is preferred: q in thousandths, then how specific the media range is.
type Preference = (u16, u8);

/// Negotiates the media type: by q, then by the more specific range. If equal, the newer type when it is
/// named, else the older one, which is also the default without `Accept`. `None` when neither is acceptable.
pub(in crate::wire) fn negotiate(headers: &HeaderMap) -> Option<MediaType> {
    let mut graphql_response: Option<Preference> = None;
    let mut json: Option<Preference> = None;
    let mut has_ranges = false;
    let values = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    for range in values
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .filter(|range| !range.is_empty())
        .take(MAX_RANGES)
    {
        has_ranges = true;
        let Some((range, quality)) = parse(range) else {
            continue;
        };
        for (kind, preference) in [
            (MediaType::GraphqlResponse, &mut graphql_response),
            (MediaType::Json, &mut json),
        ] {
            if let Some(specificity) = specificity(&range, kind)
                && preference.is_none_or(|(_, before)| specificity > before)
            {
                *preference = Some((quality, specificity));
            }
        }
    }
    if !has_ranges {
        let absent = headers
            .get_all(ACCEPT)
            .iter()
            .all(|value| value.as_bytes().iter().all(|byte| b" \t,".contains(byte)));
        return absent.then_some(MediaType::Json);
    }
    let graphql_response = graphql_response.filter(|(quality, _)| *quality > 0);
    let json = json.filter(|(quality, _)| *quality > 0);
    let chosen = match (graphql_response, json) {
        (None, None) => return None,
        (Some(_), None) => MediaType::GraphqlResponse,
        (Some(graphql_response), Some(json))
            if graphql_response > json || (graphql_response == json && graphql_response.1 == EXACT) =>
        {
            MediaType::GraphqlResponse
        }
        (_, Some(_)) => MediaType::Json,
    };
    Some(chosen)
}

const EXACT: u8 = 2;

/// A media range in lower case and its q in thousandths; `None` when it is malformed or has another charset
/// than UTF-8.
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

/// Whether the client accepts `text/event-stream`; without `Accept` it does.
pub(in crate::wire) fn accepts_event_stream(headers: &HeaderMap) -> bool {
    let mut has_ranges = false;
    let mut best: Option<Preference> = None;
    let values = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    for range in values
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .filter(|range| !range.is_empty())
        .take(MAX_RANGES)
    {
        has_ranges = true;
        let Some((range, quality)) = parse(range) else {
            continue;
        };
        let specificity = match range.as_str() {
            "*/*" => 0,
            "text/*" => 1,
            "text/event-stream" => EXACT,
            _ => continue,
        };
        if best.is_none_or(|(_, before)| specificity > before) {
            best = Some((quality, specificity));
        }
    }
    if has_ranges {
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

fn specificity(range: &str, kind: MediaType) -> Option<u8> {
    match range.split_once('/')? {
        ("*", "*") => Some(0),
        ("application", "*") => Some(1),
        ("application", subtype) if subtype == kind.subtype() => Some(EXACT),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
