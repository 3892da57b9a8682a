//! The configuration once it has been looked at: every field has a value that works.

use std::{net::IpAddr, time::Duration};

use url::{Host, Url};

use super::{AppLink, ClientConfig, Limits, TlsRoots};
use crate::error::StepUpError;

const DEFAULT_BASE_URL: &str = "https://app.dynamicauth.com/api/v0";
/// The API models that the wire forms were taken from.
const DEFAULT_API_VERSION: &str = "API/0.0.1125";
const DEFAULT_PLATFORM_NAME: &str = "react-native";
const LIBRARY: &str = concat!("StepUp/", env!("CARGO_PKG_VERSION"));

/// A configuration that can be worked with.
#[derive(Clone, Debug)]
pub(crate) struct ValidatedConfig {
    pub(crate) environment_id: String,
    /// Ends without a slash.
    pub(crate) base_url: Url,
    pub(crate) storage_namespace: String,
    pub(crate) client_version: String,
    pub(crate) api_version: String,
    pub(crate) platform_name: String,
    pub(crate) user_agent: String,
    pub(crate) app_origin: Option<String>,
    pub(crate) app_name: Option<String>,
    pub(crate) app_links: Vec<AppLink>,
    pub(crate) oauth_redirect: Option<AppLink>,
    pub(crate) allow_insecure_loopback: bool,
    pub(crate) tls_roots: TlsRoots,
    pub(crate) connect_timeout: Duration,
    pub(crate) request_timeout: Duration,
    pub(crate) max_body_bytes: u64,
    pub(crate) storage_deadline: Duration,
    pub(crate) keys_deadline: Duration,
    pub(crate) passkey_deadline: Duration,
    pub(crate) browser_deadline: Duration,
    pub(crate) wallet_deadline: Duration,
    pub(crate) captcha_deadline: Duration,
}

impl TryFrom<ClientConfig> for ValidatedConfig {
    type Error = StepUpError;

    fn try_from(config: ClientConfig) -> Result<Self, StepUpError> {
        let limits = config.limits.unwrap_or_default();
        let deadlines = config.deadlines.unwrap_or_default();
        let link = |field: &str, text: &str| {
            AppLink::read(field, text, config.allow_custom_schemes, config.allow_insecure_loopback)
        };
        let header = |field, value: Option<String>, default: &str| header_value(field, value, default);
        Ok(Self {
            environment_id: environment_id(&config.environment_id)?,
            base_url: base_url(config.base_url.as_deref(), config.allow_insecure_loopback)?,
            storage_namespace: storage_namespace(config.storage_namespace)?,
            client_version: header("client_version", config.client_version, LIBRARY)?,
            api_version: header("api_version", config.api_version, DEFAULT_API_VERSION)?,
            platform_name: header("platform_name", config.platform_name, DEFAULT_PLATFORM_NAME)?,
            user_agent: user_agent(config.device_name)?,
            app_origin: config.app_origin.map(app_origin).transpose()?,
            app_name: config.app_name,
            app_links: config
                .app_links
                .iter()
                .map(|text| link("app_links", text))
                .collect::<Result<_, _>>()?,
            oauth_redirect: config
                .oauth_redirect_url
                .as_deref()
                .map(|text| link("oauth_redirect_url", text))
                .transpose()?,
            allow_insecure_loopback: config.allow_insecure_loopback,
            tls_roots: config.tls_roots.unwrap_or(TlsRoots::Bundled),
            connect_timeout: positive("limits.connect_timeout", limits.connect_timeout, 10)?,
            request_timeout: positive("limits.request_timeout", limits.request_timeout, 30)?,
            max_body_bytes: max_body_bytes(&limits)?,
            storage_deadline: positive("deadlines.storage", deadlines.storage, 5)?,
            keys_deadline: positive("deadlines.keys", deadlines.keys, 30)?,
            passkey_deadline: positive("deadlines.passkey", deadlines.passkey, 300)?,
            browser_deadline: positive("deadlines.browser", deadlines.browser, 300)?,
            wallet_deadline: positive("deadlines.wallet", deadlines.wallet, 300)?,
            captcha_deadline: positive("deadlines.captcha", deadlines.captcha, 300)?,
        })
    }
}

pub(super) fn invalid(field: &str, reason: &str) -> StepUpError {
    StepUpError::InvalidConfiguration { field: field.into(), reason: reason.into() }
}

/// Lower case: with an upper-case id the backend does not find the signature headers' paths.
fn environment_id(id: &str) -> Result<String, StepUpError> {
    let id = id.trim().to_ascii_lowercase();
    let is_uuid = id.len() == 36
        && id.bytes().enumerate().all(|(index, byte)| match index {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        });
    if is_uuid { Ok(id) } else { Err(invalid("environment_id", "must be a UUID")) }
}

fn base_url(text: Option<&str>, allow_insecure_loopback: bool) -> Result<Url, StepUpError> {
    let wrong = |reason| invalid("base_url", reason);
    let mut url = Url::parse(text.unwrap_or(DEFAULT_BASE_URL)).map_err(|_| wrong("must be a URL"))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong("must not hold a user name or password"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(wrong("must not have a query or fragment"));
    }
    match url.scheme() {
        "https" => {}
        "http" if !is_loopback(&url) => return Err(wrong("must be https")),
        "http" if !allow_insecure_loopback => {
            return Err(wrong("is http: set `allow_insecure_loopback` to allow that for a loopback address"));
        }
        "http" => {}
        _ => return Err(wrong("must be https")),
    }
    let path = url.path().trim_end_matches('/').to_owned();
    url.set_path(&path);
    Ok(url)
}

pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => IpAddr::from(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::from(address).is_loopback(),
        None => false,
    }
}

fn storage_namespace(namespace: Option<String>) -> Result<String, StepUpError> {
    let namespace = namespace.unwrap_or_else(|| "default".into());
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    if namespace.is_empty() || namespace.len() > 64 || !namespace.bytes().all(allowed) {
        let reason = "must have 1 to 64 letters, digits, hyphens, underscores or full stops";
        return Err(invalid("storage_namespace", reason));
    }
    Ok(namespace)
}

fn header_value(field: &str, value: Option<String>, default: &str) -> Result<String, StepUpError> {
    let value = value.unwrap_or_else(|| default.into());
    if value.is_empty() || value.len() > 200 || !value.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
        return Err(invalid(field, "must have 1 to 200 printable ASCII characters"));
    }
    Ok(value)
}

/// Device names are what people type: what a header cannot carry is left out instead of refused.
fn user_agent(device_name: Option<String>) -> Result<String, StepUpError> {
    let device: String = device_name
        .unwrap_or_default()
        .chars()
        .filter(|character| (' '..='~').contains(character) && !matches!(character, '(' | ')'))
        .take(100)
        .collect();
    let device = device.trim();
    let agent = if device.is_empty() { LIBRARY.to_owned() } else { format!("{LIBRARY} ({device})") };
    header_value("device_name", Some(agent), LIBRARY)
}

fn app_origin(text: String) -> Result<String, StepUpError> {
    let wrong = || invalid("app_origin", "must be an origin such as https://app.example");
    let url = Url::parse(&text).map_err(|_| wrong())?;
    let origin = url.origin();
    let is_origin =
        origin.is_tuple() && url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    if is_origin { Ok(origin.ascii_serialization()) } else { Err(wrong()) }
}

fn positive(field: &str, value: Option<Duration>, default_seconds: u64) -> Result<Duration, StepUpError> {
    match value {
        Some(Duration::ZERO) => Err(invalid(field, "must be longer than zero")),
        Some(value) if value > Duration::from_secs(3_600) => Err(invalid(field, "must be at most an hour")),
        Some(value) => Ok(value),
        None => Ok(Duration::from_secs(default_seconds)),
    }
}

fn max_body_bytes(limits: &Limits) -> Result<u64, StepUpError> {
    match limits.max_body_bytes.unwrap_or(1 << 20) {
        bytes @ 1_024..=67_108_864 => Ok(bytes),
        _ => Err(invalid("limits.max_body_bytes", "must be from 1 KiB to 64 MiB")),
    }
}

#[cfg(test)]
mod tests {
    use super::{super::Deadlines, *};

    const ID: &str = "0B9E6A5C-6F0E-4D0F-9A52-2F3C4D5E6F70";

    fn field_of(config: ClientConfig) -> String {
        match ValidatedConfig::try_from(config) {
            Err(StepUpError::InvalidConfiguration { field, .. }) => field,
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn the_environment_id_is_sent_in_lower_case() {
        let config = ValidatedConfig::try_from(ClientConfig::new(ID)).unwrap();
        assert_eq!(config.environment_id, ID.to_lowercase());
        assert_eq!(field_of(ClientConfig::new("not-a-uuid")), "environment_id");
    }

    #[test]
    fn i16_only_https_is_called_and_http_to_loopback_on_request() {
        let with = |base_url: &str, allow_insecure_loopback| {
            let base_url = Some(base_url.to_owned());
            ValidatedConfig::try_from(ClientConfig {
                base_url,
                allow_insecure_loopback,
                ..ClientConfig::new(ID)
            })
        };
        assert!(with("https://auth.example/api/v0/", false).is_ok());
        assert!(with("http://127.0.0.1:8080/api/v0", true).is_ok());
        assert!(with("http://127.0.0.1:8080/api/v0", false).is_err());
        assert!(with("http://auth.example/api/v0", true).is_err());
        assert!(with("http://localhost.example/", true).is_err());
        assert!(with("ftp://auth.example", true).is_err());
        assert!(with("https://user:pass@auth.example", false).is_err());
        assert!(with("https://auth.example/?a=b", false).is_err());
    }

    #[test]
    fn the_error_names_the_field() {
        let config = || ClientConfig::new(ID);
        let zero = Some(Duration::ZERO);
        let limits = Some(Limits { request_timeout: zero, ..Limits::default() });
        assert_eq!(field_of(ClientConfig { limits, ..config() }), "limits.request_timeout");
        let deadlines = Some(Deadlines { storage: zero, ..Deadlines::default() });
        assert_eq!(field_of(ClientConfig { deadlines, ..config() }), "deadlines.storage");
        let namespace = Some("a/b".to_owned());
        assert_eq!(field_of(ClientConfig { storage_namespace: namespace, ..config() }), "storage_namespace");
        let client_version = Some("a\r\nb".to_owned());
        assert_eq!(field_of(ClientConfig { client_version, ..config() }), "client_version");
        let app_origin = Some("https://app.example/path".to_owned());
        assert_eq!(field_of(ClientConfig { app_origin, ..config() }), "app_origin");
    }

    #[test]
    fn a_device_name_never_breaks_a_header() {
        let device_name = Some("Jos\u{e9}'s (old)\r\nphone".to_owned());
        let config =
            ValidatedConfig::try_from(ClientConfig { device_name, ..ClientConfig::new(ID) }).unwrap();
        assert!(config.user_agent.ends_with("(Jos's oldphone)"), "{}", config.user_agent);
    }
}
