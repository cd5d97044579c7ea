//! The languages of Stripe's Checkout page.

/// What `locale` may be (<https://docs.stripe.com/api/checkout/sessions/create#create_checkout_session-locale>).
const SPOKEN: [&str; 40] = [
    "bg", "cs", "da", "de", "el", "en", "en-GB", "es", "es-419", "et", "fi", "fil", "fr", "fr-CA", "hr",
    "hu", "id", "it", "ja", "ko", "lt", "lv", "ms", "mt", "nb", "nl", "pl", "pt", "pt-BR", "ro", "ru", "sk",
    "sl", "sv", "th", "tr", "vi", "zh", "zh-HK", "zh-TW",
];

/// The nearest language that the Checkout page has: the tag itself, its language, or `auto`, the browser's own.
pub(crate) fn nearest(tag: &str) -> &'static str {
    let tag = tag.replace('_', "-");
    let language = match tag.split('-').next().unwrap_or_default() {
        // Two names of Norwegian that browsers and accounts still use.
        "no" | "nn" => "nb",
        language => language,
    };
    let spoken = |wanted: &str| SPOKEN.into_iter().find(|spoken| spoken.eq_ignore_ascii_case(wanted));
    spoken(&tag).or_else(|| spoken(language)).unwrap_or("auto")
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_region_that_stripe_lacks_falls_back_to_its_language() {
        assert_eq!(nearest("de-DE"), "de");
        assert_eq!(nearest("pt-br"), "pt-BR");
        assert_eq!(nearest("fr_CA"), "fr-CA");
        assert_eq!(nearest("nn-NO"), "nb");
        assert_eq!(nearest("tlh"), "auto");
        assert_eq!(nearest(""), "auto");
    }
}
