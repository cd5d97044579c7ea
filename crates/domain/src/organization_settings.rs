//! What an operator decides about serving organizations: the settings of contracts/organizations-api.md.

use serde::{Deserialize, Serialize};
use url::Url;

use crate::text_enum::text_enum;

text_enum! {
    /// When a cancelled subscription ends, unless the call says otherwise (contract §9.6).
    pub enum CancelMode {
        /// With the period that is paid.
        PeriodEnd = "period_end",
        /// Now.
        Immediate = "immediate",
    }
}

text_enum! {
    /// Where the customer sees Stripe's Checkout.
    pub enum CheckoutUi {
        /// On Stripe's own page.
        Hosted = "hosted",
        /// Inside a page of the operator's.
        Embedded = "embedded",
    }
}

text_enum! {
    /// What Stripe's Checkout takes.
    pub enum PaymentMethods {
        /// Cards alone: they say yes or no at once.
        Cards = "cards",
        /// Cards, and direct debits in euro, which say yes or no days later.
        CardsAndSepaDebits = "cards_and_sepa_debits",
        /// Whatever the Stripe account offers, also what takes days to say yes.
        Any = "any",
    }
}

text_enum! {
    /// How amounts of a pending payment are written (contract §6).
    pub enum AmountUnits {
        /// Whole minor units, as everywhere else.
        Minor = "minor",
        /// A decimal number of major units, for clients that were written to that.
        Major = "major",
    }
}

/// An identity provider of the operator's own, which issues the access tokens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenIssuer {
    /// Where its public keys are (RFC 7517).
    pub jwks_url: Url,
    /// What `iss` must say.
    pub issuer: String,
    /// What `aud` must hold.
    pub audience: String,
}

/// How a project serves organizations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrganizationSettings {
    /// The exclusive group whose plans are sold to organizations: each has at most one of them at a time.
    pub product_line: String,
    /// The operator's own application.
    pub frontend_url: Url,
    /// Where on it Stripe sends who paid; may hold a query.
    #[serde(default = "OrganizationSettings::usual_return_path")]
    pub return_path: String,
    /// Where on it Stripe sends who turned back.
    #[serde(default = "OrganizationSettings::usual_cancel_path")]
    pub cancel_path: String,
    /// When a cancelled subscription ends.
    #[serde(default = "OrganizationSettings::usual_cancel_mode")]
    pub cancel_mode: CancelMode,
    /// Whether an organization may buy another plan while one renews (contract §9.3).
    #[serde(default)]
    pub allow_subscription_change: bool,
    /// Where the customer sees Stripe's Checkout.
    #[serde(default = "OrganizationSettings::usual_checkout_ui")]
    pub checkout_ui: CheckoutUi,
    /// What it takes.
    #[serde(default = "OrganizationSettings::usual_payment_methods")]
    pub payment_methods: PaymentMethods,
    /// How long a subscription counts as active while its renewal is late, in hours.
    #[serde(default = "OrganizationSettings::usual_renewal_grace_hours")]
    pub renewal_grace_hours: u16,
    /// How amounts of a pending payment are written.
    #[serde(default = "OrganizationSettings::usual_pending_payment_units")]
    pub pending_payment_units: AmountUnits,
    /// Whether buying, cancelling and the portal ask for a role.
    #[serde(default)]
    pub require_billing_role: bool,
    /// Origins whose pages may call, beside that of the application.
    #[serde(default)]
    pub cors_origins: Vec<Url>,
    /// Who issues access tokens; this server itself when there is none.
    #[serde(default)]
    pub token_issuer: Option<TokenIssuer>,
    /// How long a log-in lasts without being used, in days.
    #[serde(default = "OrganizationSettings::usual_refresh_token_days")]
    pub refresh_token_days: u16,
    /// Whether errors about pending payments tell their cause: for development alone.
    #[serde(default)]
    pub debug: bool,
}

impl OrganizationSettings {
    /// The contract's choices, for this product line and application.
    pub fn new(product_line: impl Into<String>, frontend_url: Url) -> Self {
        Self {
            product_line: product_line.into(),
            frontend_url,
            return_path: Self::usual_return_path(),
            cancel_path: Self::usual_cancel_path(),
            cancel_mode: Self::usual_cancel_mode(),
            allow_subscription_change: false,
            checkout_ui: Self::usual_checkout_ui(),
            payment_methods: Self::usual_payment_methods(),
            renewal_grace_hours: Self::usual_renewal_grace_hours(),
            pending_payment_units: Self::usual_pending_payment_units(),
            require_billing_role: false,
            cors_origins: Vec::new(),
            token_issuer: None,
            refresh_token_days: Self::usual_refresh_token_days(),
            debug: false,
        }
    }

    /// Every address in here: tokens and browsers are sent there.
    pub fn links(&self) -> impl Iterator<Item = &Url> {
        let keys = self.token_issuer.as_ref().map(|issuer| &issuer.jwks_url);
        std::iter::once(&self.frontend_url).chain(&self.cors_origins).chain(keys)
    }

    /// Where Stripe sends who paid: it fills the session's id in (contract §9.1).
    pub fn return_url(&self) -> String {
        let separator = if self.return_path.contains('?') { '&' } else { '?' };
        format!("{}{separator}session_id={{CHECKOUT_SESSION_ID}}", self.on_frontend(&self.return_path))
    }

    /// Where Stripe sends who turned back.
    pub fn cancel_url(&self) -> String {
        self.on_frontend(&self.cancel_path)
    }

    /// Not with `Url::join`: it would write the braces of Stripe's placeholder in another way.
    fn on_frontend(&self, path: &str) -> String {
        format!("{}/{}", self.frontend_url.as_str().trim_end_matches('/'), path.trim_start_matches('/'))
    }

    fn usual_return_path() -> String {
        "/subscription/return".to_owned()
    }

    fn usual_cancel_path() -> String {
        "/".to_owned()
    }

    const fn usual_cancel_mode() -> CancelMode {
        CancelMode::PeriodEnd
    }

    const fn usual_checkout_ui() -> CheckoutUi {
        CheckoutUi::Hosted
    }

    const fn usual_payment_methods() -> PaymentMethods {
        PaymentMethods::Cards
    }

    const fn usual_renewal_grace_hours() -> u16 {
        24
    }

    const fn usual_pending_payment_units() -> AmountUnits {
        AmountUnits::Minor
    }

    const fn usual_refresh_token_days() -> u16 {
        30
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_settings_are_enough_and_a_misspelt_one_is_refused() {
        let said = r#"{"product_line":"workspace","frontend_url":"https://app.example"}"#;
        let settings: OrganizationSettings = serde_json::from_str(said).unwrap();
        let usual = OrganizationSettings::new("workspace", "https://app.example".parse().unwrap());
        assert_eq!(settings, usual);
        let misspelt = said.replace('}', r#","cancelMode":"immediate"}"#);
        assert!(serde_json::from_str::<OrganizationSettings>(&misspelt).is_err());
    }

    #[test]
    fn stripes_placeholder_follows_whatever_query_there_is() {
        let mut settings = OrganizationSettings::new("workspace", "https://app.example/".parse().unwrap());
        let placeholder = "session_id={CHECKOUT_SESSION_ID}";
        assert_eq!(settings.return_url(), format!("https://app.example/subscription/return?{placeholder}"));
        settings.return_path = "done?tab=plan".to_owned();
        assert_eq!(settings.return_url(), format!("https://app.example/done?tab=plan&{placeholder}"));
        assert_eq!(settings.cancel_url(), "https://app.example/");
    }
}
