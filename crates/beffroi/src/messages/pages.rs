//! Pages of history as they were last answered. Whatever changes a page raises its room's last number in the same commit:
//! a new message, an edit, a deletion, by whichever process. So a page is kept with that number and holds while the room
//! still has it; the request reads it in the statement that says whether its reader may have the page at all.
//!
//! It must have been read before the page was: then a page can only be newer than it says, and is read again too early
//! rather than too late. A page shows nothing that differs from reader to reader.

use crate::{
    ids::{MessageId, RoomId},
    platform::recent::Recent,
};
use axum::body::Bytes;

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

pub struct Pages(Recent<Asked, Kept>);

impl Default for Pages {
    fn default() -> Self {
        Self(Recent::new(BYTES_MAX))
    }
}

impl Pages {
    /// The page, if nothing happened in its room since it was read.
    pub(super) fn get(&self, asked: &Asked, last_seq: i64) -> Option<Bytes> {
        self.0.get(asked).filter(|kept| kept.last_seq == last_seq).map(|kept| kept.page)
    }

    /// Keeps a page that was read after its room had the number.
    pub(super) fn keep(&self, asked: Asked, last_seq: i64, page: Bytes) {
        let weight = page.len() + OVERHEAD_BYTES;
        self.0.keep(asked, Kept { last_seq, page }, weight);
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
}
