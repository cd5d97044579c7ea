//! Activating a mobile subscription at its network.

use std::future::Future;
use std::pin::Pin;

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
    /// Which fresh SIM is asked for: counts up when the one before turned out to be taken.
    pub draw: u32,
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

/// An answer that is waited for.
pub type CarrierAnswer<'a> = Pin<Box<dyn Future<Output = Result<Activation, CarrierError>> + Send + 'a>>;

/// A mobile network. Answers come soon; a network that needs longer answers `NoAnswer` and is asked again.
pub trait Carrier: Send + Sync {
    /// Activates the subscription. Asked again with the same order it answers the same.
    fn activate<'a>(&'a self, order: &'a ActivationOrder) -> CarrierAnswer<'a>;
}

/// The built-in network: everything works, at once, with fictional numbers.
///
/// Its answers are made from the subscription's id, so that the same order always gets the same SIM and number. Numbers
/// may repeat: there are not enough fictional ones for everybody.
#[derive(Clone, Copy, Debug, Default)]
pub struct TestCarrier;

/// ICCIDs of test SIMs begin so (contracts/projects-api.md §2.18).
const TEST_ICCID_PREFIX: &str = "8942424242";

/// Shares no factor with the number of serials, so that draws spread over all of them.
const DRAW_STRIDE: u128 = 618_033_989;
/// As many digits as the prefix and the check digit leave.
const SERIALS: u128 = 1_000_000_000;

impl Carrier for TestCarrier {
    fn activate<'a>(&'a self, order: &'a ActivationOrder) -> CarrierAnswer<'a> {
        Box::pin(std::future::ready(Ok(Self::answer(order))))
    }
}

impl TestCarrier {
    fn answer(order: &ActivationOrder) -> Activation {
        let seed = order.subscription.uuid().as_u128();
        let fresh = || test_iccid(seed, order.draw);
        let activation_code = order.sim.is_none().then(|| test_activation_code(seed));
        // +1 555 01xx numbers are set aside for fiction; the exchange in between spreads them.
        let phone_number =
            order.wants_number.then(|| format!("+1{:03}55501{:02}", 201 + seed % 700, (seed >> 16) % 100));
        Activation { iccid: order.sim.clone().unwrap_or_else(fresh), activation_code, phone_number }
    }
}

/// The number of a fresh test SIM: always the same of the same seed, a UUIDv7, and the same draw.
pub(crate) fn test_iccid(seed: u128, draw: u32) -> Iccid {
    // The time in the upper half and the chance in the lower one both count.
    let drawn = (seed ^ (seed >> 64)) % SERIALS + u128::from(draw) * DRAW_STRIDE;
    Iccid::with_check_digit(TEST_ICCID_PREFIX, u64::try_from(drawn % SERIALS).unwrap_or_default())
}

/// What installs a fresh test eSIM, made from the same seed.
pub(crate) fn test_activation_code(seed: u128) -> String {
    format!("LPA:1$smdp.test.example${:024X}", seed >> 32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn order(draw: u32) -> ActivationOrder {
        let id = Uuid::from_u128(0x0192_7f00_1234_7abc_8def_0123_4567_89ab);
        ActivationOrder {
            subscription: SubscriptionId::from_uuid(id),
            provider: "test".into(),
            sim: None,
            wants_number: true,
            draw,
        }
    }

    #[tokio::test]
    async fn another_draw_gets_another_sim() {
        let first = TestCarrier.activate(&order(0)).await.unwrap();
        let second = TestCarrier.activate(&order(1)).await.unwrap();
        assert_ne!(first.iccid, second.iccid);
        assert_eq!(second.iccid.as_str().len(), 20);
    }

    #[tokio::test]
    async fn the_same_order_gets_the_same_answer() {
        let first = TestCarrier.activate(&order(0)).await.unwrap();
        assert_eq!(TestCarrier.activate(&order(0)).await.unwrap(), first);
        assert_eq!(first.iccid.as_str().len(), 20);
        assert_eq!(first.phone_number.as_deref().map(str::len), Some(12));
    }
}
