//! One list of factors by kind: what the environment offers beside what the user has (fault 39).

use std::sync::Arc;

use super::{MfaFactor, MfaFactorKind};
use crate::{
    api::{
        Request,
        models::{MfaMethodsAnswer, Settings},
        operations,
    },
    context::Context,
    error::StepUpError,
};

/// A kind of second factor that the environment offers, or that the user has.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct MfaMethod {
    /// What it is.
    pub kind: MfaFactorKind,
    /// Whether the environment offers it, so that it can be added (`security.mfa.methods[].enabled` of the
    /// settings; `availableMethods` there is a mere catalogue).
    pub is_enabled: bool,
    /// Whether the user has a verified factor of this kind.
    pub is_enrolled: bool,
    /// Whether the server named a factor of this kind as the default. It marks devices only: where a passkey
    /// is used first because it is the newest factor, no kind is the default.
    pub is_default: bool,
    /// The user's factors of this kind, also those that are not verified yet.
    pub factors: Vec<MfaFactor>,
}

impl Context {
    /// The settings and the factors are asked for at the same time.
    pub(super) async fn mfa_methods(self: &Arc<Self>) -> Result<Vec<MfaMethod>, StepUpError> {
        let epoch = self.signed_in().await?.epoch;
        let (factors, settings) = tokio::join!(self.mfa_factors(), self.settings());
        let factors: Vec<MfaFactor> = factors?.into();
        let emails = factors.iter().filter(|factor| factor.kind == MfaFactorKind::Email);
        self.state.in_epoch(epoch, |data| {
            data.email_factor_ids.extend(emails.map(|factor| factor.id.clone().into()));
        });
        Ok(by_kind(&*settings?, factors))
    }

    pub(super) async fn mfa_factors(self: &Arc<Self>) -> Result<MfaMethodsAnswer, StepUpError> {
        let answer = self.call(Request::new(&operations::MFA_METHODS).query("verifiedOnly", "true")).await?;
        Ok(answer.read()?)
    }
}

/// What the environment offers comes first, in its order.
fn by_kind(settings: &Settings, factors: Vec<MfaFactor>) -> Vec<MfaMethod> {
    let mut methods = Vec::new();
    for offered in settings.security.mfa.methods.iter().filter(|method| method.enabled) {
        method_of(&mut methods, MfaFactorKind::from(offered.kind.as_str())).is_enabled = true;
    }
    for factor in factors {
        let method = method_of(&mut methods, factor.kind.clone());
        method.is_enrolled |= factor.is_verified;
        method.is_default |= factor.is_default;
        method.factors.push(factor);
    }
    methods
}

fn method_of(methods: &mut Vec<MfaMethod>, kind: MfaFactorKind) -> &mut MfaMethod {
    let known = methods.iter().position(|method| method.kind == kind);
    let index = known.unwrap_or(methods.len());
    if known.is_none() {
        let (is_enabled, is_enrolled, is_default) = (false, false, false);
        methods.push(MfaMethod { kind, is_enabled, is_enrolled, is_default, factors: Vec::new() });
    }
    &mut methods[index]
}
