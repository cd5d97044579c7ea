-- What Stripe told word for word is kept for a while only: finding what has been kept for long enough. Only what is done
-- with has a time at which it was settled.

CREATE INDEX stripe_events_by_payload_age ON stripe_events (settled_at) WHERE payload <> '';
