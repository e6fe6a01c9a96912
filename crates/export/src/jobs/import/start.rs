//! `ImportTable`.

use super::ImportJob;
use crate::jobs::call;
use crate::{Compression, ExportError};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{
    InputCompressionType, InputFormat, InputFormatOptions, S3BucketSource, TableCreationParameters,
};

/// The objects that are imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportSource {
    /// The bucket.
    pub s3_bucket: String,
    /// The account that owns it, 12 digits; required for the bucket of another account.
    pub s3_bucket_owner: Option<String>,
    /// Every object whose key begins with this is read, whatever it is: the prefix of the data of an
    /// export ends in `/data/`, with the slash, so that neither the manifests nor the folder `data2`
    /// are read for items.
    pub s3_key_prefix: String,
    /// How the items are written.
    pub format: InputFormat,
    /// How all objects are compressed.
    pub compression: Compression,
}

/// An import to be started. Made by [`ImportJob::start`].
#[derive(Clone, Debug)]
#[must_use = "nothing is started before it is sent"]
pub struct StartImport {
    client: Client,
    source: ImportSource,
    table: TableCreationParameters,
    format_options: Option<InputFormatOptions>,
    client_token: Option<String>,
}

impl StartImport {
    pub(super) fn new(
        client: Client,
        source: ImportSource,
        table: TableCreationParameters,
    ) -> Self {
        Self { client, source, table, format_options: None, client_token: None }
    }

    /// Delimiter and header of CSV; refused with the other formats.
    pub fn format_options(mut self, options: InputFormatOptions) -> Self {
        self.format_options = Some(options);
        self
    }

    /// Within eight hours a request with the same token and table name starts nothing anew: it gives
    /// the import that the first has started, whatever else differs. The SDK makes a random one for
    /// each request that has none.
    pub fn client_token(mut self, token: impl Into<String>) -> Self {
        self.client_token = Some(token.into());
        self
    }

    /// Starts the import. The job is in progress; a bucket that is not there lets it fail later.
    ///
    /// # Errors
    /// [`Refused`](crate::ExportErrorKind::Refused) with `ResourceInUseException` (the table is there),
    /// `ImportConflictException` (the token of an import into another table),
    /// `LimitExceededException` and others; and the other failures of a call.
    pub async fn send(self) -> Result<ImportJob, ExportError> {
        let Self { client, source, table, format_options, client_token } = self;
        let object = format!("table {}", table.table_name);
        let compression = match source.compression {
            Compression::Gzip => InputCompressionType::Gzip,
            Compression::Zstd => InputCompressionType::Zstd,
            Compression::None => InputCompressionType::None,
        };
        let objects = S3BucketSource::builder()
            .s3_bucket(source.s3_bucket)
            .set_s3_bucket_owner(source.s3_bucket_owner)
            .set_s3_key_prefix((!source.s3_key_prefix.is_empty()).then_some(source.s3_key_prefix))
            .build()
            .map_err(|error| call::not_built(&object, error))?;
        let request = client
            .import_table()
            .set_client_token(client_token)
            .s3_bucket_source(objects)
            .input_format(source.format)
            .set_input_format_options(format_options)
            .input_compression_type(compression)
            .table_creation_parameters(table);
        let answer = request.send().await.map_err(|error| call::failed(&object, &error))?;
        let description = answer
            .import_table_description
            .ok_or_else(|| call::incomplete(&object, "ImportTable", "ImportTableDescription"))?;
        ImportJob::from_description(description, &object)
    }
}
