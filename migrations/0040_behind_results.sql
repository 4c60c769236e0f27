-- How many households stand behind the figures of a result, with the sums of their record keys: what protects the figures when they are told.
-- Beside the result and outside its hash. Results from before hold none: what cannot be protected without is withheld of them.
alter table simulation add column behind text;
