//! The one shape of all our mails: a heading, some sentences, a few facts and at most one button, in one column.

use askama::Template;

use super::{Letterhead, Written};
use crate::i18n::Translator;

/// What a mail says, before it is set as text or as HTML.
#[derive(Debug, Clone, Default)]
pub struct Letter {
    /// The subject.
    pub(super) subject: String,
    /// The heading.
    pub(super) heading: String,
    /// What happened, a paragraph each.
    pub(super) paragraphs: Vec<String>,
    /// A code to type, shown large.
    pub(super) code: Option<String>,
    /// Facts as label and value.
    pub(super) facts: Vec<(String, String)>,
    /// The sum of the facts, as label and value.
    pub(super) total: Option<(String, String)>,
    /// What can be done about it: label and address.
    pub(super) button: Option<(String, String)>,
    /// What else is good to know, a paragraph each.
    pub(super) closing: Vec<String>,
}

#[derive(Template)]
#[template(path = "mails/letter.html")]
struct HtmlPart<'a> {
    letter: &'a Letter,
    head: &'a Letterhead,
    t: Translator<'a>,
}

#[derive(Template)]
#[template(path = "mails/letter.txt")]
struct TextPart<'a> {
    letter: &'a Letter,
    head: &'a Letterhead,
    t: Translator<'a>,
}

impl Letter {
    pub(super) fn write(&self, head: &Letterhead, t: Translator<'_>) -> Result<Written, askama::Error> {
        Ok(Written {
            subject: one_line(&self.subject),
            text: tidy(&TextPart { letter: self, head, t }.render()?),
            html: HtmlPart { letter: self, head, t }.render()?,
        })
    }
}

impl Letterhead {
    /// "Hello Noa Lindqvist," or just "Hello,".
    pub(super) fn greeting(&self, t: &Translator<'_>) -> String {
        match &self.recipient {
            Some(name) => t.one("mail-greeting-name", "name", name),
            None => t.text("mail-greeting"),
        }
    }
}

/// A line break in a subject would start another header of the mail.
fn one_line(subject: &str) -> String {
    subject.split(char::is_control).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Parts that a letter leaves out leave no gap, and the text ends with one line break.
fn tidy(text: &str) -> String {
    let mut tidy = String::with_capacity(text.len());
    for line in text.lines().map(str::trim_end) {
        if !line.is_empty() || !(tidy.is_empty() || tidy.ends_with("\n\n")) {
            tidy.push_str(line);
            tidy.push('\n');
        }
    }
    tidy.truncate(tidy.trim_end().len());
    tidy.push('\n');
    tidy
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_break_in_a_subject_cannot_start_a_header() {
        assert_eq!(one_line("Receipt\r\nBcc: eve@example.org"), "Receipt Bcc: eve@example.org");
    }

    #[test]
    fn what_is_left_out_leaves_no_gap() {
        assert_eq!(tidy("\n\nHello,  \n\n\n\nbye\n\n"), "Hello,\n\nbye\n");
    }
}
