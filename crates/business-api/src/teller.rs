//! What others are told of subscriptions (contract §10.2).

use perennial_core::business::{find_with_directory, had_app_before, has_app_otherwise, line_of};
use perennial_core::events::Happening;
use perennial_core::ports::{Happened, Message, Teller, Telling};
use perennial_core::store::tables::BusinessSubscription;
use perennial_core::store::{StoreError, Tx};
use perennial_domain::{DirectoryId, Id, LiveStateSpelling, SubscriptionId, WebhookFlavour};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::dates;
use crate::wire::{Place, SubscriptionBody};
use crate::wire_v3::SubscriptionV3Body;

/// Tells in the words of the Business API.
#[derive(Clone, Copy, Debug, Default)]
pub struct BusinessTeller;

impl Teller for BusinessTeller {
    fn flavour(&self) -> WebhookFlavour {
        WebhookFlavour::Business
    }

    fn tell(&self, tx: &mut Tx<'_>, happened: &Happened) -> Result<Vec<Telling>, StoreError> {
        let Some(event_type) = event_type(happened.what) else { return Ok(Vec::new()) };
        let id = happened.subject_as::<SubscriptionId>();
        let found = find_with_directory(tx, happened.project, id)?;
        let Some((row, directory)) = found else { return Ok(Vec::new()) };
        // What takes the place of another is told after that one's end, in its lane (contract §9.3).
        let lane = line_of(tx, happened.project, id)?;
        let telling = |message_type, data| telling(&row, directory, lane, message_type, data);
        let mut tellings = vec![
            telling(format!("purchasable_subscription/{event_type}"), first_version(&row, happened)),
            telling(format!("subscription/{event_type}"), third_version(&row, happened)),
        ];
        if let Some(app) = row.app()
            && let Some(change) = install(tx, happened, &row)?
        {
            let of_app = |entity: &str, data| Telling {
                lane: Some(lane_of_app(&row, app)),
                ..telling(format!("{entity}/{change}"), data)
            };
            let event_time = dates::written(happened.at);
            tellings.extend([
                of_app("app_subscription", json!({ "business_id": row.business.uid, "app_id": app })),
                of_app(
                    "application",
                    json!({ "business_id": row.business.uid, "app_code_name": app, "event_time": event_time }),
                ),
            ]);
        }
        Ok(tellings)
    }

    fn body(&self, message: Message<'_>) -> Value {
        let (entity_name, event_type) =
            message.message_type.split_once('/').unwrap_or((message.message_type, ""));
        json!({ "entity_name": entity_name, "event_type": event_type, "data": message.data })
    }
}

/// A paid renewal changes nothing that is told (contract §13.11), and what is activated was created a moment before.
const fn event_type(what: Happening) -> Option<&'static str> {
    match what {
        Happening::SubscriptionCreated => Some("created"),
        Happening::SubscriptionCanceled
        | Happening::SubscriptionResumed
        | Happening::SubscriptionEnded
        | Happening::SubscriptionRestricted
        | Happening::SubscriptionRestored
        | Happening::SubscriptionUpdated => Some("update"),
        _ => None,
    }
}

/// Whether the business has the app from now on, or has it no more. Another plan of the same app is neither: told that it is
/// gone, an app would end what was just paid (contract §9.5).
fn install(
    tx: &mut Tx<'_>,
    happened: &Happened,
    row: &BusinessSubscription,
) -> Result<Option<&'static str>, StoreError> {
    let (project, at) = (happened.project, happened.at);
    Ok(match happened.what {
        Happening::SubscriptionCreated => (!had_app_before(tx, project, row, at)?).then_some("installed"),
        Happening::SubscriptionEnded => (!has_app_otherwise(tx, project, row, at)?).then_some("uninstalled"),
        _ => None,
    })
}

/// That an app comes and goes is told in order, whatever subscriptions it comes by.
fn lane_of_app(row: &BusinessSubscription, app: &str) -> Uuid {
    let digest = Sha256::new().chain_update(row.holding.customer_id.uuid()).chain_update(app).finalize();
    Uuid::from_slice(&digest[..16]).unwrap_or_default()
}

fn telling(
    row: &BusinessSubscription,
    directory: Option<DirectoryId>,
    lane: SubscriptionId,
    message_type: String,
    data: Value,
) -> Telling {
    Telling {
        message_type,
        data,
        lane: Some(lane.uuid()),
        customer: Some(row.holding.customer_id),
        directory,
        app: row.app().map(str::to_owned),
    }
}

/// The full shape and the thin one together.
fn first_version(row: &BusinessSubscription, happened: &Happened) -> Value {
    let body = SubscriptionBody::of(row, Place::Listed, LiveStateSpelling::Purchased, happened.at);
    let mut data = serde_json::to_value(body).unwrap_or_default();
    data["business_id"] = json!(row.business.uid);
    data["subscription_uid"] = json!(row.holding.id.uuid());
    data
}

fn third_version(row: &BusinessSubscription, happened: &Happened) -> Value {
    serde_json::to_value(SubscriptionV3Body::of(row, Place::Listed, happened.at)).unwrap_or_default()
}
