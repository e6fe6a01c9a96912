//! What outlives the workers.

use std::sync::Arc;
use std::time::Duration;

use ddbkit_archive::{
    ArchiveCompression, ArchiveDescriptor, ArchiveVerifyOptions, ArchiverOptions, LineFormat,
    MemoryLeases, TtlArchiver, verify_archive,
};
use ddbkit_flow::Control;
use tokio::time::timeout;

use super::connection::{Connection, Trouble, World};
use super::leases::Leases;
use super::oracle::{self, Archived};
use super::store::Objects;
use super::streams::Streams;

const HOUR: Duration = Duration::from_hours(1);

#[derive(Clone)]
pub(crate) struct Lasting {
    pub(crate) world: World,
    objects: Objects,
    leases: MemoryLeases,
    options: ArchiverOptions,
    /// Whether workers get empty pages and nothing else.
    pub(crate) empty_pages: bool,
}

impl Lasting {
    pub(crate) fn new(world: World, options: ArchiverOptions) -> Self {
        let (objects, leases) = (Objects::new(), MemoryLeases::default());
        Self { world, objects, leases, options, empty_pages: false }
    }

    /// A worker.
    pub(crate) fn archiver(&self, owner: &str, connection: &Arc<Connection>) -> TtlArchiver {
        let streams = Streams {
            fake: self.world.streams.clone(),
            connection: connection.clone(),
            empty_pages: self.empty_pages,
        };
        let archive =
            ArchiveDescriptor::new("fake", "arn:fake", LineFormat::Item, ArchiveCompression::None);
        TtlArchiver::new(
            Arc::new(streams),
            Arc::new(Leases(self.leases.clone(), connection.clone())),
            self.objects.through(connection.clone()),
            archive,
            self.world.streams.arn(),
        )
        .owner(owner)
        .clock(Arc::new(self.world.clone()))
        .options(self.options.clone())
    }

    /// Switches the stream off, archives what it has left without any trouble, and checks all.
    pub(crate) async fn end(&self) -> Archived {
        let world = &self.world;
        world.now();
        world.streams.disable();
        world.streams.end_trouble();
        let calm = Connection::new(world.clone(), 0, Trouble::default());
        let last = self.archiver("last", &calm);
        let report = timeout(20 * HOUR, last.run(&Control::new())).await;
        let report = report.expect("a stream that is switched off is archived to its end").unwrap();
        assert!(report.finished);
        let events = world.streams.events();
        let mut archived = oracle::read(&self.objects, &events).await;
        archived.lost = oracle::check(&archived, &events, &world.streams.lineage());
        // The archive can prove it by itself.
        let options = ArchiveVerifyOptions::at(world.now());
        let report = verify_archive(&self.objects.store, &options, &Control::new()).await.unwrap();
        assert_eq!(report.faults, []);
        assert_eq!(report.records, archived.events.len() as u64);
        assert_eq!(report.open_shards, []);
        archived
    }
}
