//! The first code of an authenticator app, looked at before it is sent: whether the scan went wrong or the
//! clock is off is known here, and no attempt is spent on finding out.

use totp_rs::Totp;

use crate::{
    clock::UnixMillis,
    error::{CodeRefusal, StepUpError},
    otp,
};

/// So far off may a clock be and still be recognised, in seconds.
const FARTHEST: i64 = 600;
/// Steps that the server accepts before and after the present one (RFC 6238 §5.2).
const ACCEPTED: i64 = 1;

/// The code as it is to be sent, or why there is no use in sending it. `now` is the server's time.
pub(super) fn looked_at(uri: &str, typed: &str, now: UnixMillis) -> Result<String, StepUpError> {
    let Some((totp, period)) = authenticator(uri) else { return otp::otp(typed) };
    let code = otp::otp_of(typed, totp.digits())?;
    let now = now.0.div_euclid(1_000);
    let is_code_of = |step: &i64| {
        let moment = u64::try_from(now.saturating_add(step * period));
        moment.is_ok_and(|moment| totp.generate(moment).to_string() == code)
    };
    // From the present outwards: should a code occur twice, the nearer step is the likelier one.
    let farthest = (FARTHEST / period).max(ACCEPTED);
    match (0..=farthest).flat_map(|distance| [distance, -distance]).find(is_code_of) {
        Some(step) if step.abs() <= ACCEPTED => Ok(code),
        Some(step) => Err(StepUpError::AuthenticatorClockWrong { seconds: step * period }),
        None => Err(StepUpError::InvalidCode { reason: CodeRefusal::Wrong, answer: None }),
    }
}

/// What the app was told to show, and its period in seconds. None for parameters that no app keeps to
/// (RFC 4226 §5.3): what it shows then is the server's business.
fn authenticator(uri: &str) -> Option<(Totp, i64)> {
    let totp = Totp::from_url_unchecked(uri).ok()?;
    let period = i64::try_from(totp.step()).ok().filter(|period| (1..=86_400).contains(period))?;
    (6..=8).contains(&totp.digits()).then_some((totp, period))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
    const NOW: i64 = 1_700_000_015;

    fn uri(parameters: &str) -> String {
        format!("otpauth://totp/Sandbox:ada?secret={SECRET}&issuer=Sandbox{parameters}")
    }

    fn shown(uri: &str, at: i64) -> String {
        Totp::from_url_unchecked(uri).unwrap().generate(at.unsigned_abs()).to_string()
    }

    fn look(uri: &str, typed: &str) -> Result<String, StepUpError> {
        looked_at(uri, typed, UnixMillis::from_seconds(NOW))
    }

    #[test]
    fn the_codes_of_the_present_step_and_its_neighbours_are_sent() {
        // RFC 6238 appendix B, the last six digits of each: known values, not our own.
        for (at, code) in [(59, "287082"), (1_111_111_109, "081804"), (20_000_000_000, "353130")] {
            for now in [at - 30, at, at + 30] {
                let looked = looked_at(&uri(""), code, UnixMillis::from_seconds(now));
                assert_eq!(looked.as_deref(), Ok(code));
            }
        }
        assert_eq!(look(&uri(""), &format!(" {} ", shown(&uri(""), NOW))), Ok(shown(&uri(""), NOW)));
    }

    #[test]
    fn algorithm_digits_and_period_are_those_of_the_uri() {
        for parameters in ["&algorithm=SHA256&digits=8&period=60", "&algorithm=SHA512&digits=7&period=15"] {
            let uri = uri(parameters);
            assert_eq!(look(&uri, &shown(&uri, NOW)), Ok(shown(&uri, NOW)), "{parameters}");
            let six = look(&uri, "123456");
            assert!(matches!(six, Err(StepUpError::InvalidCode { reason: CodeRefusal::Malformed, .. })));
        }
    }

    #[test]
    fn what_is_right_for_no_step_is_wrong_and_not_sent() {
        let shown: Vec<String> = (-22..=22).map(|step| shown(&uri(""), NOW + 30 * step)).collect();
        let wrong = (0..100).map(|code| format!("{code:06}")).find(|code| !shown.contains(code)).unwrap();
        let expected = Err(StepUpError::InvalidCode { reason: CodeRefusal::Wrong, answer: None });
        assert_eq!(look(&uri(""), &wrong), expected);
        // Eleven minutes are too many.
        assert_eq!(look(&uri(""), &shown[0]), expected);
        assert_eq!(look(&uri(""), &shown[44]), expected);
    }

    #[test]
    fn parameters_that_no_app_keeps_to_are_left_to_the_server() {
        for parameters in ["&digits=10", "&digits=5", "&period=0", "&period=99999999999"] {
            assert_eq!(look(&uri(parameters), "123 456").as_deref(), Ok("123456"), "{parameters}");
        }
    }

    proptest! {
        #[test]
        fn the_seconds_told_are_those_by_which_the_clock_is_off(
            now in 1_000_000_i64..4_000_000_000,
            step in -20_i64..=20,
            algorithm in prop::sample::select(vec!["SHA1", "SHA256", "SHA512"]),
            digits in 6..=8_u8,
        ) {
            let uri = uri(&format!("&algorithm={algorithm}&digits={digits}"));
            let typed = shown(&uri, now + 30 * step);
            // A code may occur twice within twenty minutes; then the nearer step counts.
            let nearer = (1 - step.abs()..step.abs()).any(|nearer| shown(&uri, now + 30 * nearer) == typed);
            let twin = step != 0 && shown(&uri, now - 30 * step) == typed;
            prop_assume!(!nearer && !twin);
            let expected = if step.abs() <= 1 {
                Ok(typed.clone())
            } else {
                Err(StepUpError::AuthenticatorClockWrong { seconds: 30 * step })
            };
            prop_assert_eq!(looked_at(&uri, &typed, UnixMillis::from_seconds(now)), expected);
        }

        #[test]
        fn any_uri_and_any_code_are_answered(uri in ".*", typed in ".*", now in any::<i64>()) {
            let _ = looked_at(&uri, &typed, UnixMillis(now));
            let _ = looked_at(&super::tests::uri(""), "123456", UnixMillis(now));
        }
    }
}
