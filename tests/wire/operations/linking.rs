//! Social accounts and wallets: linked, moved here, taken away; two accounts that become one.

use serde_json::json;
use stepup_core::{
    CredentialFormat, LinkOutcome, MergeResolution, SocialProvider, StepUpClient, TokenScope, UserUpdate,
    WalletChain,
};

use super::{Prepared, Trouble};
use crate::bench::Bench;

const LINK: TokenScope = TokenScope::CREDENTIAL_LINK;
const UNLINK: TokenScope = TokenScope::CREDENTIAL_UNLINK;

impl Bench {
    pub(super) async fn prepare_linking(&mut self, name: &str) -> Option<Prepared> {
        let mut prepared = Prepared::default();
        match name {
            "begin_social_link" | "link_social" => self.sign_in_verified(&[LINK]).await,
            "link_wallet" => {
                self.world.wallet.offer("a wallet", WalletChain::Evm);
                self.sign_in_verified(&[LINK]).await;
            }
            "transfer_wallet" => {
                let outcome = self.link_wallet_of_another_user("transfer", None).await;
                assert!(matches!(outcome, LinkOutcome::TransferRequired { .. }), "{outcome:?}");
            }
            "merge_accounts" => {
                let outcome = self.link_wallet_of_another_user("merge", None).await;
                assert!(matches!(outcome, LinkOutcome::MergeRequired { .. }), "{outcome:?}");
            }
            "resolve_merge" => {
                let outcome = self.link_wallet_of_another_user("merge", Some(["Grace", "Ada"])).await;
                let LinkOutcome::MergeRequired { conflicts } = outcome else { panic!("{outcome:?}") };
                let conflicts = conflicts.conflicts.into_iter();
                let resolutions = conflicts.map(|conflict| MergeResolution {
                    field: conflict.field,
                    field_type: conflict.field_type,
                    user_id: conflict.current.user_id,
                });
                prepared.resolutions = resolutions.collect();
                assert_eq!(prepared.resolutions.len(), 1);
            }
            "unlink_wallet" => {
                self.world.wallet.offer("a wallet", WalletChain::Evm);
                self.sign_in_verified(&[LINK, UNLINK]).await;
                self.client().auth().link_wallet(None, None).await.unwrap();
                prepared.id = self.credential(&CredentialFormat::Blockchain).await;
            }
            _ => return None,
        }
        Some(prepared)
    }

    /// Somebody signs in with a wallet; then somebody else wants to link it. Their first names may differ.
    async fn link_wallet_of_another_user(&self, policy: &str, names: Option<[&str; 2]>) -> LinkOutcome {
        self.patch_policy(&json!({ "linkConflict": policy }));
        self.world.wallet.offer("a wallet", WalletChain::Evm);
        self.sign_in_with_wallet().await;
        self.rename(names.map(|[other, _]| other)).await;
        self.sign_in_verified(&[LINK]).await;
        self.rename(names.map(|[_, own]| own)).await;
        self.client().auth().link_wallet(None, None).await.unwrap()
    }

    async fn rename(&self, name: Option<&str>) {
        if let Some(name) = name {
            let update = UserUpdate { first_name: Some(name.into()), ..UserUpdate::default() };
            self.client().auth().update_user(update, None).await.unwrap();
        }
    }
}

pub(super) async fn perform(
    client: &StepUpClient,
    name: &str,
    prepared: &Prepared,
) -> Option<Result<(), Trouble>> {
    let auth = client.auth();
    let done = match name {
        "begin_social_link" | "link_social" => auth.link_social(SocialProvider::Google, None).await.map(drop),
        "link_wallet" => auth.link_wallet(None, None).await.map(drop),
        "transfer_wallet" => auth.confirm_transfer(None).await.map(drop),
        "merge_accounts" | "resolve_merge" => {
            auth.confirm_merge(prepared.resolutions.clone(), None).await.map(drop)
        }
        "unlink_wallet" => auth.unlink_credential(prepared.id.as_str().into(), None).await.map(drop),
        _ => return None,
    };
    Some(done.map_err(Trouble::from))
}
