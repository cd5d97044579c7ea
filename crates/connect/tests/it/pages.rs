//! Every page × sample × language × theme.

use std::collections::HashSet;

use jiff::civil::date;
use perennial_connect::assets;
use perennial_connect::i18n::{Language, Locale, MISSING};
use perennial_connect::pages::gallery::{Rendered, render_all};
use perennial_connect::pages::{Frame, Merchant, Progress};
use perennial_connect::theme::{Accent, Theme};

use crate::html::{Tag, tags};

fn frame(language: Language, theme: Theme) -> Frame {
    let merchant = Merchant {
        name: "Lantern & Sons <Phones>".to_owned(),
        logo_url: None,
        accent: Accent::default(),
        terms_url: Some("https://shop.example/terms?a=1&b=2".to_owned()),
        privacy_url: Some("https://shop.example/privacy".to_owned()),
        shows_powered_by: true,
    };
    Frame {
        merchant,
        locale: Locale::for_tag(language.tag()),
        theme,
        today: date(2027, 3, 5),
        form_token: "n\"1".to_owned(),
        kept_query: String::new(),
        leave_path: Some("/checkout/leave".to_owned()),
        progress: Some(Progress { step: 2, of: 4 }),
    }
}

/// Runs `check` on every page in every language and theme.
fn on_every_page(check: impl Fn(&Rendered, &[Tag<'_>])) {
    for language in Language::ALL {
        for theme in [Theme::System, Theme::Light, Theme::Dark] {
            for page in render_all(&frame(language, theme)).expect("every sample renders") {
                check(&page, &tags(&page.html));
            }
        }
    }
}

fn count(tags: &[Tag<'_>], matches: impl Fn(&Tag<'_>) -> bool) -> usize {
    tags.iter().filter(|tag| matches(tag)).count()
}

#[test]
fn every_text_is_there_and_every_value_is_escaped() {
    on_every_page(|page, _| {
        assert!(!page.html.contains(MISSING), "{}: a text is missing", page.name);
        for raw in ["<Phones>", "<High>", "SPRING<3", "\"n\"1\"", "Lantern & Sons"] {
            assert!(!page.html.contains(raw), "{}: {raw} is not escaped", page.name);
        }
    });
}

#[test]
fn every_page_is_one_document_with_one_heading_and_at_most_one_primary_button() {
    on_every_page(|page, tags| {
        for landmark in ["h1", "main", "header", "footer", "title"] {
            assert_eq!(count(tags, |tag| tag.name == landmark), 1, "{}: {landmark}", page.name);
        }
        assert!(count(tags, |tag| tag.has_class("primary")) <= 1, "{}", page.name);
    });
}

#[test]
fn every_id_is_unique_and_every_reference_leads_to_one() {
    on_every_page(|page, tags| {
        let ids: Vec<_> = tags.iter().filter_map(|tag| tag.attribute("id")).collect();
        let unique: HashSet<_> = ids.iter().copied().collect();
        assert_eq!(ids.len(), unique.len(), "{}: an id stands twice", page.name);
        let described = tags.iter().filter_map(|tag| tag.attribute("aria-describedby"));
        let labelled = tags.iter().filter_map(|tag| tag.attribute("for"));
        let linked = tags.iter().filter_map(|tag| tag.attribute("href")?.strip_prefix('#'));
        for reference in described.flat_map(|list| list.split(' ')).chain(labelled).chain(linked) {
            assert!(unique.contains(reference), "{}: nothing has the id {reference}", page.name);
        }
    });
}

#[test]
fn every_form_that_changes_something_carries_the_form_token() {
    on_every_page(|page, tags| {
        let forms = count(tags, |tag| tag.name == "form");
        let posts = count(tags, |tag| tag.name == "form" && tag.attribute("method") == Some("post"));
        let form_tokens = count(tags, |tag| tag.attribute("name") == Some("form_token"));
        assert_eq!((forms, form_tokens), (posts, posts), "{}", page.name);
    });
}

#[test]
fn nothing_needs_a_looser_content_security_policy() {
    on_every_page(|page, tags| {
        for tag in tags {
            for name in tag.attribute_names() {
                assert!(name != "style" && !name.starts_with("on"), "{}: {name} on {}", page.name, tag.name);
            }
            let is_ours = |path: &str| path.starts_with(assets::PATH);
            match tag.name {
                "style" => panic!("{}: an inline style", page.name),
                "script" => assert!(tag.attribute("src").is_some_and(is_ours), "{}", page.name),
                "link" if tag.attribute("rel") == Some("stylesheet") => {
                    assert!(tag.attribute("href").is_some_and(is_ours), "{}", page.name);
                }
                _ => {}
            }
        }
    });
}

#[test]
fn at_most_one_field_takes_the_focus_and_it_is_a_mistake() {
    on_every_page(|page, tags| {
        let focused: Vec<_> = tags.iter().filter(|tag| tag.attribute("autofocus").is_some()).collect();
        assert!(focused.len() <= 1, "{}", page.name);
        for field in focused {
            assert_eq!(field.attribute("aria-invalid"), Some("true"), "{}", page.name);
        }
    });
}

#[test]
fn a_page_with_everything_it_loads_stays_under_forty_kilobytes() {
    let accent = Accent::default();
    let loaded: usize = [assets::stylesheet_path(&accent), assets::script_path()]
        .iter()
        .map(|path| assets::find(path.strip_prefix(assets::PATH).unwrap()).unwrap().body.len())
        .sum();
    on_every_page(|page, _| assert!(page.html.len() + loaded < 40_000, "{}", page.name));
}

#[test]
fn a_forced_theme_is_marked_and_the_systems_is_not() {
    let first = |theme| render_all(&frame(Language::German, theme)).unwrap().remove(0).html;
    assert!(first(Theme::System).contains("<html lang=\"de\">"));
    assert!(first(Theme::Dark).contains("<html lang=\"de\" data-theme=\"dark\">"));
}

/// What reviewers should see change: a few pages, each in another language.
#[test]
fn some_pages_look_as_reviewed() {
    for (name, language) in [
        ("review-1", Language::English),
        ("number-2", Language::German),
        ("done-0", Language::French),
        ("notice-8", Language::Spanish),
        ("subscription-4", Language::English),
        ("change_review-0", Language::German),
        ("cancel-1", Language::French),
    ] {
        let frame = frame(language, Theme::System);
        let pages = render_all(&frame).unwrap();
        let page = pages.iter().find(|page| page.name == name).unwrap();
        // Their names change with every edit of the stylesheet, which is reviewed by itself.
        let html = page.html.replace(&assets::stylesheet_path(&frame.merchant.accent), "STYLESHEET");
        let html = html.replace(&assets::script_path(), "SCRIPT");
        insta::assert_snapshot!(name, html);
    }
}
