-- Whether a business wants to enter another card for what it confirmed: who looks again later pays no other way.
ALTER TABLE checkout_forms ADD COLUMN at_stripe BOOLEAN NOT NULL DEFAULT FALSE;
