//! What an operator decides about serving businesses: the settings of contracts/business-api.md.

use serde::{Deserialize, Serialize};
use url::Url;

use crate::text_enum::text_enum;

text_enum! {
    /// How the first version of the API spells a live subscription (contract §5).
    pub enum LiveStateSpelling {
        /// `active` where one is created or updated, `purchased` in lists.
        AsDocumented = "as-documented",
        /// Always `active`.
        Active = "active",
        /// Always `purchased`.
        Purchased = "purchased",
    }
}

text_enum! {
    /// Who charges what the forms sell (contract §9.3).
    pub enum BillingBackend {
        /// This server, through Stripe.
        Stripe = "stripe",
        /// Somebody else: purchases are only recorded.
        Manual = "manual",
    }
}

text_enum! {
    /// Whether what is left of a period counts towards another plan (contract §13.12).
    pub enum ChangeProration {
        /// The old period is lost, and the new plan is paid in full.
        Off = "off",
        /// The new plan costs what is left to pay.
        On = "on",
    }
}

/// How a project serves businesses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BusinessSettings {
    /// How the first version of the API spells a live subscription.
    pub v1_live_state: LiveStateSpelling,
    /// Who charges what the forms sell.
    pub billing: BillingBackend,
    /// Whether a purchase form makes the subscription first and charges then, as the contract's sources do. Only `false` can
    /// be set: the forms charge first, so that nothing is live without its money.
    pub create_before_charge: bool,
    /// Whether a form does nothing unless its link is signed.
    pub checkout_require_token: bool,
    /// Whether what is left of a period counts towards another plan.
    pub change_proration: ChangeProration,
    /// The hosts, with the port where it is not the usual one, to which forms may lead back.
    pub redirect_allow_list: Vec<String>,
    /// What relative ways back are relative to, where a form names no host.
    pub checkout_base_url: Option<Url>,
    /// What a new business is given at once, free of charge.
    pub default_sku: Option<String>,
}

impl Default for BusinessSettings {
    fn default() -> Self {
        Self {
            v1_live_state: LiveStateSpelling::AsDocumented,
            billing: BillingBackend::Stripe,
            create_before_charge: false,
            checkout_require_token: false,
            change_proration: ChangeProration::Off,
            redirect_allow_list: Vec::new(),
            checkout_base_url: None,
            default_sku: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_has_to_be_said_and_a_misspelt_setting_is_refused() {
        assert_eq!(serde_json::from_str::<BusinessSettings>("{}").unwrap(), BusinessSettings::default());
        let said = r#"{"v1_live_state":"purchased","billing":"manual"}"#;
        let settings: BusinessSettings = serde_json::from_str(said).unwrap();
        assert_eq!(settings.billing, BillingBackend::Manual);
        assert!(serde_json::from_str::<BusinessSettings>(r#"{"defaultSku":"desk"}"#).is_err());
    }
}
