//! Two accounts become one, if the user wants it.

use std::sync::Arc;

use serde_json::json;

use super::{AuthClient, LinkOutcome, MergeConflict, MergeConflicts, MergeResolution};
use crate::{
    api::{Request, operations},
    cancel::CancelToken,
    context::{Context, Reissued},
    error::StepUpError,
    state::SessionChange,
};

/// The code of a refusal that offers to merge two accounts.
const MERGE_OFFERED: &str = "merge_accounts_confirmation";

#[uniffi::export]
impl AuthClient {
    /// Makes one account of the signed-in user's and of the one that [`LinkOutcome::MergeRequired`] named
    /// (`POST verify/merge`, or `POST users/merge` where there is no conflict). It cannot be undone.
    ///
    /// `resolutions` names for each conflict the user whose value stays. If the account that remains is the
    /// other one, that one is signed in afterwards, and the elevated tokens are gone.
    ///
    /// # Errors
    /// `InvalidArgument` if no merge was offered in this session, or unless there is exactly one resolution
    /// for each conflict, naming one of its two users; the offer stays. `NotSignedIn`; `Server`.
    #[uniffi::method(default(cancel = None))]
    pub async fn confirm_merge(
        &self,
        resolutions: Vec<MergeResolution>,
        cancel: Option<Arc<CancelToken>>,
    ) -> Result<LinkOutcome, StepUpError> {
        let context = Arc::clone(&self.context);
        self.context.run(cancel, async move { context.confirm_merge(&resolutions).await }).await
    }
}

impl Context {
    async fn confirm_merge(
        self: &Arc<Self>,
        resolutions: &[MergeResolution],
    ) -> Result<LinkOutcome, StepUpError> {
        let epoch = self.signed_in().await?.epoch;
        let offered = || self.state.in_epoch(epoch, |data| data.merge_offer.clone()).flatten();
        let not_offered = || invalid("merge", "was not offered in this session");
        let (offer_id, offer) = offered().ok_or_else(not_offered)?;
        let request = merge_request(&offer, resolutions)?;
        // The server remembers the latest offer only, and a merge without conflicts does not name it: when
        // its turn comes, it must still be the one that the user was shown.
        let is_gone = |_| offered().is_none_or(|(present_id, _)| present_id != offer_id);
        match self.reissue_unless(request, SessionChange::Merge, &is_gone).await.transpose() {
            Some(merged) => self.linked(epoch, merged).await,
            None => Err(not_offered()),
        }
    }

    /// How the linking of a credential ended, which was begun in this epoch: a refusal that offers a merge
    /// is a question to the user.
    pub(crate) async fn linked(
        &self,
        epoch: u64,
        result: Result<Reissued, StepUpError>,
    ) -> Result<LinkOutcome, StepUpError> {
        let error = match result {
            Ok(_) => return Ok(LinkOutcome::Done { session: self.session().await? }),
            Err(error) => error,
        };
        let StepUpError::Server { answer, .. } = &error else { return Err(error) };
        if answer.code.as_deref() != Some(MERGE_OFFERED) {
            return Err(error);
        }
        let offer = self.state.in_epoch(epoch, |data| {
            // What was offered before, the server does not remember.
            data.transfer_offer = None;
            data.merge_offer.clone()
        });
        match offer.flatten() {
            Some((request_id, conflicts)) if request_id == answer.request_id => {
                Ok(LinkOutcome::MergeRequired { conflicts })
            }
            _ => Err(error),
        }
    }
}

fn merge_request(offer: &MergeConflicts, resolutions: &[MergeResolution]) -> Result<Request, StepUpError> {
    if resolutions.len() != offer.conflicts.len() {
        return Err(invalid("resolutions", "must be one for each conflict"));
    }
    if offer.conflicts.is_empty() {
        return Ok(Request::new(&operations::MERGE_ACCOUNTS));
    }
    // As many resolutions as conflicts, and one for each: none is left over.
    for conflict in &offer.conflicts {
        let mut decisions = resolutions.iter().filter(|resolution| is_about(resolution, conflict));
        let (Some(decision), None) = (decisions.next(), decisions.next()) else {
            return Err(invalid("resolutions", "must be one for each conflict"));
        };
        if ![&conflict.current.user_id, &conflict.other.user_id].contains(&&decision.user_id) {
            return Err(invalid("resolutions", "must name one of the two users of the conflict"));
        }
    }
    let decided: Vec<_> = resolutions
        .iter()
        .map(|decision| {
            json!({
                "userId": decision.user_id, "fieldKey": decision.field, "type": decision.field_type,
            })
        })
        .collect();
    Ok(Request::new(&operations::RESOLVE_MERGE).body(json!({ "mergeUserResolutions": decided })))
}

fn is_about(resolution: &MergeResolution, conflict: &MergeConflict) -> bool {
    resolution.field == conflict.field && resolution.field_type == conflict.field_type
}

fn invalid(argument: &str, reason: &str) -> StepUpError {
    StepUpError::InvalidArgument { argument: argument.into(), reason: reason.into() }
}
