//! Opaque identifiers and cursors: encrypted and authenticated, so that they carry nothing readable and none can be made up.
//!
//! AES-256-GCM-SIV with a fixed nonce is deterministic: the same row has the same id every time, which is what clients need of an id, and
//! all that the scheme then tells is that two ids are equal.

use aws_lc_rs::{
    aead::{AES_256_GCM_SIV, Aad, LessSafeKey, Nonce, UnboundKey},
    error::Unspecified,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use uuid::Uuid;

macro_rules! kinds {
    ($first:ident $($kind:ident)+) => {
        /// What kind of row an id names: each is the object type of the same name. Their numbers stand in ids, so that their order stays.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u8)]
        #[expect(missing_docs, reason = "each is the object type of the same name")]
        pub enum Kind {
            $first = 1,
            $($kind,)+
        }

        impl Kind {
            const ALL: &'static [Self] = &[Self::$first, $(Self::$kind),+];

            /// The name of the object type.
            pub fn name(self) -> &'static str {
                match self {
                    Self::$first => stringify!($first),
                    $(Self::$kind => stringify!($kind),)+
                }
            }
        }
    };
}

kinds! {
    Family Member Address StatutoryStatus LocalIdentifier Involvement CriteriaMatch Assessment DistanceScore Plan Goal
    Action Outcome ProgressValue Consent Marker EmergencyAccess Agency Agreement MarkerPlacement Contact WebhookEndpoint
    WebhookDelivery Alert TafMeeting TafAttendance WithoutGoal PlanHistory
    AccessCheck
}

impl Kind {
    /// The kind of the rows of a type of the schema, where they have ids.
    pub fn of_type(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.name() == name)
    }
}

/// What an id names: a row, and the family it belongs to where it belongs to one, so that it is found in one statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    /// What kind of row.
    pub kind: Kind,
    /// The family, or nil.
    pub family: Uuid,
    /// The row.
    pub row: Uuid,
}

/// Makes and reads ids and cursors.
pub struct Codec {
    key: LessSafeKey,
}

impl std::fmt::Debug for Codec {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Codec")
    }
}

const ID: &[u8] = b"thinkfamily id 1";
const CURSOR: &[u8] = b"thinkfamily cursor 1";
const MARK: &[u8] = b"thinkfamily mark 1";
/// Longest text that is looked at; ours are far shorter.
const LONGEST: usize = 1000;

impl Codec {
    /// A codec with a secret key of 32 bytes.
    pub fn new(secret: &[u8; 32]) -> Result<Self, Unspecified> {
        Ok(Self {
            key: LessSafeKey::new(UnboundKey::new(&AES_256_GCM_SIV, secret)?),
        })
    }

    /// The id of a row of that authority.
    pub fn id(&self, authority: i32, key: Key) -> String {
        let mut plain = vec![key.kind as u8];
        plain.extend_from_slice(key.family.as_bytes());
        plain.extend_from_slice(key.row.as_bytes());
        self.seal(plain, ID, authority)
    }

    /// What an id of that authority names; none for anything that this server did not make.
    pub fn key(&self, authority: i32, id: &str) -> Option<Key> {
        let plain = self.open(id, ID, authority)?;
        let (&kind, rest) = plain.split_first()?;
        let (family, row) = rest.split_at_checked(16)?;
        Some(Key {
            kind: Kind::ALL.iter().copied().find(|known| *known as u8 == kind)?,
            family: Uuid::from_slice(family).ok()?,
            row: Uuid::from_slice(row).ok()?,
        })
    }

    /// A cursor of one list in one order; padded, so that its length tells nothing.
    pub fn cursor(&self, authority: i32, list: &str, mut plain: Vec<u8>) -> String {
        plain.push(1);
        plain.resize(plain.len().next_multiple_of(32), 0);
        self.seal(plain, &[CURSOR, list.as_bytes()].concat(), authority)
    }

    /// What a cursor of that list and order holds.
    pub fn open_cursor(&self, authority: i32, list: &str, cursor: &str) -> Option<Vec<u8>> {
        let mut plain = self.open(cursor, &[CURSOR, list.as_bytes()].concat(), authority)?;
        let end = plain.iter().rposition(|byte| *byte == 1)?;
        plain.truncate(end);
        Some(plain)
    }

    /// A mark of a text: the same for the same text, and nothing that anybody without the key could work the text out from.
    pub fn mark(&self, authority: i32, text: &[u8]) -> String {
        self.seal(Vec::new(), &[MARK, text].concat(), authority)
    }

    fn seal(&self, mut plain: Vec<u8>, what: &[u8], authority: i32) -> String {
        let bound = [what, &authority.to_be_bytes()].concat();
        let sealed = self.key.seal_in_place_append_tag(nonce(), Aad::from(bound), &mut plain);
        // Sealing fails for texts of many gigabytes only.
        sealed.map_or_else(|_| String::new(), |()| URL_SAFE_NO_PAD.encode(plain))
    }

    fn open(&self, text: &str, what: &[u8], authority: i32) -> Option<Vec<u8>> {
        if text.len() > LONGEST {
            return None;
        }
        let mut sealed = URL_SAFE_NO_PAD.decode(text).ok()?;
        let bound = [what, &authority.to_be_bytes()].concat();
        let length = self
            .key
            .open_in_place(nonce(), Aad::from(bound), &mut sealed)
            .ok()?
            .len();
        sealed.truncate(length);
        Some(sealed)
    }
}

fn nonce() -> Nonce {
    Nonce::assume_unique_for_key([0; 12])
}

#[cfg(test)]
mod tests;
