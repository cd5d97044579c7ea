//! What an operator does with work that was given up.

use perennial_core::context::Cx;
use perennial_core::tasks::{Task, enqueue};
use perennial_domain::{ProjectId, Subscription, SubscriptionId, SubscriptionState};
use perennial_testkit::rows;
use serde_json::Value;

use crate::program::{Place, Ran};

const GIVEN_UP: [&str; 4] = ["job", "list", "--failed", "--json"];

fn json(ran: &Ran) -> Value {
    serde_json::from_str(ran.data()).unwrap()
}

fn cx() -> Cx {
    Cx::at("2026-01-02T03:04:05Z".parse().unwrap())
}

/// A place with a task about a subscription that is not there, as after a backup that is older than the network's books.
async fn with_a_task_about_nothing() -> (Place, ProjectId, SubscriptionId) {
    let place = Place::with_settings("");
    place.run(&["migrate"]).data();
    let project =
        place.run(&["project", "create", "heron", "--name", "Heron Mobile"]).data().parse().unwrap();
    let subscription = cx().id();
    place
        .write_rows(move |tx| enqueue(&cx(), tx, &Task::ActivateSubscription { project, subscription }))
        .await;
    (place, project, subscription)
}

/// The subscription is there after all, and waits to be activated.
async fn find_again(place: &Place, project: ProjectId, id: SubscriptionId) {
    place
        .write_rows(move |tx| {
            let cx = cx();
            let (customer, plan) =
                (rows::customer(&cx, project, "ada@example.com"), rows::plan(&cx, project, "heron"));
            let price = rows::price(&cx, &plan, 1450, rows::monthly());
            tx.customers(project).insert(&customer)?;
            tx.products(project).insert(&plan)?;
            tx.prices(project).insert(&price)?;
            tx.subscriptions(project).insert(&Subscription::of(id, customer.id, &plan, &price, cx.now()))
        })
        .await;
}

/// Lets a server work until that is so of its queue.
fn work_until(place: &Place, arguments: &[&str], is_so: impl Fn(&Value) -> bool) -> Value {
    let (server, _) = place.serve();
    let listed = place.eventually(arguments, is_so);
    server.terminate();
    listed
}

#[tokio::test]
async fn a_task_that_was_given_up_is_listed_named_by_the_doctor_and_done_when_it_is_retried() {
    let (place, project, subscription) = with_a_task_about_nothing().await;
    let given_up = work_until(&place, &GIVEN_UP, |jobs| jobs[0].is_object());
    let job = &given_up[0];
    assert_eq!((&job["kind"], &job["state"]), (&"activate_subscription".into(), &"failed".into()));
    assert_eq!(job["lastError"], format!("there is no subscription {subscription}"));
    assert_eq!(job["payload"]["subscription"], subscription.to_string());
    let (is_well, details) = place.diagnosis("tasks");
    assert!(!is_well && details[0].starts_with("given up: 1, see `job list --failed`"), "{details:?}");

    find_again(&place, project, subscription).await;
    let id = job["id"].as_str().unwrap();
    assert!(place.run(&["job", "list", "--failed"]).data().contains(id));
    place.run(&["job", "retry", id]).data();
    assert_eq!(json(&place.run(&GIVEN_UP)), Value::Array(Vec::new()));
    assert_eq!(place.diagnosis("tasks"), (true, vec!["none was given up".to_owned()]));
    let again = place.run(&["job", "retry", id]);
    assert!(
        again.code == Some(1) && again.stderr.contains(&format!("no job {id} was given up")),
        "{again:?}"
    );

    let is_done = |jobs: &Value| jobs.as_array().unwrap().iter().all(|waiting| waiting["id"] != job["id"]);
    work_until(&place, &["job", "list", "--json"], is_done);
    let found = place.write_rows(move |tx| tx.subscriptions(project).find(subscription)).await;
    assert_eq!(found.unwrap().state, SubscriptionState::Active);
}
