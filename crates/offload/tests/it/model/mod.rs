//! The protocol as a model that is checked state by state, and its broken relatives, each of which
//! the checker must refute.
//!
//! `protocol` says who takes part and what a protocol does, `state` what there is, `actions` what may
//! happen, `machine` what comes of it. An action bears the name of the code that takes that step:
//! upload, commit, resolve, mark, sweep. `docs/offload.md` tells the counterexamples.

mod actions;
mod counterexample;
mod machine;
mod protocol;
mod state;

use counterexample::{Kind, holds, violates};
use machine::{NOT_LOST, RESOLVES};
use protocol::{CommitCondition, FOREIGN, FOREIGN_NEXT, Flaw, PROTOCOL, Protocol, Role};

use Role::{
    Adopt, AdoptInPlace, Bypass, CopyPointer, Delete, OtherTool, Reuse, Transaction,
    TransactionWithReuse, Update,
};

const TWO_WRITERS: &[Role] = &[Update(0), Update(0)];
const WRITER_AND_DELETE: &[Role] = &[Update(0), Delete(0)];

mod ours {
    use super::*;

    #[test]
    fn two_writers() {
        holds(Protocol { roles: TWO_WRITERS, ..PROTOCOL });
    }

    #[test]
    fn writers_and_a_deletion_of_the_item() {
        holds(Protocol { roles: WRITER_AND_DELETE, ..PROTOCOL });
        holds(Protocol { roles: &[Update(0), Update(0), Delete(0)], ..PROTOCOL });
    }

    #[test]
    fn the_same_content_again() {
        holds(Protocol { roles: &[Reuse(0), Update(0)], ..PROTOCOL });
        holds(Protocol { roles: &[Reuse(0), Delete(0), Bypass(0)], ..PROTOCOL });
    }

    #[test]
    fn two_items_in_one_transaction() {
        holds(Protocol { roles: &[Transaction, Update(0)], ..PROTOCOL });
        holds(Protocol { roles: &[TransactionWithReuse, Update(1)], ..PROTOCOL });
    }

    #[test]
    fn adoption_while_the_other_tool_writes() {
        holds(Protocol { roles: &[Adopt, OtherTool(FOREIGN_NEXT)], ..PROTOCOL });
        let there_and_back = &[Adopt, OtherTool(FOREIGN_NEXT), OtherTool(FOREIGN)];
        holds(Protocol { roles: there_and_back, ..PROTOCOL });
        holds(Protocol { roles: &[Adopt, Adopt], ..PROTOCOL });
    }

    #[test]
    fn writers_that_bypass_the_library() {
        holds(Protocol { roles: &[Update(0), Bypass(0), Delete(0)], ..PROTOCOL });
    }
}

mod broken {
    use super::*;

    #[test]
    fn deleting_the_own_object_when_the_outcome_is_unknown() {
        let protocol =
            Protocol { roles: &[Update(0)], flaw: Some(Flaw::DeleteOwnWhenUnknown), ..PROTOCOL };
        violates(protocol, RESOLVES, Kind::LateWriteOfADeletedObject, 7);
    }

    #[test]
    fn deleting_the_own_object_when_the_commit_is_refused() {
        let protocol =
            Protocol { roles: &[Update(0)], flaw: Some(Flaw::DeleteOwnWhenRefused), ..PROTOCOL };
        violates(protocol, RESOLVES, Kind::WriterDeletesALiveObject, 7);
    }

    #[test]
    fn a_transaction_that_is_refused_deletes_its_objects() {
        let protocol =
            Protocol { roles: &[Transaction], flaw: Some(Flaw::DeleteOwnWhenRefused), ..PROTOCOL };
        violates(protocol, RESOLVES, Kind::WriterDeletesALiveObject, 7);
    }

    const UNCONDITIONAL: CommitCondition = CommitCondition { rev: false, pointer: false };
    const REV_ALONE: CommitCondition = CommitCondition { rev: true, pointer: false };

    #[test]
    fn unconditional_commit_with_deletion_of_the_replaced_object() {
        let protocol = Protocol {
            roles: TWO_WRITERS,
            condition: UNCONDITIONAL,
            flaw: Some(Flaw::DeleteReplaced),
        };
        violates(protocol, RESOLVES, Kind::LateWriteOfADeletedObject, 11);
    }

    #[test]
    fn deletion_of_an_item_with_its_object() {
        let protocol =
            Protocol { roles: WRITER_AND_DELETE, flaw: Some(Flaw::DeleteWithItem), ..PROTOCOL };
        violates(protocol, RESOLVES, Kind::WriterDeletesALiveObject, 8);
    }

    #[test]
    fn the_age_taken_at_sweep() {
        let protocol = Protocol { roles: &[Update(0)], flaw: Some(Flaw::AgeAtSweep), ..PROTOCOL };
        violates(protocol, RESOLVES, Kind::SweepOfALiveObject, 8);
    }

    #[test]
    fn content_for_a_key_and_no_upload_of_what_is_there() {
        let protocol = Protocol { roles: TWO_WRITERS, flaw: Some(Flaw::ContentKeys), ..PROTOCOL };
        violates(protocol, RESOLVES, Kind::SweepOfALiveObject, 11);
    }

    #[test]
    fn reuse_without_a_condition() {
        let roles = &[Reuse(0), Update(0)];
        let protocol = Protocol { roles, condition: UNCONDITIONAL, ..PROTOCOL };
        violates(protocol, RESOLVES, Kind::SweepOfALiveObject, 10);
        violates(protocol, NOT_LOST, Kind::UpdateLost, 7);
    }

    #[test]
    fn reuse_with_rev_alone_beside_writers_that_bypass_the_library() {
        let roles = &[Reuse(0), Bypass(0)];
        let protocol = Protocol { roles, condition: REV_ALONE, ..PROTOCOL };
        violates(protocol, RESOLVES, Kind::SweepOfALiveObject, 7);
    }

    #[test]
    fn a_commit_with_rev_alone_beside_writers_that_bypass_the_library() {
        let roles = &[Update(0), Bypass(0)];
        let protocol = Protocol { roles, condition: REV_ALONE, ..PROTOCOL };
        violates(protocol, NOT_LOST, Kind::UpdateLost, 5);
    }

    #[test]
    fn a_commit_without_a_condition() {
        let protocol = Protocol { roles: TWO_WRITERS, condition: UNCONDITIONAL, ..PROTOCOL };
        violates(protocol, NOT_LOST, Kind::UpdateLost, 8);
    }

    #[test]
    fn a_transaction_that_asks_no_condition_of_the_item_it_reuses() {
        let roles = &[TransactionWithReuse, Update(1)];
        let protocol = Protocol { roles, flaw: Some(Flaw::ReuseWithoutCondition), ..PROTOCOL };
        violates(protocol, RESOLVES, Kind::SweepOfALiveObject, 12);
    }

    #[test]
    fn a_pointer_copied_to_another_item() {
        let protocol = Protocol { roles: &[CopyPointer, Update(0)], ..PROTOCOL };
        violates(protocol, RESOLVES, Kind::SweepOfALiveObject, 11);
    }

    #[test]
    fn adoption_that_does_not_ask_for_the_old_text() {
        let roles = &[Adopt, OtherTool(FOREIGN_NEXT)];
        let protocol = Protocol { roles, condition: REV_ALONE, ..PROTOCOL };
        violates(protocol, NOT_LOST, Kind::UpdateLost, 8);
    }

    #[test]
    fn adoption_without_a_copy() {
        let roles = &[AdoptInPlace, OtherTool(FOREIGN_NEXT), OtherTool(FOREIGN)];
        let protocol = Protocol { roles, ..PROTOCOL };
        violates(protocol, RESOLVES, Kind::LateWriteOfADeletedObject, 12);
    }
}
