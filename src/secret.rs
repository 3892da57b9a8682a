//! Text that must not be seen: wiped when dropped, never printed.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use zeroize::Zeroizing;

/// A secret text. `Debug` shows that there is one and nothing else; there is no `Display`.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct SecretString(Zeroizing<String>);

impl SecretString {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// The text itself, for the one place that sends or stores it.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretString {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("[redacted]")
    }
}

impl Serialize for SecretString {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.expose())
    }
}

impl<'de> Deserialize<'de> for SecretString {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::new)
    }
}

/// Declares a public secret: redacted wherever it is printed, a plain string across the FFI.
///
/// A copy inside a JVM or Swift string cannot be wiped, so such a value crosses only where the app asks for
/// it.
macro_rules! public_secret {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq)]
        pub struct $name($crate::secret::SecretString);

        impl $name {
            /// The secret text. Send it, do not log or keep it.
            #[must_use]
            pub fn expose(&self) -> &str {
                self.0.expose()
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self($crate::secret::SecretString::new(text))
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str(concat!(stringify!($name), "([redacted])"))
            }
        }

        uniffi::custom_type!($name, String, {
            lower: |secret| secret.expose().to_owned(),
            try_lift: |text| Ok(text.into()),
        });
    };
}
pub(crate) use public_secret;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn i12_a_secret_is_not_printed() {
        assert_eq!(format!("{:?}", SecretString::new("eyJhbGciOi")), "[redacted]");
    }
}
