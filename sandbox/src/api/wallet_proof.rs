//! The proof that a request comes from a wallet's holder: a signed message that was made for this app, this
//! environment and this moment.

use serde::Deserialize;
use time::Duration;
use url::Url;

use super::Context;
use super::otp::refuse_without_captcha;
use super::sign_in::SignInOptions;
use crate::errors::ApiError;
use crate::state::WalletProvider;
use crate::wallets::{SignInMessage, WalletChain, canonical, verify};

/// How far `Issued At` may be from the server's time, either way.
const CLOCK_TOLERANCE: Duration = Duration::minutes(5);

/// Body of every wallet endpoint.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct VerifyRequest {
    signed_message: String,
    message_to_sign: String,
    public_wallet_address: String,
    chain: String,
    wallet_name: String,
    wallet_provider: WalletProvider,
    captcha_token: Option<String>,
    #[serde(flatten)]
    pub(super) options: SignInOptions,
}

/// A wallet whose holder sent the request.
pub(super) struct ProvedWallet {
    pub(super) chain: WalletChain,
    /// In its canonical form.
    pub(super) address: String,
    pub(super) name: String,
    pub(super) provider: WalletProvider,
}

/// Checks captcha, names, message and signature; the nonce in the message is used up by the attempt.
///
/// # Errors
/// 400 for a `walletName` that no client makes, 422 `captcha_required`, `invalid_chain_address_match`,
/// `invalid_wallet_address`, `other_verify_failure`.
pub(super) fn prove(context: &mut Context<'_>, body: VerifyRequest) -> Result<ProvedWallet, ApiError> {
    refuse_without_captcha(context, body.captcha_token.as_deref())?;
    refuse_name(&body)?;
    let (chain, address) = parse_address(&body)?;
    let trace = context.call.trace.clone();
    let failed = |check: &'static str, reason: String| {
        trace.failed(check, reason.clone());
        Err(ApiError::unprocessable(
            "other_verify_failure",
            &format!("The wallet was not verified: {reason}"),
        ))
    };
    let message = match SignInMessage::parse(&body.message_to_sign) {
        Ok(message) => message,
        Err(reason) => return failed("wallet_message", reason),
    };
    let now = context.now;
    if let Err(reason) = context.state.nonces.redeem(message.nonce, now) {
        return failed("wallet_nonce", reason.to_string());
    }
    if canonical(chain, message.address).as_ref() != Some(&address) {
        trace.failed("wallet_message", "the address is not that of the request");
        let error = "The signed address is not the wallet's";
        return Err(ApiError::unprocessable("invalid_wallet_address", error));
    }
    if let Err(reason) = check_message(context, chain, &message) {
        return failed("wallet_message", reason);
    }
    if let Err(reason) = verify(chain, &address, &body.message_to_sign, &body.signed_message) {
        return failed("wallet_signature", reason.into());
    }
    trace.passed("wallet_signature", address.clone());
    Ok(ProvedWallet { chain, address, name: body.wallet_name, provider: body.wallet_provider })
}

/// The chain is one that is checked, and the address one of its addresses.
fn parse_address(body: &VerifyRequest) -> Result<(WalletChain, String), ApiError> {
    let chain = WalletChain::from_wire(&body.chain);
    let address = chain.and_then(|chain| canonical(chain, &body.public_wallet_address));
    chain.zip(address).ok_or_else(|| {
        let error = format!("This is no address of a wallet on `{}`", body.chain);
        ApiError::unprocessable("invalid_chain_address_match", &error)
    })
}

/// Clients send the display name as lower-case alphanumerics and append the chain.
fn refuse_name(body: &VerifyRequest) -> Result<(), ApiError> {
    let name = &body.wallet_name;
    let plain = name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    match plain && name.ends_with(&body.chain.to_lowercase()) {
        true => Ok(()),
        false => {
            let error = "`walletName` must be lower-case letters and digits that end with the chain";
            Err(ApiError::malformed(error))
        }
    }
}

fn check_message(
    context: &Context<'_>,
    chain: WalletChain,
    message: &SignInMessage<'_>,
) -> Result<(), String> {
    let backend = &context.call.backend;
    let uri = Url::parse(message.uri).map_err(|_| "`URI` is not a URL")?;
    let origin = uri.origin().ascii_serialization();
    if !backend.relying_party.allows_origin(&origin) && origin != backend.app_url {
        return Err(format!("`URI` is on `{origin}`, which is not an origin of the app"));
    }
    if origin.split_once("://").is_none_or(|(_, host)| host != message.domain) {
        return Err(format!("the domain `{}` is not the host of `URI`", message.domain));
    }
    if message.account_name != chain.account_name() {
        return Err(format!("`{}` is not the account of this chain", message.account_name));
    }
    if message.request_id != Some(backend.environment_id.to_string().as_str()) {
        return Err("`Request ID` is not the environment's id".into());
    }
    check_chain_id(chain, message.chain_id)?;
    check_times(context, message)
}

/// EVM messages name the chain by its number; Solana has none.
fn check_chain_id(chain: WalletChain, chain_id: Option<&str>) -> Result<(), String> {
    match (chain, chain_id) {
        (WalletChain::Sol, None) => Ok(()),
        (WalletChain::Sol, Some(_)) => Err("`Chain ID` does not belong into this chain's message".into()),
        (WalletChain::Evm, Some(id)) if id.parse::<u64>().is_ok_and(|id| id > 0) => Ok(()),
        (WalletChain::Evm, _) => Err("`Chain ID` is missing or not a number".into()),
    }
}

fn check_times(context: &Context<'_>, message: &SignInMessage<'_>) -> Result<(), String> {
    let now = context.now;
    if (message.issued_at - now).abs() > CLOCK_TOLERANCE {
        return Err("`Issued At` is more than 5 minutes from the server's time".into());
    }
    if message.expires_at.is_some_and(|at| at <= now) || message.not_before.is_some_and(|at| at > now) {
        return Err("the message is not valid now".into());
    }
    Ok(())
}
