//! The origins a ceremony may come from.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use url::Url;

/// How an Android app's origin begins in the client data; the base64url SHA-256 of its signing certificate
/// follows.
const ANDROID_PREFIX: &str = "android:apk-key-hash:";

/// Origins accepted in `clientDataJSON`, compared as text: a URL with the same host but a path, a user or
/// another port is another text, and so is refused.
///
/// The library behind the relying party compares `Url`s and knows only one rule on ports for all origins. It
/// gets the widest rule the list needs; this check decides.
#[derive(Debug, Clone)]
pub(super) struct AllowedOrigins {
    origins: Vec<Url>,
}

impl AllowedOrigins {
    /// Checks the texts of a configuration: `https://host[:port]`, `http://localhost[:port]` (which then
    /// stands for every port of it) or `android:apk-key-hash:…`.
    ///
    /// # Errors
    /// A sentence naming the origin and what is wrong with it.
    pub(super) fn parse(origins: &[String], rp_id: &str) -> Result<Self, String> {
        let parsed = origins.iter().map(|text| parse_origin(text)).collect::<Result<Vec<_>, _>>()?;
        let mut web = parsed.iter().filter_map(Url::domain).peekable();
        if web.peek().is_some() && !web.any(|host| is_at_or_below(host, rp_id)) {
            return Err(format!("none of the origins is at or below the relying party id `{rp_id}`"));
        }
        Ok(Self { origins: parsed })
    }

    /// Whether a ceremony on this origin, as written in the client data, is accepted.
    pub(super) fn contains(&self, origin: &str) -> bool {
        self.origins.iter().any(|allowed| serialised(allowed) == origin || same_loopback(allowed, origin))
    }

    /// The origins as the library wants them.
    pub(super) fn urls(&self) -> impl Iterator<Item = &Url> {
        self.origins.iter()
    }

    /// Whether some origin stands for every port.
    pub(super) fn has_loopback(&self) -> bool {
        self.origins.iter().any(is_loopback)
    }
}

fn parse_origin(text: &str) -> Result<Url, String> {
    let refused = |why: &str| format!("origin `{text}`: {why}");
    if let Some(hash) = text.strip_prefix(ANDROID_PREFIX) {
        let length = URL_SAFE_NO_PAD.decode(hash).map(|bytes| bytes.len());
        if length != Ok(32) {
            return Err(refused(
                "the key hash must be a SHA-256 in base64url without padding (43 characters)",
            ));
        }
    }
    let unknown_form = || refused("must be https://HOST, http://localhost:PORT or android:apk-key-hash:HASH");
    let url = Url::parse(text).map_err(|_| unknown_form())?;
    match url.scheme() {
        "android" if text.starts_with(ANDROID_PREFIX) => return Ok(url),
        "https" if url.domain().is_some() => {}
        "http" if is_loopback(&url) => {}
        _ => return Err(unknown_form()),
    }
    if text.trim_end_matches('/') != serialised(&url) {
        return Err(refused(&format!("must be an origin only, such as `{}`", serialised(&url))));
    }
    Ok(url)
}

/// The origin as clients write it into the client data.
fn serialised(url: &Url) -> String {
    let origin = url.origin();
    if origin.is_tuple() { origin.ascii_serialization() } else { url.as_str().to_owned() }
}

fn is_loopback(url: &Url) -> bool {
    url.domain() == Some("localhost")
}

fn same_loopback(allowed: &Url, origin: &str) -> bool {
    is_loopback(allowed)
        && Url::parse(origin).is_ok_and(|url| {
            is_loopback(&url) && url.scheme() == allowed.scheme() && serialised(&url) == origin
        })
}

fn is_at_or_below(host: &str, rp_id: &str) -> bool {
    host.strip_suffix(rp_id).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANDROID: &str = "android:apk-key-hash:-sYXRdwJA3hvue3mKpYrOZ9zSPC7b4mbgzJmdZEDO5w";

    fn allowed(origins: &[&str], rp_id: &str) -> Result<AllowedOrigins, String> {
        AllowedOrigins::parse(&origins.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>(), rp_id)
    }

    #[test]
    fn only_the_listed_origin_matches_and_only_as_clients_write_it() {
        let origins = allowed(&["https://app.example", ANDROID], "app.example").unwrap();
        for accepted in ["https://app.example", ANDROID] {
            assert!(origins.contains(accepted), "{accepted}");
        }
        for refused in [
            "https://app.example:444",
            "https://app.example/",
            "https://user@app.example",
            "https://sub.app.example",
            "http://app.example",
            "http://localhost:1",
            "android:apk-key-hash:AAAA",
            "null",
            "",
        ] {
            assert!(!origins.contains(refused), "{refused}");
        }
    }

    #[test]
    fn localhost_stands_for_every_port_but_opens_nothing_else() {
        let origins = allowed(&["http://localhost:8787", "https://app.example"], "localhost").unwrap();
        assert!(origins.contains("http://localhost:1") && origins.contains("http://localhost"));
        for refused in
            ["https://localhost:1", "http://localhost:1/x", "https://app.example:1", "http://localhost.:1"]
        {
            assert!(!origins.contains(refused), "{refused}");
        }
    }

    #[test]
    fn a_configuration_that_cannot_work_is_refused_by_name() {
        for origin in [
            "app.example",
            "http://app.example",
            "https://app.example/path",
            "https://127.0.0.1",
            "http://127.0.0.1:80",
            "ios:bundle-id:x",
            "android:apk-key-hash:AA:BB",
        ] {
            let error = allowed(&[origin], "app.example").unwrap_err();
            assert!(error.contains(origin), "{error}");
        }
        assert!(allowed(&["https://other.example"], "app.example").unwrap_err().contains("`app.example`"));
        assert!(allowed(&["https://notapp.example"], "app.example").is_err());
        assert!(allowed(&["https://deep.app.example"], "app.example").is_ok());
        assert!(allowed(&[ANDROID], "app.example").is_ok());
    }
}
