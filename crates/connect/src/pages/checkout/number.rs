//! The choice of a phone number.

use super::samples;
use crate::pages::fields::{ACCOUNT_NUMBER, PHONE_NUMBER};
use crate::pages::form::{Field, Form};
use crate::pages::page;
use crate::pages::problem::Problem;
use crate::pages::summary::Summary;

/// Asks for a new number or the one to keep.
#[derive(Debug, Clone)]
pub struct NumberPage {
    /// What is being bought.
    pub summary: Summary,
    /// Fields `number_choice`, `phone_number`, `account_number`.
    pub form: Form,
}

impl NumberPage {
    fn chooses(&self, choice: &str) -> bool {
        let chosen = self.form.value("number_choice");
        chosen == choice || (chosen.is_empty() && choice == "new")
    }

    fn donor_fields(&self) -> [Field<'_>; 2] {
        [&PHONE_NUMBER, &ACCOUNT_NUMBER].map(|spec| self.form.field(spec))
    }
}

page!(NumberPage, "pages/checkout/number.html", {
    let keep = Form::default().with_value("number_choice", "keep").with_back();
    let mistaken =
        keep.clone().with_value("phone_number", "0151 23").with_problem(Problem::PhoneNumberInvalid);
    let undecided = Form::default().with_problem(Problem::NumberChoiceMissing);
    [Form::default().with_back(), keep, mistaken, undecided]
        .into_iter()
        .map(|form| Self { summary: samples::monthly(), form })
        .collect()
});
