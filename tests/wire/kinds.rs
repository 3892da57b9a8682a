//! The table error × `kind()` × what the app does, of `docs/errors.md`, against the code. An error case that
//! is added does not compile here until it has a sample, and fails until it has a line in the document.

use std::collections::BTreeMap;

use stepup_core::{
    CodeRefusal, ErrorKind, LinkRefusal, NetworkFailure, PlatformCallback, RedirectRefusal, ServerAnswer,
    StepUpError, StorageFailure, TokenScope, UnavailableReason,
};

const DOCUMENT: &str = include_str!("../../docs/errors.md");
const USER_INPUT: &str = "`Server`, code about the user's input";
const ACCOUNT: &str = "`Server`, code about the account";
const ENVIRONMENT: &str = "`Server`, code about the environment";

/// Every case of an enum without fields; one that is missing does not compile.
macro_rules! all {
    ($enum:ident { $($case:ident),+ $(,)? }) => {{
        let _exhaustive = |case: &$enum| match case { $($enum::$case => ()),+ };
        [$($enum::$case),+]
    }};
}

/// At least one sample for each pattern, and a pattern for each case; one that is missing does not compile.
macro_rules! samples {
    ($($pattern:pat => $samples:expr),+ $(,)?) => {{
        let _exhaustive = |error: &StepUpError| match error { $($pattern => ()),+ };
        let mut all: Vec<StepUpError> = Vec::new();
        $(
            let samples: Vec<StepUpError> = $samples;
            assert!(!samples.is_empty() && samples.iter().all(|error| matches!(error, $pattern)));
            all.extend(samples);
        )+
        all
    }};
}

fn text() -> String {
    "text".into()
}

fn server(status: u16, code: Option<&str>) -> StepUpError {
    let answer = ServerAnswer { status, code: code.map(Into::into), request_id: text() };
    StepUpError::Server { operation: text(), answer, retry_after: None }
}

fn unavailable() -> Vec<StepUpError> {
    let reasons = all!(UnavailableReason {
        NotEnrolled,
        NotOnThisDevice,
        Unsupported,
        NotEnabledForSignIn,
        ProofRefused,
        AlreadyEnrolled,
        DifferentAccount,
        BelongsToAnotherUser,
        CaptchaRequired,
        AlreadyAcknowledged,
    });
    reasons.map(|reason| StepUpError::MethodUnavailable { reason, answer: None }).into()
}

fn all_errors() -> Vec<StepUpError> {
    use StepUpError as E;
    let callbacks =
        all!(PlatformCallback { Storage, Keys, Passkey, Log, Browser, Wallet, Captcha, Listener });
    let redirects = all!(RedirectRefusal { NotOurs, Expired, AnotherSession, Incomplete });
    let links = all!(LinkRefusal { Malformed, Foreign, Used, Expired, Refused });
    let codes = all!(CodeRefusal { Malformed, Wrong, Expired, TooManyAttempts });
    let network = all!(NetworkFailure { ConnectFailed, TimedOut, Interrupted, TooLarge });
    let storage = all!(StorageFailure { Unavailable, Locked, Corrupt, NewerVersion });
    let argument = |argument: &str| E::InvalidArgument { argument: argument.into(), reason: text() };
    samples! {
        E::Cancelled => vec![E::Cancelled],
        E::ClientClosed => vec![E::ClientClosed],
        E::AlreadyOpen => vec![E::AlreadyOpen],
        E::InvalidConfiguration { .. } => vec![E::InvalidConfiguration { field: text(), reason: text() }],
        E::InvalidTransition { .. } => vec![E::InvalidTransition { event: text() }],
        E::InvalidArgument { .. } => {
            ["email", "phone", "alias", "scopes", "verification_id"].map(argument).into()
        },
        E::NotSignedIn { .. } => vec![E::NotSignedIn { answer: None }],
        E::SessionReplaced => vec![E::SessionReplaced],
        E::StepUpRequired { .. } => [true, false].map(|token_was_attached| {
            E::StepUpRequired { operation: text(), scope: TokenScope::WALLET_SIGN, token_was_attached }
        }).into(),
        E::NotElevated { .. } => vec![E::NotElevated { granted: vec![], missing: vec![] }],
        E::InvalidCode { .. } => codes.map(|reason| E::InvalidCode { reason, answer: None }).into(),
        E::MethodUnavailable { .. } => unavailable(),
        E::AuthenticatorClockWrong { .. } => vec![E::AuthenticatorClockWrong { seconds: 60 }],
        E::ProviderRefused { .. } => {
            let codes = [None, Some("access_denied".to_owned())];
            codes.map(|code| E::ProviderRefused { provider: text(), code }).into()
        },
        E::RedirectRefused { .. } => redirects.map(|reason| E::RedirectRefused { reason }).into(),
        E::InvalidRegistrationLink { .. } => {
            links.map(|reason| E::InvalidRegistrationLink { reason, answer: None }).into()
        },
        E::DeviceRegistrationRequired => vec![E::DeviceRegistrationRequired],
        E::RateLimited { .. } => vec![E::RateLimited { retry_after: None, answer: None }],
        E::Network { .. } => network.map(|failure| E::Network { failure, request_id: text() }).into(),
        E::TimedOut { .. } => callbacks.map(|what| E::TimedOut { what }).into(),
        E::CallbackFailed { .. } => callbacks.map(|what| E::CallbackFailed { what }).into(),
        E::Server { .. } => server_errors(),
        E::UnexpectedAnswer { .. } => {
            vec![E::UnexpectedAnswer { operation: text(), reason: text(), request_id: text() }]
        },
        E::IdentityMismatch => vec![E::IdentityMismatch],
        E::StorageFailed { .. } => storage.map(|reason| E::StorageFailed { reason }).into(),
        E::KeyLost => vec![E::KeyLost],
        E::Internal { .. } => vec![E::Internal { reason: text() }],
    }
}

/// Each status with and without a code that means nothing, and each documented code.
fn server_errors() -> Vec<StepUpError> {
    let by_status = (300..=599).flat_map(|status| [server(status, None), server(status, Some("new_code"))]);
    let codes = [USER_INPUT, ACCOUNT, ENVIRONMENT].into_iter().flat_map(documented_codes);
    by_status.chain(codes.map(|code| server(422, Some(code)))).collect()
}

/// The codes that the last column of a line lists.
fn documented_codes(line: &str) -> Vec<&'static str> {
    let (_, _, text) = lines().into_iter().find(|(case, ..)| *case == line).unwrap();
    text.split('`').skip(1).step_by(2).collect()
}

/// The line of the document that an error belongs to.
fn line_of(error: &StepUpError) -> String {
    let debug = format!("{error:?}");
    let case = debug.split([' ', '{']).next().unwrap();
    let in_particular = match error {
        StepUpError::InvalidArgument { argument, .. }
            if matches!(&**argument, "email" | "phone" | "alias") =>
        {
            Some(format!("`{argument}`"))
        }
        StepUpError::InvalidCode { reason, .. } => Some(format!("`{reason:?}`")),
        StepUpError::MethodUnavailable { reason, .. } => Some(format!("`{reason:?}`")),
        StepUpError::RedirectRefused { reason } => Some(format!("`{reason:?}`")),
        StepUpError::InvalidRegistrationLink { reason, .. } => Some(format!("`{reason:?}`")),
        StepUpError::Network { failure, .. } => Some(format!("`{failure:?}`")),
        StepUpError::TimedOut { what } | StepUpError::CallbackFailed { what } => Some(format!("`{what:?}`")),
        StepUpError::StorageFailed { reason } => Some(format!("`{reason:?}`")),
        StepUpError::Server { answer, .. } => return line_of_answer(answer),
        _ => None,
    };
    [Some(format!("`{case}`")), in_particular].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn line_of_answer(answer: &ServerAnswer) -> String {
    let is_in =
        |line: &str| answer.code.as_deref().is_some_and(|code| documented_codes(line).contains(&code));
    if let Some(line) = [USER_INPUT, ACCOUNT, ENVIRONMENT].into_iter().find(|line| is_in(line)) {
        return line.to_owned();
    }
    let range = match answer.status {
        300..=399 => "300–399",
        400 => "400",
        401..=402 => "401–402",
        403 => "403",
        404 => "404",
        405..=407 => "405–407",
        408..=409 => "408–409",
        410..=428 => "410–428",
        429..=599 => "429–599",
        other => panic!("{other} is no refusal"),
    };
    format!("`Server`, status {range}")
}

/// The lines of the second table: case, kind, what happened.
fn lines() -> Vec<(&'static str, &'static str, &'static str)> {
    let (_, table) = DOCUMENT.split_once("## Cases").unwrap();
    let lines = table.lines().filter(|line| line.starts_with("| `"));
    lines
        .map(|line| {
            let cells: Vec<_> = line.trim_matches('|').split('|').map(str::trim).collect();
            let [case, kind, text] = cells[..] else { panic!("three cells: {line}") };
            (case, kind.trim_matches('`'), text)
        })
        .collect()
}

#[test]
fn every_error_has_its_line_in_the_document_with_its_kind() {
    let documented: BTreeMap<String, String> =
        lines().into_iter().map(|(case, kind, _)| (case.to_owned(), kind.to_owned())).collect();
    assert_eq!(documented.len(), lines().len(), "no line twice");
    let mut found = BTreeMap::new();
    for error in all_errors() {
        let (line, kind) = (line_of(&error), format!("{:?}", error.kind()));
        let before = found.insert(line.clone(), kind.clone());
        assert!(before.is_none_or(|before| before == kind), "{line} has one kind: {error:?}");
    }
    assert_eq!(found, documented);
}

#[test]
fn every_kind_says_what_the_app_does() {
    let kinds = all!(ErrorKind {
        Cancelled,
        RetryLater,
        AskUserAgain,
        ChooseAnotherMethod,
        StepUpNeeded,
        RegisterDevice,
        RequestNewLink,
        SignInAgain,
        FixConfiguration,
        Bug,
    });
    let (table, _) = DOCUMENT.split_once("## Cases").unwrap();
    let lines = table.lines().filter_map(|line| line.strip_prefix("| `")?.split_once("` | "));
    let documented: Vec<_> = lines.filter(|(kind, _)| *kind != "kind()").collect();
    let names: Vec<_> = documented.iter().map(|(kind, _)| *kind).collect();
    assert_eq!(names, kinds.map(|kind| format!("{kind:?}")));
    assert!(documented.iter().all(|(_, text)| text.len() > 20));
}
