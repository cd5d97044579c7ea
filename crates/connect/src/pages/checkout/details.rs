//! What the plan requires to be known of its customer, one question a page.

use super::samples;
use crate::i18n::Translator;
use crate::pages::fields::{BIRTHDAY_DAY, BIRTHDAY_MONTH, BIRTHDAY_YEAR, COUNTRY, FULL_NAME, IMEI};
use crate::pages::form::{Field, Form};
use crate::pages::problem::Problem;
use crate::pages::summary::Summary;
use crate::pages::{Frame, address, page};

/// Asks for the customer's full name.
#[derive(Debug, Clone)]
pub struct NamePage {
    /// What is being bought.
    pub summary: Summary,
    /// Field `full_name`.
    pub form: Form,
}

impl NamePage {
    fn name(&self) -> Field<'_> {
        self.form.field(&FULL_NAME)
    }
}

/// Asks for the customer's birthday.
#[derive(Debug, Clone)]
pub struct BirthdayPage {
    /// What is being bought.
    pub summary: Summary,
    /// Fields `birthday_day`, `birthday_month`, `birthday_year`. All its problems belong to the group.
    pub form: Form,
}

impl BirthdayPage {
    /// The field that stands for the group when something is wrong with it.
    fn day(&self) -> Field<'_> {
        self.form.field(&BIRTHDAY_DAY)
    }

    /// Day, month and year as the customer's region orders them.
    fn parts(&self, frame: &Frame) -> [Field<'_>; 3] {
        let [day, month, year] =
            [&BIRTHDAY_DAY, &BIRTHDAY_MONTH, &BIRTHDAY_YEAR].map(|part| self.form.field(part));
        if frame.locale.writes_month_first() { [month, day, year] } else { [day, month, year] }
    }
}

/// Asks for the customer's address.
#[derive(Debug, Clone)]
pub struct AddressPage {
    /// What is being bought.
    pub summary: Summary,
    /// The countries to choose from, by ISO 3166-1 code; one that is chosen decides the other fields.
    pub countries: Vec<String>,
    /// Field `country` and those of [`address::fields`].
    pub form: Form,
}

impl AddressPage {
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

/// Asks which device the plan will be used in.
#[derive(Debug, Clone)]
pub struct DevicePage {
    /// What is being bought.
    pub summary: Summary,
    /// Field `imei`.
    pub form: Form,
}

impl DevicePage {
    fn imei(&self) -> Field<'_> {
        self.form.field(&IMEI)
    }
}

page!(NamePage, "pages/checkout/name.html", {
    let summary = samples::monthly();
    let long_name = "Maximiliane-Theodora Prinzessin von Hohenfels-Wittgenstein 60";
    vec![
        Self { summary: summary.clone(), form: Form::default() },
        Self {
            summary: summary.clone(),
            form: Form::default().with_problem(Problem::NameMissing).with_back(),
        },
        Self {
            summary,
            form: Form::default().with_value("full_name", long_name).with_problem(Problem::NameTooLong),
        },
    ]
});

page!(BirthdayPage, "pages/checkout/birthday.html", {
    let typed = Form::default()
        .with_value("birthday_day", "31")
        .with_value("birthday_month", "2")
        .with_value("birthday_year", "1990")
        .with_back();
    vec![
        Self { summary: samples::monthly(), form: Form::default().with_back() },
        Self { summary: samples::monthly(), form: typed.with_problem(Problem::BirthdayNotADate) },
    ]
});

page!(AddressPage, "pages/checkout/address.html", {
    let countries = || address::NAMED_COUNTRIES.map(str::to_owned).to_vec();
    let page =
        |form: Form| Self { summary: samples::monthly(), countries: countries(), form: form.with_back() };
    let empty = |country: &str| page(Form::default().with_value("country", country));
    let mistaken = Form::default()
        .with_value("country", "GB")
        .with_value("line1", "1 <High> \"Street\" & Co")
        .with_problem(Problem::CityMissing)
        .with_problem(Problem::PostalCodeInvalid);
    let nothing = Form::default().with_problem(Problem::LineMissing).with_problem(Problem::CountryMissing);
    let filled = [page(mistaken), page(nothing)];
    ["DE", "US", "CA", "IT", "IE", "BR"].map(empty).into_iter().chain(filled).collect()
});

page!(DevicePage, "pages/checkout/device.html", {
    let mistaken = Form::default().with_value("imei", "35 678 901").with_problem(Problem::ImeiInvalid);
    vec![
        Self { summary: samples::monthly(), form: Form::default() },
        Self { summary: samples::monthly(), form: mistaken.with_back() },
    ]
});
