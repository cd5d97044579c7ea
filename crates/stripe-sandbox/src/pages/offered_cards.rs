//! The test cards that the page offers at one click. The numbers and what they do are Stripe's
//! (docs.stripe.com/testing); `cards` acts them out.

/// A card number and what comes of it.
pub(crate) struct OfferedCard {
    /// Digits without spaces.
    pub(crate) number: &'static str,
    /// What happens, in a few words.
    pub(crate) outcome: &'static str,
}

/// In the order of what people try first.
pub(crate) const OFFERED_CARDS: [OfferedCard; 14] = [
    OfferedCard { number: "4242424242424242", outcome: "Visa, pays" },
    OfferedCard { number: "5555555555554444", outcome: "Mastercard, pays" },
    OfferedCard { number: "378282246310005", outcome: "American Express, pays" },
    OfferedCard { number: "4000002500003155", outcome: "asks for 3-D Secure" },
    OfferedCard { number: "4000002760003184", outcome: "asks for 3-D Secure every time" },
    OfferedCard { number: "4000000000000341", outcome: "is saved, then fails" },
    OfferedCard { number: "4000000000000259", outcome: "pays, then disputed" },
    OfferedCard { number: "4000000000000002", outcome: "declined" },
    OfferedCard { number: "4000000000009995", outcome: "declined, no funds" },
    OfferedCard { number: "4000000000009987", outcome: "declined, lost" },
    OfferedCard { number: "4000000000009979", outcome: "declined, stolen" },
    OfferedCard { number: "4000000000000069", outcome: "declined, expired" },
    OfferedCard { number: "4000000000000127", outcome: "declined, wrong security code" },
    OfferedCard { number: "4000000000000119", outcome: "fails to process" },
];

impl OfferedCard {
    /// The offered card with this number.
    pub(super) fn find(number: &str) -> Option<&'static Self> {
        OFFERED_CARDS.iter().find(|card| card.number == number)
    }

    /// The number as it is embossed.
    pub(crate) fn grouped(&self) -> String {
        let groups: &[usize] = if self.is_american_express() { &[4, 6, 5] } else { &[4, 4, 4, 4] };
        let mut rest = self.number;
        let mut parts = Vec::with_capacity(groups.len());
        for length in groups {
            let (part, remainder) = rest.split_at(*length);
            parts.push(part);
            rest = remainder;
        }
        parts.join(" ")
    }

    /// A security code of the right length.
    pub(crate) fn cvc(&self) -> &'static str {
        if self.is_american_express() { "1234" } else { "123" }
    }

    fn is_american_express(&self) -> bool {
        self.number.starts_with("37")
    }
}

#[cfg(test)]
mod tests {
    use super::{OFFERED_CARDS, OfferedCard};

    #[test]
    fn numbers_are_grouped_by_brand() {
        let visa = OfferedCard::find("4242424242424242").expect("offered");
        assert_eq!(visa.grouped(), "4242 4242 4242 4242");
        let american_express = OfferedCard::find("378282246310005").expect("offered");
        assert_eq!(american_express.grouped(), "3782 822463 10005");
        assert_eq!(american_express.cvc(), "1234");
    }

    #[test]
    fn every_offered_card_has_an_outcome() {
        for card in &OFFERED_CARDS {
            assert!(crate::cards::by_number(card.number).is_some(), "{}", card.number);
        }
    }
}
