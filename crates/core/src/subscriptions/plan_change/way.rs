//! How a change of plan comes true.

use perennial_domain::text_enum;

text_enum! {
    /// How a change comes true. The words are those of the pages' forms.
    pub enum Way {
        /// Stripe swaps the price now and charges the difference.
        SwapNow = "swap_now",
        /// Stripe swaps the price at the renewal.
        SwapLater = "swap_later",
        /// Stripe's part ends with the period, and a free plan goes on.
        Lapse = "lapse",
        /// Stripe's part ends now, and a free plan goes on. What is paid is not given back, as with a cancellation at
        /// once.
        LapseNow = "lapse_now",
        /// Nothing is paid, before and after: it is done here.
        Free = "free",
        /// The same at the renewal.
        FreeLater = "free_later",
        /// The first payment of a subscription that was free, now: by a saved card, or at Stripe's checkout.
        Buy = "buy",
        /// The same at the renewal, by a saved card.
        BuyLater = "buy_later",
    }
}

impl Way {
    /// Whether it waits for the renewal and Stripe has no part in the waiting: our clock alone makes it come true.
    pub const fn waits_here(self) -> bool {
        matches!(self, Self::FreeLater | Self::BuyLater)
    }
}
