//! `ddbkit table`: small daily work with a table.

mod assignments;
mod create;
mod delete;
mod describe;
mod drop;
mod exists;
mod expressions;
mod format;
mod get;
mod input;
mod key;
mod list;
mod put;
mod range_condition;
mod read;
mod stream;
mod target;
mod truncate;
mod ttl;
mod update;

use crate::args::table::TableCommand;
use crate::commands::Context;
use crate::config::Aws;
use crate::error::Failure;
use crate::exit::Exit;
use ddbkit::table::admin::TableAdmin;
use futures::future::BoxFuture;

pub(crate) async fn run(context: &Context, command: TableCommand) -> Result<Exit, Failure> {
    match command {
        TableCommand::List(_) => Box::pin(list::run(context)).await,
        TableCommand::Create(args) => Box::pin(create::run(context, args)).await,
        TableCommand::Describe(args) => Box::pin(describe::run(context, &args.table)).await,
        TableCommand::Exists(args) => Box::pin(exists::run(context, args)).await,
        TableCommand::Get(args) => Box::pin(get::run(context, args)).await,
        TableCommand::Put(args) => Box::pin(put::run(context, args)).await,
        TableCommand::Update(args) => Box::pin(update::run(context, args)).await,
        TableCommand::Delete(args) => Box::pin(delete::run(context, args)).await,
        TableCommand::Query(args) => Box::pin(read::query(context, args)).await,
        TableCommand::Scan(args) => Box::pin(read::scan(context, args)).await,
        TableCommand::Truncate(args) => Box::pin(truncate::run(context, args)).await,
        TableCommand::Ttl(args) => Box::pin(ttl::run(context, args)).await,
        TableCommand::Stream(args) => Box::pin(stream::run(context, args)).await,
        TableCommand::Drop(args) => Box::pin(drop::run(context, args)).await,
    }
}

async fn admin(context: &Context) -> Result<TableAdmin, Failure> {
    let aws = Aws::load(&context.global).await?;
    Ok(TableAdmin::new(aws.dynamodb_that_answers().await?))
}

/// What a request gives, unless a signal comes first. Boxed: what requests hold while they wait is large.
fn answer<'a, T: 'a, E: Into<Failure> + 'a>(
    context: &'a Context,
    request: impl Future<Output = Result<T, E>> + Send + 'a,
) -> BoxFuture<'a, Result<T, Failure>> {
    Box::pin(async {
        match context.control.run(request).await {
            Ok(answer) => answer.map_err(Into::into),
            Err(_) => Err(Failure::other("interrupted")),
        }
    })
}
