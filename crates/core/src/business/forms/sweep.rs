//! Carts whose customers did not come back. What they agreed to is bought all the same, as far as their card pays it; and
//! then they are told what was not.

use jiff::{SignedDuration, Timestamp};
use perennial_domain::{Checkout, CheckoutForm, Letter};
use perennial_store::{StoreError, Tx};

use super::attempts::{attempts_at, paid_attempts};
use super::pursue::{FormStanding, buy};
use super::{FormError, FormPayment};
use crate::context::App;
use crate::mails;
use crate::reach::{OutOfReach, Reach};
use crate::report::chain;

/// At the most so many are looked at in a sweep.
const BATCH: u32 = 200;

/// Who was there so lately may still be, and sees by themselves what is left.
const PATIENCE: SignedDuration = SignedDuration::from_hours(1);

/// Goes on with every cart of which a part is paid, until all of it is or it is clear that the rest will not be.
pub async fn sweep_carts(app: &App) -> Result<(), StoreError> {
    let mut reach = Reach::default();
    for form in app.read(|cx, tx| tx.due_checkout_forms(cx.now(), BATCH)).await? {
        if !reach.may_ask(form.project_id) {
            // Put off as well: those of a merchant out of reach would be the longest due, and leave the others no turn.
            note_next(app, &form, Next::LookAgain).await?;
            continue;
        }
        let next = reach.learn(form.project_id, Box::pin(look_after(app, &form)).await);
        let next = next.unwrap_or_else(|error| {
            tracing::warn!(form.id = %form.id, error = chain(&error), "what is left of the cart {} could not be bought, a later sweep tries again", form.id);
            Next::LookAgain
        });
        note_next(app, &form, next).await?;
    }
    Ok(())
}

impl OutOfReach for FormError {
    /// Both may be about this one form. Then the others are looked at a little later.
    fn is_out_of_reach(&self) -> bool {
        matches!(self, Self::Unavailable(_) | Self::Unsettled(_))
    }
}

/// What becomes of a cart that was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    /// It is not over yet.
    LookAgain,
    /// All of it is paid, or nothing.
    Over,
    /// A part is paid, and the rest will not be.
    TellTheRest,
}

/// How far a cart has come without us.
enum Seen {
    /// Its customer is paying something, or waits for it.
    Busy,
    /// Nobody does anything with it.
    Idle { is_begun: bool, last_heard_at: Timestamp },
}

async fn look_after(app: &App, form: &CheckoutForm) -> Result<Next, FormError> {
    let asked = form.clone();
    let (is_begun, last_heard_at) = match app.read(move |_, tx| look(tx, &asked)).await? {
        Seen::Busy => return Ok(Next::LookAgain),
        Seen::Idle { is_begun, last_heard_at } => (is_begun, last_heard_at),
    };
    let is_alone = app.now() >= last_heard_at + PATIENCE;
    if !is_begun {
        return Ok(if is_alone { Next::Over } else { Next::LookAgain });
    }
    match buy(app, form, &FormPayment::default()).await {
        Ok(FormStanding::Done) => Ok(Next::Over),
        Ok(FormStanding::Failed(_) | FormStanding::TooLate)
        | Err(FormError::NotHeld | FormError::AlreadyHeld | FormError::PriceChanged { .. })
            if is_alone =>
        {
            Ok(Next::TellTheRest)
        }
        Ok(_) | Err(FormError::NotHeld | FormError::AlreadyHeld | FormError::PriceChanged { .. }) => {
            Ok(Next::LookAgain)
        }
        Err(error) => Err(error),
    }
}

/// Nothing is begun while the customer pays for something: that would take the page away from them.
fn look(tx: &mut Tx<'_>, form: &CheckoutForm) -> Result<Seen, StoreError> {
    let paid = paid_attempts(tx, form)?;
    let next = attempts_at(tx, form, paid.len())?;
    let open = tx.checkouts(form.project_id).undecided_of(form.customer_id)?;
    if open.is_some_and(|open| next.iter().all(|attempt| attempt.id != open.id))
        || (paid.is_empty() && next.iter().any(Checkout::is_undecided))
    {
        return Ok(Seen::Busy);
    }
    let heard_at = |attempt: &Checkout| attempt.closed_at.unwrap_or(attempt.created_at);
    let last_heard_at = paid.iter().chain(&next).map(heard_at).max();
    Ok(Seen::Idle { is_begun: !paid.is_empty(), last_heard_at: last_heard_at.unwrap_or(form.created_at) })
}

async fn note_next(app: &App, form: &CheckoutForm, next: Next) -> Result<(), StoreError> {
    let (project, id) = (form.project_id, form.id);
    app.write(move |cx, tx| {
        let Some(mut form) = tx.checkout_forms(project).lock(id)? else { return Ok(()) };
        match next {
            Next::LookAgain => form.look_again(cx.now()),
            Next::Over | Next::TellTheRest => form.look_at = None,
        }
        tx.checkout_forms(project).update(&form)?;
        match next {
            Next::TellTheRest => {
                mails::queue(cx, tx, project, form.customer_id, Letter::CartUnfinished { form: id })
            }
            Next::LookAgain | Next::Over => Ok(()),
        }
    })
    .await
}
