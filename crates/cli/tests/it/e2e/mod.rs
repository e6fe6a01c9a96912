//! The program against a DynamoDB and an S3: the embedded ones, or those that the environment
//! names.

mod bad_input;
mod broken_places;
mod crash;
mod create_table;
mod fixtures;
mod foreign;
mod kill;
mod program;
mod rm;
mod silent_loss;
mod volume;
