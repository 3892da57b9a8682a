//! `wallets/{name}` and `users/{userId}/embedded-wallet`: software wallets for hosts that have none.

use std::sync::Arc;

use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query};
use axum::routing::{get, post};
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use super::refused;
use crate::api::{ApiResult, Call, reply};
use crate::backend::Backend;
use crate::errors::ApiError;
use crate::state::{WalletCredential, WalletProvider};
use crate::wallets::WalletChain;

pub(super) fn routes() -> Router<Arc<Backend>> {
    Router::new()
        .route("/wallets/{name}", get(address))
        .route("/wallets/{name}/sign", post(sign))
        .route("/users/{user_id}/embedded-wallet", post(embed))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OnChain {
    chain: Option<WalletChain>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ToSign {
    message: String,
    chain: WalletChain,
}

type ChainQuery = Result<Query<OnChain>, QueryRejection>;

async fn address(Path(name): Path<String>, query: ChainQuery, call: Call) -> ApiResult {
    let chain = chain(query)?;
    reply(json!({ "address": call.backend.wallets.address(&name, chain) }))
}

async fn sign(Path(name): Path<String>, call: Call) -> ApiResult {
    let ToSign { message, chain } = call.json()?;
    let wallets = &call.backend.wallets;
    reply(json!({
        "address": wallets.address(&name, chain),
        "signature": wallets.sign(&name, chain, &message),
    }))
}

/// Gives a user an embedded wallet. Its key is that of a software wallet whose name is answered, so that it
/// can be seen that even its right signature proves nothing.
async fn embed(Path(user_id): Path<String>, query: ChainQuery, call: Call) -> ApiResult {
    let chain = chain(query)?;
    let (backend, unknown) = (&call.backend, || refused(&format!("no user `{user_id}`")));
    let id = Uuid::try_parse(&user_id).map_err(|_| unknown())?;
    let mut state = backend.state.lock();
    let user = state.users.get_mut(&id).ok_or_else(unknown)?;
    let name = format!("embedded-{id}");
    let address = backend.wallets.address(&name, chain);
    let wallet = match user.wallet_of(chain, &address) {
        Some(wallet) => wallet.clone(),
        None => {
            let wallet = WalletCredential {
                id: Uuid::new_v4(),
                chain,
                address,
                name: "embeddedwallet".into(),
                provider: WalletProvider::EmbeddedWallet,
                verified_at: backend.clock.now_utc(),
            };
            user.wallets.push(wallet.clone());
            wallet
        }
    };
    reply(json!({ "id": wallet.id, "address": wallet.address, "wallet": name }))
}

/// The chain of the query, EVM when it names none.
fn chain(query: ChainQuery) -> Result<WalletChain, ApiError> {
    let Query(on) = query.map_err(|rejection| refused(&rejection.body_text()))?;
    Ok(on.chain.unwrap_or(WalletChain::Evm))
}
