//! SIMs that are made when they are used, for apps that are being built (contracts/projects-api.md §2.18).

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use jiff::SignedDuration;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::text_enum::text_enum;
use crate::{InvalidId, SimChoice, SimId, SimType};

text_enum! {
    /// A placeholder that an app names in place of a SIM's id. Each use makes another SIM.
    pub enum TestSim {
        /// An eSIM.
        Esim = "sim_test_esim",
        /// One whose network takes its time.
        EsimWithinAMinute = "sim_test_esim_delayed_up_to_one_min",
        /// One that is active after four hours.
        EsimAfterFourHours = "sim_test_esim_delayed_four_hours",
        /// One that is active after a day.
        EsimAfterADay = "sim_test_esim_delayed_twenty_four_hours",
        /// A SIM on plastic.
        Psim = "sim_test_psim",
        /// One whose network takes its time.
        PsimWithinAMinute = "sim_test_psim_delayed_up_to_one_min",
        /// One that is active after four hours.
        PsimAfterFourHours = "sim_test_psim_delayed_four_hours",
        /// One that is active after a day.
        PsimAfterADay = "sim_test_psim_delayed_twenty_four_hours",
    }
}

/// The networks that are there for tests.
const TEST_PROVIDERS: [&str; 3] = ["test", "t11", "t12"];

impl TestSim {
    /// Whether a network is one for tests.
    pub fn works_on(provider: &str) -> bool {
        TEST_PROVIDERS.contains(&provider)
    }

    /// Embedded or on plastic.
    pub const fn sim_type(self) -> SimType {
        match self {
            Self::Esim | Self::EsimWithinAMinute | Self::EsimAfterFourHours | Self::EsimAfterADay => {
                SimType::Esim
            }
            Self::Psim | Self::PsimWithinAMinute | Self::PsimAfterFourHours | Self::PsimAfterADay => {
                SimType::Psim
            }
        }
    }

    /// How long after the purchase the network activates it.
    pub const fn activation_delay(self) -> SignedDuration {
        match self {
            Self::Esim | Self::Psim => SignedDuration::ZERO,
            // Late enough to be seen waiting, and early enough for a job to run within the minute.
            Self::EsimWithinAMinute | Self::PsimWithinAMinute => SignedDuration::from_secs(30),
            Self::EsimAfterFourHours | Self::PsimAfterFourHours => SignedDuration::from_hours(4),
            Self::EsimAfterADay | Self::PsimAfterADay => SignedDuration::from_hours(24),
        }
    }
}

/// What an app names where a SIM is expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NamedSim {
    /// One that is recorded.
    Recorded(SimId),
    /// One that is made for a test.
    Test(TestSim),
}

impl NamedSim {
    /// The choice that it is.
    pub const fn choice(self) -> SimChoice {
        match self {
            Self::Recorded(id) => SimChoice::Known(id),
            Self::Test(sim) => SimChoice::Test(sim),
        }
    }
}

impl fmt::Display for NamedSim {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Recorded(id) => id.fmt(formatter),
            Self::Test(sim) => sim.fmt(formatter),
        }
    }
}

impl FromStr for NamedSim {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        TestSim::parse(text).map_or_else(|| text.parse().map(Self::Recorded), |sim| Ok(Self::Test(sim)))
    }
}

impl Serialize for NamedSim {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for NamedSim {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Cow::<str>::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Id;
    use uuid::Uuid;

    #[test]
    fn a_placeholder_says_what_it_is_and_how_long_it_takes() {
        for sim in TestSim::ALL.iter().copied() {
            let is_plastic = sim.as_str().starts_with("sim_test_psim");
            assert_eq!(sim.sim_type() == SimType::Psim, is_plastic, "{sim}");
            let hours = match sim.as_str().split_once("_delayed_").map(|(_, delay)| delay) {
                Some("four_hours") => 4,
                Some("twenty_four_hours") => 24,
                _ => 0,
            };
            let (least, most) =
                (SignedDuration::from_hours(hours), SignedDuration::from_mins(hours * 60 + 1));
            assert!((least..most).contains(&sim.activation_delay()), "{sim}");
        }
    }

    #[test]
    fn ids_and_placeholders_are_told_apart_and_survive_their_storage() {
        let recorded = NamedSim::Recorded(SimId::from_uuid(Uuid::from_u128(3)));
        for named in [recorded, NamedSim::Test(TestSim::PsimAfterFourHours)] {
            let text = serde_json::to_string(&named).unwrap();
            assert_eq!(serde_json::from_str::<NamedSim>(&text).unwrap(), named);
        }
        assert!("sim_test_brick".parse::<NamedSim>().is_err());
    }
}
