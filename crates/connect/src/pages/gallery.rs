//! Every page in every state: for tests, for screenshots, and for whoever works on the looks.

use super::business::{CancelFormPage, ChangeFormPage, PurchaseFormPage};
use super::checkout::{
    AddressPage, BirthdayPage, ConfirmingPage, DevicePage, DonePage, NamePage, NumberPage, ReviewPage,
    SimPage,
};
use super::manage::{
    AddonPage, CancelPage, CardPage, ChangePlanPage, ChangeReviewPage, ChooseAddonPage, ConfirmPaymentPage,
    EditAddressPage, EditNamePage, ManagedPage, NoOtherPlanPage, ResumePage, SubscriptionPage,
    SubscriptionsPage,
};
use super::{Frame, NoticePage, Page, login};

/// One sample of a page, rendered.
#[derive(Debug, Clone)]
pub struct Rendered {
    /// The template without its folder and ending, with the sample's number from 0, such as `review-3`.
    pub name: String,
    /// The page.
    pub html: String,
}

/// Renders all samples of all pages in `frame`.
pub fn render_all(frame: &Frame) -> Result<Vec<Rendered>, askama::Error> {
    let pages = [
        render::<NamePage>(frame),
        render::<BirthdayPage>(frame),
        render::<AddressPage>(frame),
        render::<DevicePage>(frame),
        render::<SimPage>(frame),
        render::<NumberPage>(frame),
        render::<ReviewPage>(frame),
        render::<ConfirmingPage>(frame),
        render::<DonePage>(frame),
        render::<SubscriptionsPage>(frame),
        render::<SubscriptionPage>(frame),
        render::<CancelPage>(frame),
        render::<ResumePage>(frame),
        render::<ChangePlanPage>(frame),
        render::<NoOtherPlanPage>(frame),
        render::<ChooseAddonPage>(frame),
        render::<ChangeReviewPage>(frame),
        render::<AddonPage>(frame),
        render::<CardPage>(frame),
        render::<ConfirmPaymentPage>(frame),
        render::<EditNamePage>(frame),
        render::<EditAddressPage>(frame),
        render::<ManagedPage>(frame),
        render::<ChangeFormPage>(frame),
        render::<PurchaseFormPage>(frame),
        render::<CancelFormPage>(frame),
        render::<login::EmailPage>(frame),
        render::<login::CodePage>(frame),
        render::<NoticePage>(frame),
    ];
    let rendered: Vec<_> = pages.into_iter().collect::<Result<_, _>>()?;
    Ok(rendered.into_iter().flatten().collect())
}

fn render<P: Page>(frame: &Frame) -> Result<Vec<Rendered>, askama::Error> {
    let file = P::TEMPLATE.rsplit('/').next().unwrap_or(P::TEMPLATE);
    let name = file.trim_end_matches(".html");
    let samples = P::samples().into_iter().enumerate();
    samples
        .map(|(number, page)| Ok(Rendered { name: format!("{name}-{number}"), html: page.render(frame)? }))
        .collect()
}
