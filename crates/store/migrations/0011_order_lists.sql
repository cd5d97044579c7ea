-- Lists of orders, newest first, and the add-ons that each became.

CREATE INDEX checkouts_by_age ON checkouts (project_id, created_at, id);
CREATE INDEX subscription_addons_by_checkout ON subscription_addons (project_id, checkout_id);
