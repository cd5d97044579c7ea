//! Writes every page and mail in every state to a folder, to be looked at: `cargo run -p perennial-connect --example gallery DIR`.
//!
//! One folder per language and theme; the stylesheet and the script lie where the pages look for them.

use std::path::{Path, PathBuf};
use std::{env, error, fs};

use jiff::civil::date;
use perennial_connect::assets;
use perennial_connect::i18n::{Language, Locale};
use perennial_connect::mails::{self, Letterhead};
use perennial_connect::pages::{Frame, Merchant, Progress, gallery};
use perennial_connect::theme::{Accent, Theme};

fn main() -> Result<(), Box<dyn error::Error>> {
    let folder = PathBuf::from(env::args().nth(1).ok_or("name a folder to write to")?);
    for language in Language::ALL {
        for theme in [Theme::Light, Theme::Dark] {
            write_pages(&folder, &frame(language, theme))?;
        }
        write_mails(&folder, &frame(language, Theme::System))?;
    }
    for path in [assets::stylesheet_path(&Accent::default()), assets::script_path()] {
        let name = path.trim_start_matches(assets::PATH);
        let asset = assets::find(name).ok_or("a page links to an asset that is not there")?;
        write(&folder.join(path.trim_start_matches('/')), &asset.body)?;
    }
    Ok(())
}

fn write_pages(folder: &Path, frame: &Frame) -> Result<(), Box<dyn error::Error>> {
    let theme = frame.theme.forced().unwrap_or("system");
    let folder = folder.join(frame.locale.language().tag()).join(theme);
    for page in gallery::render_all(frame)? {
        write(&folder.join(format!("{}.html", page.name)), &page.html)?;
    }
    Ok(())
}

fn write_mails(folder: &Path, frame: &Frame) -> Result<(), Box<dyn error::Error>> {
    let head = Letterhead {
        merchant: frame.merchant.clone(),
        locale: frame.locale.clone(),
        recipient: Some("Noa Lindqvist".to_owned()),
        today: frame.today,
    };
    let folder = folder.join(frame.locale.language().tag()).join("mails");
    for (name, mail) in mails::write_all(&head)? {
        write(&folder.join(format!("{name}.html")), &mail.html)?;
        write(&folder.join(format!("{name}.txt")), &format!("Subject: {}\n\n{}", mail.subject, mail.text))?;
    }
    Ok(())
}

fn write(path: &Path, text: &str) -> std::io::Result<()> {
    path.parent().map_or(Ok(()), fs::create_dir_all)?;
    fs::write(path, text)
}

fn frame(language: Language, theme: Theme) -> Frame {
    let merchant = Merchant {
        name: "Lantern Phones".to_owned(),
        logo_url: None,
        accent: Accent::default(),
        terms_url: Some("https://shop.example/terms".to_owned()),
        privacy_url: Some("https://shop.example/privacy".to_owned()),
        shows_powered_by: true,
    };
    Frame {
        merchant,
        locale: Locale::for_tag(language.tag()),
        theme,
        today: date(2027, 3, 5),
        form_token: "sample".to_owned(),
        kept_query: String::new(),
        leave_path: Some("/checkout/leave".to_owned()),
        progress: Some(Progress { step: 2, of: 4 }),
    }
}
