//! What an operator decides for a project.

use perennial_core::change::Change;
use perennial_core::ports::RejectedEvent;
use perennial_core::projects::{
    CreateProjectError, ProjectFactError, ProjectPatch, UpdateProjectError, add_webhook_secret,
    create_project, end_other_webhook_secrets, update_project,
};
use perennial_core::webhooks::ReceiveError;
use perennial_domain::OrganizationSettings;
use perennial_testkit::Merchant;
use secrecy::SecretString;

#[tokio::test]
async fn a_secret_that_has_leaked_opens_nothing_once_another_has_taken_its_place() {
    let merchant = Merchant::new().await;
    merchant.webhooks().await;
    let customer = merchant.customer("ada@example.com").await;
    let checkout = merchant.open(customer.id, "line").await;
    merchant.pay(&checkout).await;
    let delivery = merchant.webhooks().await.swap_remove(0);
    let (app, project) = (merchant.app(), merchant.project());
    let successor = SecretString::from("whsec_test_successor");

    add_webhook_secret(app, project, &successor).await.unwrap();
    merchant.receive(&delivery).await.unwrap();

    assert_eq!(end_other_webhook_secrets(app, project, &successor).await.unwrap(), 1);
    let refused = merchant.receive(&delivery).await;
    assert!(matches!(refused, Err(ReceiveError::Rejected(RejectedEvent::Forged))), "{refused:?}");
    assert_eq!(end_other_webhook_secrets(app, project, &successor).await.unwrap(), 0);
}

async fn update(merchant: &Merchant, patch: ProjectPatch) -> Result<(), UpdateProjectError> {
    let project = merchant.project();
    merchant.app().write(move |cx, tx| update_project(cx, tx, project, &patch).map(drop)).await
}

#[tokio::test]
async fn a_patch_changes_what_it_names_and_nothing_else() {
    let merchant = Merchant::new().await;
    let terms_url = Some("https://heron.example/terms".parse().unwrap());
    let terms = Change::To(terms_url.clone());
    update(&merchant, ProjectPatch { terms_url: terms, ..ProjectPatch::default() }).await.unwrap();
    let colour = Change::To(Some("#0A7F5C".to_owned()));
    update(&merchant, ProjectPatch { accent_colour: colour, ..ProjectPatch::default() }).await.unwrap();

    let id = merchant.project();
    let project = merchant.test.write(move |_, tx| tx.projects().find(id)).await.unwrap();
    assert_eq!(project.settings.terms_url, terms_url);
    assert_eq!(project.settings.accent_colour.as_deref(), Some("#0a7f5c"));
}

#[tokio::test]
async fn what_a_project_need_not_have_can_be_taken_back() {
    let merchant = Merchant::new().await;
    let link = || Change::To(Some("https://heron.example/".parse().unwrap()));
    let word = |word: &str| Change::To(Some(word.to_owned()));
    let given = ProjectPatch {
        accent_colour: word("#0a7f5c"),
        support_email: word("help@heron.example"),
        logo_url: link(),
        terms_url: link(),
        privacy_url: link(),
        organizations: Change::To(Some(OrganizationSettings::new(
            "suite",
            "https://heron.example/".parse().unwrap(),
        ))),
        ..ProjectPatch::default()
    };
    update(&merchant, given).await.unwrap();
    let taken_back = ProjectPatch {
        accent_colour: Change::To(None),
        support_email: Change::To(None),
        logo_url: Change::To(None),
        terms_url: Change::To(None),
        privacy_url: Change::To(None),
        organizations: Change::To(None),
        ..ProjectPatch::default()
    };
    update(&merchant, taken_back).await.unwrap();

    let id = merchant.project();
    let settings = merchant.test.write(move |_, tx| tx.projects().find(id)).await.unwrap().settings;
    assert_eq!((settings.accent_colour, settings.support_email), (None, None));
    assert_eq!((settings.logo_url, settings.terms_url, settings.privacy_url), (None, None, None));
    assert_eq!(settings.organizations, None);
}

#[tokio::test]
async fn pages_link_in_the_clear_to_this_machine_alone() {
    let merchant = Merchant::new().await;
    let with = |link: &str| ProjectPatch {
        logo_url: Change::To(Some(link.parse().unwrap())),
        ..ProjectPatch::default()
    };
    for link in
        ["https://heron.example/logo.svg", "http://127.0.0.1:8082/logo.svg", "http://localhost/logo.svg"]
    {
        update(&merchant, with(link)).await.unwrap();
    }
    for link in ["http://heron.example/logo.svg", "javascript:alert(1)", "data:image/png;base64,AA"] {
        let refused = update(&merchant, with(link)).await;
        assert!(matches!(refused, Err(UpdateProjectError::Link(_))), "{link}: {refused:?}");
    }
}

#[tokio::test]
async fn the_languages_of_a_project_are_language_tags() {
    let merchant = Merchant::new().await;
    let with = |locales: &[&str]| ProjectPatch {
        locales: Some(locales.iter().map(|&locale| locale.to_owned()).collect()),
        ..ProjectPatch::default()
    };
    update(&merchant, with(&["nl-NL", "en"])).await.unwrap();
    let refused = update(&merchant, with(&["nl-NL", "not a tag"])).await;
    assert!(matches!(refused, Err(UpdateProjectError::Fact(ProjectFactError::Locale(_)))), "{refused:?}");
    assert!(matches!(
        update(&merchant, with(&[])).await,
        Err(UpdateProjectError::Fact(ProjectFactError::NoLocale))
    ));
}

#[tokio::test]
async fn a_new_project_has_a_name_and_languages_by_the_same_rule() {
    let merchant = Merchant::new().await;
    for (name, locales, wrong) in [
        (" ", &["nl-NL"][..], ProjectFactError::Name),
        ("Heron", &[], ProjectFactError::NoLocale),
        ("Heron", &["en", "not a tag"], ProjectFactError::Locale("not a tag".to_owned())),
    ] {
        let locales = locales.iter().map(|&locale| locale.to_owned()).collect::<Vec<_>>();
        let made =
            merchant.app().write(move |cx, tx| create_project(cx, tx, "new", name, &locales).map(drop)).await;
        assert!(matches!(&made, Err(CreateProjectError::Fact(fact)) if *fact == wrong), "{made:?}");
    }
}
