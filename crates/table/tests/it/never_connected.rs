//! Attempts that never had a connection are no lost answers.

use crate::support::{order, orders};
use aws_sdk_dynamodb::Client;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::BeforeTransmitInterceptorContextMut;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;
use ddbkit_table::{Table, TableErrorKind};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// Sends the first attempt somewhere else.
#[derive(Clone, Debug)]
struct FirstElsewhere {
    endpoint: String,
    attempts: Arc<AtomicU32>,
}

impl Intercept for FirstElsewhere {
    fn name(&self) -> &'static str {
        "FirstElsewhere"
    }

    fn modify_before_transmit(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if self.attempts.fetch_add(1, Ordering::Relaxed) == 0 {
            context.request_mut().set_uri(self.endpoint.as_str())?;
        }
        Ok(())
    }
}

#[tokio::test]
async fn a_refusal_after_a_connection_that_was_not_made_is_certain() {
    let (_backend, there) = orders().await;
    there.put(&order("a", 1)).send().await.unwrap();
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    // A connection that is made and closed may have carried the request.
    let hangs_up = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let closes = hangs_up.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((connection, _)) = hangs_up.accept().await {
            drop(connection);
        }
    });
    for (endpoint, kind) in [
        (format!("http://{nobody}/"), TableErrorKind::ConditionFailed),
        ("http://name.invalid/".to_owned(), TableErrorKind::ConditionFailed),
        (format!("http://{closes}/"), TableErrorKind::Ambiguous),
    ] {
        let attempts = Arc::new(AtomicU32::new(0));
        let elsewhere = FirstElsewhere { endpoint: endpoint.clone(), attempts: attempts.clone() };
        let config = there.client().config().to_builder().interceptor(elsewhere).build();
        let table = Table::new(Client::from_conf(config), there.name());
        let error = table.put(&order("a", 1)).if_new().send().await.unwrap_err();
        assert_eq!(attempts.load(Ordering::Relaxed), 2, "{endpoint}");
        assert_eq!(error.kind(), kind, "{endpoint}: {error}");
    }
}
