//! What an authority of time stamps is asked, and what it says (RFC 3161). Of its reply only what is needed is read: that it is about what was asked, and nothing else. Who signed it, and
//! whether that is to be believed, is for whoever checks the stamp.
//!
//! Pure. The reply may be anything.

use super::der::{BOOLEAN, Der, INTEGER, OBJECT, OCTETS, SEQUENCE, SET, TIME, ZEROTH};
use crate::audit::hash::Hash;

/// SHA-256: 2.16.840.1.101.3.4.2.1.
const SHA_256: [u8; 9] = [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01];
/// Signed data: 1.2.840.113549.1.7.2.
const SIGNED_DATA: [u8; 9] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02];
/// What a time stamp says: 1.2.840.113549.1.9.16.1.4.
const TST_INFO: [u8; 11] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x10, 0x01, 0x04];
/// Parameters that say nothing.
const NULL: [u8; 2] = [0x05, 0x00];
/// The length of a SHA-256, as a length is written.
const HASH_LENGTH: u8 = 32;

/// Why a reply is no stamp of what was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unfit {
    /// It is not of the form.
    NotAStamp,
    /// The authority says that it gives none.
    NotGranted,
    /// It is about something else.
    OtherImprint,
    /// It answers somebody else, or an earlier question.
    OtherNonce,
    /// The signer's certificate is not in it, so that it could not be checked by itself.
    NoCertificate,
}

impl Unfit {
    /// In a word, for the log.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::NotAStamp => "not_a_stamp",
            Self::NotGranted => "not_granted",
            Self::OtherImprint => "other_imprint",
            Self::OtherNonce => "other_nonce",
            Self::NoCertificate => "no_certificate",
        }
    }
}

/// A question.
#[derive(Clone, Copy, Debug)]
pub(super) struct Question {
    imprint: Hash,
    /// A number above 0 in the one form that DER has for it.
    nonce: [u8; 8],
}

impl Question {
    /// For a stamp over `text`; `chance` is drawn anew for each question.
    pub(super) fn new(text: &[u8], chance: [u8; 8]) -> Self {
        let mut nonce = chance;
        nonce[0] = 0x40 | (nonce[0] & 0x3f);
        Self {
            imprint: Hash::of(&[text]),
            nonce,
        }
    }

    /// As the authority reads it: version 1, the imprint, the nonce, and that the certificate is wanted.
    pub(super) fn to_der(self) -> Vec<u8> {
        let algorithm = [&[SEQUENCE, 13, OBJECT, 9][..], &SHA_256, &NULL].concat();
        let imprint = [&algorithm[..], &[OCTETS, HASH_LENGTH], self.imprint.as_bytes()].concat();
        [
            &[SEQUENCE, 67, INTEGER, 1, 1, SEQUENCE, 49][..],
            &imprint,
            &[INTEGER, 8],
            &self.nonce,
            &[BOOLEAN, 1, 0xff],
        ]
        .concat()
    }

    /// Whether a reply is a stamp of this.
    ///
    /// # Errors
    /// When it is none.
    pub(super) fn check(&self, reply: &[u8]) -> Result<(), Unfit> {
        let mut reply = whole(reply)?;
        let mut status = reply.inside(SEQUENCE).ok_or(Unfit::NotAStamp)?;
        match status.take(INTEGER) {
            // Granted, and granted with changes, which are looked at below.
            Some([0 | 1]) => {}
            Some(_) => return Err(Unfit::NotGranted),
            None => return Err(Unfit::NotAStamp),
        }
        let said = said(reply)?.ok_or(Unfit::NotAStamp)?;
        if said.algorithm != SHA_256 || said.hashed != self.imprint.as_bytes() {
            return Err(Unfit::OtherImprint);
        }
        if said.nonce != Some(&self.nonce[..]) {
            return Err(Unfit::OtherNonce);
        }
        Ok(())
    }
}

/// What is in a sequence after which nothing follows.
fn whole(bytes: &[u8]) -> Result<Der<'_>, Unfit> {
    let mut all = Der::new(bytes);
    let inside = all.inside(SEQUENCE).filter(|_| all.ends());
    inside.ok_or(Unfit::NotAStamp)
}

/// What a stamp says, as far as it is needed.
struct Said<'a> {
    algorithm: &'a [u8],
    hashed: &'a [u8],
    nonce: Option<&'a [u8]>,
}

/// What the signed data in a reply say; none where they are of another form.
fn said(mut reply: Der<'_>) -> Result<Option<Said<'_>>, Unfit> {
    let signed = (|| {
        let mut token = reply.inside(SEQUENCE).filter(|_| reply.ends())?;
        (token.take(OBJECT)? == SIGNED_DATA).then_some(())?;
        let mut signed = token.inside(ZEROTH)?.inside(SEQUENCE)?;
        signed.take(INTEGER)?;
        signed.take(SET)?;
        let mut content = signed.inside(SEQUENCE)?;
        (content.take(OBJECT)? == TST_INFO).then_some(())?;
        Some((content.inside(ZEROTH)?.take(OCTETS)?, signed))
    })();
    let Some((info, mut signed)) = signed else {
        return Ok(None);
    };
    if signed.perhaps(ZEROTH).is_none() {
        return Err(Unfit::NoCertificate);
    }
    let mut info = whole(info)?;
    Ok((|| {
        (info.take(INTEGER)? == [1]).then_some(())?;
        // By which rules it was made.
        info.take(OBJECT)?;
        let mut imprint = info.inside(SEQUENCE)?;
        let mut algorithm = imprint.inside(SEQUENCE)?;
        let hashed = imprint.take(OCTETS).filter(|_| imprint.ends())?;
        // Its number, when it was, how exactly, and whether it is in order with others.
        info.take(INTEGER)?;
        info.take(TIME)?;
        info.perhaps(SEQUENCE);
        info.perhaps(BOOLEAN);
        Some(Said {
            algorithm: algorithm.take(OBJECT)?,
            hashed,
            nonce: info.perhaps(INTEGER),
        })
    })())
}
