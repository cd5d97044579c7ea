//! Every mail × sample × language, in both its parts.

use jiff::civil::date;
use perennial_connect::i18n::{Language, Locale, MISSING};
use perennial_connect::mails::{Letterhead, LoginCodeMail, Mail, ReceiptMail, Written, write_all};
use perennial_connect::pages::Merchant;
use perennial_connect::theme::Accent;

fn letterhead(language: Language, recipient: Option<&str>) -> Letterhead {
    let merchant = Merchant {
        name: "Lantern & Sons <Phones>".to_owned(),
        logo_url: None,
        accent: Accent::default(),
        terms_url: None,
        privacy_url: Some("https://shop.example/privacy?a=1&b=2".to_owned()),
        shows_powered_by: true,
    };
    Letterhead {
        merchant,
        locale: Locale::for_tag(language.tag()),
        recipient: recipient.map(str::to_owned),
        today: date(2027, 3, 5),
    }
}

fn on_every_mail(check: impl Fn(&str, &Written)) {
    for language in Language::ALL {
        for recipient in [None, Some("Noa <Lindqvist>")] {
            for (name, mail) in write_all(&letterhead(language, recipient)).expect("every sample is written")
            {
                check(&format!("{}/{name}", language.tag()), &mail);
            }
        }
    }
}

/// What a reader of the HTML part reads: its words without the tags.
fn words(html: &str) -> String {
    let body = html.split("<body>").nth(1).expect("the HTML part has a body");
    let words: String =
        body.split('<').map(|part| part.split_once('>').map_or("", |(_, text)| text)).collect();
    words.replace("&#60;", "<").replace("&#62;", ">").replace("&#38;", "&")
}

#[test]
fn every_text_is_there_and_every_value_is_escaped_where_it_must_be() {
    on_every_mail(|name, mail| {
        for part in [&mail.subject, &mail.text, &mail.html] {
            assert!(!part.contains(MISSING), "{name}: a text is missing");
        }
        for raw in ["<Phones>", "<12>", "<Lindqvist>", "SPRING<3", "a=1&b"] {
            assert!(!mail.html.contains(raw), "{name}: {raw} is not escaped");
        }
        assert!(mail.text.contains("Lantern & Sons <Phones>"), "{name}: text is not HTML");
    });
}

#[test]
fn both_parts_say_the_same() {
    on_every_mail(|name, mail| {
        let html = words(&mail.html);
        let (letter, _) = mail.text.split_once("\n--\n").expect("the small print is set apart");
        for line in letter.lines().map(|line| line.trim().trim_end_matches(':')) {
            // A fact is one line of text and two cells of a table.
            for piece in line.split(": ") {
                assert!(html.contains(piece), "{name}: {piece:?} is only in the text");
            }
        }
    });
}

#[test]
fn a_mail_loads_nothing_and_its_text_has_no_gaps() {
    on_every_mail(|name, mail| {
        for loading in ["<img", "<link", "<script", "url(", "@import"] {
            assert!(!mail.html.contains(loading), "{name}: {loading}");
        }
        assert!(!mail.text.contains("\n\n\n") && !mail.text.starts_with('\n'), "{name}");
        assert!(mail.text.ends_with('\n'), "{name}");
    });
}

#[test]
fn a_line_break_in_a_name_stays_out_of_the_subject() {
    let mut head = letterhead(Language::English, None);
    head.merchant.name = "Lantern\r\nBcc: eve@example.org".to_owned();
    for (name, mail) in write_all(&head).unwrap() {
        assert!(!mail.subject.contains(char::is_control), "{name}: {:?}", mail.subject);
    }
}

#[test]
fn a_login_code_is_easy_to_read_in_the_subject_and_in_both_parts() {
    let mail = &LoginCodeMail::samples()[0].write(&letterhead(Language::German, None)).unwrap();
    assert_eq!(mail.subject, "048 291 ist Ihr Code für Lantern & Sons <Phones>");
    assert!(mail.text.contains("\n    048 291\n") && mail.html.contains(">048 291<"));
}

#[test]
fn a_receipt_reads_like_one() {
    let receipt =
        &ReceiptMail::samples()[0].write(&letterhead(Language::English, Some("Noa Lindqvist"))).unwrap();
    insta::assert_snapshot!(receipt.text, @"
    Your receipt

    Hello Noa Lindqvist,

    You paid €14.50 on 5 March 2027.

    Heron 12: €14.50
    Paid: €14.50

    Paid with Visa •••• 4242.

    Next payment: €14.50 on 5 April.

    Reference: PAY-7K2M-94QD

    --
    Lantern & Sons <Phones>
    You receive this e-mail because it concerns your account with Lantern & Sons <Phones>.
    Privacy: https://shop.example/privacy?a=1&b=2
    ");
}
