//! The customer's own details, changed outside a purchase.

use super::samples::LONG_NAME;
use crate::i18n::Translator;
use crate::pages::fields::{COUNTRY, FULL_NAME};
use crate::pages::form::{Field, Form};
use crate::pages::problem::Problem;
use crate::pages::{address, page};

/// Changes the customer's full name.
#[derive(Debug, Clone)]
pub struct EditNamePage {
    /// Field `full_name`.
    pub form: Form,
}

impl EditNamePage {
    fn name(&self) -> Field<'_> {
        self.form.field(&FULL_NAME)
    }
}

/// Changes the customer's address.
#[derive(Debug, Clone)]
pub struct EditAddressPage {
    /// The countries to choose from, by ISO 3166-1 code; one that is chosen decides the other fields.
    pub countries: Vec<String>,
    /// Field `country` and those of [`address::fields`].
    pub form: Form,
}

impl EditAddressPage {
    fn country(&self) -> Field<'_> {
        self.form.field(&COUNTRY)
    }

    fn fields(&self) -> Vec<Field<'_>> {
        address::answers(&self.form)
    }

    fn choices(&self, t: &Translator<'_>) -> Vec<(String, String)> {
        address::choices(t, &self.countries)
    }
}

page!(EditNamePage, "pages/manage/edit_name.html", {
    let known = Form::default().with_value("full_name", "Noa Lindqvist").with_back();
    let missing = Form::default().with_problem(Problem::NameMissing);
    let long = Form::default().with_value("full_name", LONG_NAME).with_problem(Problem::NameTooLong);
    [known, missing, long].map(|form| Self { form }).to_vec()
});

page!(EditAddressPage, "pages/manage/edit_address.html", {
    let known = Form::default()
        .with_value("country", "DE")
        .with_value("line1", "Lindenallee 8")
        .with_value("postal_code", "10115")
        .with_value("city", "Berlin <Mitte>");
    let mistaken = known.clone().with_value("postal_code", "1").with_problem(Problem::PostalCodeInvalid);
    let elsewhere = Form::default().with_value("country", "US").with_problem(Problem::LineMissing);
    let countries = || address::NAMED_COUNTRIES.map(str::to_owned).to_vec();
    [known.with_back(), mistaken, elsewhere].map(|form| Self { countries: countries(), form }).to_vec()
});
