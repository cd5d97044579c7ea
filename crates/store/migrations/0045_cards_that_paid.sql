-- Add-ons that renew are charged by whatever card pays for their subscription. Their payments named that subscription as the
-- card; which card it was is not known any more.
UPDATE payments SET payment_method = NULL WHERE payment_method LIKE 'sub@_%' ESCAPE '@';
