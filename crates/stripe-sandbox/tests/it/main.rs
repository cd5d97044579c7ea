//! The sandbox as its callers meet it: through its router, without sockets, by a clock that the tests set.

mod support;

mod checkout;
mod errors;
mod idempotency;
mod invoices;
mod lists;
mod payments;
mod storage;
mod subscriptions;
mod versions;
mod webhooks;
