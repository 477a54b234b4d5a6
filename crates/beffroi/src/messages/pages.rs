//! Pages of history as they were last answered. Whatever changes a page raises its room's last number in the same commit:
//! a new message, an edit, a deletion, by whichever process. So a page is kept with that number and holds while the room
//! still has it; the request reads it in the statement that says whether its reader may have the page at all.
//!
//! It must have been read before the page was: then a page can only be newer than it says, and is read again too early
//! rather than too late. A page shows nothing that differs from reader to reader.

use crate::ids::{MessageId, RoomId};
use axum::body::Bytes;
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

/// What all pages together may hold.
const BYTES_MAX: usize = 16 * 1024 * 1024;
/// What keeping a page takes besides.
const OVERHEAD_BYTES: usize = 256;

/// A page that somebody asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Asked {
    pub room: RoomId,
    pub place: Place,
    pub limit: u64,
}

/// Where in the room's history.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Place {
    Newest,
    At {
        way: Way,
        id: MessageId,
        /// How it was asked for, which a refusal names.
        field: &'static str,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Way {
    Before,
    After,
    Around,
}

#[derive(Clone)]
struct Kept {
    last_seq: i64,
    page: Bytes,
}

/// Two generations: what is asked for moves to the young one; when that has half of the room, the old one goes and the
/// young one grows old.
#[derive(Default)]
struct Generations {
    young: HashMap<Asked, Kept>,
    young_bytes: usize,
    old: HashMap<Asked, Kept>,
}

#[derive(Default)]
pub struct Pages(Mutex<Generations>);

impl Pages {
    /// The page, if nothing happened in its room since it was read.
    pub(super) fn get(&self, asked: &Asked, last_seq: i64) -> Option<Bytes> {
        let mut generations = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        generations.find(asked).filter(|kept| kept.last_seq == last_seq).map(|kept| kept.page)
    }

    /// Keeps a page that was read after its room had the number.
    pub(super) fn keep(&self, asked: Asked, last_seq: i64, page: Bytes) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).keep(asked, Kept { last_seq, page });
    }
}

impl Generations {
    fn find(&mut self, asked: &Asked) -> Option<Kept> {
        if let Some(kept) = self.young.get(asked) {
            return Some(kept.clone());
        }
        let kept = self.old.remove(asked)?;
        self.keep(*asked, kept.clone());
        Some(kept)
    }

    fn keep(&mut self, asked: Asked, kept: Kept) {
        let bytes = |kept: &Kept| kept.page.len() + OVERHEAD_BYTES;
        if self.young_bytes + bytes(&kept) > BYTES_MAX / 2 {
            self.old = std::mem::take(&mut self.young);
            self.young_bytes = 0;
        }
        self.young_bytes += bytes(&kept);
        let before = self.young.insert(asked, kept);
        self.young_bytes -= before.as_ref().map_or(0, bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn asked(limit: u64) -> Asked {
        Asked { room: RoomId(Uuid::nil()), place: Place::Newest, limit }
    }

    #[test]
    fn a_page_holds_while_its_room_has_the_same_number() {
        let pages = Pages::default();
        pages.keep(asked(50), 7, Bytes::from_static(b"a page"));
        assert_eq!(pages.get(&asked(50), 7), Some(Bytes::from_static(b"a page")));
        assert_eq!(pages.get(&asked(50), 8), None);
        assert_eq!(pages.get(&asked(51), 7), None);
    }

    #[test]
    fn what_nobody_asks_for_makes_room_and_what_is_asked_for_stays() {
        let pages = Pages::default();
        let page = Bytes::from(vec![0; BYTES_MAX / 64]);
        for limit in 0..1000 {
            pages.keep(asked(limit), 1, page.clone());
            assert!(pages.get(&asked(0), 1).is_some(), "gone after {limit}");
        }
        let held = (0..1000).filter(|limit| pages.get(&asked(*limit), 1).is_some()).count();
        assert!((30..64).contains(&held), "{held} pages are held");
    }
}
