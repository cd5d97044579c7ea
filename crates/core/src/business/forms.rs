//! The forms of the third door: buying, changing a plan and cancelling by a link (contracts/business-api.md §9).
//!
//! A form is quoted as often as it is looked at, and confirmed once: what was agreed to is a row, found again by the nonce
//! of the form, before anything is charged. [`pursue`] does whatever is left to do for it: at once, when it is sent twice,
//! and when its customer comes back from Stripe's page or their bank. What a crash left is finished by the sweeps of
//! checkouts and of changes, which know nothing of forms; what is left of a cart is bought by [`sweep_carts`].

mod attempts;
mod cancel;
mod change_plan;
mod change_quote;
mod error;
mod forget;
mod link;
mod login;
mod party;
mod pass;
mod purchase;
mod pursue;
mod rest;
mod sweep;
mod uncharged;

pub use cancel::{CancelQuote, confirm_cancel, quote_cancel};
pub use change_plan::confirm_change;
pub use change_quote::{ChangeQuote, ChangeRequest, ChangeWay, price_of, quote_change};
pub use error::FormError;
pub use forget::forget_forms;
pub use link::{link_secret, sign_link};
pub use login::open_login;
pub use party::{
    FormParty, FormPartyError, PartySaid, find_form_party, find_party_of, find_party_of_subscription,
    names_of,
};
pub use pass::{FormPass, find_pass, form_actor};
pub use purchase::{CartItem, PurchaseQuote, confirm_purchase, quote_purchase};
pub use pursue::{FormStanding, Pursued, find_form, pursue};
pub use rest::{CartRest, quote_rest};
pub use sweep::sweep_carts;

pub(crate) use link::form_url;
pub(crate) use rest::{CartOutcome, outcome_of};

use jiff::{SignedDuration, Timestamp};
use perennial_domain::{CheckoutForm, CheckoutFormId, FormAgreement, MemberId, PriceId, ProjectId};
use perennial_store::{StoreError, Tx};

use crate::context::{App, Cx};
use crate::secrets::SecretHash;
use crate::subscriptions::Agreed;

/// For so long a form that was shown may be sent, and acts who proved that they may.
pub const FORM_LASTS: SignedDuration = SignedDuration::from_hours(12);

/// A form that was sent, with the sums that were shown on it.
#[derive(Clone, Debug)]
pub struct Submission {
    /// The hash of what makes this sending its own.
    pub nonce_hash: SecretHash,
    /// Path and query of the form, without what its link was signed with.
    pub address: String,
    /// What was shown to be due now, in minor units.
    pub due_minor: i64,
    /// What was shown as the later price, in minor units.
    pub next_minor: i64,
    /// What was shown, by its prices: another currency or rhythm can come to the same sum.
    pub prices: Vec<PriceId>,
    /// When it was shown.
    pub shown_at: Timestamp,
    /// Who sent it, where a member of the staff has logged in.
    pub member: Option<MemberId>,
    /// The form that was confirmed before and of which a part may be paid: what is left of it is meant.
    pub goes_on_with: Option<CheckoutFormId>,
}

impl Submission {
    /// The sums that were shown, as what was agreed to.
    const fn agreed(&self) -> Agreed {
        Agreed { due_minor: self.due_minor, next_minor: self.next_minor, prorated_from: self.shown_at }
    }
}

/// How a form is paid.
#[derive(Clone, Debug, Default)]
pub struct FormPayment {
    /// How its customer is led to Stripe's page or their bank, and back; not at all where they are not there.
    pub pages: Option<FormPages>,
    /// What the customer wants to pay with, if they said yes just now. Who only looks again is never charged again.
    pub yes_with: Option<PayWith>,
}

/// How a form's customer is led to Stripe's page or their bank, and back.
#[derive(Clone, Debug)]
pub struct FormPages {
    /// Where they are sent back to, without the ids of project and form.
    pub return_base: String,
    /// The language of Stripe's page.
    pub locale: String,
}

/// What a customer wants to pay with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PayWith {
    /// The card on file, if there is one.
    SavedCard,
    /// Another one, which they enter at Stripe.
    AnotherCard,
}

impl FormPayment {
    /// Whether the customer asked for another card just now.
    fn is_with_another_card(&self) -> bool {
        self.yes_with == Some(PayWith::AnotherCard)
    }
}

impl FormPages {
    /// Where Stripe's page and banks send the customer back to.
    fn return_url(&self, form: &CheckoutForm) -> String {
        format!("{}/{}/{}", self.return_base, form.project_id, form.id)
    }
}

/// The form that was sent so before.
pub async fn sent_before(
    app: &App,
    project: ProjectId,
    submission: &Submission,
) -> Result<Option<CheckoutForm>, StoreError> {
    let nonce_hash = submission.nonce_hash;
    app.read(move |_, tx| tx.checkout_forms(project).find_by_nonce(&nonce_hash)).await
}

/// Remembers what was agreed to. Whoever sends the form again finds it.
fn remember(
    cx: &Cx,
    tx: &mut Tx<'_>,
    party: &FormParty,
    submission: &Submission,
    agreed: FormAgreement,
) -> Result<CheckoutForm, FormError> {
    let mut form = CheckoutForm {
        id: cx.id::<CheckoutFormId>(),
        project_id: party.project.id,
        customer_id: party.customer.id,
        nonce_hash: submission.nonce_hash,
        address: submission.address.clone(),
        agreed,
        checkouts: Vec::new(),
        at_stripe: false,
        created_at: cx.now(),
        look_at: None,
    };
    form.look_again(cx.now());
    match tx.checkout_forms(party.project.id).insert(&form) {
        Err(error) if error.is_conflict("checkout_forms_nonce_key") => Err(FormError::SentBefore),
        inserted => Ok(inserted.map(|()| form)?),
    }
}

/// Does once what a form asks for: sent again, it goes on with what was agreed to first. Sent twice at the same moment, the
/// one may stand in the way of the other; so what fails is looked for once more.
async fn once(
    app: &App,
    party: &FormParty,
    submission: &Submission,
    payment: &FormPayment,
    agree: impl Future<Output = Result<CheckoutForm, FormError>>,
) -> Result<Pursued, FormError> {
    let project = party.project.id;
    let form = match sent_before(app, project, submission).await? {
        Some(form) => form,
        None => match agree.await {
            Ok(form) => form,
            Err(error) => sent_before(app, project, submission).await?.ok_or(error)?,
        },
    };
    pursue(app, form, payment).await
}
