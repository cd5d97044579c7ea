//! Stripe's test cards, and test bank accounts, and what becomes of them: <https://docs.stripe.com/testing>.

pub(crate) mod accounts;
pub(crate) mod entry;

/// What a card does when it is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Behaviour {
    /// Every charge goes through.
    Succeeds,
    /// Every charge goes through, and its owner takes it up with the bank at once.
    SucceedsDisputed(Grounds),
    /// Refused when it is charged and when it is saved.
    Declines(Refusal),
    /// Can be saved, and is refused when charged.
    DeclinesCharges(Refusal),
    /// Asks for 3-D Secure until it has been set up once.
    ChallengesUntilSetUp,
    /// Asks for 3-D Secure on every payment, set up or not.
    ChallengesAlways,
    /// No card but a bank account, whose bank answers later.
    Debits {
        /// Whether the money comes.
        pays: bool,
        /// Seconds until that is known.
        after_seconds: i64,
    },
}

/// What a card's owner tells the bank about a charge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Grounds {
    /// They say that they did not make it.
    Fraudulent,
    /// They say that they never got what they paid for.
    NotReceived,
    /// Nothing yet: the bank only asks, and takes no money.
    Inquiry,
}

/// Why an issuer refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// Stripe's error code.
    pub(crate) code: &'static str,
    /// The issuer's reason.
    pub(crate) decline_code: &'static str,
    /// A sentence for the customer.
    pub(crate) message: &'static str,
    /// The parameter it is about, if any.
    pub(crate) param: Option<&'static str>,
}

/// One of Stripe's test cards.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TestCard {
    pub(crate) number: &'static str,
    pub(crate) brand: &'static str,
    pub(crate) funding: &'static str,
    pub(crate) behaviour: Behaviour,
    /// What follows `pm_card_` or `tok_` in the ids that stand for this card.
    aliases: &'static [&'static str],
}

impl TestCard {
    /// The last four digits.
    pub(crate) fn last4(&self) -> &'static str {
        self.number.get(self.number.len() - 4..).unwrap_or_default()
    }
}

/// The card with this number; digits only.
pub(crate) fn by_number(number: &str) -> Option<&'static TestCard> {
    CARDS.iter().find(|card| card.number == number)
}

/// The card that an id such as `pm_card_visa` or `tok_visa` stands for.
pub(crate) fn by_alias(id: &str) -> Option<&'static TestCard> {
    let alias = id.strip_prefix("pm_card_").or_else(|| id.strip_prefix("tok_"))?;
    CARDS.iter().find(|card| card.aliases.contains(&alias))
}

/// A refusal with `card_declined` as its code.
const fn declined(decline_code: &'static str, message: &'static str) -> Refusal {
    Refusal { code: "card_declined", decline_code, message, param: None }
}

/// A refusal whose code is also the issuer's reason.
const fn refused(code: &'static str, message: &'static str, param: Option<&'static str>) -> Refusal {
    Refusal { code, decline_code: code, message, param }
}

const GENERIC: Refusal = declined("generic_decline", "Your card was declined.");
const NO_FUNDS: Refusal = declined("insufficient_funds", "Your card has insufficient funds.");
/// What becomes of a number that could be a real card.
pub(crate) const NOT_A_TEST_CARD: Refusal =
    declined("test_mode_live_card", "This is a sandbox, and the number is not one of its test cards.");
/// What becomes of a payment without the customer when the bank wants to ask them.
pub(crate) const AUTHENTICATION_REQUIRED: Refusal = Refusal {
    code: "authentication_required",
    decline_code: "authentication_required",
    message: "Your card was declined: the bank asks for authentication.",
    param: None,
};

const fn card(
    number: &'static str,
    brand: &'static str,
    funding: &'static str,
    behaviour: Behaviour,
    aliases: &'static [&'static str],
) -> TestCard {
    TestCard { number, brand, funding, behaviour, aliases }
}

const fn visa(number: &'static str, behaviour: Behaviour, aliases: &'static [&'static str]) -> TestCard {
    card(number, "visa", "credit", behaviour, aliases)
}

use Behaviour::{
    ChallengesAlways, ChallengesUntilSetUp, Declines, DeclinesCharges, Succeeds, SucceedsDisputed,
};

static CARDS: [TestCard; 37] = [
    visa("4242424242424242", Succeeds, &["visa", "us", "bypassPending"]),
    card("4000056655665556", "visa", "debit", Succeeds, &["visa_debit"]),
    card("5555555555554444", "mastercard", "credit", Succeeds, &["mastercard"]),
    card("2223003122003222", "mastercard", "credit", Succeeds, &["mastercard_2_series"]),
    card("5200828282828210", "mastercard", "debit", Succeeds, &["mastercard_debit"]),
    card("5105105105105100", "mastercard", "prepaid", Succeeds, &["mastercard_prepaid"]),
    card("378282246310005", "amex", "credit", Succeeds, &["amex"]),
    card("371449635398431", "amex", "credit", Succeeds, &[]),
    card("6011111111111117", "discover", "credit", Succeeds, &["discover"]),
    card("6011000990139424", "discover", "credit", Succeeds, &[]),
    card("6011981111111113", "discover", "debit", Succeeds, &[]),
    card("3056930009020004", "diners", "credit", Succeeds, &["diners"]),
    card("36227206271667", "diners", "credit", Succeeds, &[]),
    card("3566002020360505", "jcb", "credit", Succeeds, &["jcb"]),
    card("6200000000000005", "unionpay", "credit", Succeeds, &["unionpay"]),
    card("4000002760000016", "visa", "credit", Succeeds, &["de"]),
    card("4000008260000000", "visa", "credit", Succeeds, &["gb"]),
    card("4000002500000003", "visa", "credit", Succeeds, &["fr"]),
    visa("4000000000000002", Declines(GENERIC), &["visa_chargeDeclined", "chargeDeclined"]),
    visa(
        "4000000000009995",
        Declines(NO_FUNDS),
        &["visa_chargeDeclinedInsufficientFunds", "chargeDeclinedInsufficientFunds"],
    ),
    visa(
        "4000000000009987",
        Declines(declined("lost_card", "Your card was declined.")),
        &["visa_chargeDeclinedLostCard", "chargeDeclinedLostCard"],
    ),
    visa(
        "4000000000009979",
        Declines(declined("stolen_card", "Your card was declined.")),
        &["visa_chargeDeclinedStolenCard", "chargeDeclinedStolenCard"],
    ),
    visa(
        "4000000000000069",
        Declines(refused("expired_card", "Your card has expired.", Some("exp_month"))),
        &["chargeDeclinedExpiredCard", "visa_chargeDeclinedExpiredCard"],
    ),
    visa(
        "4000000000000127",
        Declines(refused("incorrect_cvc", "Your card's security code is incorrect.", Some("cvc"))),
        &["chargeDeclinedIncorrectCvc", "visa_chargeDeclinedIncorrectCvc"],
    ),
    visa(
        "4000000000000119",
        Declines(refused(
            "processing_error",
            "An error occurred while processing your card. Try again.",
            None,
        )),
        &["chargeDeclinedProcessingError", "visa_chargeDeclinedProcessingError"],
    ),
    visa(
        "4000000000006975",
        Declines(declined("card_velocity_exceeded", "Your card was used too often in a short time.")),
        &["visa_chargeDeclinedVelocityLimitExceeded", "chargeDeclinedVelocityLimitExceeded"],
    ),
    visa("4000000000000341", DeclinesCharges(GENERIC), &["chargeCustomerFail"]),
    // Stripe has none that is saved first and reported lost or stolen afterwards, as happens to those who renew.
    visa(
        "4000000003419985",
        DeclinesCharges(declined("lost_card", "Your card was declined.")),
        &["chargeCustomerFailLostCard"],
    ),
    visa(
        "4000000003419977",
        DeclinesCharges(declined("stolen_card", "Your card was declined.")),
        &["chargeCustomerFailStolenCard"],
    ),
    visa(
        "4000002500003155",
        ChallengesUntilSetUp,
        &["authenticationRequiredOnSetup", "threeDSecureOptional"],
    ),
    visa("4000002760003184", ChallengesAlways, &["authenticationRequired"]),
    visa("4000000000003220", ChallengesAlways, &["threeDSecure2Required"]),
    visa("4000000000003063", ChallengesAlways, &["threeDSecureRequired"]),
    visa("4000003800000446", Succeeds, &["authenticationRequiredSetupForOffSession"]),
    visa("4000000000000259", SucceedsDisputed(Grounds::Fraudulent), &["createDispute"]),
    visa("4000000000002685", SucceedsDisputed(Grounds::NotReceived), &["createDisputeProductNotReceived"]),
    visa("4000000000001976", SucceedsDisputed(Grounds::Inquiry), &["createDisputeInquiry"]),
];

/// Whether a number's check digit is right (Luhn).
pub(crate) fn passes_check(number: &str) -> bool {
    let digits: Option<Vec<u32>> = number.chars().rev().map(|digit| digit.to_digit(10)).collect();
    let Some(digits) = digits.filter(|digits| (12..=19).contains(&digits.len())) else { return false };
    let sum: u32 = digits
        .iter()
        .enumerate()
        .map(|(index, digit)| match (index % 2, digit * 2) {
            (0, _) => *digit,
            (_, doubled) if doubled > 9 => doubled - 9,
            (_, doubled) => doubled,
        })
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_test_number_passes_the_check_and_appears_once() {
        for card in &CARDS {
            assert!(passes_check(card.number), "{}", card.number);
            assert_eq!(
                CARDS.iter().filter(|other| other.number == card.number).count(),
                1,
                "{}",
                card.number
            );
        }
        assert!(!passes_check("4242424242424241"));
    }

    #[test]
    fn both_spellings_of_a_declined_card_are_known() {
        assert_eq!(by_alias("pm_card_chargeDeclined").unwrap().last4(), "0002");
        assert_eq!(by_alias("tok_visa_chargeDeclined").unwrap().last4(), "0002");
        assert!(by_alias("pm_card_unheard_of").is_none());
    }
}
