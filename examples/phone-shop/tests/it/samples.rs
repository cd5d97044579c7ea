//! Objects as the API sends them.

use serde_json::{Value, json};

pub(crate) fn list(items: &[Value]) -> Value {
    json!({ "object": "list", "items": items, "moreItemsAfter": null, "moreItemsBefore": null })
}

pub(crate) fn plan(id: &str, name: &str) -> Value {
    json!({
        "object": "plan", "id": id, "metadata": {}, "name": name, "description": null, "image": null,
        "activationTrigger": "creation", "firstPeriodTrigger": "activation",
        "allowances": { "dataBytes": 12_000_000_000_u64, "voiceSeconds": null, "smsMessages": 250 },
        "coverage": { "object": "coverage", "id": "alps", "name": "Alps", "countries": ["AT", "CH"] },
        "limits": { "dataBytes": null, "bandwidthBitsPerSecond": null, "throttling": null },
        "price": { "amount": 1450, "currency": "EUR" }, "provider": "test",
        "requirements": { "address": "none", "device": "none", "user.birthday": "none", "user.fullName": "none" },
        "simTypes": ["eSIM"], "status": "available",
        "validity": { "type": "recurring", "unit": "month", "value": 1, "minimumPeriods": 1 },
        "createdAt": "2031-03-04T05:06:07Z"
    })
}

pub(crate) fn user(email: &str) -> Value {
    json!({
        "object": "user", "id": "usr_1", "metadata": {}, "email": email, "emailVerified": false,
        "fullName": "Ada Byron", "birthday": null, "preferredLocale": "en-GB", "status": "active",
        "createdAt": "2031-03-04T05:06:07Z"
    })
}

/// A running subscription to [`plan`] `pln_1`.
pub(crate) fn subscription(id: &str, plan_name: &str) -> Value {
    json!({
        "object": "subscription", "id": id, "metadata": {}, "status": "active",
        "phoneNumber": "+31970555010", "plan": plan("pln_1", plan_name), "user": user("ada@shop.example"),
        "sim": null, "currentPeriod": { "number": 2, "start": "2031-04-05T09:00:40Z", "end": "2031-05-05T09:00:40Z" },
        "createdAt": "2031-03-05T09:00:00Z", "activatedAt": "2031-03-05T09:00:40Z", "firstUsageAt": null,
        "canceledAt": null, "endedAt": null, "earliestEndAt": null, "cancellationDetails": null,
        "userAddress": null, "porting": null, "lastPorting": null
    })
}

pub(crate) fn addon(id: &str, name: &str, plans: &[&str]) -> Value {
    json!({
        "object": "addon", "id": id, "metadata": {}, "name": name, "description": null,
        "status": "available", "type": "topUp", "price": { "amount": 500, "currency": "EUR" },
        "allowances": { "dataBytes": 5_000_000_000_u64, "voiceSeconds": 0, "smsMessages": 0 },
        "provider": "test", "plans": plans, "recurrenceType": "oneTime", "validity": null,
        "coverage": null, "activationTrigger": "creation", "createdAt": "2031-03-04T05:06:07Z"
    })
}

/// [`addon`], bought for a subscription.
pub(crate) fn subscription_addon(addon: &Value, subscription: &str, ended_at: &str) -> Value {
    json!({
        "object": "subscriptionAddon", "id": "sad_1", "metadata": {}, "addon": addon,
        "subscription": subscription, "user": "usr_1", "status": "active", "currentPeriod": null,
        "activatedAt": "2031-03-05T09:00:40Z", "canceledAt": null, "endedAt": ended_at,
        "createdAt": "2031-03-05T09:00:00Z"
    })
}

pub(crate) fn session(intent: &Value, url: Option<&str>) -> Value {
    json!({
        "object": "connectSession", "id": "csn_1", "appearance": {}, "callbackUrl": null,
        "intent": intent, "url": url, "user": null
    })
}
