//! How a card is called on a page.

/// A card in words: `Visa ending in 4242`. The brand is as Stripe's objects spell it.
pub(in crate::pages) fn card_name(brand: &str, last4: &str) -> String {
    format!("{} ending in {last4}", brand_name(brand))
}

fn brand_name(brand: &str) -> &str {
    match brand {
        "visa" => "Visa",
        "mastercard" => "Mastercard",
        "amex" => "American Express",
        "discover" => "Discover",
        "diners" => "Diners Club",
        "jcb" => "JCB",
        "unionpay" => "UnionPay",
        _ => "Card",
    }
}
