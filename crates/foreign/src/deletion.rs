//! Deleting a backup of dyndump: its parts first, its description last.

use crate::detect::{META_SUFFIX, is_meta, parts};
use crate::{Detected, ForeignError, ForeignErrorKind, Format};
use ddbkit_export::Deletion;

impl Detected {
    /// The deletion of a backup of dyndump, as dyndump does it: the parts first and the description
    /// last, which is what proves that it is a backup. The name is needed where a folder holds
    /// several.
    ///
    /// # Errors
    /// [`ForeignErrorKind::NotProven`] for every other format, because nothing in it says that it
    /// is a backup, and where objects have the prefix of the parts and are none; as
    /// [`Detected::table`]; and failures of the store.
    pub async fn deletion(&self, name: Option<&str>) -> Result<Deletion, ForeignError> {
        let not_proven = |why: String| ForeignError::new(ForeignErrorKind::NotProven, why);
        if self.format != Format::DyndumpBackup {
            let message = format!(
                "{} is not deleted: nothing in it proves that it is a backup and nothing else ({})",
                self.store.describe(""),
                self.format
            );
            return Err(not_proven(message));
        }
        let prefix = &self.table(name)?.prefix;
        let key = format!("{prefix}{META_SUFFIX}");
        let place = self.store.describe(&key);
        let meta = self.store.head(&key).await?;
        let Some(meta) = meta.filter(is_meta) else {
            return Err(not_proven(format!("{place} is not there any more")));
        };
        let listed = self.store.list(&format!("{prefix}-part-")).await?;
        let parts = parts(prefix, listed);
        if let Err(strange) = parts {
            let message = format!(
                "{place} is not deleted: {} has the name of a part and is none",
                self.store.describe(&strange)
            );
            return Err(not_proven(message));
        }
        let parts = parts.unwrap_or_default().into_iter().map(|(_, part)| part).collect();
        Ok(Deletion::in_order(self.store.clone(), place, [parts, vec![meta]]))
    }
}
