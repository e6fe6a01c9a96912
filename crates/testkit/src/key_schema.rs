//! The key of a table.

use aws_sdk_dynamodb::operation::create_table::builders::CreateTableFluentBuilder;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType,
};

/// The key of a table: `pk` (S) and `sk` (N), as the [`items`](crate::items) have it, unless said
/// otherwise.
///
/// ```
/// use aws_sdk_dynamodb::types::ScalarAttributeType::{B, S};
/// use ddbkit_testkit::KeySchema;
///
/// let as_the_items = KeySchema::default();
/// let hash_only = KeySchema::hash("id", S);
/// let both = KeySchema::hash("id", S).range("digest", B);
/// # let _ = (as_the_items, hash_only, both);
/// ```
#[derive(Clone, Debug)]
pub struct KeySchema {
    hash: (String, ScalarAttributeType),
    range: Option<(String, ScalarAttributeType)>,
}

impl KeySchema {
    /// A partition key alone.
    #[must_use]
    pub fn hash(name: &str, attribute_type: ScalarAttributeType) -> Self {
        Self { hash: (name.to_owned(), attribute_type), range: None }
    }

    /// Adds a sort key.
    #[must_use]
    pub fn range(mut self, name: &str, attribute_type: ScalarAttributeType) -> Self {
        self.range = Some((name.to_owned(), attribute_type));
        self
    }

    pub(crate) fn apply(self, create: CreateTableFluentBuilder) -> CreateTableFluentBuilder {
        let mut create = create.billing_mode(BillingMode::PayPerRequest);
        let range = self.range.map(|key| (key, KeyType::Range));
        for ((name, attribute_type), key_type) in
            [(self.hash, KeyType::Hash)].into_iter().chain(range)
        {
            let key = KeySchemaElement::builder().attribute_name(&name).key_type(key_type);
            let definition =
                AttributeDefinition::builder().attribute_name(name).attribute_type(attribute_type);
            create = create
                .key_schema(key.build().expect("a key has a name and a type"))
                .attribute_definitions(
                    definition.build().expect("a definition has a name and a type"),
                );
        }
        create
    }
}

impl Default for KeySchema {
    fn default() -> Self {
        Self::hash("pk", ScalarAttributeType::S).range("sk", ScalarAttributeType::N)
    }
}
