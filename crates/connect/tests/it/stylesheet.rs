//! The colours of the stylesheet, held against WCAG 2.2 as pairs that occur.

use std::collections::HashMap;

use perennial_connect::assets;
use perennial_connect::theme::{AA, AAA, Accent, Rgb};

fn stylesheet() -> String {
    let path = assets::stylesheet_path(&Accent::default());
    let name = path.trim_start_matches(assets::PATH);
    assets::find(name).expect("a page's stylesheet can be found").body.into_owned()
}

/// The colours that are set inside the first block after `selector`.
fn colours(stylesheet: &str, selector: &str) -> HashMap<String, Rgb> {
    let start = stylesheet.find(selector).expect("the stylesheet has the selector") + selector.len();
    let block = stylesheet[start..].split(['{', '}']).nth(1).expect("a block follows its selector");
    let declarations = block.split(';').filter_map(|line| line.trim().strip_prefix("--")?.split_once(':'));
    declarations.filter_map(|(name, value)| Some((name.to_owned(), Rgb::from_hex(value.trim())?))).collect()
}

#[test]
fn text_passes_aa_and_prices_pass_aaa_in_both_themes() {
    let stylesheet = stylesheet();
    for selector in [":root ", ":root:not([data-theme=\"light\"]) "] {
        let colours = colours(&stylesheet, selector);
        for ground in ["ground", "surface", "raised"] {
            let contrast = |text: &str| colours[text].contrast(colours[ground]);
            assert!(contrast("text") >= AAA, "prices on {ground} in {selector}");
            for text in ["muted", "positive", "caution", "negative"] {
                assert!(contrast(text) >= AA, "{text} on {ground} in {selector}: {}", contrast(text));
            }
            // WCAG 2.2, 1.4.11: what shows where an input is.
            assert!(contrast("edge") >= 3.0, "edge on {ground} in {selector}: {}", contrast("edge"));
        }
    }
}

#[test]
fn a_dark_theme_that_is_forced_is_the_one_that_the_system_chooses() {
    let stylesheet = stylesheet();
    let chosen = colours(&stylesheet, ":root:not([data-theme=\"light\"]) ");
    assert_eq!(chosen, colours(&stylesheet, ":root[data-theme=\"dark\"] "));
}

#[test]
fn the_stylesheet_loads_nothing_from_anywhere() {
    assert!(!stylesheet().contains("@import"));
    let addresses: Vec<_> =
        stylesheet().match_indices("url(").map(|(at, _)| stylesheet()[at..at + 20].to_owned()).collect();
    assert!(addresses.iter().all(|address| address.starts_with("url(\"data:image/svg")), "{addresses:?}");
}
