//! Large `DynamoDB` attributes in S3 that no crash or race can lose, and their garbage collection.
