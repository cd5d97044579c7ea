//! A browser without a window: follows links and sends forms, and keeps cookies as one does.

use std::collections::BTreeMap;

use axum::Router;
use axum::body::Body;
use http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::BodyExt;
use tower::ServiceExt;

/// A browser on one host.
#[derive(Clone)]
pub struct Browser {
    routes: Router,
    cookies: BTreeMap<String, String>,
}

/// What it shows, or where it is sent.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The page.
    pub html: String,
    path: String,
}

impl Browser {
    /// A fresh browser, without cookies.
    pub fn new(routes: Router) -> Self {
        Self { routes, cookies: BTreeMap::new() }
    }

    /// The cookies it keeps, by name.
    pub fn cookies(&mut self) -> &mut BTreeMap<String, String> {
        &mut self.cookies
    }

    /// Opens an address on this host. Redirects are not followed.
    pub async fn get(&mut self, path: &str) -> Shown {
        self.send(Method::GET, path, String::new()).await
    }

    /// Opens an address, and goes where it leads as long as that is on this host.
    pub async fn follow(&mut self, path: &str) -> Shown {
        let mut shown = self.get(path).await;
        for _ in 0..8 {
            match shown.leads_to() {
                Some(next) if next.starts_with('/') => shown = self.get(&next).await,
                _ => break,
            }
        }
        shown
    }

    /// Sends the form of a page, with its hidden fields and these answers, and goes where that leads.
    pub async fn submit(&mut self, page: &Shown, answers: &[(&str, &str)]) -> Shown {
        let hidden = page.hidden_fields();
        let hidden = hidden.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let answers = hidden.chain(answers.iter().copied()).collect::<Vec<_>>();
        let shown = self.post(&page.path, &answers).await;
        match shown.leads_to() {
            Some(next) if next.starts_with('/') => self.follow(&next).await,
            _ => shown,
        }
    }

    /// Posts a form as it is.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Shown {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.send(Method::POST, path, body).await
    }

    async fn send(&mut self, method: Method, path: &str, body: String) -> Shown {
        let cookies = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>();
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::COOKIE, cookies.join("; "))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(body))
            .expect("a request");
        let response = self.routes.clone().oneshot(request).await.expect("routes never fail");
        let (parts, body) = response.into_parts();
        for cookie in parts.headers.get_all(header::SET_COOKIE) {
            let pair = cookie
                .to_str()
                .expect("a cookie is text")
                .split(';')
                .next()
                .and_then(|pair| pair.split_once('='));
            let (name, value) = pair.expect("a cookie has a name");
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        let bytes = body.collect().await.expect("the body arrives").to_bytes();
        let html = String::from_utf8(bytes.to_vec()).expect("pages are UTF-8");
        Shown { status: parts.status, headers: parts.headers, html, path: path.to_owned() }
    }
}

impl Shown {
    /// Where the browser is sent.
    pub fn leads_to(&self) -> Option<String> {
        Some(self.headers.get(header::LOCATION)?.to_str().ok()?.to_owned())
    }

    /// The address that was asked for.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// A hidden field's value, the last one of its name.
    pub fn hidden(&self, name: &str) -> Option<String> {
        self.hidden_fields().into_iter().rev().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    fn hidden_fields(&self) -> BTreeMap<String, String> {
        let inputs = self.html.split("<input type=\"hidden\" name=\"").skip(1);
        let fields = inputs.filter_map(|input| {
            let (name, rest) = input.split_once('"')?;
            let (value, _) = rest.strip_prefix(" value=\"")?.split_once('"')?;
            Some((name.to_owned(), unescaped(value)))
        });
        fields.collect()
    }
}

/// What the pages' templates escape, as a browser reads it.
fn unescaped(html: &str) -> String {
    let entities = [("&#34;", "\""), ("&#39;", "'"), ("&#60;", "<"), ("&#62;", ">"), ("&#38;", "&")];
    entities.iter().fold(html.to_owned(), |text, (entity, character)| text.replace(entity, character))
}
