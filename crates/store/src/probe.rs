//! Whether a place keeps to conditions.

use crate::{Condition, ETag, PutOptions, Store, StoreError, StoreErrorKind};
use bytes::Bytes;
use futures::future::join_all;

/// How many writers race for one object.
const WRITERS: usize = 8;

/// What a probe found.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProbeReport {
    /// The checks that were passed, each as a short sentence.
    pub passed: Vec<&'static str>,
}

impl Store {
    /// Proves on an object of its own, which it deletes, that conditions are kept: some servers
    /// that speak S3 take them and ignore them, and then two writers can both believe that they
    /// won. Run it before work that rests on conditions in a place that nobody knows yet; it takes
    /// some fifteen requests.
    ///
    /// # Errors
    /// [`StoreErrorKind::ConditionsIgnored`] with the check that failed, or when the store cannot
    /// be written to.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), ddbkit_store::StoreError> {
    /// let place = ddbkit_store::Store::memory(); // or the bucket of a server that is new to you
    /// let report = place.probe().await?;
    /// assert!(report.passed.contains(&"of writers at the same time one wins"));
    /// # Ok(())
    /// # }
    /// ```
    pub async fn probe(&self) -> Result<ProbeReport, StoreError> {
        let key = format!("ddbkit-probe-{:016x}", fastrand::u64(..));
        let result = self.probe_at(&key).await;
        let cleaned = self.delete(&key).await;
        let report = result?;
        cleaned.map(|()| report)
    }

    async fn probe_at(&self, key: &str) -> Result<ProbeReport, StoreError> {
        let mut passed = Vec::new();
        let mut check = |holds: bool, rule: &'static str| {
            if holds {
                passed.push(rule);
                return Ok(());
            }
            let message = format!("{} does not keep to conditions: {rule}", self.describe(""));
            Err(StoreError::new(StoreErrorKind::ConditionsIgnored, message))
        };
        let created = self.conditional(key, "1", Condition::IfAbsent).await?;
        check(created.is_some(), "an object that is not there can be created")?;
        let again = self.conditional(key, "2", Condition::IfAbsent).await?;
        check(again.is_none(), "an object that is there is not created again")?;
        let wrong = ETag::new("00000000000000000000000000000000");
        let other = self.conditional(key, "3", Condition::IfMatch(wrong)).await?;
        check(other.is_none(), "an object with another tag is not replaced")?;
        let etag = created.unwrap_or_else(|| ETag::new(""));
        let same = self.conditional(key, "4", Condition::IfMatch(etag.clone())).await?;
        check(same.is_some(), "an object with its tag is replaced")?;
        let stale = self.conditional(key, "5", Condition::IfMatch(etag)).await?;
        check(stale.is_none(), "a tag is stale after the object was replaced")?;
        let content = self.get(key).await?.1;
        check(content == "4", "the object holds what the one winner wrote")?;
        self.delete(key).await?;
        let wrong = ETag::new("00000000000000000000000000000000");
        let gone = self.conditional(key, "6", Condition::IfMatch(wrong)).await?;
        check(gone.is_none(), "an object that is gone is not replaced")?;
        let race = (0..WRITERS).map(|_| self.conditional(key, "race", Condition::IfAbsent));
        let race = join_all(race).await.into_iter().collect::<Result<Vec<_>, _>>()?;
        check(race.iter().flatten().count() == 1, "of writers at the same time one wins")?;
        Ok(ProbeReport { passed })
    }

    /// The tag of what was written, `None` when the condition did not hold.
    async fn conditional(
        &self,
        key: &str,
        content: &'static str,
        condition: Condition,
    ) -> Result<Option<ETag>, StoreError> {
        let options = PutOptions { condition, ..PutOptions::default() };
        match self.put(key, Bytes::from_static(content.as_bytes()), options).await {
            Ok(etag) => Ok(Some(etag)),
            Err(error) => match error.kind() {
                StoreErrorKind::PreconditionFailed | StoreErrorKind::Conflict => Ok(None),
                _ => Err(error),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_probe_leaves_nothing() {
        let store = Store::memory().subtree("below");
        let report = store.probe().await.unwrap();
        assert_eq!(report.passed.len(), 8);
        assert!(store.list("").await.unwrap().is_empty());
    }
}
