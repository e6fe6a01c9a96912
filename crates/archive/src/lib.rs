//! Archives what `DynamoDB`'s TTL deletes: each record in exactly one file, and losses told.
