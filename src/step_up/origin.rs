//! What a flow of an earlier process had begun, as far as the next one needs it to go on.

use serde::{Deserialize, Serialize};

use super::{
    StepUpFilter, StepUpMethod, StepUpOption,
    transition::{Asked, PasskeyPreparation, Phase, State},
};
use crate::{
    identifier::{CredentialId, OptionId},
    scope::TokenScope,
};

/// What was asked for, and the option that was chosen. Holds no secret and no address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FlowOrigin {
    pub(super) scopes: Vec<TokenScope>,
    filter: StepUpFilter,
    /// Scopes that the server required nothing for.
    not_required: Vec<TokenScope>,
    pub(super) option_id: OptionId,
    pub(super) method: StepUpMethod,
    pub(super) credential_id: Option<CredentialId>,
    pub(super) is_second_factor: bool,
}

impl FlowOrigin {
    pub(super) fn of(state: &State, option: &StepUpOption) -> Self {
        Self {
            scopes: state.asked.scopes.clone(),
            filter: state.asked.filter.clone(),
            not_required: state.known.not_required.clone(),
            option_id: option.id.clone(),
            method: option.method.clone(),
            credential_id: option.credential_id.clone(),
            is_second_factor: option.is_second_factor,
        }
    }

    /// Scopes that a token is still needed for.
    pub(super) fn missing(&self, is_held: impl Fn(&TokenScope) -> bool) -> Vec<TokenScope> {
        let is_needed = |scope: &&TokenScope| !self.not_required.contains(scope) && !is_held(scope);
        self.scopes.iter().filter(is_needed).cloned().collect()
    }

    /// The flow as it was left. What else there is to choose from is not known, and when it has been asked
    /// for, the user chooses.
    pub(super) fn state(&self, missing: Vec<TokenScope>, phase: Phase) -> State {
        let asked = Asked {
            scopes: self.scopes.clone(),
            filter: self.filter.clone(),
            preferred_credential_id: None,
            auto_select: false,
        };
        let mut state = State::new(asked, PasskeyPreparation::None);
        (state.known.missing, state.known.not_required) = (missing, self.not_required.clone());
        state.phase = phase;
        state
    }
}
