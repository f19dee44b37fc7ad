-- Whose database this is: one row, written by the first silo and checked by every one.
CREATE TABLE shard (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    name text NOT NULL,
    cluster text NOT NULL,
    contract int NOT NULL,
    oldest_contract int NOT NULL);
