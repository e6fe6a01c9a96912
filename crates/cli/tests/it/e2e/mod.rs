//! The program against a DynamoDB and an S3: the embedded ones, or those that the environment
//! names.

mod bad_input;
mod fixtures;
mod kill;
mod pacing;
mod program;
mod silent_loss;
mod volume;
