//! The order in which PostgreSQL's rows are locked: the customer first. SQLite has one writer, and no order.

use perennial_core::checkout::{Settlement, settle_checkout};
use perennial_domain::Checkout;
use perennial_store::{Engine, StoreError, Tx, params};
use perennial_testkit::Merchant;

/// Some seconds, where nobody ever comes.
const MOST_LOOKS: usize = 50_000;

/// Whether somebody waits for a row that this transaction holds.
fn is_waited_for(tx: &mut Tx<'_>) -> Result<bool, StoreError> {
    tx.one(
        "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE NOT granted \
         AND transactionid = CAST(pg_current_xact_id() AS xid))",
        params![],
    )
}

/// Settles what is paid while somebody who buys has the customer already, and wants the open checkout next.
async fn settle_beside_a_purchase(merchant: &Merchant, checkout: &Checkout) {
    merchant.pay(checkout).await;
    let (project, customer, id) = (merchant.project(), checkout.customer_id, checkout.id);
    let (holds, mut is_held) = tokio::sync::mpsc::unbounded_channel();
    let buying = merchant.test.write(move |_, tx| {
        tx.customers(project).lock(customer)?;
        holds.send(()).expect("the test goes on");
        if tx.engine() == Engine::Sqlite {
            return Ok(());
        }
        let mut looks = std::iter::repeat_with(|| is_waited_for(tx)).take(MOST_LOOKS);
        let came = looks.find(|seen| !matches!(seen, Ok(false))).transpose()?;
        assert_eq!(came, Some(true), "who settles goes on without the customer");
        let sql = "SELECT TRUE FROM checkouts WHERE project_id = $1 AND id = $2 FOR UPDATE NOWAIT";
        tx.one::<bool>(sql, params![project, id]).map(drop)
    });
    let settling = async {
        is_held.recv().await;
        settle_checkout(merchant.app(), project, id).await
    };
    let ((), settled) = tokio::join!(buying, settling);
    assert!(matches!(settled, Ok(Settlement::Settled(_))), "{settled:?}");
}

#[tokio::test]
async fn who_settles_a_checkout_locks_its_customer_before_it() {
    let merchant = Merchant::new().await;
    let customer = merchant.customer("ada@example.com").await;
    let plan = merchant.open(customer.id, "line").await;
    settle_beside_a_purchase(&merchant, &plan).await;
    let held = merchant.only_subscription().await;
    let order = merchant.order_on(held.id, &["extra-data"]).await;
    let addons = merchant.open_order(customer.id, order).await;
    settle_beside_a_purchase(&merchant, &addons).await;
}
