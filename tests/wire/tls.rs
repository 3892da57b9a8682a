//! A whole request over TLS, by the public client, to a server whose certificate has a key on secp256r1.
//!
//! The client takes the system's authorities, which are one file that its process is given: so the test
//! starts itself once more as that process.

use std::{env, path::PathBuf, process::Output, sync::Arc};

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::{
    ServerConfig, SupportedProtocolVersion,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer},
    version::{TLS12, TLS13},
};
use stepup_core::{ClientConfig, Platform, StepUpClient, TlsRoots};
use stepup_test_support::{EMAIL, World};
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    process::Command,
};
use tokio_rustls::TlsAcceptor;

const TEST: &str = "tls::a_server_is_reached_over_tls_if_its_authority_is_known";
const SERVER: &str = "STEPUP_TEST_SERVER";
const ENVIRONMENT: &str = "STEPUP_TEST_ENVIRONMENT";

#[tokio::test]
async fn a_server_is_reached_over_tls_if_its_authority_is_known() {
    if let (Ok(server), Ok(environment)) = (env::var(SERVER), env::var(ENVIRONMENT)) {
        return ask(server, environment).await;
    }
    for version in [&TLS12, &TLS13] {
        let world = World::new().await;
        let (ours, foreign) = (Authority::new("ours"), Authority::new("foreign"));
        let server = serve(&world, &ours, version).await;
        let asked = in_a_process_that_trusts(&ours, &server, &world).await;
        assert!(asked.status.success(), "{version:?}: {}", told(&asked));
        assert_eq!(world.count("emailVerifications/create"), 1, "{version:?}");
        let asked = in_a_process_that_trusts(&foreign, &server, &world).await;
        assert!(!asked.status.success() && told(&asked).contains("ConnectFailed"), "{}", told(&asked));
        assert_eq!(world.count("emailVerifications/create"), 1, "{version:?}: nothing was sent");
    }
}

/// What the other process does.
async fn ask(server: String, environment: String) {
    let config = ClientConfig {
        base_url: Some(server),
        tls_roots: Some(TlsRoots::Platform),
        ..ClientConfig::new(environment)
    };
    let client = StepUpClient::new(config, Platform::insecure_in_memory()).unwrap();
    client.auth().send_email_otp(EMAIL.into(), None).await.unwrap();
}

async fn in_a_process_that_trusts(authority: &Authority, server: &str, world: &World) -> Output {
    Command::new(env::current_exe().unwrap())
        .args(["--exact", TEST])
        .env(SERVER, server)
        .env(ENVIRONMENT, world.sandbox.environment_id().to_string())
        .env("SSL_CERT_FILE", &authority.file)
        .env_remove("SSL_CERT_DIR")
        .output()
        .await
        .unwrap()
}

fn told(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// Issues certificates; what it is known by lies in a file.
struct Authority {
    issuer: Issuer<'static, KeyPair>,
    file: PathBuf,
}

impl Authority {
    fn new(name: &str) -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("authority-{name}.pem"));
        std::fs::write(&file, pem).unwrap();
        Self { issuer: Issuer::new(params, key), file }
    }

    fn certified(&self) -> (CertificateDer<'static>, PrivateKeyDer<'static>) {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(["localhost".to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        (certificate.der().clone(), PrivatePkcs8KeyDer::from(key.serialize_der()).into())
    }
}

/// TLS in front of the sandbox: the base URL of it.
async fn serve(world: &World, authority: &Authority, version: &'static SupportedProtocolVersion) -> String {
    let (certificate, key) = authority.certified();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(&[version])
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let base_url = world.sandbox.base_url();
    let (_, rest) = base_url.split_once("://").unwrap();
    let (behind, path) = rest.split_once('/').unwrap();
    let behind = behind.to_owned();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (acceptor, behind) = (acceptor.clone(), behind.clone());
            tokio::spawn(async move {
                // A client that does not trust this goes away.
                let Ok(mut front) = acceptor.accept(stream).await else { return };
                let mut sandbox = TcpStream::connect(behind).await.unwrap();
                let _ = copy_bidirectional(&mut front, &mut sandbox).await;
            });
        }
    });
    format!("https://localhost:{port}/{path}")
}
