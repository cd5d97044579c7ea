-- Which card Stripe charges for a subscription, where one was chosen for it: pages show the card that will be charged.
ALTER TABLE billing_marks ADD COLUMN payment_method_id TEXT;

-- What was said when an end was asked for, kept before Stripe is told: should the server go down in between, Stripe's own
-- event ends the subscription here, and knows nothing of why.
CREATE TABLE cancellation_requests (
    project_id UUID NOT NULL,
    subscription_id UUID NOT NULL,
    cancellation JSON NOT NULL,
    requested_at TIMESTAMP_US NOT NULL,
    PRIMARY KEY (project_id, subscription_id),
    FOREIGN KEY (project_id, subscription_id) REFERENCES subscriptions (project_id, id)
) STRICT;
