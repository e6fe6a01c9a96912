//! Changes to a description before the table is created from it.

use super::{
    ContributorInsights, PointInTimeRecovery, ProvisionedThroughput, SseSpecification,
    StreamSpecification, TableDescriptor, Tag, TimeToLive, WarmThroughput,
};
use crate::{ExportError, ExportErrorKind};
use std::fmt;
use std::str::FromStr;

/// One setting that a table gets other than described, as `KEY=VALUE`.
///
/// | text | means |
/// |---|---|
/// | `billing=on-demand`, `billing=provisioned` | how capacity is paid for |
/// | `read=UNITS`, `write=UNITS` | provisioned capacity; indexes without one get it too |
/// | `class=standard`, `class=infrequent-access` | the table class |
/// | `sse=aws-owned`, `sse=kms`, `sse=KEY` | the key of the service, of the account, this KMS key |
/// | `warm-throughput=R:W` | ready for this at once (billed) |
/// | `tags.NAME=VALUE`, `tags=off` | one tag more or another value for it; none of the tags |
/// | `ttl=ATTRIBUTE`, `ttl=off` | time to live |
/// | `stream=VIEW`, `stream=off` | the stream, `VIEW` as in the API or like `new-image` |
/// | `pitr=on`, `pitr=DAYS`, `pitr=off` | point-in-time recovery, for 1 to 35 days |
/// | `protection=on`, `protection=off` | whether the table refuses to be deleted |
/// | `contributor-insights=on`, `=off` | on the table; `off` is for its indexes too |
/// | `resource-policy=off` | no resource policy |
///
/// ```
/// use ddbkit_export::Override;
///
/// let read: Override = "read=5".parse()?;
/// assert_eq!(read, Override::ReadCapacity(5));
/// assert_eq!(read.to_string(), "read=5");
/// # Ok::<(), ddbkit_export::ExportError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Override {
    /// `billing`: whether capacity is provisioned, else on demand.
    Provisioned(bool),
    /// `read`: provisioned read capacity units.
    ReadCapacity(i64),
    /// `write`: provisioned write capacity units.
    WriteCapacity(i64),
    /// `class`: whether it is that for infrequent access.
    InfrequentAccess(bool),
    /// `sse`: a KMS key, or none for the key that AWS owns.
    Sse(Option<KmsKey>),
    /// `warm-throughput`.
    WarmThroughput(WarmThroughput),
    /// `tags.NAME`.
    Tag(Tag),
    /// `tags=off`.
    NoTags,
    /// `ttl`: the attribute, or none.
    TimeToLive(Option<String>),
    /// `stream`: the view type as in the API, or none.
    Stream(Option<String>),
    /// `pitr`.
    PointInTimeRecovery(Option<PointInTimeRecovery>),
    /// `protection`: against deletion.
    DeletionProtection(bool),
    /// `contributor-insights`.
    ContributorInsights(bool),
    /// `resource-policy=off`.
    NoResourcePolicy,
}

/// A key in KMS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KmsKey {
    /// The one that AWS manages for DynamoDB in each account.
    AwsManaged,
    /// The id, ARN or alias of another.
    Key(String),
}

/// What stands before the `=`, for messages.
const KEYS: &str = "billing, read, write, class, sse, warm-throughput, tags, tags.NAME, ttl, \
                    stream, pitr, protection, contributor-insights, resource-policy";
/// Capacity of which a part is still to be given.
const NOTHING: ProvisionedThroughput =
    ProvisionedThroughput { read_capacity_units: 0, write_capacity_units: 0 };
const VIEWS: [&str; 4] = ["KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES"];

impl FromStr for Override {
    type Err = ExportError;

    /// # Errors
    /// [`ExportErrorKind::InvalidOverride`] when the key or its value is not known.
    fn from_str(text: &str) -> Result<Self, ExportError> {
        let wrong = |detail: String| {
            ExportError::new(ExportErrorKind::InvalidOverride, format!("{text:?}")).detail(detail)
        };
        let Some((key, value)) = text.split_once('=') else {
            return Err(wrong(format!("write KEY=VALUE; the keys are {KEYS}")));
        };
        if let Some(name) = key.strip_prefix("tags.").filter(|name| !name.is_empty()) {
            return Ok(Self::Tag(Tag { key: name.to_owned(), value: value.to_owned() }));
        }
        let switch = || match value {
            "on" => Some(true),
            "off" => Some(false),
            _ => None,
        };
        let named = || (value != "off").then(|| value.to_owned());
        let (parsed, known) = match key {
            "billing" => (billing(value), "on-demand, provisioned"),
            "read" => (units(value).map(Self::ReadCapacity), "units per second"),
            "write" => (units(value).map(Self::WriteCapacity), "units per second"),
            "class" => (class(value), "standard, infrequent-access"),
            "sse" => (sse(value), "aws-owned, kms, or a KMS key"),
            "warm-throughput" => (warm(value).map(Self::WarmThroughput), "R:W"),
            "tags" => {
                ((value == "off").then_some(Self::NoTags), "off; set one with tags.NAME=VALUE")
            }
            "ttl" => {
                ((!value.is_empty()).then(|| Self::TimeToLive(named())), "off, or an attribute")
            }
            "stream" => (stream(value), "off, keys-only, new-image, old-image, new-and-old-images"),
            "pitr" => (pitr(value), "on, off, or 1 to 35 days"),
            "protection" => (switch().map(Self::DeletionProtection), "on, off"),
            "contributor-insights" => (switch().map(Self::ContributorInsights), "on, off"),
            "resource-policy" => ((value == "off").then_some(Self::NoResourcePolicy), "off"),
            _ => return Err(wrong(format!("the keys are {KEYS}"))),
        };
        parsed.ok_or_else(|| wrong(format!("{key} takes {known}")))
    }
}

fn units(value: &str) -> Option<i64> {
    value.parse().ok().filter(|units| *units > 0)
}

fn billing(value: &str) -> Option<Override> {
    match value {
        "on-demand" => Some(Override::Provisioned(false)),
        "provisioned" => Some(Override::Provisioned(true)),
        _ => None,
    }
}

fn class(value: &str) -> Option<Override> {
    match value {
        "standard" => Some(Override::InfrequentAccess(false)),
        "infrequent-access" => Some(Override::InfrequentAccess(true)),
        _ => None,
    }
}

fn sse(value: &str) -> Option<Override> {
    match value {
        "" => None,
        "aws-owned" => Some(Override::Sse(None)),
        "kms" => Some(Override::Sse(Some(KmsKey::AwsManaged))),
        key => Some(Override::Sse(Some(KmsKey::Key(key.to_owned())))),
    }
}

fn warm(value: &str) -> Option<WarmThroughput> {
    let (read, write) = value.split_once(':')?;
    let (read, write) = (Some(units(read)?), Some(units(write)?));
    Some(WarmThroughput { read_units_per_second: read, write_units_per_second: write })
}

fn stream(value: &str) -> Option<Override> {
    if value == "off" {
        return Some(Override::Stream(None));
    }
    let view = value.to_ascii_uppercase().replace('-', "_");
    VIEWS.contains(&&*view).then_some(Override::Stream(Some(view)))
}

fn pitr(value: &str) -> Option<Override> {
    let recovery_period_in_days = match value {
        "off" => return Some(Override::PointInTimeRecovery(None)),
        "on" => None,
        days => Some(days.parse().ok().filter(|days| (1..=35).contains(days))?),
    };
    Some(Override::PointInTimeRecovery(Some(PointInTimeRecovery { recovery_period_in_days })))
}

impl fmt::Display for Override {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let switch = |is_on: &bool| if *is_on { "on" } else { "off" };
        match self {
            Self::Provisioned(false) => f.write_str("billing=on-demand"),
            Self::Provisioned(true) => f.write_str("billing=provisioned"),
            Self::ReadCapacity(units) => write!(f, "read={units}"),
            Self::WriteCapacity(units) => write!(f, "write={units}"),
            Self::InfrequentAccess(true) => f.write_str("class=infrequent-access"),
            Self::InfrequentAccess(false) => f.write_str("class=standard"),
            Self::Sse(None) => f.write_str("sse=aws-owned"),
            Self::Sse(Some(KmsKey::AwsManaged)) => f.write_str("sse=kms"),
            Self::Sse(Some(KmsKey::Key(key))) => write!(f, "sse={key}"),
            Self::WarmThroughput(warm) => write!(f, "warm-throughput={warm}"),
            Self::Tag(tag) => write!(f, "tags.{}={}", tag.key, tag.value),
            Self::NoTags => f.write_str("tags=off"),
            Self::TimeToLive(attribute) => {
                write!(f, "ttl={}", attribute.as_deref().unwrap_or("off"))
            }
            Self::Stream(view) => write!(f, "stream={}", view.as_deref().unwrap_or("off")),
            Self::PointInTimeRecovery(None) => f.write_str("pitr=off"),
            Self::PointInTimeRecovery(Some(recovery)) => match recovery.recovery_period_in_days {
                Some(days) => write!(f, "pitr={days}"),
                None => f.write_str("pitr=on"),
            },
            Self::DeletionProtection(is_on) => write!(f, "protection={}", switch(is_on)),
            Self::ContributorInsights(is_on) => {
                write!(f, "contributor-insights={}", switch(is_on))
            }
            Self::NoResourcePolicy => f.write_str("resource-policy=off"),
        }
    }
}

impl TableDescriptor {
    /// Changes the description, whatever the order of the changes. What could not be read of a
    /// setting that is given here is no longer missing.
    ///
    /// # Errors
    /// [`ExportErrorKind::InvalidOverride`] when the capacity given does not fit the billing mode.
    pub fn change(&mut self, changes: &[Override]) -> Result<(), ExportError> {
        let is_billing = |change: &&Override| matches!(change, Override::Provisioned(_));
        let (billing, others): (Vec<_>, Vec<_>) = changes.iter().partition(is_billing);
        billing.into_iter().chain(others).for_each(|change| self.set(change));
        self.complete_capacity()
    }

    fn set(&mut self, change: &Override) {
        if let Some(setting) = change.decides() {
            self.not_read.retain(|not_read| not_read.setting != setting);
        }
        let table = &mut self.create_table;
        match change {
            Override::Provisioned(is_on) => self.set_billing(*is_on),
            Override::ReadCapacity(units) => {
                table.provisioned_throughput.get_or_insert(NOTHING).read_capacity_units = *units;
            }
            Override::WriteCapacity(units) => {
                table.provisioned_throughput.get_or_insert(NOTHING).write_capacity_units = *units;
            }
            Override::InfrequentAccess(is_on) => {
                let class = if *is_on { "STANDARD_INFREQUENT_ACCESS" } else { "STANDARD" };
                table.table_class = Some(class.to_owned());
            }
            Override::Sse(key) => {
                table.sse_specification = key.as_ref().map(|key| SseSpecification {
                    enabled: true,
                    sse_type: Some("KMS".to_owned()),
                    kms_master_key_id: match key {
                        KmsKey::AwsManaged => None,
                        KmsKey::Key(key) => Some(key.clone()),
                    },
                });
            }
            Override::WarmThroughput(warm) => table.warm_throughput = Some(*warm),
            Override::Tag(tag) => {
                table.tags.retain(|known| known.key != tag.key);
                table.tags.push(tag.clone());
            }
            Override::NoTags => table.tags.clear(),
            Override::TimeToLive(attribute) => {
                self.time_to_live =
                    attribute.clone().map(|attribute_name| TimeToLive { attribute_name });
            }
            Override::Stream(view) => {
                table.stream_specification = view.clone().map(|view| StreamSpecification {
                    stream_enabled: true,
                    stream_view_type: Some(view),
                });
            }
            Override::PointInTimeRecovery(recovery) => self.point_in_time_recovery = *recovery,
            Override::DeletionProtection(is_on) => {
                table.deletion_protection_enabled = Some(*is_on);
            }
            Override::ContributorInsights(false) => self.contributor_insights.clear(),
            Override::ContributorInsights(true) => {
                let is_table = |known: &ContributorInsights| known.index_name.is_none();
                if !self.contributor_insights.iter().any(is_table) {
                    let insights = ContributorInsights { index_name: None, mode: None };
                    self.contributor_insights.insert(0, insights);
                }
            }
            Override::NoResourcePolicy => self.resource_policy = None,
        }
    }

    fn set_billing(&mut self, is_provisioned: bool) {
        let table = &mut self.create_table;
        let mode = if is_provisioned { "PROVISIONED" } else { "PAY_PER_REQUEST" };
        mode.clone_into(&mut table.billing_mode);
        // CreateTable wants limits in the one mode only and capacity in the other.
        for index in &mut table.global_secondary_indexes {
            if is_provisioned {
                index.on_demand_throughput = None;
            } else {
                index.provisioned_throughput = None;
            }
        }
        if is_provisioned {
            table.on_demand_throughput = None;
        } else {
            table.provisioned_throughput = None;
        }
    }

    /// Gives indexes of a provisioned table the capacity that `CreateTable` wants for each.
    fn complete_capacity(&mut self) -> Result<(), ExportError> {
        let table = &mut self.create_table;
        let wrong = |detail: &str| {
            let object = format!("the capacity of table {:?}", table.table_name);
            Err(ExportError::new(ExportErrorKind::InvalidOverride, object).detail(detail))
        };
        let is_provisioned = table.billing_mode == "PROVISIONED";
        let Some(capacity) = table.provisioned_throughput else {
            return if is_provisioned { wrong("give read=UNITS and write=UNITS") } else { Ok(()) };
        };
        if !is_provisioned {
            return wrong("it is on demand; give billing=provisioned too");
        }
        if capacity.read_capacity_units == 0 || capacity.write_capacity_units == 0 {
            return wrong("give both read=UNITS and write=UNITS");
        }
        for index in &mut table.global_secondary_indexes {
            index.provisioned_throughput.get_or_insert(capacity);
        }
        Ok(())
    }
}

impl Override {
    /// The setting that is known whatever could be read of it.
    fn decides(&self) -> Option<&'static str> {
        match self {
            Self::Provisioned(false) => Some("AutoScaling"),
            Self::NoTags => Some("Tags"),
            Self::TimeToLive(_) => Some("TimeToLive"),
            Self::PointInTimeRecovery(_) => Some("PointInTimeRecovery"),
            Self::ContributorInsights(_) => Some("ContributorInsights"),
            Self::NoResourcePolicy => Some("ResourcePolicy"),
            _ => None,
        }
    }
}
