//! From the core's words into those that pages and mails share.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use perennial_core::ports::{self, NextCharge};

use crate::pages::manage::{Ending, NextPayment};

/// The date in UTC: we do not know where the customer is.
pub(crate) fn date_of(time: Timestamp) -> Date {
    time.to_zoned(TimeZone::UTC).date()
}

impl From<NextCharge> for NextPayment {
    fn from(charge: NextCharge) -> Self {
        Self { amount: charge.amount, every: charge.every, on: date_of(charge.at) }
    }
}

impl From<ports::Ending> for Ending {
    fn from(ending: ports::Ending) -> Self {
        match ending {
            ports::Ending::AtOnce => Self::AtOnce,
            ports::Ending::At(end) => Self::On(date_of(end)),
            ports::Ending::Begun(end, charge) => Self::Begun { until: date_of(end), payment: charge.into() },
            ports::Ending::Bound(end, charge) => Self::Bound { until: date_of(end), payments: charge.into() },
        }
    }
}
