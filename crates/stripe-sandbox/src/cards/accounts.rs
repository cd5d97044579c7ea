//! Stripe's test bank accounts for SEPA debits: <https://docs.stripe.com/payments/sepa-debit/accept-a-payment#test-integration>.
//! A debit is asked for now and answered later; these differ in how it is answered, and when.

use super::Behaviour;

/// How long an account that takes its time takes.
const SLOW_SECONDS: i64 = 180;

/// One of Stripe's test accounts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TestAccount {
    pub(crate) iban: &'static str,
    /// Whether the money comes in the end.
    pub(crate) pays: bool,
    /// Seconds until that is known.
    pub(crate) after_seconds: i64,
}

impl TestAccount {
    /// What a payment method for it does.
    pub(crate) fn behaviour(&self) -> Behaviour {
        Behaviour::Debits { pays: self.pays, after_seconds: self.after_seconds }
    }

    /// The two letters that an IBAN begins with.
    pub(crate) fn country(&self) -> &'static str {
        self.iban.get(..2).unwrap_or_default()
    }

    /// The last four characters.
    pub(crate) fn last4(&self) -> &'static str {
        self.iban.get(self.iban.len() - 4..).unwrap_or_default()
    }
}

const fn account(iban: &'static str, pays: bool, after_seconds: i64) -> TestAccount {
    TestAccount { iban, pays, after_seconds }
}

/// The accounts that the sandbox knows.
pub(crate) static ACCOUNTS: [TestAccount; 9] = [
    account("AT611904300234573201", true, 0),
    account("AT321904300235473204", true, SLOW_SECONDS),
    account("AT861904300235473202", false, 0),
    account("AT051904300235473205", false, SLOW_SECONDS),
    account("DE89370400440532013000", true, 0),
    account("DE08370400440532013003", true, SLOW_SECONDS),
    account("DE62370400440532013001", false, 0),
    account("DE78370400440532013004", false, SLOW_SECONDS),
    account("IT60X0542811101000000123456", false, 0),
];

/// The account with this number, with or without spaces.
pub(crate) fn by_iban(typed: &str) -> Option<&'static TestAccount> {
    let iban: String = typed.chars().filter(|letter| !letter.is_whitespace()).collect();
    ACCOUNTS.iter().find(|account| account.iban.eq_ignore_ascii_case(&iban))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_found_as_people_write_it() {
        let found = by_iban("at61 1904 3002 3457 3201").unwrap();
        assert_eq!((found.country(), found.last4()), ("AT", "3201"));
        assert!(by_iban("AT00").is_none());
    }
}
