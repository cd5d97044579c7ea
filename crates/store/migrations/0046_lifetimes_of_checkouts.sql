-- Whether Stripe was left to close a checkout's page by itself. Asking it twice must be asking the same.
ALTER TABLE checkouts ADD COLUMN has_stripes_lifetime BOOLEAN NOT NULL DEFAULT FALSE;
