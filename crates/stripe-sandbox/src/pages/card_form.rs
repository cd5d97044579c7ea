//! The card form: what was typed, what is wrong with it, and the payment it asks for.

use jiff::civil::Date;
use serde::Deserialize;

use crate::cards;
use crate::checkout::PayInput;

/// What the payment page posts.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct CardFields {
    pub(super) email: String,
    pub(super) card_number: String,
    pub(super) card_expiry: String,
    pub(super) card_cvc: String,
    pub(super) card_name: String,
    /// A saved card's `pm_…`; empty for the card typed in.
    pub(super) saved_card: String,
    /// `sepa_debit` from the form for bank debits; empty from the one for cards.
    pub(super) method: String,
    pub(super) iban: String,
}

/// A field of the form that something can be wrong with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    Email,
    Number,
    Expiry,
    Cvc,
    Name,
    Iban,
}

impl Field {
    /// The name it is posted under, and its id on the page.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Number => "card_number",
            Self::Expiry => "card_expiry",
            Self::Cvc => "card_cvc",
            Self::Name => "card_name",
            Self::Iban => "iban",
        }
    }

    /// What the page calls it.
    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Email => "E-mail",
            Self::Number => "Card number",
            Self::Expiry => "Expiry",
            Self::Cvc => "Security code",
            Self::Name => "Name on card",
            Self::Iban => "IBAN",
        }
    }
}

/// What is wrong with a field, and how to mend it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Problem {
    pub(super) field: Field,
    pub(super) message: &'static str,
}

/// Which parts of the form the session needs.
#[derive(Clone, Copy)]
pub(super) struct Wanted {
    pub(super) email: bool,
    pub(super) card: bool,
}

impl CardFields {
    /// Turns the fields into a payment, or says everything that is wrong with them. Today tells whether a card
    /// is still good.
    pub(super) fn check(&self, wanted: Wanted, today: Date) -> Result<PayInput, Vec<Problem>> {
        let mut problems = Vec::new();
        if wanted.email {
            problems.extend(self.email_problem());
        }
        let mut input = PayInput { email: self.email.trim().to_owned(), ..PayInput::default() };
        if self.method == "sepa_debit" {
            if self.iban.trim().is_empty() {
                let message = "Enter the number of a test account.";
                problems.push(Problem { field: Field::Iban, message });
            }
            self.card_name.trim().clone_into(&mut input.name);
            input.iban = Some(self.iban.trim().to_owned());
        } else if wanted.card {
            if self.saved_card.is_empty() {
                problems.extend(self.fill_card(&mut input, today));
            } else {
                input.saved_card = Some(self.saved_card.clone());
            }
        }
        if problems.is_empty() { Ok(input) } else { Err(problems) }
    }

    fn fill_card(&self, input: &mut PayInput, today: Date) -> Vec<Problem> {
        let mut problems = Vec::new();
        let number = digits(&self.card_number);
        problems.extend(number_problem(&number));
        match parse_expiry(&self.card_expiry) {
            None => problems.push(Problem {
                field: Field::Expiry,
                message: "Enter the expiry as month and year, such as 12 / 34.",
            }),
            Some((month, year)) => {
                if (year, month) < (i64::from(today.year()), i64::from(today.month())) {
                    problems.push(Problem {
                        field: Field::Expiry,
                        message: "This date is in the past. Use a card that is still valid.",
                    });
                }
                (input.exp_month, input.exp_year) = (month, year);
            }
        }
        problems.extend(self.cvc_problem(&number));
        if self.card_name.trim().is_empty() {
            problems.push(Problem { field: Field::Name, message: "Enter the name as it is on the card." });
        }
        input.card_number = number;
        self.card_cvc.trim().clone_into(&mut input.cvc);
        self.card_name.trim().clone_into(&mut input.name);
        problems
    }

    fn email_problem(&self) -> Option<Problem> {
        let plausible = self.email.trim().split_once('@').is_some_and(|(local, host)| {
            !local.is_empty() && host.contains('.') && !host.contains(['@', ' '])
        });
        let message = "Enter an e-mail address, such as name@example.com.";
        (!plausible).then_some(Problem { field: Field::Email, message })
    }

    fn cvc_problem(&self, number: &str) -> Option<Problem> {
        let american_express = number.starts_with("34") || number.starts_with("37");
        let (length, message) = if american_express {
            (4, "Enter the four digits on the front of the card.")
        } else {
            (3, "Enter the three digits on the back of the card.")
        };
        let cvc = self.card_cvc.trim();
        let fits = cvc.len() == length && cvc.bytes().all(|byte| byte.is_ascii_digit());
        (!fits).then_some(Problem { field: Field::Cvc, message })
    }
}

fn digits(typed: &str) -> String {
    typed.chars().filter(|character| !character.is_whitespace() && *character != '-').collect()
}

fn number_problem(number: &str) -> Option<Problem> {
    let message = if number.is_empty() {
        "Enter a card number, such as 4242 4242 4242 4242."
    } else if !cards::passes_check(number) {
        "This is not a whole card number. Check it for a slip."
    } else {
        return None;
    };
    Some(Problem { field: Field::Number, message })
}

/// Reads `12 / 34`, `1/34`, `1234` and `12/2034` as a month and a four-digit year.
fn parse_expiry(typed: &str) -> Option<(i64, i64)> {
    let parts: Vec<&str> =
        typed.split(|character: char| !character.is_ascii_digit()).filter(|part| !part.is_empty()).collect();
    let (month, year) = match parts[..] {
        [month, year] => (month, year),
        [joined] if matches!(joined.len(), 4 | 6) => joined.split_at(2),
        _ => return None,
    };
    let month: i64 = month.parse().ok().filter(|month| (1..=12).contains(month))?;
    let year: i64 = match year.len() {
        2 => 2000 + year.parse::<i64>().ok()?,
        4 => year.parse().ok()?,
        _ => return None,
    };
    Some((month, year))
}

#[cfg(test)]
mod tests {
    use jiff::civil::{Date, date};

    use super::{CardFields, Field, Wanted, parse_expiry};

    const TODAY: Date = date(2026, 11, 22);
    const BOTH: Wanted = Wanted { email: true, card: true };

    fn complete() -> CardFields {
        CardFields {
            email: " ada@example.com".to_owned(),
            card_number: "4242-4242 4242 4242".to_owned(),
            card_expiry: "11/26".to_owned(),
            card_cvc: "123".to_owned(),
            card_name: "Ada Byron".to_owned(),
            ..CardFields::default()
        }
    }

    fn problems(fields: &CardFields) -> Vec<Field> {
        fields.check(BOTH, TODAY).err().unwrap_or_default().iter().map(|problem| problem.field).collect()
    }

    #[test]
    fn a_complete_form_is_a_payment_without_its_spaces() {
        let input = complete().check(BOTH, TODAY).expect("nothing is wrong");
        assert_eq!(input.card_number, "4242424242424242");
        assert_eq!((input.exp_month, input.exp_year), (11, 2026));
        assert_eq!(input.email, "ada@example.com");
    }

    #[test]
    fn an_empty_form_names_every_field() {
        let all = [Field::Email, Field::Number, Field::Expiry, Field::Cvc, Field::Name];
        assert_eq!(problems(&CardFields::default()), all);
    }

    #[test]
    fn a_slip_in_the_number_and_a_past_month_are_found() {
        let mut fields = complete();
        fields.card_number = "4242424242424243".to_owned();
        fields.card_expiry = "10/26".to_owned();
        assert_eq!(problems(&fields), [Field::Number, Field::Expiry]);
    }

    #[test]
    fn a_saved_card_needs_no_number() {
        let fields = CardFields {
            saved_card: "pm_1".to_owned(),
            email: "ada@example.com".to_owned(),
            ..CardFields::default()
        };
        let input = fields.check(BOTH, TODAY).expect("nothing is wrong");
        assert_eq!(input.saved_card.as_deref(), Some("pm_1"));
    }

    #[test]
    fn an_american_express_code_has_four_digits() {
        let mut fields = complete();
        fields.card_number = "378282246310005".to_owned();
        assert_eq!(problems(&fields), [Field::Cvc]);
        fields.card_cvc = "1234".to_owned();
        assert_eq!(problems(&fields), []);
    }

    #[test]
    fn expiry_dates_are_read_as_people_write_them() {
        for typed in ["12 / 34", "12/34", "1234", "12/2034", "122034", "12-34"] {
            assert_eq!(parse_expiry(typed), Some((12, 2034)), "{typed}");
        }
        for typed in ["", "13/34", "0/34", "12", "12/3", "12/34/1"] {
            assert_eq!(parse_expiry(typed), None, "{typed}");
        }
    }
}
