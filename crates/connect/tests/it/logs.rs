//! What the log tells of visits that are turned away: neither the link, nor the cookie, nor what a form held.

use perennial_domain::Intent;
use perennial_testkit::{Browser, Log, Merchant};

use crate::guest::{Guest, routes};

#[tokio::test]
async fn who_is_turned_away_leaves_no_token_cookie_or_answer_in_the_log() {
    let log = Log::of_this_process();
    let merchant = Merchant::new().await;
    let customer = merchant.customer("quiet@example.com").await;
    let guest = Guest::with(&merchant, customer.id, Intent::UpdateUserFullName).await;
    let mut browser = Browser::new(routes(&merchant));
    let wrong = format!("/checkout/entry?session={}&token=guessed-token", guest.session);
    assert!(browser.get(&wrong).await.leads_to().unwrap().ends_with("auth_expired"));
    let form = browser.follow(&guest.link).await;
    let mut thief = Browser::new(routes(&merchant));
    assert!(thief.get(&guest.link).await.leads_to().unwrap().ends_with("auth_expired"));
    let (name, key) = browser.cookies().iter().next().map(|(name, key)| (name.clone(), key.clone())).unwrap();
    thief.cookies().insert(name, format!("{key}x"));
    assert_eq!(thief.get(form.path()).await.status, 404);
    let forged = [("form_token", "forged-token"), ("action", "save"), ("full_name", "Quiet Quill")];
    assert_eq!(browser.post(form.path(), &forged).await.status, 409);

    merchant.app().store().clone().close().await;
    let put_off = browser.submit(&form, &[("action", "save"), ("full_name", "Quiet Quill")]).await;
    assert!(put_off.status.is_server_error(), "{}", put_off.status);

    let (link, form_token) = (guest.token(), form.hidden("form_token").unwrap());
    let secrets = [
        link.as_str(),
        &key,
        &form_token,
        "guessed-token",
        "forged-token",
        "Quiet Quill",
        "quiet@example.com",
    ];
    log.says_without("a page had to be put off", &secrets);
}
