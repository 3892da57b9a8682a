//! OAuth providers as the settings describe them: the policy's words, else the sandbox's own page.

use url::Url;

use crate::policy::{Policy, Provider, ProviderName};

/// What clients replace in Shopify's address by the name of the shop.
const STORE: &str = "{{shopifyStore}}";
const DEFAULT_STORE: &str = "sandbox-shop";

/// A provider with a consent page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OAuthProvider {
    pub(crate) name: ProviderName,
    pub(crate) client_id: String,
    /// The authorization endpoint; Shopify's has a place for the shop in it.
    pub(crate) base_auth_url: String,
    /// The backend's callback.
    pub(crate) redirect_url: String,
    /// Separated by blanks.
    pub(crate) scopes: String,
    pub(crate) shopify_store: Option<String>,
}

impl OAuthProvider {
    /// The provider of this name, if it is on and has a consent page; `url` is the sandbox's origin.
    pub(crate) fn enabled(policy: &Policy, url: &str, name: ProviderName) -> Option<Self> {
        let listed = policy.providers.iter().find(|listed| listed.provider == name)?;
        (listed.enabled && name.has_consent_page()).then(|| Self::described(listed, url))
    }

    /// The enabled provider whose authorization endpoint this is.
    pub(crate) fn at(policy: &Policy, url: &str, authorization_url: &Url) -> Option<Self> {
        let names = policy.providers.iter().map(|listed| listed.provider);
        names
            .filter_map(|name| Self::enabled(policy, url, name))
            .find(|provider| provider.endpoint().is_some_and(|base| extends(authorization_url, &base)))
    }

    /// The authorization endpoint as the client should have made it.
    fn endpoint(&self) -> Option<Url> {
        let store = self.shopify_store.as_deref().unwrap_or_default();
        Url::parse(&self.base_auth_url.replace(STORE, store)).ok()
    }

    fn described(listed: &Provider, url: &str) -> Self {
        let name = listed.provider;
        let shop = if name == ProviderName::Shopify { format!("/{STORE}") } else { String::new() };
        let text = |own: &Option<String>, default: String| own.clone().unwrap_or(default);
        Self {
            name,
            client_id: text(&listed.client_id, format!("sandbox-{name}")),
            base_auth_url: text(&listed.base_auth_url, format!("{url}/oauth/{name}{shop}/authorize")),
            redirect_url: text(&listed.redirect_url, format!("{url}/oauth/{name}/callback")),
            scopes: text(&listed.scopes, default_scopes(name).into()),
            shopify_store: (name == ProviderName::Shopify)
                .then(|| text(&listed.shopify_store, DEFAULT_STORE.into())),
        }
    }
}

/// What the vendor's users usually ask of each.
fn default_scopes(name: ProviderName) -> &'static str {
    match name {
        ProviderName::Google => "openid email profile",
        ProviderName::Apple => "name email",
        ProviderName::GitHub => "read:user user:email",
        ProviderName::Twitter => "users.read tweet.read",
        ProviderName::Discord => "identify email",
        ProviderName::Facebook => "public_profile email",
        ProviderName::Twitch => "user:read:email",
        ProviderName::TikTok => "user.info.basic",
        _ => "openid email",
    }
}

/// Whether a URL is the base with nothing but query parameters added.
fn extends(url: &Url, base: &Url) -> bool {
    url.origin() == base.origin()
        && url.path() == base.path()
        && base.query_pairs().all(|wanted| url.query_pairs().any(|pair| pair == wanted))
}
