//! What a mobile plan or add-on gives: the facts of the Projects contract that money does not depend on.

use serde::{Deserialize, Serialize};

use crate::text_enum::text_enum;
use crate::{CountryCode, ProductId, SimType};

/// Data, calls and messages per period; `None` is unlimited, zero is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub struct Allowances {
    /// Bytes of data.
    pub data_bytes: Option<u64>,
    /// Seconds of calls.
    pub voice_seconds: Option<u64>,
    /// Messages.
    pub sms_messages: Option<u64>,
}

/// Where a plan works.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Coverage {
    /// A short word of the operator's.
    pub id: String,
    /// What customers read.
    pub name: String,
    /// The countries.
    pub countries: Vec<CountryCode>,
}

/// What happens when much is used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Fair-use cap.
    pub data_bytes: Option<u64>,
    /// Top speed.
    pub bandwidth_bits_per_second: Option<u64>,
    /// Slower after so much.
    pub throttling: Option<Throttling>,
}

/// Slower after so much.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Throttling {
    /// From here on.
    pub threshold_bytes: u64,
    /// At this speed.
    pub bandwidth_bits_per_second: u64,
}

text_enum! {
    /// Whether something must be known of a customer before they may subscribe.
    pub enum VerifiableNeed {
        /// Not needed.
        None = "none",
        /// Must be given.
        Present = "present",
        /// Must be given and verified. Nobody verifies, so no catalogue file can ask for it; only rows from before have it, and
        /// it counts as `Present`.
        Verified = "verified",
    }
}

text_enum! {
    /// Whether a device must be known.
    pub enum Need {
        /// Not needed.
        None = "none",
        /// Must be given.
        Present = "present",
    }
}

/// What must be known before a subscription starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Requirements {
    /// A postal address.
    pub address: VerifiableNeed,
    /// The date of birth.
    pub birthday: VerifiableNeed,
    /// The full name.
    pub full_name: VerifiableNeed,
    /// A device.
    pub device: Need,
}

impl Default for Requirements {
    fn default() -> Self {
        let none = VerifiableNeed::None;
        Self { address: none, birthday: none, full_name: none, device: Need::None }
    }
}

text_enum! {
    /// When a plan's subscription turns active.
    pub enum ActivationTrigger {
        /// As soon as the network has it.
        Creation = "creation",
        /// With the first use.
        UsageStarted = "usageStarted",
    }
}

text_enum! {
    /// When the first period starts.
    pub enum FirstPeriodTrigger {
        /// With the purchase.
        Creation = "creation",
        /// With the activation.
        Activation = "activation",
    }
}

text_enum! {
    /// When an add-on turns active.
    pub enum AddonActivationTrigger {
        /// At once.
        Creation = "creation",
        /// When the phone reaches a network of its coverage.
        NetworkLatch = "networkLatch",
        /// With the first use.
        UsageStarted = "usageStarted",
    }
}

text_enum! {
    /// What kind of add-on.
    pub enum AddonType {
        /// More of the plan's allowances.
        TopUp = "topUp",
        /// Anything else.
        Other = "other",
    }
}

/// The facts of a mobile plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanFacts {
    /// Whose network, as an opaque word.
    pub provider: String,
    /// What a period includes.
    pub allowances: Allowances,
    /// Where it works.
    pub coverage: Coverage,
    /// What happens when much is used.
    #[serde(default)]
    pub limits: Limits,
    /// What must be known first.
    #[serde(default)]
    pub requirements: Requirements,
    /// Which SIMs it works with.
    pub sim_types: Vec<SimType>,
    /// How many periods a customer is bound for.
    pub minimum_periods: u32,
    /// When the subscription turns active.
    pub activation_trigger: ActivationTrigger,
    /// When the first period starts.
    pub first_period_trigger: FirstPeriodTrigger,
}

/// The facts of a mobile add-on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AddonFacts {
    /// What kind.
    pub addon_type: AddonType,
    /// Whose network.
    pub provider: String,
    /// What it adds.
    pub allowances: Allowances,
    /// The plans that it fits.
    pub plans: Vec<ProductId>,
    /// Where it works, when not where the plan does.
    pub coverage: Option<Coverage>,
    /// When it turns active.
    pub activation_trigger: AddonActivationTrigger,
}
