//! TLS: rustls with ring, and roots that are there on every platform. See `docs/adr/0002`.

#[cfg(test)]
mod handshakes;
mod provider;
mod secp256r1;

use std::sync::Arc;

use rustls::{ClientConfig, RootCertStore};

use crate::{config::TlsRoots, error::StepUpError};

/// The TLS configuration; an error instead of the panic that a platform verifier without its set-up ends in.
pub(super) fn configuration(roots: TlsRoots) -> Result<ClientConfig, StepUpError> {
    let invalid =
        |reason: &str| StepUpError::InvalidConfiguration { field: "tls_roots".into(), reason: reason.into() };
    let provider = Arc::new(provider::provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|_| invalid("no TLS version is supported"))?;
    match roots {
        TlsRoots::Bundled => {
            let store = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
            Ok(builder.with_root_certificates(store).with_no_client_auth())
        }
        #[cfg(not(target_os = "android"))]
        TlsRoots::Platform => {
            let verifier = rustls_platform_verifier::Verifier::new(provider)
                .map_err(|_| invalid("the system's certificate authorities cannot be read"))?;
            Ok(builder.dangerous().with_custom_certificate_verifier(Arc::new(verifier)).with_no_client_auth())
        }
        #[cfg(target_os = "android")]
        TlsRoots::Platform => {
            Err(invalid("the system's certificate authorities are not available on Android yet"))
        }
    }
}
