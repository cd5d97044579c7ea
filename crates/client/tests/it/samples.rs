//! Objects as the contract shows them, with one property that no client knows yet.

use serde_json::{Value, json};

pub(crate) fn list(items: &[Value]) -> Value {
    json!({ "object": "list", "items": items, "moreItemsAfter": null, "moreItemsBefore": null })
}

pub(crate) fn plan(id: &str) -> Value {
    json!({
        "object": "plan", "id": id, "metadata": {}, "colourOfTheSleeve": "blue",
        "activationTrigger": "creation", "firstPeriodTrigger": "activation",
        "allowances": { "dataBytes": 12_000_000_000_u64, "voiceSeconds": null, "smsMessages": 250 },
        "coverage": { "object": "coverage", "id": "alps", "name": "Alps", "countries": ["AT", "CH"] },
        "createdAt": "2031-03-04T05:06:07Z", "description": null, "image": null,
        "limits": { "dataBytes": null, "bandwidthBitsPerSecond": null, "throttling": null },
        "name": "Marmot 12", "price": { "amount": 1450, "currency": "EUR" }, "provider": "test",
        "requirements": { "address": "none", "device": "none", "user.birthday": "none", "user.fullName": "present" },
        "simTypes": ["eSIM"], "status": "available",
        "validity": { "type": "recurring", "unit": "month", "value": 1, "minimumPeriods": 1 }
    })
}

pub(crate) fn user(id: &str, email: &str) -> Value {
    json!({
        "object": "user", "id": id, "metadata": { "tier": "gold" }, "email": email, "emailVerified": false,
        "fullName": "Ada Byron", "birthday": "1995-12-10", "preferredLocale": "en-GB", "status": "active",
        "createdAt": "2031-03-04T05:06:07Z"
    })
}

pub(crate) fn sim(id: &str) -> Value {
    json!({
        "object": "sim", "id": id, "metadata": {}, "iccid": "89310000000000004217", "provider": "test",
        "type": "eSIM", "status": "active", "createdAt": "2031-03-05T09:00:00Z"
    })
}

pub(crate) fn subscription(id: &str) -> Value {
    json!({
        "object": "subscription", "id": id, "metadata": {}, "status": "active",
        "phoneNumber": "+31970555010", "plan": plan("pln_1"), "user": user("usr_1", "ada@shop.example"),
        "sim": sim("sim_1"),
        "currentPeriod": { "number": 2, "start": "2031-04-05T09:00:40Z", "end": "2031-05-05T09:00:40Z" },
        "createdAt": "2031-03-05T09:00:00Z", "activatedAt": "2031-03-05T09:00:40Z", "firstUsageAt": null,
        "canceledAt": null, "endedAt": null, "earliestEndAt": "2031-05-05T09:00:40Z",
        "cancellationDetails": null, "restrictedAt": null, "restrictionDetails": null, "billing": null,
        "userAddress": null, "porting": null, "lastPorting": null
    })
}

pub(crate) fn addon(id: &str) -> Value {
    json!({
        "object": "addon", "id": id, "metadata": {}, "name": "Five more", "description": null,
        "status": "available", "type": "topUp", "price": { "amount": 500, "currency": "EUR" },
        "allowances": { "dataBytes": 5_000_000_000_u64, "voiceSeconds": 0, "smsMessages": 0 },
        "provider": "test", "plans": ["pln_1"], "recurrenceType": "oneTime", "validity": null,
        "coverage": null, "activationTrigger": "creation", "createdAt": "2031-03-04T05:06:07Z"
    })
}

pub(crate) fn address(id: &str) -> Value {
    json!({
        "object": "userAddress", "id": id, "user": "usr_1", "line1": "1 Mill Lane", "line2": null,
        "city": "Leeds", "state": null, "postalCode": "LS1 1AA", "country": "GB",
        "createdAt": "2031-03-04T05:06:07Z"
    })
}

pub(crate) fn session(id: &str, intent: &Value) -> Value {
    json!({
        "object": "connectSession", "id": id, "appearance": { "theme": "light" },
        "callbackUrl": "https://shop.example/phone-plans", "intent": intent,
        "url": "https://pay.example/checkout/entry?session=csn_1&token=hush", "user": null
    })
}
