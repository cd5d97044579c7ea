-- What has an end that nobody has noted yet: subscriptions of businesses, which a list of expired ones names one by one, and
-- tokens, which are taken away some time after it.

CREATE INDEX subscriptions_of_businesses_by_end ON subscriptions (project_id, standing, ended_at, id)
    WHERE directory_id IS NOT NULL AND state <> 'ended' AND ended_at IS NOT NULL;

CREATE INDEX business_tokens_by_end ON business_tokens (expires_at) WHERE expires_at IS NOT NULL;
