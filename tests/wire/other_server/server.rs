//! A server that keeps the contract and nothing more: the fields that must be there, null for those that may
//! be missing, ids and tokens of its own making, no header that is not needed, empty bodies where nothing has
//! to be said. It checks nothing.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::{SystemTime, UNIX_EPOCH},
};

use serde_json::{Value, json};
use stepup_test_support::elevated_token;
use tokio::{
    io::AsyncWriteExt,
    net::{TcpListener, TcpStream},
};

use crate::door::{Recorded, parse, read_request};

pub(crate) const USER_ID: &str = "the-user-zerodev";
pub(crate) const EMAIL_ID: &str = "an-address-zerodev";
pub(crate) const WALLET_ID: &str = "a-wallet-zerodev";
pub(crate) const WALLET: &str = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";
/// The token of a registration link.
pub(crate) const LINK_TOKEN: &str = "a+token=of/its~own";

#[derive(Clone)]
pub(crate) struct OtherServer(Arc<Inner>);

struct Inner {
    address: SocketAddr,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    requests: Vec<Recorded>,
    nonces: usize,
    device_is_unknown: bool,
    /// The next answer, whatever is asked for.
    refusal: Option<(u16, String)>,
}

impl OtherServer {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let server = Self(Arc::new(Inner { address, state: Mutex::default() }));
        let serving = server.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serving.clone().answer(stream));
            }
        });
        server
    }

    pub(crate) fn base_url(&self) -> String {
        format!("http://{}/api/v0", self.0.address)
    }

    /// From now on sessions are those of a device that must be registered.
    pub(crate) fn forget_device(&self) {
        self.0.state.lock().unwrap().device_is_unknown = true;
    }

    pub(crate) fn refuse_next(&self, status: u16, body: impl Into<String>) {
        self.0.state.lock().unwrap().refusal = Some((status, body.into()));
    }

    /// The latest request.
    pub(crate) fn latest(&self) -> Recorded {
        self.0.state.lock().unwrap().requests.last().unwrap().clone()
    }

    async fn answer(self, mut stream: TcpStream) -> Option<()> {
        let (head, body) = read_request(&mut stream).await?;
        let request = parse(&head, &body);
        let (status, body) = self.0.state.lock().unwrap().answer(request);
        let head =
            format!("HTTP/1.1 {status} -\r\nconnection: close\r\ncontent-length: {}\r\n\r\n", body.len());
        stream.write_all(format!("{head}{body}").as_bytes()).await.ok()
    }
}

impl State {
    fn answer(&mut self, request: Recorded) -> (u16, String) {
        self.requests.push(request.clone());
        if let Some(refusal) = self.refusal.take() {
            return refusal;
        }
        match self.body(&request) {
            Some(Value::Null) => (200, String::new()),
            Some(body) => (200, body.to_string()),
            None => (404, json!({ "error": "no such thing" }).to_string()),
        }
    }

    /// Null where nothing has to be said.
    fn body(&mut self, request: &Recorded) -> Option<Value> {
        let path: Vec<_> = request.path().split('/').collect();
        let answer = match (request.method.as_str(), path.as_slice()) {
            ("GET", ["nonces"]) => {
                self.nonces += 5;
                let nonces: Vec<_> = (self.nonces - 5..self.nonces)
                    .map(|n| format!("00000000-0000-4000-8000-{n:012}"))
                    .collect();
                json!({ "nonces": nonces })
            }
            ("GET", ["settings"]) => settings(),
            ("POST", ["revoke"] | ["providers", _, "initAuth"])
            | ("GET", ["session"])
            | ("DELETE", ["users"] | ["users", ..])
            | ("PUT", ["users", "mfa", _]) => Value::Null,
            ("POST", ["emailVerifications" | "smsVerifications", "create" | "retry"]) => {
                json!({ "verificationUUID": "a-verification-zerodev" })
            }
            ("POST", ["stepUp", "check"]) => {
                let credential = json!({ "id": EMAIL_ID, "format": "email", "type": null, "alias": null });
                json!({ "isRequired": true, "credentials": [credential], "defaultCredentialId": null })
            }
            ("GET", ["users", "passkeys", ..]) => passkeys(path.last()?),
            ("GET", ["users", "mfa", "methods"]) => {
                json!({ "devices": [{}], "passkeys": [], "userHasVerifiedMfaMethods": false })
            }
            ("GET", ["users", "mfa", "register", "totp"]) => {
                let uri = "otpauth://totp/a?secret=GEZDGNBVGY3TQOJQ";
                json!({ "id": "a-device", "type": "totp", "secret": "GEZDGNBVGY3TQOJQ", "uri": uri })
            }
            ("GET" | "POST", ["users", "mfa", "recovery"]) => json!({ "recoveryCodes": ["abcd1234"] }),
            ("GET", ["deviceRegistrations"]) => json!({ "deviceRegistrations": [
                { "id": "a-phone", "isCurrentDevice": true, "createdAt": "2026-01-02T03:04:05.678Z" },
            ]}),
            ("DELETE", ["deviceRegistrations", _]) => json!({ "currentDeviceRevoked": false }),
            ("DELETE", ["deviceRegistrations"]) => json!({ "currentDeviceRevoked": true }),
            ("POST", ["deviceRegistration"]) => {
                self.device_is_unknown = false;
                self.session(request)
            }
            ("POST", ["externalAuth", "verify"]) => {
                json!({ "elevatedAccessToken": elevated(&["wallet:sign"]) })
            }
            ("POST" | "PUT", _) => self.session(request),
            _ => return None,
        };
        Some(answer)
    }

    /// The answer of all that begins a session or changes it.
    fn session(&self, request: &Recorded) -> Value {
        let scopes = request.body.as_ref().and_then(|body| body["requestedScopes"].as_array());
        let scopes: Vec<_> = scopes.into_iter().flatten().filter_map(Value::as_str).collect();
        let token = (!scopes.is_empty()).then(|| elevated(&scopes));
        let scope = if self.device_is_unknown { "device:register" } else { "user:basic" };
        json!({
            "user": {
                "id": USER_ID, "scope": scope, "email": null, "missingFields": null, "metadata": null,
                "mfaBackupCodeAcknowledgement": null, "verifiedCredentials": credentials(),
            },
            // In quotes, as one example of the documentation has it.
            "expiresAt": (now() + 3_600).to_string(),
            "jwt": elevated_token(&json!({ "sub": USER_ID })), "minifiedJwt": null,
            "elevatedAccessToken": token, "mfaToken": null, "nextView": "done",
        })
    }
}

fn settings() -> Value {
    let google = json!({
        "provider": "google", "clientId": "a-client", "baseAuthUrl": "https://accounts.example/auth",
        "redirectUrl": "https://other.example/callback", "scopes": "openid", "enabledAt": null,
    });
    json!({ "providers": [google], "security": { "mfa": null }, "sdk": {}, "general": {} })
}

fn credentials() -> Value {
    json!([
        { "id": EMAIL_ID, "format": "email", "email": "ada@example.com", "signInEnabled": true },
        { "id": "a-social-one", "format": "oauth", "oauth_provider": "google", "signInEnabled": true },
        {
            "id": WALLET_ID, "format": "blockchain", "address": WALLET, "chain": "eip155",
            "signInEnabled": true, "wallet_provider": "browserExtension", "wallet_name": "w",
        },
    ])
}

fn passkeys(what: &str) -> Value {
    match what {
        "authenticate" => json!({ "challenge": "Y2hhbGxlbmdl", "allowCredentials": [{ "id": "a2V5" }] }),
        "signin" => json!({ "challenge": "Y2hhbGxlbmdl" }),
        "register" => json!({
            "challenge": "Y2hhbGxlbmdl", "rp": { "id": "app.example", "name": "App" },
            "user": { "id": "dXNlcg", "name": "ada", "displayName": "Ada" },
            "pubKeyCredParams": [{ "type": "public-key", "alg": -7 }],
        }),
        _ => {
            json!({ "passkeys": [{ "id": "a-passkey", "credentialId": "a2V5", "createdAt": "2026-01-02" }] })
        }
    }
}

fn elevated(scopes: &[&str]) -> String {
    elevated_token(&json!({ "scope": scopes.join(" "), "exp": now() + 600 }))
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}
