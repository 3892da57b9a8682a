//! Whole handshakes with a server that uses ring, over memory.

use std::{
    io::{Read, Write},
    sync::Arc,
};

use rcgen::{
    BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, PKCS_ECDSA_P256_SHA256,
    PKCS_ECDSA_P384_SHA384, SignatureAlgorithm,
};
use rustls::{
    CertificateError, ClientConfig, ClientConnection, ConnectionCommon, Error, NamedGroup, RootCertStore,
    ServerConfig, ServerConnection, SupportedProtocolVersion,
    crypto::{
        SupportedKxGroup,
        ring::{self, kx_group},
    },
    pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, ServerName},
    server::{ClientHello, ResolvesServerCert},
    sign::CertifiedKey,
    version::{TLS12, TLS13},
};

const HOST: &str = "api.example";
const VERSIONS: [&SupportedProtocolVersion; 2] = [&TLS12, &TLS13];
type Algorithm = &'static SignatureAlgorithm;

/// An authority, and the server's certificate by it.
struct Certified {
    root: CertificateDer<'static>,
    certificate: CertificateDer<'static>,
    key: KeyPair,
}

fn certified(root: Algorithm, server: Algorithm) -> Certified {
    let mut authority = CertificateParams::default();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let root_key = KeyPair::generate_for(root).unwrap();
    let root = authority.self_signed(&root_key).unwrap().der().clone();
    let key = KeyPair::generate_for(server).unwrap();
    let issuer = Issuer::new(authority, root_key);
    let certificate = CertificateParams::new([HOST.to_owned()]).unwrap().signed_by(&key, &issuer).unwrap();
    Certified { root, certificate: certificate.der().clone(), key }
}

/// Answers with a certificate, whether its key is the one that signs or not.
#[derive(Debug)]
struct Fixed(Arc<CertifiedKey>);

impl ResolvesServerCert for Fixed {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0))
    }
}

fn server(
    version: &'static SupportedProtocolVersion,
    groups: &[&'static dyn SupportedKxGroup],
    certificate: &CertificateDer<'static>,
    key: &KeyPair,
) -> ServerConnection {
    let mut provider = ring::default_provider();
    provider.kx_groups = groups.to_vec();
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let key = CertifiedKey::new(vec![certificate.clone()], ring::sign::any_ecdsa_type(&key).unwrap());
    let config = ServerConfig::builder_with_provider(Arc::new(provider))
        .with_protocol_versions(&[version])
        .unwrap()
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(Fixed(Arc::new(key))));
    ServerConnection::new(Arc::new(config)).unwrap()
}

fn client(root: &CertificateDer<'static>, host: &'static str) -> ClientConnection {
    let mut roots = RootCertStore::empty();
    roots.add(root.clone()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(super::provider::provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    ClientConnection::new(Arc::new(config), ServerName::try_from(host).unwrap()).unwrap()
}

/// Carries what one end has written to the other.
fn carry<From, To>(from: &mut ConnectionCommon<From>, to: &mut ConnectionCommon<To>) -> Result<(), Error> {
    while from.wants_write() {
        let mut sent = Vec::new();
        from.write_tls(&mut sent).unwrap();
        let mut sent = &sent[..];
        while !sent.is_empty() {
            to.read_tls(&mut sent).unwrap();
            to.process_new_packets()?;
        }
    }
    Ok(())
}

/// What the client says of the handshake.
fn handshake(client: &mut ClientConnection, server: &mut ServerConnection) -> Result<(), Error> {
    while client.is_handshaking() || server.is_handshaking() {
        // The server's own opinion comes to the client as an alert.
        let _ = carry(client, server);
        carry(server, client)?;
    }
    Ok(())
}

#[test]
fn either_version_works_with_either_curve_in_certificate_and_authority() {
    for root in [&PKCS_ECDSA_P256_SHA256, &PKCS_ECDSA_P384_SHA384] {
        for leaf in [&PKCS_ECDSA_P256_SHA256, &PKCS_ECDSA_P384_SHA384] {
            let Certified { root, certificate, key } = certified(root, leaf);
            for version in VERSIONS {
                let mut server = server(version, ring::ALL_KX_GROUPS, &certificate, &key);
                let mut client = client(&root, HOST);
                handshake(&mut client, &mut server).unwrap();
                assert_eq!(client.protocol_version(), Some(version.version));
                let group = client.negotiated_key_exchange_group().unwrap().name();
                assert_eq!(group, NamedGroup::X25519, "what the client likes best");
            }
        }
    }
}

#[test]
fn a_server_may_know_one_group_only() {
    let Certified { root, certificate, key } = certified(&PKCS_ECDSA_P256_SHA256, &PKCS_ECDSA_P256_SHA256);
    for group in [kx_group::SECP256R1, kx_group::SECP384R1, kx_group::X25519] {
        for version in VERSIONS {
            let mut server = server(version, &[group], &certificate, &key);
            let mut client = client(&root, HOST);
            handshake(&mut client, &mut server).unwrap();
            assert_eq!(client.negotiated_key_exchange_group().unwrap().name(), group.name());
            let mut said = Vec::new();
            client.writer().write_all(b"hello").unwrap();
            carry(&mut client, &mut server).unwrap();
            let _ = server.reader().read_to_end(&mut said);
            assert_eq!(said, b"hello", "both have the same keys");
        }
    }
}

#[test]
fn a_server_without_the_certificates_key_is_refused() {
    let Certified { root, certificate, .. } = certified(&PKCS_ECDSA_P256_SHA256, &PKCS_ECDSA_P256_SHA256);
    let other = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap();
    for version in VERSIONS {
        let mut server = server(version, ring::ALL_KX_GROUPS, &certificate, &other);
        let refused = handshake(&mut client(&root, HOST), &mut server).unwrap_err();
        assert_eq!(refused, Error::InvalidCertificate(CertificateError::BadSignature));
    }
}

#[test]
fn a_certificate_that_the_authority_did_not_sign_is_refused() {
    let Certified { root, certificate, key } = certified(&PKCS_ECDSA_P256_SHA256, &PKCS_ECDSA_P256_SHA256);
    let mut forged = certificate.to_vec();
    let host = forged.windows(HOST.len()).position(|window| window == HOST.as_bytes()).unwrap();
    forged[host..host + HOST.len()].copy_from_slice(b"www.example");
    for version in VERSIONS {
        let mut server = server(version, ring::ALL_KX_GROUPS, &CertificateDer::from(forged.clone()), &key);
        let refused = handshake(&mut client(&root, "www.example"), &mut server).unwrap_err();
        assert_eq!(refused, Error::InvalidCertificate(CertificateError::BadSignature));
    }
}

#[test]
fn a_certificate_of_another_authority_or_host_is_refused() {
    let Certified { root, certificate, key } = certified(&PKCS_ECDSA_P256_SHA256, &PKCS_ECDSA_P256_SHA256);
    let stranger = certified(&PKCS_ECDSA_P256_SHA256, &PKCS_ECDSA_P256_SHA256).root;
    for version in VERSIONS {
        let refusal = |root, host| {
            let mut server = server(version, ring::ALL_KX_GROUPS, &certificate, &key);
            handshake(&mut client(root, host), &mut server).unwrap_err()
        };
        // Both authorities have the same name, so that it is the signature that does not fit.
        assert_eq!(refusal(&stranger, HOST), Error::InvalidCertificate(CertificateError::BadSignature));
        let of_host = refusal(&root, "other.example");
        let Error::InvalidCertificate(CertificateError::NotValidForNameContext { .. }) = of_host else {
            panic!("{of_host:?}")
        };
    }
}
