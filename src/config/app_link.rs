//! A link that leads into the app, and what belongs to it.

use url::Url;

use super::validated::{invalid, is_loopback};
use crate::error::StepUpError;

/// Schemes that no app has for its own: what they open runs or shows something instead of leading to an app.
const NO_APP: [&str; 7] = ["about", "blob", "data", "file", "javascript", "http", "ws"];

/// A link that leads into the app: scheme, host, port and a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AppLink(Url);

impl AppLink {
    /// # Errors
    /// `InvalidConfiguration` with the name of the field: anything but `https`, `http` to a loopback address
    /// where that is allowed, or a scheme of the app's own where that is allowed.
    pub(super) fn read(
        field: &str,
        text: &str,
        allow_custom_schemes: bool,
        allow_insecure_loopback: bool,
    ) -> Result<Self, StepUpError> {
        let url = Url::parse(text).map_err(|_| invalid(field, "must be a URL"))?;
        if url.query().is_some() || url.fragment().is_some() || !url.username().is_empty() {
            return Err(invalid(field, "must not have a query, a fragment or a user name"));
        }
        match url.scheme() {
            "https" => Ok(Self(url)),
            "http" if is_loopback(&url) && allow_insecure_loopback => Ok(Self(url)),
            scheme if NO_APP.contains(&scheme) => Err(invalid(field, "must be https")),
            _ if allow_custom_schemes => Ok(Self(url)),
            _ => Err(invalid(field, "has a scheme of its own: set `allow_custom_schemes` to allow that")),
        }
    }

    pub(crate) fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Whether a URL is this link, whatever its query says. A path `/` and none are the same.
    pub(crate) fn is(&self, url: &Url) -> bool {
        self.has_same_host(url) && trimmed(url) == trimmed(&self.0)
    }

    /// Whether a URL begins with this link, at the borders of its path's segments.
    pub(crate) fn leads(&self, url: &Url) -> bool {
        let rest = trimmed(url).strip_prefix(trimmed(&self.0));
        self.has_same_host(url) && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    fn has_same_host(&self, url: &Url) -> bool {
        url.scheme() == self.0.scheme()
            && url.host_str() == self.0.host_str()
            && url.port_or_known_default() == self.0.port_or_known_default()
            && url.username().is_empty()
            && url.password().is_none()
    }
}

fn trimmed(url: &Url) -> &str {
    url.path().trim_end_matches('/')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(text: &str) -> AppLink {
        AppLink::read("app_links", text, true, true).unwrap()
    }

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn i16_only_safe_schemes_can_be_configured() {
        let read = |text: &str, custom, loopback| AppLink::read("app_links", text, custom, loopback).is_ok();
        assert!(read("https://app.example/r", false, false));
        assert!(!read("myapp://r", false, false) && read("myapp://r", true, false));
        assert!(!read("http://localhost:1/r", false, false) && read("http://localhost:1/r", false, true));
        for bad in ["http://app.example", "javascript:alert(1)", "data:text/html,x", "file:///etc", "", "x"] {
            assert!(!read(bad, true, true), "{bad}");
        }
        assert!(!read("https://app.example/?a=b", true, true));
    }

    #[test]
    fn i16_a_redirect_is_scheme_host_port_and_path() {
        let redirect = link("https://app.example/oauth");
        assert!(redirect.is(&url("https://app.example/oauth?code=1")));
        assert!(redirect.is(&url("https://APP.example:443/oauth/")));
        for other in [
            "https://app.example/oauth/x",
            "https://app.example.evil/oauth",
            "https://app.example:444/oauth",
            "http://app.example/oauth",
            "https://app.example/",
            "https://me@app.example/oauth",
        ] {
            assert!(!redirect.is(&url(other)), "{other}");
        }
        assert!(link("myapp://oauth").is(&url("myapp://oauth?code=1")));
        assert!(!link("myapp://oauth").is(&url("myapp://other?code=1")));
    }

    #[test]
    fn i17_a_link_leads_to_what_is_below_it() {
        let app = link("https://app.example/device");
        assert!(app.leads(&url("https://app.example/device?t=1")));
        assert!(app.leads(&url("https://app.example/device/new?t=1")));
        assert!(!app.leads(&url("https://app.example/devices?t=1")));
        assert!(!app.leads(&url("https://app.example/../device2?t=1")));
        assert!(link("https://app.example").leads(&url("https://app.example/anything")));
    }
}
