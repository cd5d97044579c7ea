//! A browser without a screen: it keeps its cookies, sends forms, and follows no redirect by itself.

use axum::Router;
use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use phone_shop::Settings;
use tower::ServiceExt;
use url::form_urlencoded;

use crate::fake_api::FakeApi;

pub(crate) struct Browser {
    shop: Router,
    cookie: Option<String>,
}

pub(crate) struct Shown {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) html: String,
}

impl Browser {
    pub(crate) fn at(api: &FakeApi) -> Self {
        Self::at_shop(&api.base_url, "http://shop.example")
    }

    pub(crate) fn at_shop(base_url: &str, public_url: &str) -> Self {
        let settings = Settings {
            base_url: base_url.parse().unwrap(),
            project: "demo".to_owned(),
            api_key: "key_for_tests".into(),
            public_url: public_url.parse().unwrap(),
            stripe_script: Some("https://stripe.example/v3/".parse().unwrap()),
        };
        Self { shop: phone_shop::router(settings).unwrap(), cookie: None }
    }

    /// Logs in through the form.
    pub(crate) async fn logged_in_as(mut self, email: &str) -> Self {
        let shown = self.submit("/log-in", &[("email", email)]).await;
        assert_eq!(shown.status, StatusCode::SEE_OTHER, "{}", shown.html);
        self
    }

    pub(crate) async fn open(&mut self, path: &str) -> Shown {
        self.send(Method::GET, path, Body::empty()).await
    }

    pub(crate) async fn submit(&mut self, path: &str, fields: &[(&str, &str)]) -> Shown {
        let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.send(Method::POST, path, Body::from(form)).await
    }

    async fn send(&mut self, method: Method, path: &str, body: Body) -> Shown {
        let mut request = Request::builder().method(method).uri(path);
        request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        if let Some(cookie) = &self.cookie {
            request = request.header(COOKIE, format!("theme=dark; {cookie}"));
        }
        let response = self.shop.clone().oneshot(request.body(body).unwrap()).await.unwrap();
        if let Some(cookie) = response.headers().get(SET_COOKIE) {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            self.cookie = Some(pair.to_owned());
        }
        let (parts, body) = response.into_parts();
        let html = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        let html = String::from_utf8(html.into()).unwrap();
        Shown { status: parts.status, headers: parts.headers, html }
    }
}

impl Shown {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Where the browser is sent.
    pub(crate) fn redirect(&self) -> &str {
        assert_eq!(self.status, StatusCode::SEE_OTHER, "{}", self.html);
        self.header(LOCATION.as_str())
    }

    /// The message on top of the page, with its role.
    pub(crate) fn alert(&self) -> Option<(&str, &str)> {
        let (_, alert) = self.html.split_once(r#"<p class="alert"#)?;
        let (_, role) = alert.split_once(r#"role=""#)?;
        let (role, message) = role.split_once(r#"">"#)?;
        Some((role, message.split_once("</p>")?.0))
    }
}
