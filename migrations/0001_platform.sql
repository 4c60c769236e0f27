-- The ground the rooms build on: their schemas and the one change sequence of the warehouse.
CREATE SCHEMA warehouse;
COMMENT ON SCHEMA warehouse IS 'The registries, one table each, in person references; written by the loader only.';

CREATE SCHEMA identity;
COMMENT ON SCHEMA identity IS 'The vault: the only place that holds National IDs and personal IDs.';

-- Every warehouse write takes its number here, under the loader''s lock, so that commit order is sequence order.
CREATE SEQUENCE change_seq AS bigint;
