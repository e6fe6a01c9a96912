//! The same storm against the order of calls of `pynamodb_mate` 6.0.1 (`LargeAttributeMixin`): it loses
//! values, which shows that the storm catches what it is for.
//!
//! HEAD, PUT where nothing is, then the table, then deletions: what was put, when the table failed; what
//! was there before, when it succeeded.

use super::chaos::LATE;
use super::world::{World, chaos, content, duration, scaled};
use crate::support::key;
use aws_sdk_dynamodb::types::AttributeValue;
use aws_sdk_s3::operation::head_object::HeadObjectError;
use aws_sdk_s3::primitives::ByteStream;
use md5::{Digest, Md5};
use std::sync::Arc;
use std::time::Instant;

const WRITERS: u64 = 64;
const ITEMS: u64 = 200;

struct Mate {
    dynamodb: aws_sdk_dynamodb::Client,
    s3: aws_sdk_s3::Client,
    table: String,
    bucket: String,
}

/// Any call failed: an exception, in the original.
struct Failed;

impl Mate {
    /// Key and whether it was put.
    async fn put_s3(&self, n: u64, value: &AttributeValue) -> Result<(String, bool), Failed> {
        let text = value.as_s().unwrap();
        let md5 = Md5::digest(text).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        let object = format!("mate/pk=item-{n}/sk={n}/attr=body/md5={md5}");
        match self.s3.head_object().bucket(&self.bucket).key(&object).send().await {
            Ok(_) => return Ok((object, false)),
            Err(error) if error.as_service_error().is_some_and(HeadObjectError::is_not_found) => {}
            Err(_) => return Err(Failed),
        }
        let put = self.s3.put_object().bucket(&self.bucket).key(&object);
        let put = put.body(ByteStream::from(text.clone().into_bytes())).send().await;
        put.map(|_| (object, true)).map_err(|_| Failed)
    }

    async fn delete_object(&self, object: &str) -> Result<(), Failed> {
        let delete = self.s3.delete_object().bucket(&self.bucket).key(object);
        delete.send().await.map(drop).map_err(|_| Failed)
    }

    fn uri(&self, object: &str) -> AttributeValue {
        AttributeValue::S(format!("s3://{}/{object}", self.bucket))
    }

    fn object(&self, uri: &AttributeValue) -> String {
        uri.as_s().unwrap().strip_prefix(&format!("s3://{}/", self.bucket)).unwrap().to_owned()
    }

    async fn create(&self, n: u64, value: &AttributeValue) -> Result<(), Failed> {
        let (object, was_put) = self.put_s3(n, value).await?;
        let put = self.dynamodb.put_item().table_name(&self.table).set_item(Some(key(n)));
        if put.item("body", self.uri(&object)).send().await.is_err() {
            if was_put {
                self.delete_object(&object).await?;
            }
            return Err(Failed);
        }
        Ok(())
    }

    async fn update(&self, n: u64, value: &AttributeValue) -> Result<(), Failed> {
        let (object, was_put) = self.put_s3(n, value).await?;
        let failed = async || {
            if was_put {
                self.delete_object(&object).await?;
            }
            Err(Failed)
        };
        // An eventually consistent read, by default.
        let Ok(Some(old)) = self.read(n).await else { return failed().await };
        let update = self.dynamodb.update_item().table_name(&self.table);
        let update = update
            .set_key(Some(key(n)))
            .update_expression("SET body = :body")
            .expression_attribute_values(":body", self.uri(&object));
        if update.send().await.is_err() {
            return failed().await;
        }
        if was_put && let Some(old) = old {
            self.delete_object(&old).await?;
        }
        Ok(())
    }

    /// The object of an item; outer `None` when there is no item.
    async fn read(&self, n: u64) -> Result<Option<Option<String>>, Failed> {
        let get = self.dynamodb.get_item().table_name(&self.table).set_key(Some(key(n)));
        let item = get.send().await.map_err(|_| Failed)?.item;
        Ok(item.map(|item| item.get("body").map(|uri| self.object(uri))))
    }

    async fn delete(&self, n: u64) -> Result<(), Failed> {
        let Some(old) = self.read(n).await? else { return Err(Failed) };
        let delete = self.dynamodb.delete_item().table_name(&self.table).set_key(Some(key(n)));
        delete.send().await.map_err(|_| Failed)?;
        match old {
            Some(old) => self.delete_object(&old).await,
            None => Ok(()),
        }
    }
}

/// One storm; gives how many operations succeeded.
async fn storm(mate: &Arc<Mate>) -> u64 {
    let end = Instant::now() + duration();
    let writers = (0..WRITERS).map(|_| {
        let mate = mate.clone();
        tokio::spawn(async move {
            let (mut random, mut done) = (fastrand::Rng::new(), 0_u64);
            while Instant::now() < end {
                let n = random.u64(..ITEMS);
                let value = content(n, random.u8(..4));
                let result = match random.u8(..10) {
                    0..3 => mate.create(n, &value).await,
                    3..9 => mate.update(n, &value).await,
                    _ => mate.delete(n).await,
                };
                done += u64::from(result.is_ok());
            }
            done
        })
    });
    let writers: Vec<_> = writers.collect();
    let mut done = 0;
    for writer in writers {
        done += writer.await.unwrap();
    }
    // For the requests that are late.
    tokio::time::sleep(LATE * 4).await;
    done
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn its_order_of_calls_loses_values() {
    let world = World::new(scaled()).await;
    let chaos = chaos();
    let (dynamodb, s3) = world.clients(&chaos);
    let (table, bucket) = (world.table.clone(), world.bucket.clone());
    let mate = Arc::new(Mate { dynamodb, s3, table, bucket });
    let mut done = 0;
    // Most often once is enough; a machine that is slow gets more time.
    for _ in 0..10 {
        done += storm(&mate).await;
        let (mut pointers, mut lost) = (0, 0);
        for n in 0..ITEMS {
            let item = world.raw(key(n)).await;
            let Some(uri) = item.as_ref().and_then(|item| item.get("body")) else { continue };
            pointers += 1;
            let head = world.backend.s3.head_object().bucket(&world.bucket).key(mate.object(uri));
            lost += u64::from(head.send().await.is_err());
        }
        println!("pynamodb_mate: {done} operations, {pointers} pointers, {lost} of them lost");
        if lost > 0 {
            return;
        }
    }
    panic!("the storm does not catch what it is for");
}
