//! The program against a DynamoDB and an S3: the embedded ones, or those that the environment
//! names.

mod apply;
mod archive;
mod archive_crash;
mod archive_run;
mod archive_values;
mod bad_input;
mod broken_places;
mod crash;
mod create_table;
mod dry_run;
mod exports;
mod first_mistakes;
mod fixtures;
mod foreign;
mod inspect;
mod jobs;
mod kill;
mod load_modes;
mod merge;
mod mirror;
mod offload;
mod offload_copy;
mod offload_gc;
mod pacing;
pub(crate) mod program;
mod rm;
mod rows;
mod shards;
mod silent_loss;
mod two_accounts;
mod volume;
