//! Looking at payments. What moves money is in `checkout` and `subscriptions`.

use perennial_domain::{PaymentId, ProjectId};
use perennial_store::tables::{PageError, PageRequest, PaymentFilter, PaymentView, Slice};
use perennial_store::{StoreError, Tx};

/// The payment with this id, and who pays it.
pub fn find(tx: &mut Tx<'_>, project: ProjectId, id: PaymentId) -> Result<Option<PaymentView>, StoreError> {
    tx.payments(project).view(id)
}

/// A page of the payments that match, and who pays them.
pub fn page(
    tx: &mut Tx<'_>,
    project: ProjectId,
    filter: &PaymentFilter,
    request: PageRequest,
) -> Result<Slice<PaymentView>, PageError> {
    tx.payments(project).view_page(filter, request)
}
