//! How capacity is paid for.

use aws_sdk_dynamodb::error::BuildError;
use aws_sdk_dynamodb::types::{ProvisionedThroughput, ProvisionedThroughputDescription};

/// How the capacity of a table or index is paid for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Billing {
    /// By the request.
    #[default]
    OnDemand,
    /// By the hour, for so many capacity units per second.
    Provisioned {
        /// Read capacity units, 1 or more.
        read: u32,
        /// Write capacity units, 1 or more.
        write: u32,
    },
}

impl Billing {
    pub(super) fn throughput(self) -> Result<Option<ProvisionedThroughput>, BuildError> {
        let Self::Provisioned { read, write } = self else { return Ok(None) };
        let throughput = ProvisionedThroughput::builder()
            .read_capacity_units(read.into())
            .write_capacity_units(write.into());
        throughput.build().map(Some)
    }

    /// Of a description, which has zeros in it for a table on demand.
    pub(super) fn described(throughput: Option<&ProvisionedThroughputDescription>) -> Self {
        let units = |units: Option<i64>| units.and_then(|units| u32::try_from(units).ok());
        let read = units(throughput.and_then(|it| it.read_capacity_units)).unwrap_or_default();
        let write = units(throughput.and_then(|it| it.write_capacity_units)).unwrap_or_default();
        if read == 0 && write == 0 { Self::OnDemand } else { Self::Provisioned { read, write } }
    }
}
