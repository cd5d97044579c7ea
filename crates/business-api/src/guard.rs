//! What stands before every route: the token, the business that it speaks for, and the idempotency key (contract §2, §13.8).

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::header::{AUTHORIZATION, CACHE_CONTROL};
use http::{HeaderMap, HeaderValue, Method};
use perennial_core::actor::{Actor, acting};
use perennial_core::business::{Caller, NarrowError, find_caller, narrow};
use perennial_core::secrets;
use perennial_http::{idempotency_key, run_once};

use crate::caller::Known;
use crate::door::Door;
use crate::platform::answer_at;
use crate::refusal::Refusal;

/// Narrows a token to one business.
const ON_BEHALF_OF: &str = "x-on-behalf-of";

/// Lets those in who have a token.
pub(crate) async fn stand(State(door): State<Door>, request: Request, next: Next) -> Response {
    let uri = request.uri().clone();
    let admitted = admit(&door, request, next).await;
    let mut response = admitted.unwrap_or_else(|refusal| answer_at(&uri, refusal));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

async fn admit(door: &Door, mut request: Request, next: Next) -> Result<Response, Refusal> {
    let caller = authenticate(door, request.headers()).await?;
    request.extensions_mut().insert(Known(Arc::clone(&caller)));
    // A repeated DELETE or PUT does no harm by itself.
    let key = if *request.method() == Method::POST { idempotency_key(&request)? } else { None };
    let actor = actor(&caller);
    match key {
        None => Ok(acting(actor, next.run(request)).await),
        Some(key) => {
            let key = key_of_caller(&caller, &key);
            Ok(acting(actor, run_once(&door.app, caller.project(), key, request, next)).await?)
        }
    }
}

/// The staff member behind a token, or else the token itself: who works with it is not known.
fn actor(caller: &Caller) -> Actor {
    match &caller.member {
        Some(member) => Actor::Member { member: member.id },
        None => Actor::Token { token: caller.token.id },
    }
}

/// The keys of two tokens never meet, nor those of two businesses that one token speaks for: who made up the same key may
/// not do the same, and an answer can hold a secret. No header holds a line feed, so that no key passes for another's.
fn key_of_caller(caller: &Caller, key: &str) -> String {
    let business = caller.business.as_ref().map(|view| view.business.customer_id.to_string());
    format!("{}\n{}\n{key}", caller.token.id, business.unwrap_or_default())
}

async fn authenticate(door: &Door, headers: &HeaderMap) -> Result<Arc<Caller>, Refusal> {
    let token = bearer_token(headers).ok_or_else(Refusal::no_token)?;
    let caller = find(door, token).await?;
    let Some(business) = headers.get(ON_BEHALF_OF) else { return Ok(caller) };
    let business = business.to_str().map_err(|_| Refusal::not_yours())?.to_owned();
    let narrowed = door.app.read_once(move |_, tx| narrow(tx, Caller::clone(&caller), &business)).await;
    match narrowed {
        Ok(caller) => Ok(Arc::new(caller)),
        Err(NarrowError::OutOfSight) => Err(Refusal::not_yours()),
        Err(NarrowError::Store(error)) => Err(error.into()),
    }
}

async fn find(door: &Door, token: &str) -> Result<Arc<Caller>, Refusal> {
    let hash = secrets::hash(token);
    if let Some(known) = door.callers.get(&hash) {
        // It may have expired since it was remembered.
        return if known.token.is_valid_at(door.app.now()) { Ok(known) } else { Err(Refusal::no_token()) };
    }
    let found = door.app.read(move |cx, tx| find_caller(cx, tx, &hash)).await?;
    let caller = Arc::new(found.ok_or_else(Refusal::no_token)?);
    door.callers.put(hash, Arc::clone(&caller));
    Ok(caller)
}

fn bearer_token(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let (scheme, token) = values.next()?.to_str().ok()?.split_once(' ')?;
    let is_alone = values.next().is_none();
    (is_alone && scheme.eq_ignore_ascii_case("Bearer"))
        .then(|| token.trim())
        .filter(|token| !token.is_empty())
}
