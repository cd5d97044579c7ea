//! The sandbox as its callers meet it: through its router, without sockets, by a clock that the tests set.

mod support;

mod checkout;
mod pages;
