//! Who does what is done just now, for the events that come of it.
//!
//! A door says so once, around the whole request; use cases do not pass it on. Where it is found out only on the way, as by
//! an extractor, the door puts the whole request into nobody's name and [`identified`] corrects that. What nobody vouches
//! for is done by the system: jobs, webhooks of Stripe's, commands.

use std::cell::Cell;
use std::future::Future;

use perennial_domain::{ApiKeyId, BusinessTokenId, CustomerId, MemberId};
use serde::Serialize;

/// Who acts, in the words of contracts/projects-api.md §2.17.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Actor {
    /// An app, by its key.
    ApiKey {
        /// Which.
        api_key: ApiKeyId,
    },
    /// Another system, by its token of the third door: that door's key.
    #[serde(rename = "apiKey")]
    Token {
        /// Which.
        #[serde(rename = "apiKey")]
        token: BusinessTokenId,
    },
    /// A customer.
    User {
        /// Which.
        user: CustomerId,
    },
    /// A person who acts for a customer.
    Member {
        /// Which.
        member: MemberId,
    },
    /// Nobody: it was due, or Stripe told of it.
    System,
}

tokio::task_local! {
    static ACTOR: Cell<Actor>;
}

/// Does `work` in this actor's name.
pub async fn acting<F: Future>(actor: Actor, work: F) -> F::Output {
    ACTOR.scope(Cell::new(actor), work).await
}

/// From here on the present work is done in this actor's name. Without an [`acting`] around it nothing happens.
pub fn identified(actor: Actor) {
    let _ = ACTOR.try_with(|acting| acting.set(actor));
}

/// Goes on in the name of whoever acts now, for work that is handed to a task of its own.
pub fn still_acting<F: Future>(work: F) -> impl Future<Output = F::Output> {
    acting(current(), work)
}

/// In whose name the present work is done.
pub(crate) fn current() -> Actor {
    ACTOR.try_with(Cell::get).unwrap_or(Actor::System)
}

#[cfg(test)]
mod tests {
    use super::*;
    use perennial_domain::Id;
    use serde_json::json;
    use uuid::Uuid;

    #[tokio::test]
    async fn what_nobody_vouches_for_is_done_by_the_system() {
        let api_key = ApiKeyId::from_uuid(Uuid::from_u128(7));
        let within = acting(Actor::ApiKey { api_key }, async { current() }).await;
        assert_eq!(within, Actor::ApiKey { api_key });
        assert_eq!(current(), Actor::System);
    }

    #[tokio::test]
    async fn who_is_found_out_on_the_way_acts_from_there_on() {
        let user = CustomerId::from_uuid(Uuid::from_u128(7));
        let work = async {
            identified(Actor::User { user });
            still_acting(async { current() }).await
        };
        assert_eq!(acting(Actor::System, work).await, Actor::User { user });
        identified(Actor::User { user });
        assert_eq!(current(), Actor::System);
    }

    #[test]
    fn an_actor_is_spelled_as_the_contract_does() {
        let api_key = ApiKeyId::from_uuid(Uuid::from_u128(7));
        let spelled = serde_json::to_value(Actor::ApiKey { api_key }).unwrap();
        assert_eq!(spelled, json!({ "type": "apiKey", "apiKey": api_key.to_string() }));
        let token = BusinessTokenId::from_uuid(Uuid::from_u128(7));
        let spelled = serde_json::to_value(Actor::Token { token }).unwrap();
        assert_eq!(spelled, json!({ "type": "apiKey", "apiKey": token.to_string() }));
        assert_eq!(serde_json::to_value(Actor::System).unwrap(), json!({ "type": "system" }));
    }
}
