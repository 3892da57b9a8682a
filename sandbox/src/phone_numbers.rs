//! Phone numbers written as one: `PUT users` sends them so.

use crate::state::Contact;

/// Calling codes of one and two digits with their country; all others have three digits.
const SHORT_CODES: &[(&str, &str)] = &[
    ("1", "US"),
    ("7", "RU"),
    ("20", "EG"),
    ("27", "ZA"),
    ("30", "GR"),
    ("31", "NL"),
    ("32", "BE"),
    ("33", "FR"),
    ("34", "ES"),
    ("36", "HU"),
    ("39", "IT"),
    ("40", "RO"),
    ("41", "CH"),
    ("43", "AT"),
    ("44", "GB"),
    ("45", "DK"),
    ("46", "SE"),
    ("47", "NO"),
    ("48", "PL"),
    ("49", "DE"),
    ("51", "PE"),
    ("52", "MX"),
    ("53", "CU"),
    ("54", "AR"),
    ("55", "BR"),
    ("56", "CL"),
    ("57", "CO"),
    ("58", "VE"),
    ("60", "MY"),
    ("61", "AU"),
    ("62", "ID"),
    ("63", "PH"),
    ("64", "NZ"),
    ("65", "SG"),
    ("66", "TH"),
    ("81", "JP"),
    ("82", "KR"),
    ("84", "VN"),
    ("86", "CN"),
    ("90", "TR"),
    ("91", "IN"),
    ("92", "PK"),
    ("93", "AF"),
    ("94", "LK"),
    ("95", "MM"),
    ("98", "IR"),
];

/// ISO 3166 leaves this one to users: "unknown".
const UNKNOWN_COUNTRY: &str = "ZZ";

/// A number in E.164 form, or a national one with its country code beside it.
pub(crate) fn parse(number: &str, country_code: Option<&str>, iso_country: Option<&str>) -> Option<Contact> {
    if let Some(country_code) = country_code {
        return Contact::phone(country_code, number, iso_country.unwrap_or(UNKNOWN_COUNTRY));
    }
    let digits = number.strip_prefix('+')?;
    let short = SHORT_CODES.iter().find(|(code, _)| digits.starts_with(code));
    let (code_length, country) = short.map_or((3, UNKNOWN_COUNTRY), |(code, country)| (code.len(), *country));
    let (country_code, national) = digits.split_at_checked(code_length)?;
    Contact::phone(country_code, national, iso_country.unwrap_or(country))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_in_e_164_form_is_split_after_its_calling_code() {
        for (number, address, parts) in [
            ("+12025550123", "+12025550123", ("1", "2025550123", "US")),
            ("+4915112345678", "+4915112345678", ("49", "15112345678", "DE")),
            ("+3581234567", "+3581234567", ("358", "1234567", "ZZ")),
        ] {
            let contact = parse(number, None, None).unwrap();
            assert_eq!(contact.address(), address);
            let Contact::Phone(phone) = contact else { panic!("{number}") };
            assert_eq!((&*phone.country_code, &*phone.number, &*phone.iso_country), parts);
        }
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for (number, country_code) in
            [("2025550123", None), ("+1", None), ("+1x", None), ("2025550123", Some("+1"))]
        {
            assert_eq!(parse(number, country_code, None), None, "{number}");
        }
    }
}
