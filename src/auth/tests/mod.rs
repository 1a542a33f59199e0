//! Tests of authentication: whole tokens in, a caller or a refusal out.

mod accepted;
mod hostile;
mod hostile_claims;
mod key_sets;
mod kit;
mod minted;
