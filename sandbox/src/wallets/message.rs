//! The text a wallet signs: EIP-4361, and the same layout for Solana.

use std::str::Split;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// A message in the order of the standard's grammar; nothing in it was checked against anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SignInMessage<'a> {
    pub(crate) domain: &'a str,
    /// `Ethereum`, `Solana`, …
    pub(crate) account_name: &'a str,
    pub(crate) address: &'a str,
    pub(crate) uri: &'a str,
    pub(crate) chain_id: Option<&'a str>,
    pub(crate) nonce: &'a str,
    pub(crate) issued_at: OffsetDateTime,
    pub(crate) expires_at: Option<OffsetDateTime>,
    pub(crate) not_before: Option<OffsetDateTime>,
    pub(crate) request_id: Option<&'a str>,
}

impl<'a> SignInMessage<'a> {
    /// Reads a message. The chain id may be left out, as on chains that have none.
    ///
    /// # Errors
    /// Which line is not as the grammar wants it.
    pub(crate) fn parse(text: &'a str) -> Result<Self, String> {
        let mut lines = Lines { rest: text.split('\n'), peeked: None };
        let (domain, account_name) = heading(lines.next()?)?;
        let address = lines.next()?;
        lines.blank()?;
        if !lines.next()?.is_empty() {
            lines.blank()?;
        }
        let uri = lines.field("URI")?;
        if lines.field("Version")? != "1" {
            return Err("`Version` is not 1".into());
        }
        let message = Self {
            domain,
            account_name,
            address,
            uri,
            chain_id: lines.optional("Chain ID"),
            nonce: lines.field("Nonce")?,
            issued_at: date_time("Issued At", lines.field("Issued At")?)?,
            expires_at: lines.optional_date_time("Expiration Time")?,
            not_before: lines.optional_date_time("Not Before")?,
            request_id: lines.optional("Request ID"),
        };
        lines.resources()?;
        Ok(message)
    }
}

/// `DOMAIN wants you to sign in with your CHAIN account:`.
fn heading(line: &str) -> Result<(&str, &str), String> {
    let split = line.split_once(" wants you to sign in with your ");
    let parts = split.and_then(|(domain, rest)| Some((domain, rest.strip_suffix(" account:")?)));
    parts.ok_or_else(|| "the first line does not name domain and account".into())
}

fn date_time(name: &str, text: &str) -> Result<OffsetDateTime, String> {
    OffsetDateTime::parse(text, &Rfc3339).map_err(|_| format!("`{name}` is not an RFC 3339 time"))
}

/// The lines of a message, one looked at in advance.
struct Lines<'a> {
    rest: Split<'a, char>,
    peeked: Option<&'a str>,
}

impl<'a> Lines<'a> {
    fn next(&mut self) -> Result<&'a str, String> {
        self.peeked.take().or_else(|| self.rest.next()).ok_or_else(|| "the message is too short".into())
    }

    fn blank(&mut self) -> Result<(), String> {
        match self.next()? {
            "" => Ok(()),
            line => Err(format!("`{line}` where a blank line belongs")),
        }
    }

    /// The line `NAME: value`, which must come next.
    fn field(&mut self, name: &str) -> Result<&'a str, String> {
        self.optional(name).ok_or_else(|| format!("`{name}` is missing or in the wrong place"))
    }

    fn optional(&mut self, name: &str) -> Option<&'a str> {
        let line = self.next().ok()?;
        let value = line.strip_prefix(name).and_then(|rest| rest.strip_prefix(": "));
        if value.is_none() {
            self.peeked = Some(line);
        }
        value
    }

    fn optional_date_time(&mut self, name: &str) -> Result<Option<OffsetDateTime>, String> {
        self.optional(name).map(|text| date_time(name, text)).transpose()
    }

    /// Resources may end the message; nothing else may follow.
    fn resources(&mut self) -> Result<(), String> {
        let Ok(line) = self.next() else { return Ok(()) };
        let listed = line == "Resources:" && self.rest.by_ref().all(|line| line.starts_with("- "));
        if listed { Ok(()) } else { Err(format!("`{line}` does not belong at the end")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MESSAGE: &str = "app.example wants you to sign in with your Ethereum account:\n\
        0xabc\n\
        \n\
        Welcome.\n\
        \n\
        URI: https://app.example/\n\
        Version: 1\n\
        Chain ID: 1\n\
        Nonce: 0123456789\n\
        Issued At: 2026-01-02T03:04:05.678Z\n\
        Request ID: r";

    #[test]
    fn a_message_is_read_line_by_line() {
        let message = SignInMessage::parse(MESSAGE).unwrap();
        assert_eq!((message.domain, message.account_name), ("app.example", "Ethereum"));
        assert_eq!((message.address, message.uri), ("0xabc", "https://app.example/"));
        assert_eq!((message.chain_id, message.nonce), (Some("1"), "0123456789"));
        assert_eq!(message.issued_at.unix_timestamp(), 1_767_323_045);
        assert_eq!((message.request_id, message.expires_at), (Some("r"), None));
    }

    #[test]
    fn what_is_optional_may_be_missing_or_there() {
        for (from, to) in [
            ("Welcome.\n\n", "\n"),
            ("Chain ID: 1\n", ""),
            ("\nRequest ID: r", ""),
            ("Request ID: r", "Expiration Time: 2026-01-03T00:00:00Z\nRequest ID: r"),
            ("Request ID: r", "Not Before: 2026-01-01T00:00:00Z\nRequest ID: r"),
            ("Request ID: r", "Request ID: r\nResources:\n- https://app.example/terms"),
        ] {
            let text = MESSAGE.replace(from, to);
            assert_ne!(text, MESSAGE, "{from}");
            SignInMessage::parse(&text).unwrap_or_else(|error| panic!("{text}: {error}"));
        }
    }

    #[test]
    fn another_order_or_form_is_refused() {
        for (from, to) in [
            (" wants you to sign in with", " asks you to sign in with"),
            ("account:", "account"),
            ("0xabc\n\n", "0xabc\n"),
            ("Welcome.\n\n", "Welcome.\n"),
            ("Welcome.\n\n", "Welcome.\nTwice.\n\n"),
            ("Version: 1", "Version: 2"),
            ("Version: 1\nChain ID: 1\n", "Chain ID: 1\nVersion: 1\n"),
            ("Nonce: 0123456789\n", ""),
            ("2026-01-02T03:04:05.678Z", "yesterday"),
            ("Request ID: r", "Request ID: r\n"),
            ("Request ID: r", "Resources:\n- a\nRequest ID: r"),
        ] {
            let text = MESSAGE.replace(from, to);
            assert_ne!(text, MESSAGE, "{from}");
            assert!(SignInMessage::parse(&text).is_err(), "{text}");
        }
        assert!(SignInMessage::parse("").is_err());
    }
}
