//! The visitor's own name and address.

use std::collections::HashMap;

use axum::extract::State;
use axum::response::Response;
use perennial_core::context::App;
use perennial_core::visits::{
    AnswerError, find_own_address, move_house as keep_address, rename as keep_name,
};

use super::{conclude, deed, render};
use crate::pages::Notice;
use crate::pages::address::NAMED_COUNTRIES;
use crate::pages::form::Form as PageForm;
use crate::pages::manage::{EditAddressPage, EditNamePage, Managed, ManagedPage};
use crate::routes::error::{internal, stranger};
use crate::routes::fields::Fields;
use crate::routes::input::Path;
use crate::routes::links::{Deed, Links};
use crate::routes::response::see_other;
use crate::routes::steps::{ADDRESS_FIELDS, address_form, problem_of, read_address};
use crate::routes::visitor::Visitor;

/// `GET …/name`
pub(super) async fn ask_name(State(app): State<App>, visitor: Visitor) -> Response {
    let known = visitor.visit.customer.as_ref().and_then(|customer| customer.full_name.clone());
    let form = PageForm::default().with_value("full_name", known.unwrap_or_default());
    render(&app, &visitor, &EditNamePage { form })
}

/// `POST …/name`
pub(super) async fn rename(State(app): State<App>, visitor: Visitor, fields: Fields) -> Response {
    match keep_name(&app, &visitor.visit, fields.text("full_name")).await {
        Ok(()) => saved_and_back(&visitor, Deed::Name),
        Err(AnswerError::Mistakes(mistakes)) => {
            let typed = PageForm::default().with_value("full_name", fields.text("full_name"));
            let problems = mistakes.iter().map(|mistake| problem_of(&app, &fields, *mistake));
            render(&app, &visitor, &EditNamePage { form: problems.fold(typed, PageForm::with_problem) })
        }
        Err(AnswerError::Gone) => see_other(&Links::of(&visitor.visit.session).start()),
        Err(error) => internal(&app, &error),
    }
}

/// `GET …/address`
pub(super) async fn ask_address(State(app): State<App>, visitor: Visitor) -> Response {
    let visit = visitor.visit.clone();
    match app.read(move |_, tx| find_own_address(tx, &visit)).await {
        Ok(known) => show_address(&app, &visitor, known.as_ref().map(address_form).unwrap_or_default()),
        Err(error) => internal(&app, &error),
    }
}

/// `POST …/address`
pub(super) async fn move_house(State(app): State<App>, visitor: Visitor, fields: Fields) -> Response {
    let typed = fields.typed(&ADDRESS_FIELDS);
    if fields.text("action") == "change_country" {
        return show_address(&app, &visitor, typed);
    }
    match keep_address(&app, &visitor.visit, &read_address(&fields)).await {
        Ok(()) => saved_and_back(&visitor, Deed::Address),
        Err(AnswerError::Mistakes(mistakes)) => {
            let problems = mistakes.iter().map(|mistake| problem_of(&app, &fields, *mistake));
            show_address(&app, &visitor, problems.fold(typed, PageForm::with_problem))
        }
        Err(AnswerError::Gone) => see_other(&Links::of(&visitor.visit.session).start()),
        Err(error) => internal(&app, &error),
    }
}

/// `GET …/saved/{deed}`: for a visit without an app to go back to.
pub(super) async fn saved(
    State(app): State<App>,
    Path(path): Path<HashMap<String, String>>,
    visitor: Visitor,
) -> Response {
    let done = match path.get("deed").and_then(|word| deed(word)) {
        Some(Deed::Name) => Managed::NameSaved,
        Some(Deed::Address) => Managed::AddressSaved,
        Some(Deed::Canceled | Deed::Resumed) => return see_other(&Links::of(&visitor.visit.session).start()),
        None => return stranger(&app, Notice::NotFound),
    };
    render(&app, &visitor, &ManagedPage { done, mail_sent_to: None, continue_url: None })
}

fn show_address(app: &App, visitor: &Visitor, form: PageForm) -> Response {
    let countries = NAMED_COUNTRIES.map(str::to_owned).to_vec();
    render(app, visitor, &EditAddressPage { countries, form })
}

fn saved_and_back(visitor: &Visitor, deed: Deed) -> Response {
    conclude(&visitor.visit, &Links::of(&visitor.visit.session).saved(deed))
}
