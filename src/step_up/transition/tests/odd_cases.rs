//! What a screen meets in odd cases: what the states hold then, and what is asked of whom.

use std::time::Duration;

use super::{
    super::{
        AfterCaptcha, Again, Asked, AwaitedCode, Checked, Effect, Event, PasskeyPreparation, Phase, Proof,
        State, started, transition,
    },
    events::{invalid_argument, network, rate_limited, refused, secret, unavailable},
    samples::{
        asked, challenge, elevation, now, option, options, place, prepared, sent, state, verification, word,
    },
};
use crate::{
    error::{CodeRefusal, StepUpError, UnavailableReason},
    step_up::{CodePrompt, StepUpFilter, StepUpFlowState, StepUpMethod, StepUpOption},
};

/// Does one thing after the other; all of them have to be possible.
fn after(state: &State, events: impl IntoIterator<Item = Event>) -> (State, Vec<Effect>) {
    let begin = (state.clone(), Vec::new());
    events.into_iter().fold(begin, |(state, _), event| transition(&state, event).unwrap())
}

fn words(effects: &[Effect]) -> Vec<&'static str> {
    effects.iter().map(word).collect()
}

fn choosing() -> State {
    state(Phase::Choosing { error: None, again: None })
}

fn select(method: &StepUpMethod) -> Event {
    Event::Select { option_id: option(method).id, now: now() }
}

fn not_sent(error: StepUpError) -> Event {
    Event::CodeSent { outcome: Err(error), now: now() }
}

fn was_sent(id: &str) -> Event {
    Event::CodeSent { outcome: Ok(verification(id)), now: now() }
}

fn failed(error: StepUpError) -> Event {
    Event::Verified { outcome: Err(error), covered: Vec::new() }
}

fn submit() -> Event {
    Event::Submit { code: secret() }
}

fn prompt(state: &State) -> CodePrompt {
    match state.shown() {
        StepUpFlowState::AwaitingCode { prompt, .. } => prompt,
        other => panic!("{other:?}"),
    }
}

fn error(state: &State) -> Option<StepUpError> {
    match state.shown() {
        StepUpFlowState::Choosing { error, .. } | StepUpFlowState::AwaitingExternalJwt { error, .. } => error,
        StepUpFlowState::AwaitingCode { prompt, .. } => prompt.error,
        other => panic!("{other:?}"),
    }
}

fn shown_option(state: &State, id: &str) -> StepUpOption {
    state.known.option(&id.into()).unwrap().clone()
}

fn checked(options: Vec<StepUpOption>) -> Checked {
    Checked {
        missing: asked().scopes,
        not_required: Vec::new(),
        held: Vec::new(),
        options,
        enrollment_hints: Vec::new(),
        is_confirmed: true,
        error: None,
    }
}

#[test]
fn a_code_that_cannot_be_sent_yet_says_how_long_to_wait_and_is_sent_by_retry() {
    let (state, _) = after(&choosing(), [select(&StepUpMethod::Email), not_sent(rate_limited(Some(90)))]);
    assert_eq!(error(&state).unwrap().retry_after(), Some(Duration::from_secs(90)));
    assert_eq!(shown_option(&state, "the-Email").error, Some(rate_limited(Some(90))));
    assert_eq!(shown_option(&state, "the-Email").unusable, None);
    let (state, effects) = after(&state, [Event::Retry { now: now() }]);
    assert!(matches!(state.phase, Phase::SendingCode { .. }));
    assert_eq!(words(&effects), ["send"]);
}

#[test]
fn a_code_is_not_offered_again_before_the_server_takes_it() {
    let (awaiting, _) = after(&choosing(), [select(&StepUpMethod::Email), was_sent("first"), Event::Resend]);
    let resend_at = |error| prompt(&after(&awaiting, [not_sent(error)]).0).resend_at.unwrap();
    assert_eq!(resend_at(rate_limited(Some(90))), now() + Duration::from_secs(90));
    assert_eq!(resend_at(rate_limited(None)), now() + Duration::from_secs(30));
    // What was known before holds where the server says nothing of it.
    assert_eq!(resend_at(network()), verification("first").resend_at);
}

#[test]
fn after_an_expired_code_another_one_is_sent_and_the_error_is_gone() {
    let (expired, _) = after(
        &choosing(),
        [select(&StepUpMethod::Sms), was_sent("first"), submit(), failed(refused(CodeRefusal::Expired))],
    );
    assert_eq!(prompt(&expired).error, Some(refused(CodeRefusal::Expired)));
    let (sending, effects) = after(&expired, [Event::Resend]);
    assert_eq!(effects, [Effect::ResendCode { verification_id: "first".into(), captcha: None }]);
    assert!(prompt(&sending).is_resending && prompt(&sending).error.is_none());
    assert!(transition(&sending, Event::Resend).is_err(), "twice at once");
    let (fresh, _) = after(&sending, [was_sent("second")]);
    assert!(!prompt(&fresh).is_resending && prompt(&fresh).error.is_none());
    let (_, effects) = after(&fresh, [submit()]);
    let Effect::Verify { proof: Proof::Otp { verification_id, .. }, .. } = &effects[0] else { panic!() };
    assert_eq!(verification_id.as_str(), "second");
}

#[test]
fn a_code_that_is_typed_while_another_is_sent_is_looked_at_and_the_new_one_is_kept() {
    let (state, effects) =
        after(&choosing(), [select(&StepUpMethod::Email), was_sent("first"), Event::Resend, submit()]);
    assert_eq!(words(&effects), ["verify"]);
    let (state, _) = after(&state, [was_sent("second"), failed(refused(CodeRefusal::Wrong))]);
    assert_eq!(error(&state), Some(refused(CodeRefusal::Wrong)));
    assert_eq!(state.sent_code().unwrap().1.verification_id, Some("second".into()));
}

#[test]
fn too_many_wrong_codes_lead_to_the_choice_where_the_same_method_can_be_begun_anew() {
    let refusal = refused(CodeRefusal::TooManyAttempts);
    let (state, _) = after(
        &choosing(),
        [select(&StepUpMethod::Email), was_sent("first"), submit(), failed(refusal.clone())],
    );
    assert_eq!(error(&state), Some(refusal.clone()));
    assert_eq!(shown_option(&state, "the-Email").error, Some(refusal));
    let (_, effects) = after(&state, [select(&StepUpMethod::Email)]);
    assert_eq!(words(&effects), ["send"]);
}

#[test]
fn a_captcha_for_another_code_leaves_a_way_back_to_the_code_that_is_there() {
    let wanted = Event::CaptchaWanted { challenge: challenge() };
    let (state, _) =
        after(&choosing(), [select(&StepUpMethod::Email), was_sent("first"), Event::Resend, wanted.clone()]);
    let (back, effects) = after(&state, [Event::Back { now: now() }]);
    assert_eq!(back.sent_code().unwrap().1.verification_id, Some("first".into()));
    assert!(!prompt(&back).is_resending && effects.is_empty());
    let solved = Event::SubmitCaptcha { token: secret() };
    let (state, effects) = after(&state, [solved.clone()]);
    assert_eq!(effects, [Effect::ResendCode { verification_id: "first".into(), captcha: Some(secret()) }]);
    // A captcha that was solved wrongly is shown again.
    let (state, _) = after(&state, [wanted, solved, was_sent("second")]);
    assert_eq!(state.sent_code().unwrap().1.verification_id, Some("second".into()));
}

#[test]
fn a_wallet_signs_again_when_the_server_wants_a_captcha_with_it() {
    let signed = Event::Proven { outcome: Ok(Proof::Wallet { body: serde_json::json!({}) }) };
    let wanted = Event::CaptchaWanted { challenge: challenge() };
    let (state, _) = after(&choosing(), [select(&StepUpMethod::Wallet), signed, wanted]);
    assert!(matches!(state.phase, Phase::CaptchaNeeded { then: AfterCaptcha::Sign, .. }));
    let (state, effects) = after(&state, [Event::SubmitCaptcha { token: secret() }]);
    assert!(matches!(state.phase, Phase::AwaitingSignature { .. }));
    let credential_id = option(&StepUpMethod::Wallet).credential_id;
    assert_eq!(effects, [Effect::SignWithWallet { credential_id, captcha: Some(secret()) }]);
}

#[test]
fn a_challenge_is_shown_once_and_the_next_one_fetched_as_soon_as_the_sheet_is_closed() {
    let (shown, effects) = after(&choosing(), [select(&StepUpMethod::Passkey)]);
    assert_eq!(effects, [Effect::ShowPasskey { prepared: prepared() }]);
    let (closed, effects) = after(&shown, [Event::Proven { outcome: Err(StepUpError::Cancelled) }]);
    assert_eq!(words(&effects), ["stop", "prepare"]);
    assert_eq!(closed.known.passkey, PasskeyPreparation::UnderWay);
    // A tap before it is there waits for it.
    let (waiting, effects) = after(&closed, [Event::Retry { now: now() }]);
    assert!(matches!(waiting.phase, Phase::AwaitingCeremony { .. }) && effects.is_empty());
    let (_, effects) = after(&waiting, [Event::PasskeyPrepared { outcome: Ok(prepared()) }]);
    assert_eq!(words(&effects), ["sheet"]);
}

#[test]
fn options_that_ran_out_while_the_user_read_something_else_are_fetched_before_the_sheet() {
    let late = prepared().expires_at;
    let tap = Event::Select { option_id: "the-Passkey".into(), now: late };
    let (state, effects) = after(&choosing(), [tap]);
    assert_eq!(words(&effects), ["prepare"]);
    assert_eq!(state.known.passkey, PasskeyPreparation::UnderWay);
    // The same after another method was left.
    let (_, effects) = after(&choosing(), [select(&StepUpMethod::Totp), Event::Back { now: late }]);
    assert_eq!(words(&effects), ["stop", "prepare"]);
}

#[test]
fn a_passkey_that_cannot_be_prepared_is_marked_before_anybody_taps_it() {
    let mut state = choosing();
    state.known.passkey = PasskeyPreparation::UnderWay;
    let prepared = |error| Event::PasskeyPrepared { outcome: Err(error) };
    let (marked, _) = after(&state, [prepared(unavailable(UnavailableReason::NotEnrolled))]);
    let passkey = shown_option(&marked, "the-Passkey");
    assert_eq!((passkey.unusable, passkey.is_preferred), (Some(UnavailableReason::NotEnrolled), false));
    assert!(shown_option(&marked, "the-Totp").is_preferred);
    assert_eq!(error(&marked), None, "nobody has asked for it");
    // What may pass is tried again at the tap.
    let (unmarked, _) = after(&state, [prepared(network())]);
    assert_eq!(shown_option(&unmarked, "the-Passkey"), option(&StepUpMethod::Passkey));
    assert_eq!(words(&after(&unmarked, [select(&StepUpMethod::Passkey)]).1), ["prepare"]);
}

#[test]
fn one_sheet_speaks_for_all_passkeys() {
    let mut state = choosing();
    let another = StepUpOption { id: "another".into(), ..option(&StepUpMethod::Passkey) };
    state.known.options.as_mut().unwrap().insert(1, another);
    let missing = unavailable(UnavailableReason::NotOnThisDevice);
    let tap = select(&StepUpMethod::Passkey);
    let (state, effects) = after(&state, [tap, Event::Proven { outcome: Err(missing) }]);
    for id in ["the-Passkey", "another"] {
        assert_eq!(shown_option(&state, id).unusable, Some(UnavailableReason::NotOnThisDevice));
    }
    assert!(shown_option(&state, "the-Totp").is_preferred);
    assert_eq!(words(&effects), ["stop"], "options for nobody");
}

#[test]
fn what_is_granted_in_part_is_not_asked_for_again() {
    let scopes = asked().scopes;
    let (granted, missing) = (vec![scopes[0].clone()], vec![scopes[1].clone()]);
    let covered = vec![elevation(&granted)];
    let in_part = Event::Verified { outcome: Err(StepUpError::NotElevated { granted, missing }), covered };
    let (state, _) = after(&choosing(), [select(&StepUpMethod::Totp), submit(), in_part]);
    assert!(matches!(error(&state), Some(StepUpError::NotElevated { .. })));
    let (_, effects) = after(&state, [select(&StepUpMethod::RecoveryCode), submit()]);
    assert_eq!(
        effects,
        [Effect::Verify { proof: Proof::RecoveryCode { code: secret() }, scopes: scopes[1..].to_vec() }]
    );
}

#[test]
fn a_token_that_went_before_the_other_came_is_asked_for_again() {
    let scopes = asked().scopes;
    let mut state = choosing();
    state.known.missing = scopes[1..].to_vec();
    let covered = vec![elevation(&scopes[1..])];
    // The last answer got lost, but what it granted is there; the first scope's token is gone.
    for outcome in [Ok(()), Err(network())] {
        let verified = Event::Verified { outcome, covered: covered.clone() };
        let (state, effects) = after(&state, [select(&StepUpMethod::Totp), submit(), verified]);
        assert!(matches!(state.phase, Phase::Checking));
        assert_eq!(effects, [Effect::Abort, Effect::Check]);
    }
}

#[test]
fn unconfirmed_options_can_be_asked_for_again_also_after_a_way_back() {
    let asked_in_vain = Event::Checked {
        checked: Checked { is_confirmed: false, error: Some(network()), ..checked(options()) },
        now: now(),
    };
    let begin = State::new(asked(), PasskeyPreparation::None);
    let (state, _) = after(&begin, [asked_in_vain, select(&StepUpMethod::Totp), Event::Back { now: now() }]);
    assert_eq!(error(&state), None);
    let (state, effects) = after(&state, [Event::Retry { now: now() }]);
    assert!(matches!(state.phase, Phase::Checking));
    assert_eq!(words(&effects), ["check"]);
}

#[test]
fn the_only_method_is_begun_once_and_only_if_the_server_named_it() {
    let asked = Asked { auto_select: true, ..asked() };
    let begin = State::new(asked, PasskeyPreparation::None);
    let only = || vec![option(&StepUpMethod::Email), option(&StepUpMethod::RecoveryCode)];
    let event = |checked| Event::Checked { checked, now: now() };
    let in_vain = Checked { is_confirmed: false, error: Some(network()), ..checked(only()) };
    let (state, effects) = after(&begin, [event(in_vain)]);
    assert!(matches!(state.phase, Phase::Choosing { .. }) && effects.is_empty());
    let (state, effects) = after(&state, [Event::Retry { now: now() }, event(checked(only()))]);
    assert_eq!((place(&state).state.as_str(), words(&effects)), ("SendingCode", vec!["send"]));
    let used_up = Event::Verified { outcome: Ok(()), covered: Vec::new() };
    let (state, _) = after(&state, [was_sent("first"), submit(), used_up, event(checked(only()))]);
    assert!(matches!(state.phase, Phase::Choosing { .. }), "a second time");
    let unusable =
        StepUpOption { unusable: Some(UnavailableReason::Unsupported), ..option(&StepUpMethod::Wallet) };
    let beside = vec![unusable, option(&StepUpMethod::Totp)];
    let (state, _) = after(&begin, [event(checked(beside))]);
    assert!(matches!(state.phase, Phase::AwaitingCode { .. }), "the other one cannot be used");
}

#[test]
fn a_passkey_is_fetched_beside_the_check_only_if_it_can_be_offered() {
    let begun = |filter| words(&started(Asked { filter, ..asked() }, true).1);
    let methods = |method| StepUpFilter::Methods { methods: vec![method] };
    for filter in [StepUpFilter::All, StepUpFilter::MfaOnly, methods(StepUpMethod::Passkey)] {
        assert_eq!(begun(filter), ["check", "prepare"]);
    }
    for filter in [StepUpFilter::ReauthenticationOnly, methods(StepUpMethod::Totp)] {
        assert_eq!(begun(filter), ["check"]);
    }
    assert_eq!(words(&started(asked(), false).1), ["check"]);
}

#[test]
fn an_assertion_that_will_not_do_says_why_and_another_may_follow() {
    let jwt = || Event::SubmitExternalJwt { jwt: secret() };
    let (state, _) =
        after(&choosing(), [select(&StepUpMethod::ExternalJwt), jwt(), failed(invalid_argument())]);
    assert_eq!(error(&state), Some(invalid_argument()));
    let StepUpFlowState::AwaitingExternalJwt { scopes, .. } = state.shown() else { panic!() };
    assert_eq!(scopes, asked().scopes);
    assert_eq!(words(&after(&state, [jwt()]).1), ["verify"]);
}

#[test]
fn a_method_of_an_earlier_process_that_fails_is_explained_once_there_is_a_choice() {
    let mut found = State::new(asked(), PasskeyPreparation::None);
    found.phase = Phase::AwaitingCode { option: option(&StepUpMethod::Email), code: sent(false) };
    let refusal = refused(CodeRefusal::TooManyAttempts);
    let (state, effects) = after(&found, [submit(), failed(refusal.clone())]);
    assert_eq!(words(&effects), ["stop", "check"]);
    let answered = Event::Checked { checked: checked(options()), now: now() };
    let (state, _) = after(&state, [answered]);
    assert_eq!(error(&state), Some(refusal.clone()));
    assert_eq!(shown_option(&state, "the-Email").error, Some(refusal));
    let Phase::Choosing { again: Some(Again::Select { option_id }), .. } = &state.phase else { panic!() };
    assert_eq!(option_id.as_str(), "the-Email");
}

#[test]
fn whoever_comes_late_changes_nothing() {
    let (left, _) = after(&choosing(), [select(&StepUpMethod::Email), Event::Back { now: now() }]);
    let late = [
        was_sent("late"),
        Event::CaptchaWanted { challenge: challenge() },
        failed(network()),
        Event::Proven { outcome: Err(StepUpError::Cancelled) },
        Event::Redeeming,
        Event::PasskeyPrepared { outcome: Ok(prepared()) },
        submit(),
        Event::Resend,
        Event::Retry { now: now() },
    ];
    for event in late {
        assert!(transition(&left, event.clone()).is_err(), "{event:?}");
    }
}

#[test]
fn a_prompt_without_a_code_on_its_way_offers_no_other_one() {
    for method in [StepUpMethod::Totp, StepUpMethod::RecoveryCode] {
        let (state, _) = after(&choosing(), [select(&method)]);
        let CodePrompt { channel, masked_destination, resend_at, is_resending, error } = prompt(&state);
        assert_eq!(
            (channel, masked_destination, resend_at, is_resending, error),
            (None, None, None, false, None)
        );
        assert_eq!(state.sent_code(), None::<(&StepUpOption, &AwaitedCode)>);
    }
}
