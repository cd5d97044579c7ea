//! The demo's mailbox: every mail that would have been sent, on a page of this machine.
//!
//! It is plainly marked, kept in memory, and gone with the process.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use jiff::Timestamp;
use perennial_connect::mails::{Written, write_mail};
use perennial_core::ports::{Mail, Mailer, MailerAnswer, MailerError, Posted};

/// Older ones make room.
const KEPT: usize = 200;

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;margin:0 auto;max-width:60rem;padding:0 16px 32px;\
    color-scheme:light dark}\
    .band{margin:0 -16px;padding:8px 16px;background:repeating-linear-gradient(135deg,#f5d76e 0 12px,#e9c84f 12px 24px);\
    color:#222;font-weight:600}\
    h1{font-size:28px}li{margin:8px 0}pre{white-space:pre-wrap;overflow-wrap:anywhere}\
    iframe{width:100%;height:40rem;border:1px solid #8888}time,.to{color:GrayText}";

/// A page of ours: no script, nothing from elsewhere, and the mail itself in a frame of its own.
const PAGE_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; base-uri 'none'; \
    form-action 'none'; frame-ancestors 'none'";
/// The HTML of a mail: it may look as it likes and lead elsewhere, and do nothing else.
const MAIL_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; frame-ancestors 'self'; \
    sandbox allow-top-navigation-by-user-activation allow-popups allow-popups-to-escape-sandbox";

/// Takes every mail, and shows it.
#[derive(Default)]
pub(crate) struct Mailbox {
    letters: Mutex<VecDeque<Letter>>,
}

/// A mail that arrived.
#[derive(Clone)]
struct Letter {
    id: String,
    to: String,
    at: Timestamp,
    written: Written,
}

impl Mailbox {
    /// `GET /mailbox`, and below it each mail.
    pub(crate) fn router(self: &Arc<Self>) -> Router {
        Router::new()
            .route("/mailbox", get(list))
            .route("/mailbox/{mail}", get(show))
            .route("/mailbox/{mail}/html", get(show_html))
            .with_state(Arc::clone(self))
    }

    fn keep(&self, mail: &Mail) -> Result<Posted, MailerError> {
        let written = write_mail(mail).map_err(|error| MailerError::Refused(error.to_string()))?;
        let mut letters = self.letters.lock().unwrap_or_else(PoisonError::into_inner);
        letters.truncate(KEPT - 1);
        let (id, to) = (mail.id.to_string(), mail.to.to_string());
        letters.push_front(Letter { id, to, at: mail.written_at, written });
        Ok(Posted::Sent)
    }

    fn all(&self) -> Vec<Letter> {
        self.letters.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }

    fn find(&self, id: &str) -> Option<Letter> {
        self.all().into_iter().find(|letter| letter.id == id)
    }
}

impl Mailer for Mailbox {
    fn send<'a>(&'a self, mail: &'a Mail) -> MailerAnswer<'a> {
        Box::pin(std::future::ready(self.keep(mail)))
    }
}

async fn list(State(mailbox): State<Arc<Mailbox>>) -> Response {
    let letters = mailbox.all();
    let item = |letter: &Letter| {
        format!(
            "<li><a href=\"/mailbox/{}\">{}</a> <span class=\"to\">to {}</span> <time>{}</time></li>",
            escape(&letter.id),
            escape(&letter.written.subject),
            escape(&letter.to),
            letter.at.strftime("%Y-%m-%d %H:%M:%S UTC"),
        )
    };
    let items = letters.iter().map(item).collect::<String>();
    let empty = if items.is_empty() { "<p>No mail yet. Buy something, or log in.</p>" } else { "" };
    page("Mailbox", &format!("<h1>Mailbox</h1>{empty}<ul>{items}</ul>"))
}

async fn show(State(mailbox): State<Arc<Mailbox>>, Path(id): Path<String>) -> Response {
    let Some(letter) = mailbox.find(&id) else { return missing() };
    let subject = escape(&letter.written.subject);
    let body = format!(
        "<p><a href=\"/mailbox\">All mails</a></p><h1>{subject}</h1><p class=\"to\">to {}</p>\
         <h2>HTML</h2><iframe title=\"The mail as HTML\" src=\"/mailbox/{}/html\"></iframe>\
         <h2>Text</h2><pre>{}</pre>",
        escape(&letter.to),
        escape(&letter.id),
        linked(&letter.written.text),
    );
    page(&letter.written.subject, &body)
}

/// Its links lead the whole window on, because our pages let nobody frame them.
async fn show_html(State(mailbox): State<Arc<Mailbox>>, Path(id): Path<String>) -> Response {
    let Some(letter) = mailbox.find(&id) else { return missing() };
    answer(letter.written.html.replacen("<head>", "<head><base target=\"_top\">", 1), MAIL_POLICY)
}

fn missing() -> Response {
    let gone = page("Mailbox", "<h1>There is no such mail</h1><p><a href=\"/mailbox\">All mails</a></p>");
    (StatusCode::NOT_FOUND, gone).into_response()
}

fn page(title: &str, body: &str) -> Response {
    let html = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>{}</title>\
         <style>{STYLE}</style></head><body>\
         <p class=\"band\">Demo: no mail leaves this machine</p>{body}</body></html>",
        escape(title),
    );
    answer(html, PAGE_POLICY)
}

fn answer(html: String, policy: &'static str) -> Response {
    let headers = [
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy)),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    ];
    (headers, Html(html)).into_response()
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// The text, with its web addresses as links.
fn linked(text: &str) -> String {
    let word = |word: &str| {
        let is_address = word.starts_with("https://") || word.starts_with("http://");
        let shown = escape(word);
        if is_address { format!("<a href=\"{shown}\">{shown}</a>") } else { shown }
    };
    text.split_inclusive(char::is_whitespace)
        .flat_map(|piece| {
            let bare = piece.trim_end();
            [word(bare), piece[bare.len()..].to_owned()]
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_links_and_all_else_is_only_text() {
        assert_eq!(
            linked("Go to\nhttp://127.0.0.1/x?a=1&b=2 <now>\n"),
            "Go to\n<a href=\"http://127.0.0.1/x?a=1&amp;b=2\">http://127.0.0.1/x?a=1&amp;b=2</a> &lt;now&gt;\n"
        );
        assert_eq!(linked("javascript:alert(1)"), "javascript:alert(1)");
    }
}
