use perennial_client::{
    Cursor, Page, Paging, Plan, PlanFilter, PlanStatus, SimType, SubscriptionFilter, SubscriptionStatus,
};
use serde_json::{Value, json};

use crate::fake::{FakeApi, ok};
use crate::samples;

fn page(ids: &[&str], after: Option<&str>, before: Option<&str>) -> Value {
    let items: Vec<Value> = ids.iter().map(|id| samples::plan(id)).collect();
    json!({ "object": "list", "items": items, "moreItemsAfter": after, "moreItemsBefore": before })
}

fn ids(page: &Page<Plan>) -> Vec<&str> {
    page.items.iter().map(|plan| plan.id.as_str()).collect()
}

#[tokio::test]
async fn pages_are_walked_to_the_end_with_the_same_filters() {
    let api = FakeApi::answering([
        ok(page(&["pln_5", "pln_4"], Some("pln_4"), None)),
        ok(page(&["pln_3", "pln_2"], Some("pln_2"), Some("pln_3"))),
        ok(page(&["pln_1"], None, Some("pln_1"))),
    ])
    .await;
    let filter = PlanFilter {
        sim_type: Some(SimType::Esim),
        status: vec![PlanStatus::Available, PlanStatus::Archived],
        paging: Paging { limit: Some(2), cursor: None },
        ..PlanFilter::default()
    };

    let first = api.client().plans().list(&filter).await.unwrap();
    let second = first.next_page().await.unwrap().unwrap();
    let third = second.next_page().await.unwrap().unwrap();

    assert_eq!(
        [ids(&first), ids(&second), ids(&third)].concat(),
        ["pln_5", "pln_4", "pln_3", "pln_2", "pln_1"]
    );
    assert!(third.next_page().await.unwrap().is_none());
    let targets: Vec<String> = api.asked().into_iter().map(|asked| asked.target).collect();
    let list = "/projects/demo/plans?simType=eSIM&status=available%2Carchived&limit=2";
    assert_eq!(targets, [list.to_owned(), format!("{list}&after=pln_4"), format!("{list}&after=pln_2")]);
}

#[tokio::test]
async fn a_walk_can_begin_in_the_middle_and_go_back() {
    let api = FakeApi::answering([
        ok(page(&["pln_3"], None, Some("pln_3"))),
        ok(page(&["pln_4"], Some("pln_4"), None)),
    ])
    .await;
    let filter = PlanFilter {
        paging: Paging { limit: None, cursor: Some(Cursor::After("pln_4".into())) },
        ..PlanFilter::default()
    };

    let older = api.client().plans().list(&filter).await.unwrap();
    let newer = older.previous_page().await.unwrap().unwrap();

    assert_eq!(ids(&newer), ["pln_4"]);
    assert!(newer.previous_page().await.unwrap().is_none());
    assert_eq!(api.asked()[1].target, "/projects/demo/plans?before=pln_3");
}

#[tokio::test]
async fn filters_that_are_not_set_are_not_sent() {
    let api = FakeApi::answering([ok(samples::list(&[])), ok(samples::list(&[]))]).await;
    let client = api.client();
    let of_a_user = SubscriptionFilter {
        user: Some("usr_1".parse().unwrap()),
        status: vec![SubscriptionStatus::Active],
        ..SubscriptionFilter::default()
    };

    client.subscriptions().list(&SubscriptionFilter::default()).await.unwrap();
    client.subscriptions().list(&of_a_user).await.unwrap();

    assert_eq!(api.asked()[0].target, "/projects/demo/subscriptions");
    assert_eq!(api.asked()[1].target, "/projects/demo/subscriptions?user=usr_1&status=active");
}
