//! From the platform's forms to the wire's: compressed SEC1 keys and P1363 signatures, both lower-case hex
//! (I20).

use p256::{PublicKey, ecdsa::Signature, elliptic_curve::sec1::ToSec1Point, pkcs8::DecodePublicKey};

use crate::{
    error::{PlatformCallback, StepUpError},
    platform::DevicePublicKey,
};

/// A key that is not a point of P-256 is the callback's failure.
pub(super) fn public_key_hex(key: &DevicePublicKey) -> Result<String, StepUpError> {
    let key = match key {
        DevicePublicKey::SubjectPublicKeyInfo { der } => PublicKey::from_public_key_der(der).ok(),
        DevicePublicKey::X963 { point } => PublicKey::from_sec1_bytes(point).ok(),
    };
    let key = key.ok_or(StepUpError::CallbackFailed { what: PlatformCallback::Keys })?;
    Ok(hex(key.to_sec1_point(true).as_bytes()))
}

/// From DER (X9.62) to r‖s, 32 bytes each.
pub(super) fn signature_hex(der: &[u8]) -> Result<String, StepUpError> {
    let signature =
        Signature::from_der(der).map_err(|_| StepUpError::CallbackFailed { what: PlatformCallback::Keys })?;
    Ok(hex(&signature.to_bytes()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        for nibble in [byte >> 4, byte & 15] {
            text.extend(char::from_digit(nibble.into(), 16));
        }
        text
    })
}

#[cfg(test)]
mod tests {
    use p256::{
        ecdsa::{
            SigningKey, VerifyingKey,
            signature::{Signer, Verifier},
        },
        pkcs8::EncodePublicKey,
    };
    use proptest::prelude::*;

    use super::*;

    fn bytes(hex: &str) -> Vec<u8> {
        hex.as_bytes()
            .chunks(2)
            .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
            .collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        /// Many keys and messages, so that r and s with leading zero bytes occur.
        #[test]
        fn i20_every_form_ends_in_the_same_hex(
            scalar in prop::array::uniform32(1..=254_u8),
            message in ".{0,40}",
        ) {
            let key = SigningKey::from_slice(&scalar).unwrap();
            let public = PublicKey::from(key.verifying_key());
            let forms = [
                DevicePublicKey::SubjectPublicKeyInfo { der: public.to_public_key_der().unwrap().into_vec() },
                DevicePublicKey::X963 { point: public.to_sec1_point(true).as_bytes().to_vec() },
                DevicePublicKey::X963 { point: public.to_sec1_point(false).as_bytes().to_vec() },
            ];
            for form in forms {
                let hex = public_key_hex(&form).unwrap();
                prop_assert_eq!(hex.len(), 66);
                prop_assert_eq!(VerifyingKey::from_sec1_bytes(&bytes(&hex)).unwrap(), *key.verifying_key());
            }
            let signature: Signature = key.sign(message.as_bytes());
            let hex = signature_hex(signature.to_der().as_bytes()).unwrap();
            prop_assert_eq!(hex.len(), 128);
            let signature = Signature::from_slice(&bytes(&hex)).unwrap();
            prop_assert!(key.verifying_key().verify(message.as_bytes(), &signature).is_ok());
        }

        #[test]
        fn any_bytes_are_answered(bytes in prop::collection::vec(any::<u8>(), 0..100)) {
            let _ = signature_hex(&bytes);
            let _ = public_key_hex(&DevicePublicKey::SubjectPublicKeyInfo { der: bytes.clone() });
            let _ = public_key_hex(&DevicePublicKey::X963 { point: bytes });
        }
    }
}
