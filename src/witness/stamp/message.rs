//! The request and the response of a time-stamping authority (RFC 3161). Only what shows that the response
//! matches the request is read. Verifying the signer, and whether to trust it, is left to those who check the
//! time stamp.
//!
//! Pure. The response is untrusted.

use super::der::{BOOLEAN, CONTEXT_0, Der, INTEGER, OBJECT_IDENTIFIER, OCTET_STRING, SEQUENCE, SET, TIME};
use crate::audit::hash::Hash;

/// SHA-256: 2.16.840.1.101.3.4.2.1.
const SHA_256: [u8; 9] = [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01];
/// Signed data: 1.2.840.113549.1.7.2.
const SIGNED_DATA: [u8; 9] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02];
/// `TSTInfo`, the content of a time stamp: 1.2.840.113549.1.9.16.1.4.
const TST_INFO: [u8; 11] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x10, 0x01, 0x04];
/// NULL parameters.
const NULL: [u8; 2] = [0x05, 0x00];
/// The length of a SHA-256 hash, as a DER length.
const HASH_LENGTH: u8 = 32;

/// Why a response is not a time stamp for the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum InvalidStamp {
    /// It is malformed.
    NotAStamp,
    /// The authority refused the request.
    NotGranted,
    /// The hash (imprint) does not match.
    WrongImprint,
    /// The nonce does not match: the response is to another request.
    WrongNonce,
    /// The signer's certificate is missing, so it could not be verified on its own.
    NoCertificate,
}

impl InvalidStamp {
    /// The reason in a word, for the log.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::NotAStamp => "not_a_stamp",
            Self::NotGranted => "not_granted",
            Self::WrongImprint => "other_imprint",
            Self::WrongNonce => "other_nonce",
            Self::NoCertificate => "no_certificate",
        }
    }
}

/// A time-stamp request.
#[derive(Clone, Copy, Debug)]
pub(super) struct TimeStampRequest {
    imprint: Hash,
    /// A positive number in its canonical DER form.
    nonce: [u8; 8],
}

impl TimeStampRequest {
    /// A request for a time stamp over `text`; `chance` must be random for each request.
    pub(super) fn new(text: &[u8], chance: [u8; 8]) -> Self {
        let mut nonce = chance;
        nonce[0] = 0x40 | (nonce[0] & 0x3f);
        Self {
            imprint: Hash::of(&[text]),
            nonce,
        }
    }

    /// The DER encoding: version 1, the imprint, the nonce, and that the certificate is wanted.
    pub(super) fn to_der(self) -> Vec<u8> {
        let algorithm = [&[SEQUENCE, 13, OBJECT_IDENTIFIER, 9][..], &SHA_256, &NULL].concat();
        let imprint = [&algorithm[..], &[OCTET_STRING, HASH_LENGTH], self.imprint.as_bytes()].concat();
        [
            &[SEQUENCE, 67, INTEGER, 1, 1, SEQUENCE, 49][..],
            &imprint,
            &[INTEGER, 8],
            &self.nonce,
            &[BOOLEAN, 1, 0xff],
        ]
        .concat()
    }

    /// Checks that a response is a time stamp for this request.
    ///
    /// # Errors
    /// Why it is not.
    pub(super) fn check(&self, reply: &[u8]) -> Result<(), InvalidStamp> {
        let mut reply = single_sequence(reply)?;
        let mut status = reply.nested(SEQUENCE).ok_or(InvalidStamp::NotAStamp)?;
        match status.take(INTEGER) {
            // Granted, and granted with modifications, which are checked below.
            Some([0 | 1]) => {}
            Some(_) => return Err(InvalidStamp::NotGranted),
            None => return Err(InvalidStamp::NotAStamp),
        }
        let content = content(reply)?.ok_or(InvalidStamp::NotAStamp)?;
        if content.algorithm != SHA_256 || content.hashed != self.imprint.as_bytes() {
            return Err(InvalidStamp::WrongImprint);
        }
        if content.nonce != Some(&self.nonce[..]) {
            return Err(InvalidStamp::WrongNonce);
        }
        Ok(())
    }
}

/// The contents of a sequence with nothing after it.
fn single_sequence(bytes: &[u8]) -> Result<Der<'_>, InvalidStamp> {
    let mut all = Der::new(bytes);
    let nested = all.nested(SEQUENCE).filter(|_| all.ends());
    nested.ok_or(InvalidStamp::NotAStamp)
}

/// The fields of a time stamp that are needed.
struct Content<'a> {
    algorithm: &'a [u8],
    hashed: &'a [u8],
    nonce: Option<&'a [u8]>,
}

/// The signed content of a response; `None` if it has another form.
fn content(mut reply: Der<'_>) -> Result<Option<Content<'_>>, InvalidStamp> {
    let signed = (|| {
        let mut token = reply.nested(SEQUENCE).filter(|_| reply.ends())?;
        (token.take(OBJECT_IDENTIFIER)? == SIGNED_DATA).then_some(())?;
        let mut signed = token.nested(CONTEXT_0)?.nested(SEQUENCE)?;
        signed.take(INTEGER)?;
        signed.take(SET)?;
        let mut content = signed.nested(SEQUENCE)?;
        (content.take(OBJECT_IDENTIFIER)? == TST_INFO).then_some(())?;
        Some((content.nested(CONTEXT_0)?.take(OCTET_STRING)?, signed))
    })();
    let Some((info, mut signed)) = signed else {
        return Ok(None);
    };
    if signed.optional(CONTEXT_0).is_none() {
        return Err(InvalidStamp::NoCertificate);
    }
    let mut info = single_sequence(info)?;
    Ok((|| {
        (info.take(INTEGER)? == [1]).then_some(())?;
        // The policy.
        info.take(OBJECT_IDENTIFIER)?;
        let mut imprint = info.nested(SEQUENCE)?;
        let mut algorithm = imprint.nested(SEQUENCE)?;
        let hashed = imprint.take(OCTET_STRING).filter(|_| imprint.ends())?;
        // The serial number, the time, the accuracy, and the ordering flag.
        info.take(INTEGER)?;
        info.take(TIME)?;
        info.optional(SEQUENCE);
        info.optional(BOOLEAN);
        Some(Content {
            algorithm: algorithm.take(OBJECT_IDENTIFIER)?,
            hashed,
            nonce: info.optional(INTEGER),
        })
    })())
}
