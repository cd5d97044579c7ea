//! The sandbox as its callers meet it: through its router, without sockets, by a clock that the tests set.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on may panic, in its helpers, too")]

mod support;

mod changes;
mod checkout;
mod credits;
mod customer_discounts;
mod debits;
mod disputes;
mod drafts;
mod dunning;
mod embedded;
mod errors;
mod extras;
mod faults;
mod idempotency;
mod invoices;
mod lists;
mod pages;
mod payments;
mod pending_updates;
mod portal;
mod portal_flows;
mod prorations;
mod prorations_of_more;
mod quotes;
mod schedules;
mod storage;
mod subscriptions;
mod taxes;
mod test_clocks;
mod versions;
mod webhooks;
