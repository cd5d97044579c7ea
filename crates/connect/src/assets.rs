//! The stylesheet and the script, addressed by what they contain.
//!
//! A name such as `pages-0b6e6e-1f0c….css` holds the accent and a hash of the whole text, so an answer may be cached for
//! ever and a new release has new names. The script only adds comfort; every page works without it.

use std::borrow::Cow;
use std::sync::LazyLock;

use sha2::{Digest, Sha256};

use crate::theme::{Accent, Rgb};

/// Where assets are served: `<PATH><name>`.
pub const PATH: &str = "/connect/assets/";

/// The header that goes with every asset: its name changes with its content.
pub const CACHE_CONTROL: &str = "public, max-age=31536000, immutable";

const STYLESHEET: &str = include_str!("../assets/pages.css");
const SCRIPT: &str = include_str!("../assets/pages.js");

/// How many hexadecimal digits of the SHA-256 a name carries: enough that releases never collide.
const HASH_LENGTH: usize = 16;

static SCRIPT_NAME: LazyLock<String> = LazyLock::new(|| format!("pages-{}.js", hash(SCRIPT)));
/// Hashed once, because every page names its stylesheet.
static STYLESHEET_HASH: LazyLock<String> = LazyLock::new(|| hash(STYLESHEET));

/// A file to serve.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asset {
    /// Its `Content-Type`.
    pub content_type: &'static str,
    /// Its text.
    pub body: Cow<'static, str>,
}

/// The asset of that name, if this release has it.
pub fn find(name: &str) -> Option<Asset> {
    if name == *SCRIPT_NAME {
        return Some(Asset { content_type: "text/javascript; charset=utf-8", body: SCRIPT.into() });
    }
    let chosen = Rgb::from_hex(name.strip_prefix("pages-")?.get(..6)?)?;
    let accent = Accent::fit(chosen);
    (name == stylesheet_name(&accent))
        .then(|| Asset { content_type: "text/css; charset=utf-8", body: stylesheet(&accent).into() })
}

/// The address path of the stylesheet in this accent.
pub fn stylesheet_path(accent: &Accent) -> String {
    format!("{PATH}{}", stylesheet_name(accent))
}

/// The address path of the script.
pub fn script_path() -> String {
    format!("{PATH}{}", *SCRIPT_NAME)
}

fn stylesheet(accent: &Accent) -> String {
    format!("{STYLESHEET}{}", accent.properties())
}

fn stylesheet_name(accent: &Accent) -> String {
    let content = format!("{}{}", *STYLESHEET_HASH, accent.properties());
    format!("pages-{}-{}.css", accent.chosen, hash(&content))
}

fn hash(text: &str) -> String {
    let mut digits = hex::encode(Sha256::digest(text));
    digits.truncate(HASH_LENGTH);
    digits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_page_links_to_can_be_found() {
        let accent = Accent::fit(Rgb(200, 30, 90));
        for path in [stylesheet_path(&accent), script_path()] {
            let asset = find(path.strip_prefix(PATH).unwrap()).unwrap();
            assert!(!asset.body.is_empty());
        }
    }

    #[test]
    fn another_hash_or_a_strange_name_is_nothing() {
        for name in [
            "",
            "pages-0b6e6e-0000000000000000.css",
            "pages-.css",
            "pages-zzzzzz-1.css",
            "pages-äöü.css",
            "../x",
        ] {
            assert_eq!(find(name), None, "{name}");
        }
    }

    #[test]
    fn the_stylesheet_stays_small() {
        assert!(stylesheet(&Accent::default()).len() < 20_000);
        assert!(SCRIPT.len() < 3_000);
    }
}
