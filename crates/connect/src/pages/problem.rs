//! What can be wrong with an answer, and how to mend it.

/// A mistake in one field. Its text says how to mend it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each name is its own explanation, and `key` leads to the words")]
pub enum Problem {
    NameMissing,
    NameTooLong,
    BirthdayMissing,
    BirthdayNotADate,
    BirthdayInTheFuture,
    BirthdayTooLongAgo,
    CountryMissing,
    CountryNotServed,
    LineMissing,
    CityMissing,
    StateMissing,
    PostalCodeMissing,
    PostalCodeInvalid,
    AddressTooLong,
    ImeiMissing,
    ImeiInvalid,
    ImeiTaken,
    SimChoiceMissing,
    SimLost,
    IccidMissing,
    IccidInvalid,
    IccidTaken,
    NumberChoiceMissing,
    NumberLost,
    PhoneNumberMissing,
    PhoneNumberInvalid,
    PhoneNumberNotPortable,
    AccountNumberInvalid,
    VoucherMissing,
    VoucherUnknown,
    VoucherExpired,
    VoucherNotForPlan,
    PlanMissing,
    PlanGone,
    CancelReasonUnknown,
    CancelCommentMissing,
    CancelCommentTooLong,
    EmailMissing,
    EmailInvalid,
    CodeMissing,
    CodeWrong,
}

impl Problem {
    /// Every problem, so that tests can show them all.
    pub const ALL: [Self; 41] = [
        Self::NameMissing,
        Self::NameTooLong,
        Self::BirthdayMissing,
        Self::BirthdayNotADate,
        Self::BirthdayInTheFuture,
        Self::BirthdayTooLongAgo,
        Self::CountryMissing,
        Self::CountryNotServed,
        Self::LineMissing,
        Self::CityMissing,
        Self::StateMissing,
        Self::PostalCodeMissing,
        Self::PostalCodeInvalid,
        Self::AddressTooLong,
        Self::ImeiMissing,
        Self::ImeiInvalid,
        Self::ImeiTaken,
        Self::SimChoiceMissing,
        Self::SimLost,
        Self::IccidMissing,
        Self::IccidInvalid,
        Self::IccidTaken,
        Self::NumberChoiceMissing,
        Self::NumberLost,
        Self::PhoneNumberMissing,
        Self::PhoneNumberInvalid,
        Self::PhoneNumberNotPortable,
        Self::AccountNumberInvalid,
        Self::VoucherMissing,
        Self::VoucherUnknown,
        Self::VoucherExpired,
        Self::VoucherNotForPlan,
        Self::PlanMissing,
        Self::PlanGone,
        Self::CancelReasonUnknown,
        Self::CancelCommentMissing,
        Self::CancelCommentTooLong,
        Self::EmailMissing,
        Self::EmailInvalid,
        Self::CodeMissing,
        Self::CodeWrong,
    ];

    /// The name of the field that it concerns.
    pub fn field(self) -> &'static str {
        match self {
            Self::NameMissing | Self::NameTooLong => "full_name",
            Self::BirthdayMissing
            | Self::BirthdayNotADate
            | Self::BirthdayInTheFuture
            | Self::BirthdayTooLongAgo => "birthday_day",
            Self::CountryMissing | Self::CountryNotServed => "country",
            Self::LineMissing | Self::AddressTooLong => "line1",
            Self::CityMissing => "city",
            Self::StateMissing => "state",
            Self::PostalCodeMissing | Self::PostalCodeInvalid => "postal_code",
            Self::ImeiMissing | Self::ImeiInvalid | Self::ImeiTaken => "imei",
            Self::SimChoiceMissing | Self::SimLost => "sim_choice",
            Self::IccidMissing | Self::IccidInvalid | Self::IccidTaken => "iccid",
            Self::NumberChoiceMissing | Self::NumberLost => "number_choice",
            Self::PhoneNumberMissing | Self::PhoneNumberInvalid | Self::PhoneNumberNotPortable => {
                "phone_number"
            }
            Self::AccountNumberInvalid => "account_number",
            Self::VoucherMissing | Self::VoucherUnknown | Self::VoucherExpired | Self::VoucherNotForPlan => {
                "voucher"
            }
            Self::PlanMissing | Self::PlanGone => "plan",
            Self::CancelReasonUnknown => "reason",
            Self::CancelCommentMissing | Self::CancelCommentTooLong => "comment",
            Self::EmailMissing | Self::EmailInvalid => "email",
            Self::CodeMissing | Self::CodeWrong => "code",
        }
    }

    /// The key of its text.
    pub fn key(self) -> &'static str {
        match self {
            Self::NameMissing => "problem-name-missing",
            Self::NameTooLong => "problem-name-too-long",
            Self::BirthdayMissing => "problem-birthday-missing",
            Self::BirthdayNotADate => "problem-birthday-not-a-date",
            Self::BirthdayInTheFuture => "problem-birthday-in-the-future",
            Self::BirthdayTooLongAgo => "problem-birthday-too-long-ago",
            Self::CountryMissing => "problem-country-missing",
            Self::CountryNotServed => "problem-country-not-served",
            Self::LineMissing => "problem-line-missing",
            Self::CityMissing => "problem-city-missing",
            Self::StateMissing => "problem-state-missing",
            Self::PostalCodeMissing => "problem-postal-code-missing",
            Self::PostalCodeInvalid => "problem-postal-code-invalid",
            Self::AddressTooLong => "problem-address-too-long",
            Self::ImeiMissing => "problem-imei-missing",
            Self::ImeiInvalid => "problem-imei-invalid",
            Self::ImeiTaken => "problem-imei-taken",
            Self::SimChoiceMissing => "problem-sim-choice-missing",
            Self::SimLost => "problem-sim-lost",
            Self::IccidMissing => "problem-iccid-missing",
            Self::IccidInvalid => "problem-iccid-invalid",
            Self::IccidTaken => "problem-iccid-taken",
            Self::NumberChoiceMissing => "problem-number-choice-missing",
            Self::NumberLost => "problem-number-lost",
            Self::PhoneNumberMissing => "problem-phone-number-missing",
            Self::PhoneNumberInvalid => "problem-phone-number-invalid",
            Self::PhoneNumberNotPortable => "problem-phone-number-not-portable",
            Self::AccountNumberInvalid => "problem-account-number-invalid",
            Self::VoucherMissing => "problem-voucher-missing",
            Self::VoucherUnknown => "problem-voucher-unknown",
            Self::VoucherExpired => "problem-voucher-expired",
            Self::VoucherNotForPlan => "problem-voucher-not-for-plan",
            Self::PlanMissing => "problem-plan-missing",
            Self::PlanGone => "problem-plan-gone",
            Self::CancelReasonUnknown => "problem-cancel-reason-unknown",
            Self::CancelCommentMissing => "problem-cancel-comment-missing",
            Self::CancelCommentTooLong => "problem-cancel-comment-too-long",
            Self::EmailMissing => "problem-email-missing",
            Self::EmailInvalid => "problem-email-invalid",
            Self::CodeMissing => "problem-code-missing",
            Self::CodeWrong => "problem-code-wrong",
        }
    }
}
