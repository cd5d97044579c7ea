//! Which address fields a country has, in which order, and what they are called there.

use perennial_domain::CountryCode;

use super::fields::{
    CANADIAN_PROVINCE, CITY, COUNTY, EIRCODE, LINE1, LINE2, POSTAL_CODE, POSTAL_CODE_IF_ANY, POSTCODE,
    PROVINCE, REGION, US_STATE, ZIP_CODE,
};
use super::form::{Field, FieldSpec, Form};
use crate::i18n::Translator;

/// Countries whose names we have in every language, by ISO 3166-1 code.
pub const NAMED_COUNTRIES: [&str; 56] = [
    "AE", "AR", "AT", "AU", "BE", "BG", "BR", "CA", "CH", "CL", "CO", "CY", "CZ", "DE", "DK", "EE", "ES",
    "FI", "FR", "GB", "GR", "HK", "HR", "HU", "IE", "IL", "IN", "IS", "IT", "JP", "KR", "LI", "LT", "LU",
    "LV", "MA", "MC", "MT", "MX", "NL", "NO", "NZ", "PE", "PL", "PT", "RO", "RS", "SE", "SG", "SI", "SK",
    "TH", "TR", "UA", "US", "ZA",
];

/// The fields of an address in a country, in the order in which its people write them. What is marked optional there is
/// what an address is complete without (`perennial_core::addresses::check`).
pub fn fields(country: &str) -> &'static [&'static FieldSpec] {
    match country {
        "US" => &[&LINE1, &LINE2, &CITY, &US_STATE, &ZIP_CODE],
        "CA" => &[&LINE1, &LINE2, &CITY, &CANADIAN_PROVINCE, &POSTAL_CODE],
        "GB" => &[&LINE1, &LINE2, &CITY, &POSTCODE],
        "IE" => &[&LINE1, &LINE2, &CITY, &COUNTY, &EIRCODE],
        "ES" | "IT" => &[&LINE1, &LINE2, &POSTAL_CODE, &CITY, &PROVINCE],
        "AT" | "BE" | "BG" | "CH" | "CY" | "CZ" | "DE" | "DK" | "EE" | "FI" | "FR" | "GR" | "HR" | "HU"
        | "IS" | "LI" | "LT" | "LU" | "LV" | "MC" | "MT" | "NL" | "NO" | "PL" | "PT" | "RO" | "RS" | "SE"
        | "SI" | "SK" => &[&LINE1, &LINE2, &POSTAL_CODE, &CITY],
        _ if uses_postal_code(country) => &[&LINE1, &LINE2, &CITY, &REGION, &POSTAL_CODE],
        _ => &[&LINE1, &LINE2, &CITY, &REGION, &POSTAL_CODE_IF_ANY],
    }
}

fn uses_postal_code(country: &str) -> bool {
    CountryCode::parse(country).is_ok_and(CountryCode::uses_postal_code)
}

/// The fields of the country that was chosen, with what was typed into them.
pub(crate) fn answers(form: &Form) -> Vec<Field<'_>> {
    fields(form.value("country")).iter().map(|spec| form.field(spec)).collect()
}

/// A country's name in the customer's language, or its code if we have no name for it.
pub fn country_name(t: &Translator<'_>, code: &str) -> String {
    if NAMED_COUNTRIES.contains(&code) {
        t.text(&format!("country-{}", code.to_ascii_lowercase()))
    } else {
        code.to_owned()
    }
}

/// Code and name of the countries to choose from, in the order of their names.
pub(crate) fn choices(t: &Translator<'_>, codes: &[String]) -> Vec<(String, String)> {
    let mut named: Vec<_> = codes.iter().map(|code| (code.clone(), country_name(t, code))).collect();
    named.sort_by_cached_key(|(_, name)| sort_key(name));
    named
}

/// Sorts accented capitals with their plain letters: all that country names in four languages need.
fn sort_key(name: &str) -> String {
    name.chars()
        .map(|letter| match letter {
            'Á' | 'Ä' | 'á' | 'ä' => 'a',
            'É' | 'È' | 'é' | 'è' | 'ë' => 'e',
            'Í' | 'Î' | 'í' | 'ï' => 'i',
            'Ö' | 'ó' | 'ö' => 'o',
            'Ü' | 'ú' | 'ü' => 'u',
            other => other.to_ascii_lowercase(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Locale;
    use perennial_core::addresses::{NewAddress, check};

    #[test]
    fn every_country_asks_for_street_and_city() {
        for country in NAMED_COUNTRIES.into_iter().chain(["ZZ"]) {
            let names: Vec<_> = fields(country).iter().map(|field| field.name).collect();
            assert!(names.contains(&"line1") && names.contains(&"city"), "{country}");
        }
    }

    #[test]
    fn what_is_marked_optional_may_be_left_out_and_nothing_else() {
        for country in NAMED_COUNTRIES {
            for left_out in fields(country) {
                let typed = |name| (name != left_out.name).then(|| "CA".to_owned());
                let address = NewAddress {
                    line1: typed("line1").unwrap_or_default(),
                    line2: typed("line2"),
                    city: typed("city").unwrap_or_default(),
                    state: typed("state"),
                    postal_code: typed("postal_code"),
                    country: CountryCode::parse(country).unwrap(),
                };
                let taken = check(&address).is_ok();
                assert_eq!(taken, left_out.optional, "{country} without {}", left_out.name);
            }
        }
    }

    #[test]
    fn accents_do_not_send_a_country_to_the_end() {
        let locale = Locale::for_tag("de");
        let t = Translator::new(&locale, jiff::civil::date(2027, 3, 5));
        let codes = ["PT", "AT", "NO"].map(str::to_owned);
        let order: Vec<_> = choices(&t, &codes).into_iter().map(|(code, _)| code).collect();
        assert_eq!(order, ["NO", "AT", "PT"]);
    }
}
