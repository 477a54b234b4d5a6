use super::{
    actions::{self, NewInvite},
    store::{self, Invite},
};
use crate::{
    accounts::{self, Person},
    actor::Actor,
    app::App,
    audit::Circumstances,
    error::Result,
    ids::{InviteId, RoomId, UserId},
    platform::{
        clock::Moment,
        http::{
            answer::{Created, NoContent, Page, Success},
            etag::Shown,
            payload::{self, Ids, Payload, Query},
        },
    },
    rooms::{self, RoomView},
    tx::Tx,
};
use axum::extract::{Path, State};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// An invitation as those who invite see it.
#[derive(JsonSchema, Serialize)]
pub struct InviteView {
    id: InviteId,
    code: String,
    url: String,
    expires_at: Moment,
    max_uses: i32,
    uses: i32,
    room: Option<RoomName>,
    created_by: Option<Person>,
    created_at: Moment,
    state: &'static str,
}

#[derive(Clone, JsonSchema, Serialize)]
struct RoomName {
    id: RoomId,
    name: String,
    topic: String,
}

/// What the invited person sees before they accept.
#[derive(JsonSchema, Serialize)]
pub struct InvitationView {
    code: String,
    server_name: String,
    invited_by: Option<Person>,
    room: Option<RoomName>,
    expires_at: Moment,
    state: &'static str,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Create {
    room: Option<RoomId>,
    #[schemars(extend("format" = "date-time"))]
    expires_at: Option<String>,
    #[serde(default, deserialize_with = "payload::whole")]
    #[schemars(range(min = 1, max = actions::USES_MAX))]
    max_uses: Option<i64>,
}

/// Invites people to the server, and to a room.
///
/// Errors: room.not_found, room.not_entered, room.not_yours, room.direct.
pub async fn create(
    actor: Actor,
    State(app): State<App>,
    circumstances: Circumstances,
    Payload(body): Payload<Create>,
) -> Result<Created<InviteView>> {
    let now = circumstances.now;
    let new = NewInvite { room: body.room, expires_at: body.expires_at, max_uses: body.max_uses };
    let terms = new.terms(now)?;
    let tx = Tx::begin(&app, circumstances).await?;
    if let Some(room) = new.room {
        // Or it could be deleted between the look and the invitation to it.
        rooms::lock(&tx.db, [room]).await?;
        rooms::require_may_add(&tx.db, &actor, room).await?;
    }
    let (invite, code) = actions::create(&tx, actor.user, new.room, terms).await?;
    tx.commit().await?;
    let view = Names::of(&app, std::slice::from_ref(&invite)).await?.view(&app, &invite, code, now);
    Ok(Created { location: format!("/api/v1/invites/{}", view.id), data: view })
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct List {
    #[schemars(range(min = 1, max = payload::LIMIT_MAX))]
    limit: Option<i64>,
}

/// Lists the invitations, newest first.
pub async fn list(
    State(app): State<App>,
    circumstances: Circumstances,
    Query(query): Query<List>,
) -> Result<Page<InviteView>> {
    let invites = store::list(app.database.reader(), payload::limit(query.limit)?).await?;
    let names = Names::of(&app, &invites).await?;
    let views = invites.iter().map(|invite| {
        let code = store::open_code(&app.keys, invite)?;
        Ok(names.view(&app, invite, code, circumstances.now))
    });
    Ok(Page::whole(views.collect::<Result<_>>()?))
}

/// Ends an invitation: nobody comes by it any more.
///
/// Errors: invite.not_found.
pub async fn revoke(State(app): State<App>, circumstances: Circumstances, Ids(id): Ids<InviteId>) -> Result<NoContent> {
    let tx = Tx::begin(&app, circumstances).await?;
    actions::revoke(&tx, id).await?;
    tx.commit().await?;
    Ok(NoContent)
}

/// Shows what an invitation leads to.
///
/// Errors: invite.not_found.
pub async fn show(
    State(app): State<App>,
    circumstances: Circumstances,
    Path(code): Path<String>,
) -> Result<Shown<InvitationView>> {
    let invite = actions::find(&app, &code).await?;
    let names = Names::of(&app, std::slice::from_ref(&invite)).await?;
    Ok(Shown(InvitationView {
        code,
        server_name: app.server_name().await?,
        invited_by: names.person(invite.created_by),
        room: names.room(&invite),
        expires_at: invite.expires_at,
        state: actions::state(&invite, circumstances.now),
    }))
}

#[derive(JsonSchema, Serialize)]
pub struct AcceptedView {
    room: Option<RoomView>,
}

/// Takes somebody who has an account to the room of the invitation.
///
/// Errors: invite.not_found, invite.unusable, room.not_found, room.archived.
pub async fn accept(
    actor: Actor,
    State(app): State<App>,
    circumstances: Circumstances,
    Path(code): Path<String>,
) -> Result<Success<AcceptedView>> {
    let invite = actions::find(&app, &code).await?;
    let Some(room) = invite.room_id else { return Ok(Success(AcceptedView { room: None })) };
    let mut tx = Tx::begin(&app, circumstances).await?;
    // Coming back by the same link costs no use, nor does clicking twice: of two at once the second finds a member.
    rooms::lock(&tx.db, [room]).await?;
    if !rooms::is_member(&tx.db, actor.user, room).await? {
        let invite = actions::use_up(&tx, &code).await?;
        rooms::actions::join_as_invited(&mut tx, actor.user, room, invite.id).await?;
    }
    let view = rooms::view(&tx.db, &actor, room).await?;
    tx.commit().await?;
    Ok(Success(AcceptedView { room: Some(view) }))
}

/// The names that views of invitations show.
struct Names {
    people: HashMap<UserId, Person>,
    rooms: HashMap<RoomId, RoomName>,
}

impl Names {
    async fn of(app: &App, invites: &[Invite]) -> Result<Self> {
        let db = app.database.reader();
        let people = accounts::people(db, invites.iter().map(|invite| invite.created_by)).await?;
        let mut rooms = HashMap::new();
        for id in invites.iter().filter_map(|invite| invite.room_id) {
            if let (false, Some(room)) = (rooms.contains_key(&id), rooms::find(db, id).await?) {
                rooms.insert(id, RoomName { id, name: room.name, topic: room.topic });
            }
        }
        Ok(Self { people, rooms })
    }

    fn person(&self, id: UserId) -> Option<Person> {
        self.people.get(&id).cloned()
    }

    fn room(&self, invite: &Invite) -> Option<RoomName> {
        invite.room_id.and_then(|id| self.rooms.get(&id).cloned())
    }

    fn view(&self, app: &App, invite: &Invite, code: String, now: Moment) -> InviteView {
        InviteView {
            id: invite.id,
            url: format!("{}/invite/{code}", app.config.origin()),
            code,
            expires_at: invite.expires_at,
            max_uses: invite.max_uses,
            uses: invite.uses,
            room: self.room(invite),
            created_by: self.person(invite.created_by),
            created_at: invite.created_at,
            state: actions::state(invite, now),
        }
    }
}
