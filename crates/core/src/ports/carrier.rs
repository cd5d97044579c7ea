//! Activating a mobile subscription at its network.

use perennial_domain::{Iccid, Id, SubscriptionId};

/// What the network is asked for.
#[derive(Clone, Debug)]
pub struct ActivationOrder {
    /// Ours; asked twice, the network does it once.
    pub subscription: SubscriptionId,
    /// The network.
    pub provider: String,
    /// The SIM, unless a fresh eSIM is wanted.
    pub sim: Option<Iccid>,
    /// Whether the plan has a number.
    pub wants_number: bool,
}

/// What the network gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Activation {
    /// The SIM that is active now.
    pub iccid: Iccid,
    /// `LPA:1$…` for a fresh eSIM.
    pub activation_code: Option<String>,
    /// E.164, where the plan has a number.
    pub phone_number: Option<String>,
}

/// Why it did not.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CarrierError {
    /// Try again later with the same order.
    #[error("the network did not answer: {0}")]
    NoAnswer(String),
    /// The network refuses this order for good.
    #[error("the network refused: {0}")]
    Refused(String),
}

/// A mobile network. Calls are short; an adapter that waits for a remote network answers `NoAnswer` and is asked again.
pub trait Carrier: Send + Sync {
    /// Activates the subscription. Asked again with the same order it answers the same.
    fn activate(&self, order: &ActivationOrder) -> Result<Activation, CarrierError>;
}

/// The built-in network: everything works, at once, with fictional numbers.
///
/// Its answers are made from the subscription's id, so that the same order always gets the same SIM and number.
#[derive(Clone, Copy, Debug, Default)]
pub struct TestCarrier;

/// ICCIDs of test SIMs begin so (contracts/projects-api.md §2.18).
const TEST_ICCID_PREFIX: &str = "8942424242";

impl Carrier for TestCarrier {
    fn activate(&self, order: &ActivationOrder) -> Result<Activation, CarrierError> {
        let seed = order.subscription.uuid().as_u128();
        let fresh = || {
            Iccid::with_check_digit(
                TEST_ICCID_PREFIX,
                u64::try_from(seed % 1_000_000_000).unwrap_or_default(),
            )
        };
        let activation_code =
            order.sim.is_none().then(|| format!("LPA:1$smdp.test.example${:024X}", seed >> 32));
        // +1 555 01xx numbers are set aside for fiction; the exchange in between spreads them.
        let phone_number =
            order.wants_number.then(|| format!("+1{:03}55501{:02}", 201 + seed % 700, (seed >> 16) % 100));
        Ok(Activation { iccid: order.sim.clone().unwrap_or_else(fresh), activation_code, phone_number })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn the_same_order_gets_the_same_answer() {
        let order = ActivationOrder {
            subscription: SubscriptionId::from_uuid(Uuid::from_u128(
                0x0192_7f00_1234_7abc_8def_0123_4567_89ab,
            )),
            provider: "test".into(),
            sim: None,
            wants_number: true,
        };
        let first = TestCarrier.activate(&order).unwrap();
        assert_eq!(TestCarrier.activate(&order).unwrap(), first);
        assert_eq!(first.iccid.as_str().len(), 20);
        assert_eq!(first.phone_number.as_deref().map(str::len), Some(12));
    }
}
