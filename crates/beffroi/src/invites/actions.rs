use super::store::{self, ActiveModel, Invite};
use crate::{
    app::App,
    audit::Act,
    error::{Code, Error, FieldError, Result},
    ids::{InviteId, RoomId, UserId},
    platform::clock::Moment,
    rooms,
    tx::Tx,
};
use sea_orm::Set;
use std::time::Duration;

/// An invitation that never ends is a hole that is found late.
const LIFETIME_DEFAULT: Duration = Duration::from_secs(7 * 24 * 3600);
const LIFETIME_MAX: Duration = Duration::from_secs(366 * 24 * 3600);
const USES_DEFAULT: i64 = 25;
pub(super) const USES_MAX: i64 = 10_000;
/// Random bytes of a code: 120 bits, 24 letters and digits.
const CODE_BYTES: usize = 15;
/// Crockford's alphabet: no letter is taken for a digit when a code is read aloud.
const CODE_ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// Longer than any code: not looked up.
const CODE_BYTES_MAX: usize = 64;

/// What an invitation opens, and for how long.
pub(super) struct NewInvite {
    pub room: Option<RoomId>,
    pub expires_at: Option<String>,
    pub max_uses: Option<i64>,
}

pub(super) struct Terms {
    expires_at: Moment,
    max_uses: i32,
}

impl NewInvite {
    pub(super) fn terms(&self, now: Moment) -> Result<Terms> {
        let mut broken = Vec::new();
        let expires_at = match self.expires_at.as_deref() {
            None => now + LIFETIME_DEFAULT,
            Some(text) => Moment::parse(text).unwrap_or_else(|| {
                broken.push(FieldError::new("expires_at", "not_a_date"));
                now + LIFETIME_DEFAULT
            }),
        };
        if expires_at <= now {
            broken.push(FieldError::new("expires_at", "in_the_past"));
        } else if expires_at > now + LIFETIME_MAX {
            broken.push(FieldError::new("expires_at", "out_of_range").with("min", now).with("max", now + LIFETIME_MAX));
        }
        let max_uses = self.max_uses.unwrap_or(USES_DEFAULT);
        if !(1..=USES_MAX).contains(&max_uses) {
            broken.push(FieldError::new("max_uses", "out_of_range").with("min", 1).with("max", USES_MAX));
        }
        match i32::try_from(max_uses) {
            Ok(max_uses) if broken.is_empty() => Ok(Terms { expires_at, max_uses }),
            _ => Err(Error::invalid(broken)),
        }
    }
}

/// An invitation and the code that it is shared by.
pub(super) async fn create(tx: &Tx<'_>, by: UserId, room: Option<RoomId>, terms: Terms) -> Result<(Invite, String)> {
    let id = InviteId(tx.app.random.id());
    let code = fresh_code(tx.app);
    let (code_sealed, code_index) = store::seal_code(&tx.app.keys, &id, &code);
    let row = ActiveModel {
        id: Set(id),
        code_sealed: Set(code_sealed),
        code_index: Set(code_index),
        room_id: Set(room),
        created_by: Set(by),
        created_at: Set(tx.circumstances.now),
        expires_at: Set(terms.expires_at),
        max_uses: Set(terms.max_uses),
        uses: Set(0),
        revoked_at: Set(None),
    };
    let invite = store::insert(&tx.db, row).await?;
    tx.record(Act::InviteCreated { invite: id, room }).await?;
    Ok((invite, code))
}

fn fresh_code(app: &App) -> String {
    let bytes = app.random.bytes::<CODE_BYTES>();
    let bit = |index: usize| usize::from(bytes[index / 8] >> (7 - index % 8) & 1);
    let letter = |at: usize| (0..5).fold(0, |value, offset| value << 1 | bit(at * 5 + offset));
    (0..CODE_BYTES * 8 / 5).map(|at| char::from(CODE_ALPHABET[letter(at)])).collect()
}

pub(super) async fn find(app: &App, code: &str) -> Result<Invite> {
    let found = if code.len() <= CODE_BYTES_MAX {
        store::find_by_code(app.database.reader(), &app.keys, code).await?
    } else {
        None
    };
    found.ok_or(Error::refuse(Code::INVITE_NOT_FOUND))
}

/// Refuses a code that would not be accepted, before anything slow is done for it.
pub async fn require_usable(app: &App, code: &str, now: Moment) -> Result<()> {
    let invite = find(app, code).await?;
    if state(&invite, now) == "valid" { Ok(()) } else { Err(Error::refuse(Code::INVITE_UNUSABLE)) }
}

/// Takes one use of the invitation within the transaction that needs it.
pub async fn use_up(tx: &Tx<'_>, code: &str) -> Result<Invite> {
    let invite = store::find_by_code(&tx.db, &tx.app.keys, code).await?;
    let invite = invite.ok_or(Error::refuse(Code::INVITE_NOT_FOUND))?;
    // The room before its invitation, as when a room is deleted with its invitations: neither waits for the other.
    if let Some(room) = invite.room_id {
        rooms::lock(&tx.db, [room]).await?;
    }
    if store::take_use(&tx.db, invite.id, tx.circumstances.now).await? {
        Ok(invite)
    } else {
        Err(Error::refuse(Code::INVITE_UNUSABLE))
    }
}

/// What has become of an invitation.
pub(super) fn state(invite: &Invite, now: Moment) -> &'static str {
    if invite.revoked_at.is_some() {
        "revoked"
    } else if invite.uses >= invite.max_uses {
        "used_up"
    } else if invite.expires_at <= now {
        "expired"
    } else {
        "valid"
    }
}

pub(super) async fn revoke(tx: &Tx<'_>, id: InviteId) -> Result<()> {
    if store::revoke(&tx.db, id, tx.circumstances.now).await? {
        return tx.record(Act::InviteRevoked { invite: id }).await;
    }
    // Revoking twice is no error; revoking what never was is.
    if store::exists(&tx.db, id).await? { Ok(()) } else { Err(Error::refuse(Code::INVITE_NOT_FOUND)) }
}
