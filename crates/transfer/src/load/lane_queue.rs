//! What waits for a lane.

use crate::TransferError;
use crate::load::item::QueuedItem;
use std::collections::VecDeque;
use std::time::Duration;
use tokio::sync::mpsc;

/// How many items go to a lane together: two batches and some. One by one, waking the lane would
/// cost more than writing the item.
const GROUP: usize = 64;
/// How many groups wait in a lane: one is being written, the next is filling.
const GROUPS_AHEAD: usize = 1;

/// A queue for one lane, first in, first out.
pub(crate) fn lane_queue() -> (mpsc::Sender<Vec<QueuedItem>>, LaneQueue) {
    let (sender, groups) = mpsc::channel(GROUPS_AHEAD);
    (sender, LaneQueue { groups, items: VecDeque::new() })
}

/// The end that a lane takes from.
pub(crate) struct LaneQueue {
    groups: mpsc::Receiver<Vec<QueuedItem>>,
    items: VecDeque<QueuedItem>,
}

impl LaneQueue {
    /// The next item; none when all readers have ended.
    pub(crate) async fn next(&mut self) -> Option<QueuedItem> {
        while self.items.is_empty() {
            self.items = self.groups.recv().await?.into();
        }
        self.items.pop_front()
    }

    /// The next item if it comes soon.
    pub(crate) async fn next_within(&mut self, wait: Duration) -> Option<QueuedItem> {
        match self.items.pop_front() {
            Some(item) => Some(item),
            None => tokio::time::timeout(wait, self.next()).await.ok().flatten(),
        }
    }

    /// Takes an item back, to be the next.
    pub(crate) fn put_back(&mut self, item: QueuedItem) {
        self.items.push_front(item);
    }
}

/// Items on their way to the lanes of their keys, in groups.
pub(crate) struct Groups<'a> {
    lanes: &'a [mpsc::Sender<Vec<QueuedItem>>],
    filling: Vec<Vec<QueuedItem>>,
}

impl<'a> Groups<'a> {
    pub(crate) fn new(lanes: &'a [mpsc::Sender<Vec<QueuedItem>>]) -> Self {
        Self { lanes, filling: lanes.iter().map(|_| Vec::new()).collect() }
    }

    /// Adds an item to the group of its lane, and sends the group when it is full.
    pub(crate) async fn add(&mut self, item: QueuedItem) -> Result<(), TransferError> {
        let lanes = self.lanes.len().max(1) as u64;
        let lane = usize::try_from(item.spread % lanes).unwrap_or_default();
        let (Some(sender), Some(group)) = (self.lanes.get(lane), self.filling.get_mut(lane)) else {
            return Err(TransferError::interrupted());
        };
        group.push(item);
        if group.len() >= GROUP {
            send(sender, group).await?;
        }
        Ok(())
    }

    /// Sends what has gathered.
    pub(crate) async fn flush(&mut self) -> Result<(), TransferError> {
        for (sender, group) in self.lanes.iter().zip(&mut self.filling) {
            if !group.is_empty() {
                send(sender, group).await?;
            }
        }
        Ok(())
    }
}

async fn send(
    lane: &mpsc::Sender<Vec<QueuedItem>>,
    group: &mut Vec<QueuedItem>,
) -> Result<(), TransferError> {
    // A lane that is gone has failed, and its error is the one to tell.
    lane.send(std::mem::take(group)).await.map_err(|_| TransferError::interrupted())
}
