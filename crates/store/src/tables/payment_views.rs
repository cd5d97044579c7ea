//! Payments with who pays them and by what, as lists show them.

use std::cmp::Reverse;
use std::sync::LazyLock;

use perennial_domain::{
    CheckoutId, Customer, CustomerId, Payment, PaymentId, PaymentMethod, PaymentState, SubscriptionId,
};

use super::Payments;
use super::customers::CUSTOMERS;
use super::filter::Filter;
use super::page::{PageError, PageRequest, Slice, page_joined};
use super::payment_methods::PAYMENT_METHODS;
use super::payments::PAYMENTS;
use super::table::Joined;
use crate::{Columns, FromRow, StoreError, params};

/// Which payments are wanted; a field without a value asks for nothing.
#[derive(Clone, Debug, Default)]
pub struct PaymentFilter {
    /// Paid by this customer.
    pub customer: Option<CustomerId>,
    /// For this subscription.
    pub subscription: Option<SubscriptionId>,
    /// In one of these states; all when empty.
    pub states: Vec<PaymentState>,
}

/// A payment and who pays it.
#[derive(Clone, Debug)]
pub struct PaymentView {
    /// The payment.
    pub payment: Payment,
    /// Who pays.
    pub customer: Customer,
    /// What was charged last, where Stripe has told us of it.
    pub method: Option<PaymentMethod>,
}

static VIEW: LazyLock<Joined> = LazyLock::new(|| {
    let columns = [PAYMENTS.qualified(), CUSTOMERS.qualified(), PAYMENT_METHODS.joined()];
    let joins = "JOIN customers ON customers.project_id = payments.project_id \
         AND customers.id = payments.customer_id \
         LEFT JOIN payment_methods ON payment_methods.project_id = payments.project_id \
         AND payment_methods.stripe_payment_method_id = payments.payment_method";
    Joined { columns: columns.join(", "), joins }
});

impl Payments<'_> {
    /// The payment with this id, and who pays it.
    pub fn view(&mut self, id: PaymentId) -> Result<Option<PaymentView>, StoreError> {
        let select = PAYMENTS.select_joined("payments", &VIEW);
        let sql = format!("{select} WHERE payments.project_id = $1 AND payments.id = $2");
        self.tx.optional(&sql, params![self.project, id])
    }

    /// One page of the payments that match, and who pays them.
    pub fn view_page(
        &mut self,
        filter: &PaymentFilter,
        request: PageRequest,
    ) -> Result<Slice<PaymentView>, PageError> {
        let conditions = Filter::of_project(&PAYMENTS, &self.project)
            .equals("customer_id", filter.customer.as_ref())
            .equals("subscription_id", filter.subscription.as_ref())
            .one_of("state", &filter.states);
        page_joined(&mut self.tx, &VIEW, &conditions, request)
    }

    /// The payments made through these checkouts, newest first.
    pub fn views_of_checkouts(&mut self, checkouts: &[CheckoutId]) -> Result<Vec<PaymentView>, StoreError> {
        if checkouts.is_empty() {
            return Ok(Vec::new());
        }
        let filter = Filter::of_project(&PAYMENTS, &self.project).one_of("checkout_id", checkouts);
        let mut views: Vec<PaymentView> =
            self.tx.list(&all_that_meet(&filter), &filter.values_and(params![]))?;
        views.sort_by_key(|view| Reverse((view.payment.created_at, view.payment.id)));
        Ok(views)
    }
}

/// Without an order: for its sake SQLite would read all payments of the project by their age.
fn all_that_meet(few: &Filter<'_>) -> String {
    format!("{} WHERE {}", PAYMENTS.select_joined("payments", &VIEW), few.text())
}

impl FromRow for PaymentView {
    fn from_row(row: &mut Columns<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            payment: Payment::from_row(row)?,
            customer: Customer::from_row(row)?,
            method: PAYMENT_METHODS.take_joined(row)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use perennial_domain::{Id, ProjectId};
    use uuid::Uuid;

    use super::*;
    use crate::tables::plan::plan_of;

    #[tokio::test]
    async fn the_payments_of_checkouts_are_found_without_reading_all() {
        let (project, checkouts) =
            (ProjectId::from_uuid(Uuid::nil()), [CheckoutId::from_uuid(Uuid::nil()); 2]);
        let few = Filter::of_project(&PAYMENTS, &project).one_of("checkout_id", &checkouts);
        let plan = plan_of(all_that_meet(&few), 3).await;
        assert!(plan.contains("payments_by_checkout (project_id=? AND checkout_id=?)"), "{plan}");
    }
}
