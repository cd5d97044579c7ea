-- What dunning needs: the cards that Stripe keeps, what was tried to get each payment, and since when a
-- subscription is in arrears.

CREATE TABLE payment_methods (
    project_id UUID NOT NULL,
    id UUID NOT NULL,
    customer_id UUID NOT NULL,
    stripe_payment_method_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    brand TEXT NOT NULL,
    last4 TEXT NOT NULL,
    exp_month BIGINT NOT NULL,
    exp_year BIGINT NOT NULL,
    is_default BOOLEAN NOT NULL,
    created_at TIMESTAMP_US NOT NULL,
    detached_at TIMESTAMP_US,
    PRIMARY KEY (project_id, id),
    FOREIGN KEY (project_id, customer_id) REFERENCES customers (project_id, id)
) STRICT;
CREATE UNIQUE INDEX payment_methods_stripe_key ON payment_methods (project_id, stripe_payment_method_id);
CREATE INDEX payment_methods_by_age ON payment_methods (project_id, created_at, id) WHERE detached_at IS NULL;
CREATE INDEX payment_methods_by_customer ON payment_methods (project_id, customer_id, created_at, id);

ALTER TABLE payments ADD COLUMN payment_method TEXT;
ALTER TABLE payments ADD COLUMN failed_attempts BIGINT NOT NULL DEFAULT 0;
ALTER TABLE payments ADD COLUMN failure_code TEXT;
ALTER TABLE payments ADD COLUMN failure_message TEXT;
ALTER TABLE payments ADD COLUMN attempted_at TIMESTAMP_US;
ALTER TABLE payments ADD COLUMN next_attempt_at TIMESTAMP_US;
ALTER TABLE payments ADD COLUMN refunded_at TIMESTAMP_US;
ALTER TABLE payments ADD COLUMN dispute_closed_at TIMESTAMP_US;
ALTER TABLE payments ADD COLUMN dispute_outcome TEXT;
-- What a customer still owes.
CREATE INDEX payments_unpaid ON payments (project_id, customer_id, created_at, id)
    WHERE state IN ('pending', 'failed', 'requiresConfirmation', 'requiresPaymentMethod');

ALTER TABLE subscriptions ADD COLUMN arrears_since TIMESTAMP_US;
ALTER TABLE subscriptions ADD COLUMN arrears_until TIMESTAMP_US;
ALTER TABLE subscriptions ADD COLUMN restricted_at TIMESTAMP_US;
CREATE INDEX subscriptions_in_arrears ON subscriptions (arrears_until)
    WHERE state <> 'ended' AND arrears_until IS NOT NULL;
