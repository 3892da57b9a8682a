//! Which cryptography TLS uses: that of ring, but for secp256r1. See `docs/adr/0009`.

use std::sync::Arc;

use rustls::{
    SignatureScheme,
    crypto::{
        CryptoProvider, GetRandomFailed, KeyProvider, SecureRandom, WebPkiSupportedAlgorithms,
        ring::{self, kx_group},
    },
    pki_types::PrivateKeyDer,
    sign::SigningKey,
};
use webpki::ring as signatures;

use super::secp256r1;

/// The same suites, groups and signatures, in the same order, as rustls's own provider for ring. It is put
/// together here because whatever names ring's secp256r1 links its table of multiples.
pub(super) fn provider() -> CryptoProvider {
    CryptoProvider {
        cipher_suites: ring::DEFAULT_CIPHER_SUITES.to_vec(),
        kx_groups: vec![kx_group::X25519, secp256r1::KEY_EXCHANGE, kx_group::SECP384R1],
        signature_verification_algorithms: SIGNATURES,
        secure_random: &SystemRandom,
        key_provider: &NoClientKeys,
    }
}

const SIGNATURES: WebPkiSupportedAlgorithms = WebPkiSupportedAlgorithms {
    all: &[
        secp256r1::ECDSA_SHA256,
        secp256r1::ECDSA_SHA384,
        signatures::ECDSA_P384_SHA256,
        signatures::ECDSA_P384_SHA384,
        signatures::ED25519,
        signatures::RSA_PSS_2048_8192_SHA256_LEGACY_KEY,
        signatures::RSA_PSS_2048_8192_SHA384_LEGACY_KEY,
        signatures::RSA_PSS_2048_8192_SHA512_LEGACY_KEY,
        signatures::RSA_PKCS1_2048_8192_SHA256,
        signatures::RSA_PKCS1_2048_8192_SHA384,
        signatures::RSA_PKCS1_2048_8192_SHA512,
        signatures::RSA_PKCS1_2048_8192_SHA256_ABSENT_PARAMS,
        signatures::RSA_PKCS1_2048_8192_SHA384_ABSENT_PARAMS,
        signatures::RSA_PKCS1_2048_8192_SHA512_ABSENT_PARAMS,
    ],
    // TLS 1.3 takes the first of each list, TLS 1.2 any: there the scheme does not fix the curve.
    mapping: &[
        (SignatureScheme::ECDSA_NISTP384_SHA384, &[signatures::ECDSA_P384_SHA384, secp256r1::ECDSA_SHA384]),
        (SignatureScheme::ECDSA_NISTP256_SHA256, &[secp256r1::ECDSA_SHA256, signatures::ECDSA_P384_SHA256]),
        (SignatureScheme::ED25519, &[signatures::ED25519]),
        (SignatureScheme::RSA_PSS_SHA512, &[signatures::RSA_PSS_2048_8192_SHA512_LEGACY_KEY]),
        (SignatureScheme::RSA_PSS_SHA384, &[signatures::RSA_PSS_2048_8192_SHA384_LEGACY_KEY]),
        (SignatureScheme::RSA_PSS_SHA256, &[signatures::RSA_PSS_2048_8192_SHA256_LEGACY_KEY]),
        (SignatureScheme::RSA_PKCS1_SHA512, &[signatures::RSA_PKCS1_2048_8192_SHA512]),
        (SignatureScheme::RSA_PKCS1_SHA384, &[signatures::RSA_PKCS1_2048_8192_SHA384]),
        (SignatureScheme::RSA_PKCS1_SHA256, &[signatures::RSA_PKCS1_2048_8192_SHA256]),
    ],
};

#[derive(Debug)]
struct SystemRandom;

impl SecureRandom for SystemRandom {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), GetRandomFailed> {
        getrandom::fill(bytes).map_err(|_| GetRandomFailed)
    }
}

/// No client certificates: the code that signs with private keys of all kinds stays out of the library.
#[derive(Debug)]
struct NoClientKeys;

impl KeyProvider for NoClientKeys {
    fn load_private_key(&self, _: PrivateKeyDer<'static>) -> Result<Arc<dyn SigningKey>, rustls::Error> {
        Err(rustls::Error::General("client certificates are not supported".into()))
    }
}

#[cfg(test)]
mod tests {
    use rustls::pki_types::{AlgorithmIdentifier, SignatureVerificationAlgorithm};

    use super::*;

    /// An update of rustls that adds or drops something shows here.
    #[test]
    fn all_that_the_provider_of_ring_has_is_here_in_the_same_order() {
        let (ours, of_ring) = (provider(), ring::default_provider());
        assert_eq!(ours.cipher_suites, of_ring.cipher_suites);
        let groups = |provider: &CryptoProvider| {
            provider.kx_groups.iter().map(|group| group.name()).collect::<Vec<_>>()
        };
        assert_eq!(groups(&ours), groups(&of_ring));
        let [ours, of_ring] = [ours, of_ring].map(|provider| provider.signature_verification_algorithms);
        assert_eq!(identifiers(ours.all), identifiers(of_ring.all));
        let mapping = |algorithms: WebPkiSupportedAlgorithms| {
            let schemes = algorithms.mapping.iter();
            schemes.map(|(scheme, all)| (*scheme, identifiers(all))).collect::<Vec<_>>()
        };
        assert_eq!(mapping(ours), mapping(of_ring));
    }

    fn identifiers(
        all: &[&dyn SignatureVerificationAlgorithm],
    ) -> Vec<(AlgorithmIdentifier, AlgorithmIdentifier)> {
        all.iter().map(|algorithm| (algorithm.public_key_alg_id(), algorithm.signature_alg_id())).collect()
    }

    #[test]
    fn random_bytes_differ_each_time() {
        let [mut first, mut second] = [[0; 32]; 2];
        provider().secure_random.fill(&mut first).unwrap();
        provider().secure_random.fill(&mut second).unwrap();
        assert_ne!(first, second);
        assert_ne!(first, [0; 32]);
    }
}
