-- Lists of payments, newest first: of a project, and of a customer.

CREATE INDEX payments_by_age ON payments (project_id, created_at, id);
CREATE INDEX payments_by_customer ON payments (project_id, customer_id, created_at, id);
