//! Cursors: where a row stands in a list, sealed.

use async_graphql::resolver_utils::EnumType;
use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::{api_error::ApiError, context::Request};
use crate::records::Code;

/// The error for a cursor that is none of ours.
pub const NOT_A_CURSOR: ApiError = ApiError::BadUserInput(
    "A cursor is not one that this list gave out in this order. Use cursors exactly as they came.",
);

/// How many characters of a text are compared.
const KEPT: usize = 120;

/// A value to order by, as the asker sees it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SortKey {
    /// A date.
    Date(NaiveDate),
    /// An instant.
    Instant(DateTime<Utc>),
    /// A text, without regard to case.
    Text(String),
    /// A place in a list of codes.
    Place(u16),
}

impl SortKey {
    /// A text. Cut, so that a cursor can hold it; texts that are alike so far are told apart by their rows' keys.
    pub fn text(text: &str) -> Self {
        Self::Text(text.to_lowercase().chars().take(KEPT).collect())
    }

    /// The place of a stored code in its list, whose order means something; its letters say nothing.
    pub fn place<E: EnumType>(code: &str) -> Option<Self> {
        let place = E::items()
            .iter()
            .position(|item| item.name.eq_ignore_ascii_case(code))?;
        u16::try_from(place).ok().map(Self::Place)
    }

    /// The place of a code in its list.
    pub fn code<C: Code>(code: C) -> Option<Self> {
        let place = C::ALL.iter().position(|known| *known == code)?;
        u16::try_from(place).ok().map(Self::Place)
    }
}

/// Where a row stands in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    /// What it is ordered by, as its asker saw it.
    pub by: Option<SortKey>,
    /// Its family.
    pub family: Uuid,
    /// Itself.
    pub row: Uuid,
}

/// Seals a position of one list.
pub fn close(request: &Request, list: &str, at: &Position) -> String {
    let mut plain = at.family.as_bytes().to_vec();
    plain.extend_from_slice(at.row.as_bytes());
    match &at.by {
        None => plain.push(0),
        Some(SortKey::Date(date)) => {
            plain.push(1);
            plain.extend_from_slice(date.to_string().as_bytes());
        }
        Some(SortKey::Instant(at)) => {
            plain.push(2);
            plain.extend_from_slice(&at.timestamp_micros().to_be_bytes());
        }
        Some(SortKey::Text(text)) => {
            plain.push(3);
            plain.extend_from_slice(text.as_bytes());
        }
        Some(SortKey::Place(place)) => {
            plain.push(4);
            plain.extend_from_slice(&place.to_be_bytes());
        }
    }
    request.codec().cursor(request.authority(), list, plain)
}

/// The position that a cursor of that list holds.
pub fn open(request: &Request, list: &str, cursor: &str) -> Result<Position, ApiError> {
    let opened = request.codec().open_cursor(request.authority(), list, cursor);
    opened.as_deref().and_then(read).ok_or(NOT_A_CURSOR)
}

fn read(plain: &[u8]) -> Option<Position> {
    let (family, rest) = plain.split_first_chunk::<16>()?;
    let (row, rest) = rest.split_first_chunk::<16>()?;
    let (kind, value) = rest.split_first()?;
    let by = match kind {
        0 => None,
        1 => Some(SortKey::Date(std::str::from_utf8(value).ok()?.parse().ok()?)),
        2 => {
            let micros = i64::from_be_bytes(value.try_into().ok()?);
            Some(SortKey::Instant(DateTime::from_timestamp_micros(micros)?))
        }
        3 => Some(SortKey::Text(String::from_utf8(value.to_vec()).ok()?)),
        4 => Some(SortKey::Place(u16::from_be_bytes(value.try_into().ok()?))),
        _ => return None,
    };
    Some(Position {
        by,
        family: Uuid::from_bytes(*family),
        row: Uuid::from_bytes(*row),
    })
}
