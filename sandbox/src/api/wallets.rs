//! External wallets: sign-in, step-up, linking, transfer.

use std::sync::Arc;

use axum::Router;
use axum::routing::post;
use serde::Deserialize;
use uuid::Uuid;

use super::elevation::{Proof, finish_verification};
use super::merge::merge_offer;
use super::sign_in::{SignedIn, sign_in};
use super::wallet_proof::{ProvedWallet, VerifyRequest, prove};
use super::{ApiResult, Call, Context, no_content, reply};
use crate::backend::Backend;
use crate::enforcement::{Operation, guard};
use crate::errors::ApiError;
use crate::policy::LinkConflict;
use crate::scopes;
use crate::state::{Offer, Session, User, WalletCredential, WalletProvider};

pub(super) fn routes() -> Router<Arc<Backend>> {
    Router::new()
        .route("/connect", post(connect))
        .route("/prefetch", post(prefetch))
        .route("/wallets/signin", post(signin))
        .route("/wallets/verify", post(verify))
        .route("/verify", post(signin))
        .route("/verify/link", post(link))
        .route("/verify/transfer", post(transfer))
}

/// A visit by somebody who may never sign in.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code, reason = "read to demand the fields; nothing is kept of them")]
struct ConnectBody {
    address: String,
    chain: String,
    provider: WalletProvider,
    wallet_name: String,
    auth_mode: Option<AuthMode>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum AuthMode {
    ConnectOnly,
    ConnectAndSign,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code, reason = "read to demand the fields; nothing is kept of them")]
struct PrefetchBody {
    chain: String,
    public_wallet_address: String,
}

async fn connect(call: Call) -> ApiResult {
    call.json::<ConnectBody>()?;
    no_content()
}

async fn prefetch(call: Call) -> ApiResult {
    call.json::<PrefetchBody>()?;
    no_content()
}

/// Opens a session, for a new user if nobody has the wallet.
async fn signin(call: Call) -> ApiResult {
    let body: VerifyRequest = call.json()?;
    let mut context = call.open();
    let options = body.options.clone().check(&context)?;
    let wallet = prove(&mut context, body)?;
    let who = user_of(&mut context, wallet)?;
    reply(sign_in(&mut context, &who, options)?)
}

/// A step-up with an external wallet of the user.
async fn verify(call: Call) -> ApiResult {
    let body: VerifyRequest = call.json()?;
    let mut context = call.open();
    let session = context.trusted_session()?;
    let requested = scopes::parse_requested(body.options.requested_scopes.as_deref())?;
    let proved = prove(&mut context, body)?;
    let user = context.user(session.user_id)?;
    let Some(wallet) = user.wallet_of(proved.chain, &proved.address) else {
        let error = "The user has no such wallet";
        return Err(ApiError::unprocessable("invalid_wallet_address", error));
    };
    refuse_embedded(wallet)?;
    let proof = Proof::Credential(wallet.id);
    reply(finish_verification(&mut context, &session, proof, &requested)?)
}

/// Adds the wallet to the user. One that was linked just now proves nothing about who the user is, so no
/// scope is granted.
async fn link(call: Call) -> ApiResult {
    let body: VerifyRequest = call.json()?;
    let mut context = call.open();
    let session = context.trusted_session()?;
    guard(&mut context, &session, Operation::LinkWallet)?;
    let proved = prove(&mut context, body)?;
    let id = match context.state.owner_of_wallet(proved.chain, &proved.address) {
        None => add(&mut context, &session, proved)?,
        Some((owner, id)) if owner == session.user_id => id,
        Some((owner, id)) => return Err(conflict(&mut context, &session, owner, id)),
    };
    reply(finish_verification(&mut context, &session, Proof::Credential(id), &[])?)
}

/// Takes the wallet over from another user, after that was offered.
async fn transfer(call: Call) -> ApiResult {
    let body: VerifyRequest = call.json()?;
    let mut context = call.open();
    let session = context.trusted_session()?;
    guard(&mut context, &session, Operation::LinkWallet)?;
    let proved = prove(&mut context, body)?;
    let (user_id, now) = (session.user_id, context.now);
    let owned = context.state.owner_of_wallet(proved.chain, &proved.address);
    let offered = |id: Uuid| context.state.offers.of(user_id, now) == Some(&Offer::Transfer(id));
    let Some((owner, id)) = owned.filter(|(owner, id)| *owner != user_id && offered(*id)) else {
        return Err(not_reassigned());
    };
    context.state.offers.close(user_id);
    context.state.release(owner, id);
    let id = add(&mut context, &session, proved)?;
    reply(finish_verification(&mut context, &session, Proof::Credential(id), &[])?)
}

fn user_of(context: &mut Context<'_>, proved: ProvedWallet) -> Result<SignedIn, ApiError> {
    if let Some((user_id, credential_id)) = context.state.owner_of_wallet(proved.chain, &proved.address) {
        if let Some(wallet) = context.user(user_id)?.wallet_of(proved.chain, &proved.address) {
            refuse_embedded(wallet)?;
        }
        return Ok(SignedIn { user_id, credential_id, new_user: false, mfa_passed: false });
    }
    let wallet = credential(context, proved)?;
    let credential_id = wallet.id;
    let mut user = User::new(context.now);
    user.wallets.push(wallet);
    let user_id = user.id;
    context.state.users.insert(user_id, user);
    Ok(SignedIn { user_id, credential_id, new_user: true, mfa_passed: false })
}

fn add(context: &mut Context<'_>, session: &Session, proved: ProvedWallet) -> Result<Uuid, ApiError> {
    let wallet = credential(context, proved)?;
    let id = wallet.id;
    context.user(session.user_id)?.wallets.push(wallet);
    Ok(id)
}

/// An external wallet; embedded ones are made by the environment, not by a signature.
fn credential(context: &Context<'_>, proved: ProvedWallet) -> Result<WalletCredential, ApiError> {
    let wallet = WalletCredential {
        id: Uuid::new_v4(),
        chain: proved.chain,
        address: proved.address,
        name: proved.name,
        provider: proved.provider,
        verified_at: context.now,
    };
    refuse_embedded(&wallet)?;
    Ok(wallet)
}

fn refuse_embedded(wallet: &WalletCredential) -> Result<(), ApiError> {
    match wallet.is_embedded() {
        false => Ok(()),
        true => {
            let error = "An embedded wallet does not sign in";
            Err(ApiError::unprocessable("credential_not_enabled_for_sign_in", error))
        }
    }
}

/// The wallet is another user's: what can be done about it is the environment's choice.
fn conflict(context: &mut Context<'_>, session: &Session, owner: Uuid, id: Uuid) -> ApiError {
    let embedded = |user: &User| user.wallets.iter().any(|wallet| wallet.id == id && wallet.is_embedded());
    if context.state.users.get(&owner).is_some_and(embedded) {
        let error = "The wallet is embedded in another account";
        return ApiError::unprocessable("linked_embedded_wallet", error);
    }
    if context.policy.link_conflict != LinkConflict::Transfer {
        return merge_offer(context, session, owner, not_reassigned());
    }
    let now = context.now;
    context.state.offers.make(session.user_id, Offer::Transfer(id), now);
    let error = "The wallet belongs to another user; it can be transferred";
    ApiError::unprocessable("reassign_wallet_confirm", error)
}

fn not_reassigned() -> ApiError {
    ApiError::unprocessable("reassign_wallet_error", "The wallet belongs to another user, or to nobody")
}
