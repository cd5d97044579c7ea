//! Why a form is not shown, or does nothing.

use http::StatusCode;

/// Why a form is not shown, or does nothing (contracts/business-api.md §9.3, §9.6). Nothing was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FormRefusal {
    /// Something in the address is missing, or cannot be read.
    LinkIncomplete,
    /// The address leads back to where the operator allows no way.
    WayBackRefused,
    /// There is no such business, or not any more.
    UnknownBusiness,
    /// The business has no such plan, or not any more.
    NotHeld,
    /// There is no such offer, or not any more.
    NotOnSale,
    /// The business has it already.
    AlreadyHeld,
    /// The plan is the one that the business has.
    SamePlan,
    /// The plan is one of another product.
    OtherProduct,
    /// A renewal waits for its money.
    PaymentOpen,
    /// It does not renew, or comes along with something else.
    CannotCancel,
    /// The link has to be signed, and is not, or not any more.
    LinkNotSigned,
    /// Somebody else is changing the same thing at this moment.
    UnderWay,
}

impl FormRefusal {
    /// Every refusal, so that tests can show them all.
    pub const ALL: [Self; 12] = [
        Self::LinkIncomplete,
        Self::WayBackRefused,
        Self::UnknownBusiness,
        Self::NotHeld,
        Self::NotOnSale,
        Self::AlreadyHeld,
        Self::SamePlan,
        Self::OtherProduct,
        Self::PaymentOpen,
        Self::CannotCancel,
        Self::LinkNotSigned,
        Self::UnderWay,
    ];

    pub(crate) const fn title_key(self) -> &'static str {
        match self {
            Self::LinkIncomplete => "business-refused-link-incomplete-title",
            Self::WayBackRefused => "business-refused-way-back-title",
            Self::UnknownBusiness => "business-refused-unknown-business-title",
            Self::NotHeld => "business-refused-not-held-title",
            Self::NotOnSale => "business-refused-not-on-sale-title",
            Self::AlreadyHeld => "business-refused-already-held-title",
            Self::SamePlan => "business-refused-same-plan-title",
            Self::OtherProduct => "business-refused-other-product-title",
            Self::PaymentOpen => "business-refused-payment-open-title",
            Self::CannotCancel => "business-refused-cannot-cancel-title",
            Self::LinkNotSigned => "business-refused-not-signed-title",
            Self::UnderWay => "business-refused-under-way-title",
        }
    }

    pub(crate) const fn text_key(self) -> &'static str {
        match self {
            Self::LinkIncomplete => "business-refused-link-incomplete-text",
            Self::WayBackRefused => "business-refused-way-back-text",
            Self::UnknownBusiness => "business-refused-unknown-business-text",
            Self::NotHeld => "business-refused-not-held-text",
            Self::NotOnSale => "business-refused-not-on-sale-text",
            Self::AlreadyHeld => "business-refused-already-held-text",
            Self::SamePlan => "business-refused-same-plan-text",
            Self::OtherProduct => "business-refused-other-product-text",
            Self::PaymentOpen => "business-refused-payment-open-text",
            Self::CannotCancel => "business-refused-cannot-cancel-text",
            Self::LinkNotSigned => "business-refused-not-signed-text",
            Self::UnderWay => "business-refused-under-way-text",
        }
    }

    /// The status that tells programs.
    pub const fn status(self) -> StatusCode {
        match self {
            Self::LinkIncomplete
            | Self::WayBackRefused
            | Self::SamePlan
            | Self::OtherProduct
            | Self::CannotCancel => StatusCode::BAD_REQUEST,
            Self::LinkNotSigned => StatusCode::FORBIDDEN,
            Self::UnknownBusiness | Self::NotHeld | Self::NotOnSale => StatusCode::NOT_FOUND,
            Self::AlreadyHeld | Self::PaymentOpen | Self::UnderWay => StatusCode::CONFLICT,
        }
    }
}
