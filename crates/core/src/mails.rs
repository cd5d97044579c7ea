//! Mails to customers: queued in the transaction that makes them necessary, written and sent by a task after it.
//!
//! The outbox holds ids and facts but no secret. What a mail says is found out when it is sent, so that a mail which
//! waited for its server says what is true by then, or is left out because it is not true any more.

mod compose;
mod receipt;
mod send;

pub use send::{SendMailError, send_mail};

use perennial_domain::{CustomerId, Email, Letter, LoginCodeId, MailState, Member, ProjectId, QueuedMail};
use perennial_store::{StoreError, Tx};

use crate::context::{App, Cx};
use crate::tasks::{Task, enqueue};

/// Queues a mail to a customer, unless the project wants no such mails. The same letter is mailed once, however often it
/// is queued ([`Letter::dedupe_key`]).
pub fn queue(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project: ProjectId,
    customer: CustomerId,
    letter: Letter,
) -> Result<(), StoreError> {
    let settings = tx.projects().find(project)?.map(|project| project.settings.mails).unwrap_or_default();
    let is_wanted = match letter {
        Letter::LoginCode { .. } => true,
        Letter::Receipt { .. } => settings.receipts,
        Letter::RenewalFailed(_) | Letter::FirstPaymentFailed(_) => settings.failed_renewals,
        Letter::CancellationConfirmed { .. } => settings.cancellations,
        Letter::CartUnfinished { .. } => settings.unfinished_carts,
        Letter::WebhookDisabled { .. } => settings.operator.is_some(),
    };
    if is_wanted { insert(cx, tx, project, Some(customer), letter) } else { Ok(()) }
}

/// Queues a mail to the operator, if the project says where they read theirs.
pub(crate) fn queue_to_operator(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project: ProjectId,
    letter: Letter,
) -> Result<(), StoreError> {
    let settings = tx.projects().find(project)?.map(|project| project.settings.mails).unwrap_or_default();
    if settings.operator.is_some() { insert(cx, tx, project, None, letter) } else { Ok(()) }
}

/// Queues the mail with a code to log in, to somebody who may be nobody's customer.
pub(crate) fn queue_login_code(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project: ProjectId,
    login_code: LoginCodeId,
) -> Result<(), StoreError> {
    insert(cx, tx, project, None, Letter::LoginCode { login_code })
}

/// Where the mail about this goes, or went; `None` where nobody gets one.
pub async fn mailed_to(app: &App, project: ProjectId, letter: Letter) -> Result<Option<Email>, StoreError> {
    if !app.mailer().has_server() {
        return Ok(None);
    }
    app.read(move |_, tx| {
        let queued = tx.mails(project).find_by_letter(&letter)?;
        let is_on_its_way = |mail: &QueuedMail| matches!(mail.state, MailState::Waiting | MailState::Sent);
        let customer = queued.filter(is_on_its_way).and_then(|mail| mail.customer_id);
        let Some(customer) = customer else { return Ok(None) };
        address_of(tx, project, customer)
    })
    .await
}

/// Where a customer's mails go.
pub(crate) fn address_of(
    tx: &mut Tx<'_>,
    project: ProjectId,
    customer: CustomerId,
) -> Result<Option<Email>, StoreError> {
    Ok(reader_of(tx, project, customer)?.map(|reader| reader.email))
}

/// Who reads a customer's mails.
struct Reader {
    email: Email,
    full_name: Option<String>,
    locale: String,
}

/// Who reads the mails to a customer: they themselves or, where they have no address of their own, who heads the business
/// or organization that they are. `None` where nobody does.
fn reader_of(
    tx: &mut Tx<'_>,
    project: ProjectId,
    customer: CustomerId,
) -> Result<Option<Reader>, StoreError> {
    let Some(known) = tx.customers(project).find(customer)? else { return Ok(None) };
    let locale = known.preferred_locale;
    if let Some(email) = known.email {
        return Ok(Some(Reader { email, full_name: known.full_name, locale }));
    }
    let head = match tx.businesses(project).find(customer)? {
        Some(business) => tx.members(project).find(business.owner_id)?,
        None => Member::head_of(tx.members(project).of_organization(customer)?),
    };
    Ok(head.map(|head| Reader { email: head.email, full_name: Some(head.full_name), locale }))
}

fn insert(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project: ProjectId,
    customer_id: Option<CustomerId>,
    letter: Letter,
) -> Result<(), StoreError> {
    let mail = QueuedMail {
        id: cx.id(),
        project_id: project,
        customer_id,
        letter,
        state: MailState::Waiting,
        note: None,
        created_at: cx.now(),
        settled_at: None,
    };
    if tx.mails(project).insert(&mail)? {
        enqueue(cx, tx, &Task::SendMail { project, mail: mail.id })?;
    }
    Ok(())
}
