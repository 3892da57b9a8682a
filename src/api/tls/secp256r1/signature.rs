//! Verification of signatures (ECDSA).

use p256::ecdsa::{Signature, VerifyingKey, signature::hazmat::PrehashVerifier};
use rustls::pki_types::{AlgorithmIdentifier, InvalidSignature, SignatureVerificationAlgorithm, alg_id};
use sha2::{Digest, Sha256, Sha384};

/// With SHA-256.
pub(crate) static ECDSA_SHA256: &dyn SignatureVerificationAlgorithm = &Ecdsa(Hash::Sha256);
/// With SHA-384, of which the curve's length counts: rare, but there are such certificates.
pub(crate) static ECDSA_SHA384: &dyn SignatureVerificationAlgorithm = &Ecdsa(Hash::Sha384);

#[derive(Debug)]
struct Ecdsa(Hash);

#[derive(Debug)]
enum Hash {
    Sha256,
    Sha384,
}

impl SignatureVerificationAlgorithm for Ecdsa {
    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        alg_id::ECDSA_P256
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        match self.0 {
            Hash::Sha256 => alg_id::ECDSA_SHA256,
            Hash::Sha384 => alg_id::ECDSA_SHA384,
        }
    }

    fn verify_signature(&self, key: &[u8], message: &[u8], signature: &[u8]) -> Result<(), InvalidSignature> {
        let key = super::public_key(key).map(VerifyingKey::from).ok_or(InvalidSignature)?;
        let signature = Signature::from_der(signature).map_err(|_| InvalidSignature)?;
        let verified = match self.0 {
            Hash::Sha256 => key.verify_prehash(&Sha256::digest(message), &signature),
            Hash::Sha384 => key.verify_prehash(&Sha384::digest(message), &signature),
        };
        verified.map_err(|_| InvalidSignature)
    }
}

#[cfg(test)]
mod tests {
    use p256::ecdsa::{SigningKey, signature::hazmat::PrehashSigner};
    use proptest::prelude::*;
    use webpki::ring as of_ring;

    use super::*;

    /// The private key of RFC 6979, A.2.5.
    const PRIVATE_KEY: [u8; 32] = [
        0xc9, 0xaf, 0xa9, 0xd8, 0x45, 0xba, 0x75, 0x16, 0x6b, 0x5c, 0x21, 0x57, 0x67, 0xb1, 0xd6, 0x93, 0x4e,
        0x50, 0xc3, 0xdb, 0x36, 0xe8, 0x9b, 0x12, 0x7b, 0x8a, 0x62, 0x2b, 0x12, 0x0f, 0x67, 0x21,
    ];
    /// The order of the curve's group.
    const ORDER: &str = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
    /// RFC 6979, A.2.5: the signatures of "sample", r and s.
    const WITH_SHA256: [&str; 2] = [
        "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716",
        "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8",
    ];
    const WITH_SHA384: [&str; 2] = [
        "0eafea039b20e9b42309fb1d89e213057cbf973dc0cfc8f129edddc800ef7719",
        "4861f0491e6998b9455193e34e7b0d284ddd7149a74b95b9261f13abde940954",
    ];

    fn public_key() -> Vec<u8> {
        let key = SigningKey::from_slice(&PRIVATE_KEY).unwrap();
        key.verifying_key().to_sec1_point(false).as_bytes().to_vec()
    }

    fn hex(digits: &str) -> Vec<u8> {
        let pairs = digits.as_bytes().chunks(2);
        pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
    }

    /// The DER of a sequence of integers that are written as they are.
    fn der(integers: &[&[u8]]) -> Vec<u8> {
        let field =
            |tag: u8, content: &[u8]| [&[tag, u8::try_from(content.len()).unwrap()], content].concat();
        field(0x30, &integers.iter().flat_map(|integer| field(2, integer)).collect::<Vec<_>>())
    }

    /// The same, of two positive numbers in their shortest form.
    fn signature(numbers: [&str; 2]) -> Vec<u8> {
        let [r, s] = numbers.map(|digits| {
            let number = hex(digits);
            let sign = if number[0] >= 0x80 { vec![0] } else { Vec::new() };
            [sign, number].concat()
        });
        der(&[&r, &s])
    }

    /// Whether the signature is valid; ring must be of the same opinion.
    fn is_valid(key: &[u8], message: &[u8], signature: &[u8]) -> bool {
        let of_ring = of_ring::ECDSA_P256_SHA256.verify_signature(key, message, signature);
        let ours = ECDSA_SHA256.verify_signature(key, message, signature);
        assert_eq!(ours.is_ok(), of_ring.is_ok(), "of {signature:02x?} by {key:02x?}");
        ours.is_ok()
    }

    #[test]
    fn signatures_of_the_rfc_are_valid_with_their_hash_only() {
        let (key, message) = (public_key(), b"sample");
        let [sha256, sha384] = [WITH_SHA256, WITH_SHA384].map(signature);
        ECDSA_SHA256.verify_signature(&key, message, &sha256).unwrap();
        ECDSA_SHA384.verify_signature(&key, message, &sha384).unwrap();
        ECDSA_SHA256.verify_signature(&key, message, &sha384).unwrap_err();
        ECDSA_SHA384.verify_signature(&key, message, &sha256).unwrap_err();
    }

    #[test]
    fn another_key_or_message_is_refused() {
        let (key, signed) = (public_key(), signature(WITH_SHA256));
        let other = SigningKey::from_slice(&[7; 32]).unwrap().verifying_key().to_sec1_point(false);
        assert!(is_valid(&key, b"sample", &signed));
        assert!(!is_valid(&key, b"Sample", &signed));
        assert!(!is_valid(&key, b"", &signed));
        assert!(!is_valid(other.as_bytes(), b"sample", &signed));
    }

    #[test]
    fn a_key_is_an_uncompressed_point_on_the_curve() {
        let (key, signed) = (public_key(), signature(WITH_SHA256));
        let compressed = [&[2 + (key[64] & 1)], &key[1..33]].concat();
        let hybrid = [&[6 + (key[64] & 1)], &key[1..]].concat();
        let beside_the_curve = [&key[..64], &[key[64] ^ 1]].concat();
        let too_long = [&key[..], &[0]].concat();
        for bad in [&compressed, &hybrid, &beside_the_curve, &too_long] {
            assert!(!is_valid(bad, b"sample", &signed));
        }
        for bad in [&[][..], &[0], &[0; 65], &key[1..], &key[..64]] {
            assert!(!is_valid(bad, b"sample", &signed));
        }
    }

    #[test]
    fn numbers_out_of_range_are_refused() {
        let (key, [r, s]) = (public_key(), WITH_SHA256);
        let (r_bytes, s_bytes) = ([&[0], &hex(r)[..]].concat(), [&[0], &hex(s)[..]].concat());
        let (order, zero) = ([&[0], &hex(ORDER)[..]].concat(), vec![0]);
        for bad in [&order, &zero, &vec![1], &vec![0xff], &Vec::new(), &vec![0x7f; 33]] {
            assert!(!is_valid(&key, b"sample", &der(&[bad, &s_bytes])));
            assert!(!is_valid(&key, b"sample", &der(&[&r_bytes, bad])));
            assert!(!is_valid(&key, b"sample", &der(&[bad, bad])));
        }
    }

    /// Each is a signature of the RFC in another form, which DER forbids (X.690, 8.1.3, 8.3.2, 10.1).
    #[test]
    fn malformed_der_is_refused() {
        let (key, good) = (public_key(), signature(WITH_SHA256));
        let (r, s) = (hex(WITH_SHA256[0]), hex(WITH_SHA256[1]));
        let [long_r, long_s] = [&r, &s].map(|number| [&[0, 0], &number[..]].concat());
        let (positive_r, positive_s) = ([&[0], &r[..]].concat(), [&[0], &s[..]].concat());
        let long_length = [&[0x30, 0x81], &good[1..]].concat();
        let indefinite = [&[0x30, 0x80], &good[2..], &[0, 0]].concat();
        let trailing = [&good[..], &[0]].concat();
        let trailing_inside = der(&[&positive_r, &positive_s, &[0]]);
        for bad in [&long_length, &indefinite, &trailing, &trailing_inside, &[&r[..], &s].concat()] {
            assert!(!is_valid(&key, b"sample", bad));
        }
        for numbers in [[&r, &positive_s], [&positive_r, &s], [&long_r, &positive_s], [&positive_r, &long_s]]
        {
            assert!(!is_valid(&key, b"sample", &der(&numbers.map(|number| &number[..]))));
        }
        for length in 0..good.len() {
            assert!(!is_valid(&key, b"sample", &good[..length]), "{length} bytes");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn what_p256_signs_both_verify(key in any::<[u8; 32]>(), message in any::<Vec<u8>>()) {
            let Ok(key) = SigningKey::from_slice(&key) else { return Ok(()) };
            let public = key.verifying_key().to_sec1_point(false);
            let [sha256, sha384]: [Signature; 2] =
                [Sha256::digest(&message).to_vec(), Sha384::digest(&message).to_vec()]
                    .map(|digest| key.sign_prehash(&digest).unwrap());
            prop_assert!(is_valid(public.as_bytes(), &message, sha256.to_der().as_bytes()));
            for verifier in [ECDSA_SHA384, of_ring::ECDSA_P256_SHA384] {
                let signature = sha384.to_der();
                let verdict = verifier.verify_signature(public.as_bytes(), &message, signature.as_bytes());
                prop_assert!(verdict.is_ok());
            }
        }

        #[test]
        fn a_changed_byte_is_refused(index in any::<prop::sample::Index>(), bits in 1_u8..) {
            let mut changed = signature(WITH_SHA256);
            let index = index.index(changed.len());
            changed[index] ^= bits;
            prop_assert!(!is_valid(&public_key(), b"sample", &changed));
        }
    }
}
