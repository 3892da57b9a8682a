//! The link in the registration mail. It is a link and not a code: nobody types it (fault 40).

use sha2::{Digest, Sha256};
use url::Url;
use zeroize::Zeroizing;

use crate::{config::AppLink, error::LinkRefusal, secret::SecretString};

const TOKEN_PARAMETER: &str = "deviceRegistrationToken";
/// More than that does not fit into a header everywhere.
const LONGEST_TOKEN: usize = 4_096;

/// Names a link without telling what is in it.
pub(crate) type LinkHash = [u8; 32];

/// A registration link that leads to this app. Never printed.
pub(crate) struct RegistrationLink {
    pub(super) token: SecretString,
}

impl RegistrationLink {
    /// # Errors
    /// `Malformed` for what is no link or does not hold exactly one token; `Foreign` for what does not lead
    /// to one of the app links.
    pub(super) fn read(text: &str, app_links: &[AppLink]) -> Result<Self, LinkRefusal> {
        let url = Url::parse(text).map_err(|_| LinkRefusal::Malformed)?;
        let link = if app_links.iter().any(|app_link| app_link.leads(&url)) {
            only_token(&url).map(|token| Self { token }).ok_or(LinkRefusal::Malformed)
        } else {
            Err(LinkRefusal::Foreign)
        };
        drop(Zeroizing::new(String::from(url)));
        link
    }

    pub(super) fn hash(&self) -> LinkHash {
        Sha256::digest(self.token.expose()).into()
    }
}

/// The token, if there is exactly one and a header can carry it.
fn only_token(url: &Url) -> Option<SecretString> {
    let mut values = url.query_pairs().filter(|(name, _)| name == TOKEN_PARAMETER);
    let (token, another) = (SecretString::new(values.next()?.1), values.next());
    let text = token.expose();
    let is_token = !text.is_empty()
        && text.len() <= LONGEST_TOKEN
        && text.bytes().all(|byte| byte.is_ascii_graphic())
        && another.is_none();
    is_token.then_some(token)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::config::{ClientConfig, ValidatedConfig};

    fn app_links(links: &[&str]) -> Vec<AppLink> {
        let config = ClientConfig {
            app_links: links.iter().copied().map(String::from).collect(),
            allow_custom_schemes: true,
            ..ClientConfig::new("0b9e6a5c-6f0e-4d0f-9a52-2f3c4d5e6f70")
        };
        ValidatedConfig::try_from(config).unwrap().app_links
    }

    fn read(text: &str) -> Result<String, LinkRefusal> {
        let links = app_links(&["https://app.example/device", "myapp://registered"]);
        RegistrationLink::read(text, &links).map(|link| link.token.expose().to_owned())
    }

    #[test]
    fn i17_a_link_of_the_app_with_a_token_is_one() {
        let good = [
            "https://app.example/device?deviceRegistrationToken=t-1",
            "https://app.example/device/?a=b&deviceRegistrationToken=t-1#top",
            "https://APP.example:443/device/new?deviceRegistrationToken=t%2D1",
            " https://app.example/device?deviceRegistrationToken=t-1\n",
            "myapp://registered?deviceRegistrationToken=t-1",
        ];
        for text in good {
            assert_eq!(read(text).as_deref(), Ok("t-1"), "{text}");
        }
    }

    #[test]
    fn i17_a_link_that_leads_elsewhere_is_foreign() {
        for text in [
            "https://app.example/?deviceRegistrationToken=t",
            "https://app.example/devices?deviceRegistrationToken=t",
            "https://app.example.evil.example/device?deviceRegistrationToken=t",
            "https://evil.example/https://app.example/device?deviceRegistrationToken=t",
            "https://app.example@evil.example/device?deviceRegistrationToken=t",
            "https://me@app.example/device?deviceRegistrationToken=t",
            "http://app.example/device?deviceRegistrationToken=t",
            "https://app.example:444/device?deviceRegistrationToken=t",
            "https://app.example/device/../other?deviceRegistrationToken=t",
            "myapp://other?deviceRegistrationToken=t",
            "javascript:alert(1)",
            "mailto:ada@example.com?deviceRegistrationToken=t",
        ] {
            assert_eq!(read(text), Err(LinkRefusal::Foreign), "{text}");
        }
        let nowhere = RegistrationLink::read("https://app.example/device?deviceRegistrationToken=t", &[]);
        assert_eq!(nowhere.err(), Some(LinkRefusal::Foreign));
    }

    #[test]
    fn i17_fault_40_what_holds_no_token_is_malformed() {
        let long = format!("https://app.example/device?deviceRegistrationToken={}", "t".repeat(4_097));
        for text in [
            "",
            "123456",
            "eyJhbGciOiJSUzI1NiJ9",
            "/device?deviceRegistrationToken=t",
            "https://",
            "https://app.example/device",
            "https://app.example/device?deviceRegistrationToken",
            "https://app.example/device?deviceRegistrationToken=",
            "https://app.example/device?deviceRegistrationToken=%20%09",
            "https://app.example/device?deviceRegistrationToken=a%20b",
            "https://app.example/device?deviceRegistrationToken=a%0Ab",
            "https://app.example/device?deviceRegistrationToken=%C3%A4",
            "https://app.example/device?DeviceRegistrationToken=t",
            "https://app.example/device?deviceRegistrationToken=a&deviceRegistrationToken=b",
            "https://app.example/device?deviceRegistrationToken=a&deviceRegistrationToken=",
            "https://app.example/device#deviceRegistrationToken=t",
            &long,
        ] {
            assert_eq!(read(text), Err(LinkRefusal::Malformed), "{text}");
        }
    }

    #[test]
    fn links_with_the_same_token_are_the_same() {
        let hash =
            |text| RegistrationLink::read(text, &app_links(&["https://app.example"])).ok().unwrap().hash();
        let link = hash("https://app.example/?deviceRegistrationToken=t-1");
        assert_eq!(link, hash("https://app.example/x?y=z&deviceRegistrationToken=t%2d1"));
        assert_ne!(link, hash("https://app.example/?deviceRegistrationToken=t-2"));
    }

    proptest! {
        #[test]
        fn any_text_is_answered(text in ".*") {
            let _ = read(&text);
        }

        #[test]
        fn any_query_is_answered(query in ".*") {
            let answer = read(&format!("https://app.example/device?{query}"));
            prop_assert_ne!(answer, Err(LinkRefusal::Foreign));
        }

        #[test]
        fn every_token_arrives_as_it_was_sent(token in "[!-~]{1,200}") {
            let mut url = Url::parse("https://app.example/device").unwrap();
            url.query_pairs_mut().append_pair(TOKEN_PARAMETER, &token);
            prop_assert_eq!(read(url.as_str()), Ok(token));
        }
    }
}
