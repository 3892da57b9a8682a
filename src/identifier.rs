//! Ids of the server, a type for each kind, so that none is given where another one belongs.

/// Declares an id: an opaque text that is passed on unchanged, a plain string across the FFI and in JSON.
macro_rules! identifier {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(
            Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
        )]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The id as it is written on the wire.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str(&self.0)
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                text.to_owned().into()
            }
        }

        uniffi::custom_type!($name, String, {
            lower: |id| id.0,
            try_lift: |text| Ok(text.into()),
        });
    };
}

identifier! {
    /// Names a credential of the user: an e-mail address, a phone number, a social account, a wallet; and
    /// whatever a check lists, which second factors are under the text that is their [`MfaFactorId`].
    CredentialId
}

identifier! {
    /// Names a code that was sent. Not a secret.
    VerificationId
}

identifier! {
    /// Names an option of a flow. The credential's id; for what is no credential, a name of its own.
    OptionId
}

identifier! {
    /// Names a second factor of the user. A passkey is a factor under the text that is its [`PasskeyId`].
    MfaFactorId
}

identifier! {
    /// Names a passkey on the server. What the authenticator knows it by is something else.
    PasskeyId
}

identifier! {
    /// Names the registration of a device.
    RegisteredDeviceId
}

/// A passkey is a factor.
impl From<PasskeyId> for MfaFactorId {
    fn from(id: PasskeyId) -> Self {
        Self(id.0)
    }
}

/// Of a factor that is a passkey.
impl From<MfaFactorId> for PasskeyId {
    fn from(id: MfaFactorId) -> Self {
        Self(id.0)
    }
}

/// As a check lists it.
impl From<MfaFactorId> for CredentialId {
    fn from(id: MfaFactorId) -> Self {
        Self(id.0)
    }
}

/// Of an option that is a credential.
impl From<OptionId> for CredentialId {
    fn from(id: OptionId) -> Self {
        Self(id.0)
    }
}

/// Of a factor that a check has listed.
impl From<CredentialId> for MfaFactorId {
    fn from(id: CredentialId) -> Self {
        Self(id.0)
    }
}
