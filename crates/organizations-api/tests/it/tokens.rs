//! Access tokens: forged ones, old ones, others' ones; and an operator's own identity provider.

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use bytes::Bytes;
use jiff::SignedDuration;
use perennial_core::organizations::{NewMember, create_member, replace_signing_secret, signing_secrets};
use perennial_domain::{Email, MemberRole, TokenIssuer};
use perennial_organizations_api::{FetchKeysError, KeySource};
use perennial_testkit::Answer;
use ring::hmac;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use tokio::sync::Notify;
use url::Url;

use crate::house::{FRONTEND, House, Tenant, code};

/// 2031-03-04T06:06:07Z: in an hour, on the tests' clock.
const IN_AN_HOUR: i64 = 1_930_370_767;
const NOW: i64 = IN_AN_HOUR - 3600;

fn unsigned(header: &Value, claims: &Value) -> String {
    format!("{}.{}", BASE64.encode(header.to_string()), BASE64.encode(claims.to_string()))
}

fn signed_with(secret: &[u8], header: &Value, claims: &Value) -> String {
    let message = unsigned(header, claims);
    let signature = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), message.as_bytes());
    format!("{message}.{}", BASE64.encode(signature.as_ref()))
}

async fn secret(house: &House) -> SecretString {
    signing_secrets(house.merchant.app(), house.merchant.project()).await.unwrap().remove(0).secret
}

/// A token that the project's own secret has signed, for whomever. It outlives the years that a test lets pass.
pub(crate) async fn ours(house: &House, user_id: &str) -> String {
    let claims = json!({ "userId": user_id, "email": "x@example.com", "exp": 5_000_000_000_i64 });
    signed_with(secret(house).await.expose_secret().as_bytes(), &json!({ "alg": "HS256" }), &claims)
}

async fn my(house: &House, token: &str) -> Answer {
    house.bearer(token).get("/subscriptions/my").await
}

#[tokio::test]
async fn only_what_we_signed_for_this_project_and_this_hour_lets_in() {
    let house = House::open().await;
    let tenant = house.tenant("harbour").await;
    let user_id = tenant.member.external_id.as_str();
    let secret = secret(&house).await;
    let secret = secret.expose_secret().as_bytes();
    let header = json!({ "alg": "HS256", "typ": "JWT" });
    let claims = json!({ "userId": user_id, "email": "x@example.com", "exp": IN_AN_HOUR });
    let with = |name: &str, value: Value| {
        let mut changed = claims.clone();
        changed[name] = value;
        changed
    };
    for good in [
        claims.clone(),
        with("aud", json!("p")),
        with("aud", json!(["q", "p"])),
        with("type", json!("access")),
    ] {
        my(&house, &signed_with(secret, &header, &good)).await.expect(200);
    }
    let unsigned_token = format!("{}.", unsigned(&json!({ "alg": "none" }), &claims));
    let good = signed_with(secret, &header, &claims);
    let (message, signature) = good.rsplit_once('.').unwrap();
    let forged_claims = unsigned(&header, &with("userId", json!("somebody-else")));
    for (what, token) in [
        ("forged", signed_with(b"another secret", &header, &claims)),
        ("altered", format!("{forged_claims}.{signature}")),
        ("cut", message.to_owned()),
        ("alg=none", unsigned_token),
        ("alg=none, signed", signed_with(secret, &json!({ "alg": "none" }), &claims)),
        ("alg=HS512", signed_with(secret, &json!({ "alg": "HS512" }), &claims)),
        ("alg=RS256", signed_with(secret, &json!({ "alg": "RS256" }), &claims)),
        ("unknown key", signed_with(secret, &json!({ "alg": "HS256", "kid": "tok_1" }), &claims)),
        ("expired", signed_with(secret, &header, &with("exp", json!(NOW)))),
        ("endless", signed_with(secret, &header, &with("exp", Value::Null))),
        ("early", signed_with(secret, &header, &with("nbf", json!(NOW + 1)))),
        ("wrong audience", signed_with(secret, &header, &with("aud", json!("q")))),
        ("a refresh token", signed_with(secret, &header, &with("type", json!("refresh")))),
        ("of nobody", signed_with(secret, &header, &json!({ "exp": IN_AN_HOUR }))),
        ("no token", "x".to_owned()),
    ] {
        assert_eq!(code(my(&house, &token).await, 401), "NO_AUTH_USER", "{what}");
    }
}

#[tokio::test]
async fn a_token_works_for_an_hour() {
    let house = House::open().await;
    house.tenant("harbour").await;
    let token = log_in(&house).await;
    house.merchant.test.clock().advance(SignedDuration::from_secs(3599));
    my(&house, &token).await.expect(200);
    house.merchant.test.clock().advance(SignedDuration::from_secs(1));
    assert_eq!(code(my(&house, &token).await, 401), "NO_AUTH_USER");
}

#[tokio::test]
async fn a_new_secret_signs_and_the_old_one_is_taken_for_a_while() {
    let house = House::open().await;
    house.tenant("harbour").await;
    let before = log_in(&house).await;
    let (app, project) = (house.merchant.app(), house.merchant.project());
    replace_signing_secret(app, project, None, SignedDuration::from_mins(10)).await.unwrap();
    my(&house, &before).await.expect(200);
    let fresh = log_in(&house).await;
    house.merchant.test.clock().advance(SignedDuration::from_mins(10));
    assert_eq!(code(my(&house, &before).await, 401), "NO_AUTH_USER");
    my(&house, &fresh).await.expect(200);
}

async fn log_in(house: &House) -> String {
    house.log_in("owner@harbour.example").await["accessToken"].as_str().unwrap().to_owned()
}

/// An identity provider: a key set, which can change, and be away.
pub(crate) struct Provider {
    /// How long the door relies on a set.
    pub(crate) keys_max_age: Duration,
    keys: Mutex<Option<Value>>,
    asked: Mutex<u32>,
    hangs: Mutex<Option<Arc<Hanging>>>,
    /// Has whoever asks panic.
    breaks: AtomicBool,
}

impl Default for Provider {
    fn default() -> Self {
        Self {
            keys_max_age: Duration::from_mins(10),
            keys: Mutex::default(),
            asked: Mutex::default(),
            hangs: Mutex::default(),
            breaks: AtomicBool::default(),
        }
    }
}

/// A question that is not answered until the test says so.
#[derive(Default)]
struct Hanging {
    begun: Notify,
    go_on: Notify,
}

impl Provider {
    /// From now on the next question hangs.
    fn hang(&self) -> Arc<Hanging> {
        let hanging = Arc::new(Hanging::default());
        *self.hangs.lock().unwrap() = Some(Arc::clone(&hanging));
        hanging
    }
}

impl KeySource for Provider {
    fn fetch<'a>(
        &'a self,
        _: &'a Url,
    ) -> Pin<Box<dyn Future<Output = Result<Bytes, FetchKeysError>> + Send + 'a>> {
        assert!(!self.breaks.load(Ordering::Relaxed), "the provider breaks");
        *self.asked.lock().unwrap() += 1;
        let keys = self.keys.lock().unwrap().clone();
        let answer = keys.ok_or_else(|| FetchKeysError::Fetch("the provider is away".into()));
        let hanging = self.hangs.lock().unwrap().take();
        Box::pin(async move {
            if let Some(hanging) = hanging {
                hanging.begun.notify_one();
                hanging.go_on.notified().await;
            }
            answer.map(|keys| Bytes::from(keys.to_string()))
        })
    }
}

/// A key of an identity provider.
struct Signer {
    kid: &'static str,
    pair: EcdsaKeyPair,
}

impl Signer {
    fn new(kid: &'static str) -> Self {
        let random = SystemRandom::new();
        let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document.as_ref(), &random);
        Self { kid, pair: pair.unwrap() }
    }

    fn jwk(&self) -> Value {
        let point = self.pair.public_key().as_ref();
        json!({
            "kty": "EC", "crv": "P-256", "use": "sig", "kid": self.kid,
            "x": BASE64.encode(&point[1..33]), "y": BASE64.encode(&point[33..]),
        })
    }

    fn token(&self, claims: &Value) -> String {
        let message = unsigned(&json!({ "alg": "ES256", "kid": self.kid }), claims);
        let signature = self.pair.sign(&SystemRandom::new(), message.as_bytes()).unwrap();
        format!("{message}.{}", BASE64.encode(signature.as_ref()))
    }
}

/// A house whose operator has an identity provider of their own.
async fn with_provider() -> (House, Tenant, Arc<Provider>) {
    with_this_provider(Provider::default()).await
}

async fn with_this_provider(provider: Provider) -> (House, Tenant, Arc<Provider>) {
    let provider = Arc::new(provider);
    let issuer = TokenIssuer {
        jwks_url: "https://id.example/keys".parse().unwrap(),
        issuer: "https://id.example".to_owned(),
        audience: "notes".to_owned(),
    };
    let house = House::with_provider(|settings| settings.token_issuer = Some(issuer), &provider).await;
    let tenant = house.tenant("harbour").await;
    (house, tenant, provider)
}

fn claims_of(tenant: &Tenant) -> Value {
    json!({ "sub": tenant.member.external_id, "iss": "https://id.example", "aud": "notes", "exp": IN_AN_HOUR })
}

#[tokio::test]
async fn an_identity_provider_may_issue_the_tokens() {
    let (house, tenant, provider) = with_provider().await;
    let signer = Signer::new("one");
    *provider.keys.lock().unwrap() = Some(json!({ "keys": [signer.jwk()] }));
    let claims = claims_of(&tenant);
    my(&house, &signer.token(&claims)).await.expect(200);
    for (name, value) in [
        ("aud", json!("other")),
        ("aud", Value::Null),
        ("iss", json!("https://evil.example")),
        ("iss", Value::Null),
        ("exp", json!(NOW - 61)),
    ] {
        let mut wrong = claims.clone();
        wrong[name] = value;
        assert_eq!(code(my(&house, &signer.token(&wrong)).await, 401), "NO_AUTH_USER", "{name}: {wrong}");
    }
    assert_eq!(
        code(my(&house, &Signer::new("one").token(&claims)).await, 401),
        "NO_AUTH_USER",
        "another's key"
    );
    // Who moves to a provider closes the door beside it.
    assert_eq!(code(tenant.api.get("/subscriptions/my").await, 401), "NO_AUTH_USER");
    let password = json!({ "email": "owner@harbour.example", "password": "whatever it was" });
    assert_eq!(code(house.anybody().post("/user/login", password).await, 401), "NO_PASSWORD_SET");
    let refresh = json!({ "refreshToken": "whatever it was" });
    assert_eq!(code(house.anybody().post("/user/refresh", refresh).await, 401), "NO_AUTH_USER");
}

#[tokio::test]
async fn a_provider_that_hangs_keeps_nobody_out_whose_key_is_known() {
    let (house, tenant, provider) = with_provider().await;
    let known = Signer::new("known");
    let claims = claims_of(&tenant);
    *provider.keys.lock().unwrap() = Some(json!({ "keys": [known.jwk()] }));
    my(&house, &known.token(&claims)).await.expect(200);

    let hanging = provider.hang();
    let invented = Signer::new("invented").token(&claims);
    let waiting = my(&house, &invented);
    let others = async {
        hanging.begun.notified().await;
        my(&house, &known.token(&claims)).await.expect(200);
        hanging.go_on.notify_one();
    };
    let (refused, ()) = tokio::join!(waiting, others);
    assert_eq!(code(refused, 401), "NO_AUTH_USER");
}

#[tokio::test]
async fn a_panic_is_answered_in_the_envelope_and_the_operators_pages_can_read_it() {
    let (house, tenant, provider) = with_provider().await;
    let signer = Signer::new("one");
    let page = house.bearer(&signer.token(&claims_of(&tenant))).with("origin", FRONTEND);
    provider.breaks.store(true, Ordering::Relaxed);
    let answer = page.get("/subscriptions/my").await;
    assert_eq!(answer.headers["access-control-allow-origin"], FRONTEND);
    assert!(!answer.body["message"].as_str().unwrap().contains("breaks"), "{}", answer.body);
    assert_eq!(code(answer, 500), "INTERNAL_ERROR");

    provider.breaks.store(false, Ordering::Relaxed);
    *provider.keys.lock().unwrap() = Some(json!({ "keys": [signer.jwk()] }));
    page.get("/subscriptions/my").await.expect(200);
}

#[tokio::test]
async fn keys_are_remembered_rotated_and_outlive_an_outage() {
    let (house, tenant, provider) = with_provider().await;
    let (old, new) = (Signer::new("old"), Signer::new("new"));
    let claims = claims_of(&tenant);
    assert_eq!(code(my(&house, &old.token(&claims)).await, 500), "INTERNAL_ERROR", "nobody can tell yet");

    *provider.keys.lock().unwrap() = Some(json!({ "keys": [old.jwk()] }));
    my(&house, &old.token(&claims)).await.expect(200);
    let asked = *provider.asked.lock().unwrap();
    my(&house, &old.token(&claims)).await.expect(200);
    assert_eq!(*provider.asked.lock().unwrap(), asked, "the set is remembered");

    *provider.keys.lock().unwrap() = Some(json!({ "keys": [old.jwk(), new.jwk()] }));
    my(&house, &new.token(&claims)).await.expect(200);
    *provider.keys.lock().unwrap() = None;
    my(&house, &old.token(&claims)).await.expect(200);
    assert_eq!(code(my(&house, &Signer::new("none").token(&claims)).await, 401), "NO_AUTH_USER");
}

#[tokio::test]
async fn a_key_that_was_withdrawn_works_no_more_once_the_set_is_too_old() {
    let provider = Provider { keys_max_age: Duration::ZERO, ..Provider::default() };
    let (house, tenant, provider) = with_this_provider(provider).await;
    let (stolen, new) = (Signer::new("stolen"), Signer::new("new"));
    let claims = claims_of(&tenant);
    *provider.keys.lock().unwrap() = Some(json!({ "keys": [stolen.jwk()] }));
    my(&house, &stolen.token(&claims)).await.expect(200);
    *provider.keys.lock().unwrap() = Some(json!({ "keys": [new.jwk()] }));
    assert_eq!(code(my(&house, &stolen.token(&claims)).await, 401), "NO_AUTH_USER");
    my(&house, &new.token(&claims)).await.expect(200);
}

/// Made once with OpenSSL, for this test alone: 2048 bits, exponent 65537.
mod rsa {
    pub(super) const MODULUS_AND_TOKEN: &str = include_str!("rs256.json");
}

#[tokio::test]
async fn rs256_is_proven_as_well() {
    let (house, tenant, provider) = with_provider().await;
    let kept: Value = serde_json::from_str(rsa::MODULUS_AND_TOKEN).unwrap();
    *provider.keys.lock().unwrap() = Some(json!({ "keys": [kept["jwk"]] }));
    let answer = my(&house, kept["token"].as_str().unwrap()).await;
    assert_eq!(code(answer, 404), "USER_NOT_FOUND", "the signature is good, and nobody here is called so");
    let (app, project) = (house.merchant.app(), house.merchant.project());
    let named = NewMember {
        external_id: Some("user-of-the-provider".to_owned()),
        organization: Some(tenant.organization.id),
        email: Email::parse("rsa@harbour.example").unwrap(),
        full_name: "Ada Quill".to_owned(),
        role: MemberRole::User,
    };
    app.write(move |cx, tx| create_member(cx, tx, project, &named)).await.unwrap();
    my(&house, kept["token"].as_str().unwrap()).await.expect(200);
    let forged = kept["token"].as_str().unwrap().replacen("eyJ", "eyK", 1);
    assert_eq!(code(my(&house, &forged).await, 401), "NO_AUTH_USER");
}
