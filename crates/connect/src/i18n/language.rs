//! Which language a customer reads, and how their region writes numbers and dates.

use icu_locale_core::Locale as IcuLocale;

/// A language that every text of the pages exists in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// English, also what every other language falls back to.
    English,
    /// German.
    German,
    /// French.
    French,
    /// Spanish.
    Spanish,
}

impl Language {
    /// Every language, in the order the language menu lists them.
    pub const ALL: [Self; 4] = [Self::English, Self::German, Self::French, Self::Spanish];

    /// The subtag, such as `de`.
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
            Self::French => "fr",
            Self::Spanish => "es",
        }
    }

    /// The language's name in itself, as its speakers look for it in a menu.
    pub fn own_name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::German => "Deutsch",
            Self::French => "Français",
            Self::Spanish => "Español",
        }
    }
}

/// A customer's language together with the region whose habits of writing numbers and dates they share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Locale {
    language: Language,
    tag: IcuLocale,
}

impl Locale {
    /// The best locale for an IETF tag such as `de-AT`: its language if we speak it, else English.
    ///
    /// English without a region is written the international way (`en-001`, "5 April"), because those who arrive at
    /// it by fallback are rarely American.
    pub fn for_tag(tag: &str) -> Self {
        let parsed = IcuLocale::try_from_str(tag.trim()).unwrap_or(IcuLocale::UNKNOWN);
        let spoken = Language::ALL.into_iter().find(|language| parsed.id.language.as_str() == language.tag());
        match spoken {
            Some(language) if parsed.id.region.is_some() || language != Language::English => {
                Self { language, tag: parsed }
            }
            _ => Self { language: Language::English, tag: icu_locale_core::locale!("en-001") },
        }
    }

    /// The locale after the customer picked `choice` in the language menu: their region stays if the language did.
    #[must_use]
    pub fn switched(&self, choice: &str) -> Self {
        if self.language.tag() == choice { self.clone() } else { Self::for_tag(choice) }
    }

    /// The language of the texts.
    pub fn language(&self) -> Language {
        self.language
    }

    /// The region's ISO 3166-1 code, when the tag named one.
    pub fn region(&self) -> Option<&str> {
        self.tag.id.region.as_ref().map(icu_locale_core::subtags::Region::as_str)
    }

    /// Whether dates are written with the month first.
    pub fn writes_month_first(&self) -> bool {
        self.region() == Some("US")
    }

    pub(crate) fn icu(&self) -> &IcuLocale {
        &self.tag
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spoken_language_keeps_its_region() {
        let locale = Locale::for_tag("de-AT");
        assert_eq!((locale.language(), locale.region()), (Language::German, Some("AT")));
    }

    #[test]
    fn what_we_do_not_speak_becomes_international_english() {
        for tag in ["pl-PL", "en", "", "not a tag", "../../etc"] {
            let locale = Locale::for_tag(tag);
            assert_eq!((locale.language(), locale.region()), (Language::English, Some("001")), "{tag}");
        }
    }

    #[test]
    fn choosing_the_language_one_has_keeps_the_region() {
        let american = Locale::for_tag("en-US");
        assert_eq!(american.switched("en"), american);
        assert_eq!(american.switched("fr").language(), Language::French);
    }
}
