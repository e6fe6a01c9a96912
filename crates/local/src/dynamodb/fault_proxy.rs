//! Faults for a `DynamoDB` that runs elsewhere.

use super::proxy::DynamoDbProtocol;
use crate::LocalError;
use crate::faults::Faults;
use crate::server::{LoopbackListener, ServerThread};
use std::net::SocketAddr;

/// A server on a free port of 127.0.0.1 that passes calls on to a `DynamoDB` that runs elsewhere,
/// `DynamoDB` Local for instance, and injects faults on the way.
///
/// ```
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// use ddbkit_local::{Fault, FaultProxy, LocalDynamoDb, When};
///
/// let dynamodb = LocalDynamoDb::start().await?;
/// let address = dynamodb.endpoint_url().trim_start_matches("http://").parse()?;
/// let proxy = FaultProxy::start(address)?;
/// proxy.faults().inject(Fault::LostAnswer, When::Every(10), "BatchWriteItem");
/// let config = dynamodb.client().config().to_builder().endpoint_url(proxy.endpoint_url()).build();
/// let tables = aws_sdk_dynamodb::Client::from_conf(config).list_tables().send().await?;
/// assert!(tables.table_names().is_empty());
/// # Ok(())
/// # }
/// # tokio::runtime::Runtime::new().unwrap().block_on(example()).unwrap();
/// ```
#[derive(Debug)]
pub struct FaultProxy {
    endpoint_url: String,
    faults: Faults,
    _server: ServerThread,
}

impl FaultProxy {
    /// Starts a server in front of the one at this address.
    ///
    /// # Errors
    /// [`Start`](crate::LocalErrorKind::Start) when there is no port or no thread to be had.
    pub fn start(upstream: SocketAddr) -> Result<Self, LocalError> {
        let (listener, faults) = (LoopbackListener::bind()?, Faults::default());
        let endpoint_url = format!("http://{}", listener.address());
        let server = {
            let faults = faults.clone();
            ServerThread::spawn("ddbkit-local-faults", move || async move {
                let protocol = DynamoDbProtocol::new(upstream, None);
                crate::proxy::serve(listener, protocol, faults).await;
            })?
        };
        Ok(Self { endpoint_url, faults, _server: server })
    }

    /// Its URL, `http://127.0.0.1:<port>`.
    #[must_use]
    pub fn endpoint_url(&self) -> &str {
        &self.endpoint_url
    }

    /// The faults to inject.
    #[must_use]
    pub fn faults(&self) -> &Faults {
        &self.faults
    }
}
