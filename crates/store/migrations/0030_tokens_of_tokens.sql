-- A token that was made with another one ends with it: revoking takes back the whole tree. Lists of tokens go by what the
-- asking token is for, in the order of their age.

ALTER TABLE business_tokens ADD COLUMN made_with_id UUID;

CREATE INDEX business_tokens_made_with ON business_tokens (project_id, made_with_id)
    WHERE made_with_id IS NOT NULL;
CREATE INDEX business_tokens_of_business ON business_tokens (project_id, customer_id, created_at, id)
    WHERE revoked_at IS NULL;
CREATE INDEX business_tokens_of_directory ON business_tokens (project_id, directory_id, created_at, id)
    WHERE revoked_at IS NULL;
CREATE INDEX business_tokens_of_app ON business_tokens (project_id, app_id, created_at, id)
    WHERE revoked_at IS NULL;
CREATE INDEX business_tokens_of_member ON business_tokens (project_id, member_id, created_at, id)
    WHERE revoked_at IS NULL;
