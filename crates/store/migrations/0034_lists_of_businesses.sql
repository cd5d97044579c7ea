-- How a subscription was left to stand, in the words of the third door, so that its lists are found in their order by what
-- they are filtered by: by state, and by product and state. The end comes last, for one that has come and is not yet noted.

ALTER TABLE subscriptions ADD COLUMN standing TEXT NOT NULL DEFAULT 'purchased';
UPDATE subscriptions SET standing = CASE
    WHEN state = 'ended' THEN 'expired'
    WHEN state IN ('paused', 'restricted') THEN 'suspended'
    WHEN canceled_at IS NOT NULL THEN 'canceled'
    ELSE 'purchased' END;

CREATE INDEX subscriptions_of_directory_by_state_and_update
    ON subscriptions (project_id, directory_id, standing, updated_at, id, ended_at) WHERE directory_id IS NOT NULL;
CREATE INDEX subscriptions_of_directory_by_state_and_age
    ON subscriptions (project_id, directory_id, standing, created_at, id, ended_at) WHERE directory_id IS NOT NULL;
CREATE INDEX subscriptions_of_directory_by_product_and_update
    ON subscriptions (project_id, directory_id, product_id, standing, updated_at, id, ended_at)
    WHERE directory_id IS NOT NULL;
CREATE INDEX subscriptions_of_directory_by_product_and_age
    ON subscriptions (project_id, directory_id, product_id, standing, created_at, id, ended_at)
    WHERE directory_id IS NOT NULL;
