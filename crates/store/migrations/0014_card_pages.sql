-- A card that was given on Stripe's page, and of which neither the customer nor an event told, is looked for: when next.
ALTER TABLE connect_sessions ADD COLUMN card_page_look_at TIMESTAMP_US;
CREATE INDEX connect_sessions_by_card_page ON connect_sessions (card_page_look_at) WHERE card_page_look_at IS NOT NULL;
