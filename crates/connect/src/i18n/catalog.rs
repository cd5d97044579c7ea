//! The locale files, parsed once per process.

use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};

use super::Language;

/// One locale file as it was compiled in.
#[derive(Debug, Clone, Copy)]
pub struct Source {
    /// The file's name without its ending, such as `checkout`.
    pub name: &'static str,
    /// Fluent text.
    pub text: &'static str,
}

macro_rules! locale_files {
    ($language:literal) => {
        locale_files!($language: "common", "summary", "steps", "review", "outcome", "manage", "business", "login", "mail", "notice", "problem", "country")
    };
    ($language:literal: $($name:literal),+) => {
        &[$(Source {
            name: $name,
            text: include_str!(concat!("../../locales/", $language, "/", $name, ".ftl")),
        }),+]
    };
}

/// The locale files of a language.
pub fn sources(language: Language) -> &'static [Source] {
    match language {
        Language::English => locale_files!("en"),
        Language::German => locale_files!("de"),
        Language::French => locale_files!("fr"),
        Language::Spanish => locale_files!("es"),
    }
}

type Bundle = FluentBundle<FluentResource>;

static BUNDLES: LazyLock<[Bundle; 4]> = LazyLock::new(|| Language::ALL.map(parse));

/// The text of `key` in `language`, or `None` if it is missing or one of its arguments is.
pub(super) fn format(language: Language, key: &str, arguments: &FluentArgs<'_>) -> Option<String> {
    let position = Language::ALL.iter().position(|known| *known == language)?;
    let bundle = &BUNDLES[position];
    let pattern = bundle.get_message(key)?.value()?;
    let mut errors = Vec::new();
    let text = bundle.format_pattern(pattern, Some(arguments), &mut errors).into_owned();
    errors.is_empty().then_some(text)
}

fn parse(language: Language) -> Bundle {
    let mut bundle = FluentBundle::new_concurrent(language.tag().parse().into_iter().collect());
    // Fluent's marks around every argument would end up in what people copy; `super::isolated` sets them where needed.
    bundle.set_use_isolating(false);
    for source in sources(language) {
        // A damaged entry is left out and reads as missing; a test parses every file strictly.
        let resource = FluentResource::try_new(source.text.to_owned()).unwrap_or_else(|(parsed, _)| parsed);
        bundle.add_resource_overriding(resource);
    }
    bundle
}
