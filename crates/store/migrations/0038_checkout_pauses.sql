-- When the sweep asks Stripe about a checkout again that nobody told us about; empty while it is asked about every time.
-- A page that is open for a day, and a debit that takes days, need not be asked about every few seconds.
ALTER TABLE checkouts ADD COLUMN look_at TIMESTAMP_US;
-- When Stripe last said that a price, or its product, changed: what was asked before that is no news any more.
ALTER TABLE prices ADD COLUMN stripe_forgotten_at TIMESTAMP_US;
