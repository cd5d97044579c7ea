//! The operator's accent colour, made legible.
//!
//! An operator picks one colour and knows nothing of contrast. [`Accent`] keeps its hue and darkens it for the light
//! theme, or lightens it for the dark one, until text in it (and text on it) passes WCAG 2.2 AA, 4.5 to 1.

use std::fmt;

/// WCAG 2.2, success criterion 1.4.3: the least contrast of text of normal size.
pub const AA: f64 = 4.5;
/// WCAG 2.2, success criterion 1.4.6: the enhanced contrast, which our prices keep.
pub const AAA: f64 = 7.0;

const WHITE: Rgb = Rgb(255, 255, 255);
const INK: Rgb = Rgb(16, 18, 22);
/// The darkest surface of the light theme and the lightest of the dark one, as `assets/pages.css` sets them: accent
/// text that passes on these passes on all.
const LIGHT_GROUND: Rgb = Rgb(0xf4, 0xf5, 0xf7);
const DARK_GROUND: Rgb = Rgb(0x24, 0x28, 0x30);

/// How a page is coloured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Theme {
    /// As the customer's system is set.
    #[default]
    System,
    /// Light, as the session's `appearance.theme` asks.
    Light,
    /// Dark, as the session's `appearance.theme` asks.
    Dark,
}

impl Theme {
    /// The value of `data-theme` on the page, if the theme is forced.
    pub fn forced(self) -> Option<&'static str> {
        match self {
            Self::System => None,
            Self::Light => Some("light"),
            Self::Dark => Some("dark"),
        }
    }
}

/// A colour in sRGB.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rgb(pub u8, pub u8, pub u8);

impl Rgb {
    /// Reads six hexadecimal digits, with or without a `#` before them.
    pub fn from_hex(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#').unwrap_or(text);
        match hex::decode(digits).ok()?.as_slice() {
            &[red, green, blue] => Some(Self(red, green, blue)),
            _ => None,
        }
    }

    /// The contrast ratio of two colours, from 1 (the same) to 21 (black and white), as WCAG 2.2 defines it.
    pub fn contrast(self, other: Self) -> f64 {
        let (one, two) = (self.luminance(), other.luminance());
        (one.max(two) + 0.05) / (one.min(two) + 0.05)
    }

    fn luminance(self) -> f64 {
        0.2126 * linear(self.0) + 0.7152 * linear(self.1) + 0.0722 * linear(self.2)
    }

    /// This colour with `share` hundredths of `other` mixed in.
    fn mixed(self, other: Self, share: u16) -> Self {
        let channel = |own: u8, its: u8| {
            let sum = u16::from(own) * (100 - share) + u16::from(its) * share;
            u8::try_from(sum / 100).unwrap_or(u8::MAX)
        };
        Self(channel(self.0, other.0), channel(self.1, other.1), channel(self.2, other.2))
    }

    /// The first of ever stronger mixtures with `pole` that contrasts enough with `ground`.
    fn fitted(self, pole: Self, ground: Self) -> Option<Self> {
        (0..=100).map(|share| self.mixed(pole, share)).find(|mixture| mixture.contrast(ground) >= AA)
    }

    /// The same hue as bright as it gets, half way to white: mixing with white alone would turn a colour to chalk.
    fn bright(self) -> Self {
        let strongest = u16::from(self.0.max(self.1).max(self.2).max(1));
        let raised = |channel: u8| u8::try_from(u16::from(channel) * 255 / strongest).unwrap_or(u8::MAX);
        Self(raised(self.0), raised(self.1), raised(self.2)).mixed(WHITE, 50)
    }
}

/// Lower-case `rrggbb`.
impl fmt::Display for Rgb {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:02x}{:02x}{:02x}", self.0, self.1, self.2)
    }
}

fn linear(channel: u8) -> f64 {
    let share = f64::from(channel) / 255.0;
    if share <= 0.040_45 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
}

/// An accent colour in the forms that the stylesheet needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accent {
    /// What the operator chose.
    pub chosen: Rgb,
    /// For text and buttons of the light theme.
    pub light: Rgb,
    /// For text on `light`.
    pub on_light: Rgb,
    /// For text and buttons of the dark theme.
    pub dark: Rgb,
    /// For text on `dark`.
    pub on_dark: Rgb,
}

impl Accent {
    /// Fits a colour to both themes.
    pub fn fit(chosen: Rgb) -> Self {
        let light = chosen.fitted(INK, LIGHT_GROUND).unwrap_or(INK);
        let bright = chosen.bright();
        let dark =
            chosen.fitted(bright, DARK_GROUND).or_else(|| bright.fitted(WHITE, DARK_GROUND)).unwrap_or(WHITE);
        Self { chosen, light, on_light: text_on(light), dark, on_dark: text_on(dark) }
    }

    /// The custom properties that give the stylesheet its accent, ready to follow it.
    pub fn properties(&self) -> String {
        let Self { light, on_light, dark, on_dark, .. } = self;
        let light = format!("--accent:#{light};--on-accent:#{on_light}");
        let dark = format!("--accent:#{dark};--on-accent:#{on_dark}");
        format!(
            ":root{{{light}}}@media(prefers-color-scheme:dark){{:root:not([data-theme=light]){{{dark}}}}}\
             :root[data-theme=dark]{{{dark}}}"
        )
    }
}

impl Default for Accent {
    /// The blue-green of the project, for operators who choose no accent.
    fn default() -> Self {
        Self::fit(Rgb(0x0b, 0x6e, 0x6e))
    }
}

fn text_on(ground: Rgb) -> Rgb {
    if WHITE.contrast(ground) >= INK.contrast(ground) { WHITE } else { INK }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_accent_becomes_legible_in_both_themes() {
        let steps = (0..=255).step_by(17);
        for red in steps.clone() {
            for green in steps.clone() {
                for blue in steps.clone() {
                    let accent = Accent::fit(Rgb(red, green, blue));
                    for (text, ground) in [
                        (accent.light, WHITE),
                        (accent.light, LIGHT_GROUND),
                        (accent.on_light, accent.light),
                        (accent.dark, INK),
                        (accent.dark, DARK_GROUND),
                        (accent.on_dark, accent.dark),
                    ] {
                        assert!(text.contrast(ground) >= AA, "#{text} on #{ground} from #{}", accent.chosen);
                    }
                }
            }
        }
    }

    #[test]
    fn an_accent_that_passes_is_left_as_chosen() {
        let chosen = Rgb(0x1d, 0x4e, 0xd8);
        assert_eq!(Accent::fit(chosen).light, chosen);
    }

    #[test]
    fn contrast_is_what_wcag_says() {
        assert!((WHITE.contrast(Rgb(0, 0, 0)) - 21.0).abs() < 1e-9);
        assert!((WHITE.contrast(Rgb(0x76, 0x76, 0x76)) - 4.54).abs() < 0.01);
    }

    #[test]
    fn only_six_hexadecimal_digits_are_a_colour() {
        assert_eq!(Rgb::from_hex("#0B6e6e"), Some(Rgb(11, 110, 110)));
        for wrong in ["", "#fff", "#12345g", "red;}", "#1234567"] {
            assert_eq!(Rgb::from_hex(wrong), None, "{wrong}");
        }
    }
}
