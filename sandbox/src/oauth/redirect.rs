//! Where the app may be sent back to.

use url::{Host, Url};

use crate::policy::Policy;

/// Schemes that would make the browser run or read something instead of calling an app.
const NEVER: &[&str] = &["about", "blob", "data", "file", "javascript", "vbscript"];

/// Whether the policy admits this redirect. With a list, scheme, host, port and path must equal an entry's;
/// without one, any https, loopback or custom scheme will do.
pub(crate) fn is_allowed(policy: &Policy, url: &Url) -> bool {
    if !policy.redirect_urls.is_empty() {
        return policy.redirect_urls.iter().any(|allowed| place(allowed) == place(url));
    }
    match url.scheme() {
        "https" => true,
        "http" => is_loopback(url),
        scheme => !NEVER.contains(&scheme),
    }
}

fn place(url: &Url) -> (&str, Option<&str>, Option<u16>, &str) {
    (url.scheme(), url.host_str(), url.port_or_known_default(), url.path())
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}
