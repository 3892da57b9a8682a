//! The JSON of WebAuthn ceremonies: between what the API sends and takes, and what platforms read and write.

use serde_json::{Map, Value, json};

use crate::error::{PlatformCallback, StepUpError};

/// Request options for the platform: the API leaves out the `type` of `allowCredentials`, which platforms
/// demand.
pub(crate) fn request_options(options: Value) -> Option<Value> {
    typed_descriptors(options, "allowCredentials")
}

/// Creation options for the platform.
pub(crate) fn creation_options(options: Value) -> Option<Value> {
    typed_descriptors(options, "excludeCredentials")
}

fn typed_descriptors(mut options: Value, list: &str) -> Option<Value> {
    options["challenge"].as_str().filter(|challenge| !challenge.is_empty())?;
    for descriptor in options[list].as_array_mut().into_iter().flatten() {
        let descriptor = descriptor.as_object_mut()?;
        descriptor.entry("type").or_insert_with(|| "public-key".into());
    }
    Some(options)
}

/// The body that proves possession, from the platform's credential. The API takes `clientDataJSON` here.
pub(crate) fn assertion_body(credential_json: &str) -> Result<Value, StepUpError> {
    let credential = Credential::read(credential_json)?;
    let response = json!({
        "clientDataJSON": credential.response("clientDataJSON")?,
        "authenticatorData": credential.response("authenticatorData")?,
        "signature": credential.response("signature")?,
        "userHandle": credential.optional_response("userHandle"),
    });
    credential.body(response)
}

/// The body that registers a passkey. The API takes `clientDataJson` here, spelt differently from the
/// assertion's.
pub(crate) fn registration_body(credential_json: &str) -> Result<Value, StepUpError> {
    let credential = Credential::read(credential_json)?;
    let response = json!({
        "clientDataJson": credential.response("clientDataJSON")?,
        "attestationObject": credential.response("attestationObject")?,
        "transports": credential.optional_response("transports"),
        "publicKey": credential.optional_response("publicKey"),
    });
    credential.body(response)
}

/// What the platform answered. Anything else than a credential is the callback's failure.
struct Credential(Map<String, Value>);

fn failed() -> StepUpError {
    StepUpError::CallbackFailed { what: PlatformCallback::Passkey }
}

impl Credential {
    fn read(json: &str) -> Result<Self, StepUpError> {
        match serde_json::from_str(json) {
            Ok(Value::Object(members)) => Ok(Self(members)),
            _ => Err(failed()),
        }
    }

    fn response(&self, name: &str) -> Result<&str, StepUpError> {
        let value = self.0.get("response").and_then(|response| response[name].as_str());
        value.filter(|value| !value.is_empty()).ok_or_else(failed)
    }

    fn optional_response(&self, name: &str) -> Option<&Value> {
        self.0.get("response").and_then(|response| response.get(name)).filter(|value| !value.is_null())
    }

    fn body(&self, mut response: Value) -> Result<Value, StepUpError> {
        let id = self.0.get("id").and_then(Value::as_str).ok_or_else(failed)?;
        let raw_id = self.0.get("rawId").and_then(Value::as_str).unwrap_or(id);
        if let Some(members) = response.as_object_mut() {
            members.retain(|_, value| !value.is_null());
        }
        let extensions = self.0.get("clientExtensionResults").filter(|results| results.is_object());
        let mut body = json!({
            "id": id,
            "rawId": raw_id,
            "type": "public-key",
            "clientExtensionResults": extensions.cloned().unwrap_or_else(|| json!({})),
            "response": response,
        });
        if let Some(attachment) = self.0.get("authenticatorAttachment").filter(|value| value.is_string()) {
            body["authenticatorAttachment"] = attachment.clone();
        }
        Ok(body)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_missing_type_is_added_for_the_platform() {
        let allowed = json!([{ "id": "a" }, { "id": "b", "type": "public-key" }]);
        let options = json!({ "challenge": "c", "allowCredentials": allowed });
        let options = request_options(options).unwrap();
        assert_eq!(options["allowCredentials"][0]["type"], "public-key");
        assert_eq!(options["allowCredentials"][1]["type"], "public-key");
        assert_eq!(request_options(json!({ "challenge": "" })), None);
        assert_eq!(request_options(json!([])), None);
    }

    #[test]
    fn client_data_is_spelt_as_each_endpoint_takes_it() {
        let response = json!({
            "clientDataJSON": "c", "authenticatorData": "a", "signature": "s", "attestationObject": "o",
            "userHandle": null,
        });
        let credential =
            json!({ "id": "i", "rawId": "i", "type": "public-key", "response": response }).to_string();
        let assertion = assertion_body(&credential).unwrap();
        assert_eq!(
            assertion["response"],
            json!({ "clientDataJSON": "c", "authenticatorData": "a", "signature": "s" })
        );
        assert_eq!(assertion["clientExtensionResults"], json!({}));
        let registration = registration_body(&credential).unwrap();
        assert_eq!(registration["response"], json!({ "clientDataJson": "c", "attestationObject": "o" }));
    }

    #[test]
    fn what_is_no_credential_is_the_callbacks_failure() {
        for text in ["", "null", "[]", "{}", r#"{"id":"i"}"#, r#"{"id":1,"response":{}}"#, "not json"] {
            assert_eq!(assertion_body(text), Err(failed()), "{text}");
            assert_eq!(registration_body(text), Err(failed()), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_answered(text in ".*") {
            let _ = assertion_body(&text);
        }
    }
}
