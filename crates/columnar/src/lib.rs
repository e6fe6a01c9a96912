//! Parquet and CSV from DynamoDB items.
