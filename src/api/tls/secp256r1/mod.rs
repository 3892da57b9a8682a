//! secp256r1 (NIST P-256) for TLS by the `p256` crate. ring's is faster, but its table of multiples is a
//! tenth of the compressed library. See `docs/adr/0009`.

mod key_exchange;
mod signature;

use p256::PublicKey;

pub(super) use key_exchange::KEY_EXCHANGE;
pub(super) use signature::{ECDSA_SHA256, ECDSA_SHA384};

/// Length and tag of an uncompressed point: the only form that TLS and its certificates may hold here
/// (RFC 8446, 4.2.8.2; RFC 8422, 5.1.2).
const UNCOMPRESSED_BYTES: usize = 65;
const UNCOMPRESSED_TAG: u8 = 4;

/// A point that is on the curve and not at infinity.
fn public_key(point: &[u8]) -> Option<PublicKey> {
    let uncompressed = point.len() == UNCOMPRESSED_BYTES && point.first() == Some(&UNCOMPRESSED_TAG);
    if uncompressed { PublicKey::from_sec1_bytes(point).ok() } else { None }
}
