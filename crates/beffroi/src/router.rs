//! Every URL of the server, and who may ask for it.

use crate::{
    accounts,
    app::App,
    invites, messages, openapi, passwords, people,
    platform::http::{assets, connections, cross_site, door, etag, host, nowhere},
    problems, realtime, rights,
    roles::Permission::{
        BlockUsers, CreateRooms, DeleteAllMessages, DeleteOwnMessages, EditAllMessages, EditOwnMessages, JoinRooms,
        ManagePermissions, ManageRooms, ReadMessages, SendDm, SendMessages, ViewUserProfiles,
    },
    rooms,
    route::{
        Access::{Anyone, Holds, HoldsAtSocket, HoldsEither, SignedIn},
        Limit, RouteTable,
    },
    server, sessions,
};
use axum::{Router, middleware};

pub fn table(app: &App) -> RouteTable {
    RouteTable::new(app.clone())
        // Probes, and the browser application
        .limited(Limit::Free)
        .get("/healthz", Anyone, server::health)
        .get("/readyz", Anyone, server::readiness)
        .get("/", Anyone, assets::application)
        .get("/sign-in", Anyone, assets::application)
        .get("/setup", Anyone, assets::application)
        .get("/reset", Anyone, assets::application)
        .get("/invite/{code}", Anyone, assets::application)
        .get("/activity", Anyone, assets::application)
        .get("/rooms/{room}", Anyone, assets::application)
        .get("/assets/{*path}", Anyone, assets::asset)
        // The server itself
        .limited(Limit::Standard)
        .get("/api/v1/server", Anyone, server::show)
        .get("/api/v1/openapi.json", Anyone, openapi::show)
        .get("/problems/{code}", Anyone, problems::show)
        // Getting in
        .post("/api/v1/setup", Anyone, accounts::routes::set_up)
        .post("/api/v1/auth/register", Anyone, accounts::routes::register)
        .post("/api/v1/auth/login", Anyone, sessions::routes::sign_in)
        .post("/api/v1/auth/logout", SignedIn, sessions::routes::sign_out)
        .post("/api/v1/auth/refresh", Anyone, sessions::routes::refresh)
        .post("/api/v1/auth/logout-all", SignedIn, sessions::routes::sign_out_everywhere)
        .get("/api/v1/auth/sessions", SignedIn, sessions::routes::list)
        .delete("/api/v1/auth/sessions", SignedIn, sessions::routes::end_others)
        .delete("/api/v1/auth/sessions/{session}", SignedIn, sessions::routes::end)
        .get("/api/v1/auth/events", SignedIn, sessions::routes::events)
        .get("/api/v1/auth/notices", SignedIn, sessions::routes::notices)
        .delete("/api/v1/auth/notices/{notice}", SignedIn, sessions::routes::dismiss_notice)
        .get("/api/v1/auth/csrf", SignedIn, sessions::routes::csrf_token)
        .get("/api/v1/auth/me", SignedIn, accounts::routes::me)
        .patch("/api/v1/auth/me", SignedIn, accounts::routes::change_me)
        .put("/api/v1/auth/password", SignedIn, passwords::routes::change)
        .post("/api/v1/auth/password/forgot", Anyone, passwords::routes::forgot)
        .post("/api/v1/auth/password/reset", Anyone, passwords::routes::reset)
        // Roles
        .get("/api/v1/permissions", Holds(ManagePermissions), rights::routes::permissions)
        .get("/api/v1/roles", Holds(ManagePermissions), rights::routes::list)
        .post("/api/v1/roles", Holds(ManagePermissions), rights::routes::define)
        .get("/api/v1/roles/{role}", Holds(ManagePermissions), rights::routes::show)
        .put("/api/v1/roles/{role}", Holds(ManagePermissions), rights::routes::change)
        .delete("/api/v1/roles/{role}", Holds(ManagePermissions), rights::routes::delete)
        // Invitations
        .get("/api/v1/invites", Holds(ManageRooms), invites::routes::list)
        .post("/api/v1/invites", Holds(ManageRooms), invites::routes::create)
        .delete("/api/v1/invites/{invite}", Holds(ManageRooms), invites::routes::revoke)
        // One segment, two meanings: an invitation is shown and accepted by its code, revoked by its id.
        .get("/api/v1/invites/{invite}", Anyone, invites::routes::show)
        .post("/api/v1/invites/{invite}/accept", Holds(JoinRooms), invites::routes::accept)
        // Rooms
        .get("/api/v1/rooms", Holds(ReadMessages), rooms::routes::list)
        .post("/api/v1/rooms", Holds(CreateRooms), rooms::routes::create)
        .get("/api/v1/rooms/{room}", Holds(ReadMessages), rooms::routes::show)
        .patch("/api/v1/rooms/{room}", Holds(CreateRooms), rooms::routes::change)
        .delete("/api/v1/rooms/{room}", Holds(CreateRooms), rooms::routes::delete)
        .get("/api/v1/rooms/{room}/members", Holds(ReadMessages), rooms::routes::members)
        .put("/api/v1/rooms/{room}/members/{user}", Holds(JoinRooms), rooms::routes::seat)
        .delete("/api/v1/rooms/{room}/members/{user}", Holds(JoinRooms), rooms::routes::unseat)
        .post("/api/v1/rooms/{room}/members/me", Holds(JoinRooms), rooms::routes::join)
        .delete("/api/v1/rooms/{room}/members/me", SignedIn, rooms::routes::leave)
        .put("/api/v1/rooms/{room}/read", Holds(ReadMessages), rooms::routes::mark_read)
        .get("/api/v1/rooms/{room}/changes", Holds(ReadMessages), realtime::routes::changes)
        // People, and what they say to each other alone
        .get("/api/v1/people", Holds(ViewUserProfiles), people::routes::list)
        .get("/api/v1/people/{user}", Holds(ViewUserProfiles), people::routes::show)
        .put("/api/v1/people/{user}/block", Holds(BlockUsers), people::routes::block)
        .delete("/api/v1/people/{user}/block", Holds(BlockUsers), people::routes::unblock)
        .post("/api/v1/dms", Holds(SendDm), rooms::routes::open_direct)
        // Messages
        .get("/api/v1/rooms/{room}/messages", Holds(ReadMessages), messages::routes::list)
        .get("/api/v1/rooms/{room}/messages/{message}", Holds(ReadMessages), messages::routes::show)
        .get("/api/v1/rooms/{room}/messages/{message}/history", Holds(ReadMessages), messages::routes::history)
        .get("/api/v1/rooms/{room}/messages/{message}/thread", Holds(ReadMessages), messages::routes::thread)
        .patch(
            "/api/v1/rooms/{room}/messages/{message}",
            HoldsEither(EditOwnMessages, EditAllMessages),
            messages::routes::edit,
        )
        .delete(
            "/api/v1/rooms/{room}/messages/{message}",
            HoldsEither(DeleteOwnMessages, DeleteAllMessages),
            messages::routes::delete,
        )
        .get("/api/v1/activity", Holds(ReadMessages), messages::activity::routes::list)
        .put("/api/v1/activity/seen", Holds(ReadMessages), messages::activity::routes::mark_seen)
        .limited(Limit::Messages)
        .post("/api/v1/rooms/{room}/messages", Holds(SendMessages), messages::routes::send)
        // The socket
        .limited(Limit::Standard)
        .post("/api/v1/ws-ticket", SignedIn, sessions::routes::issue_ticket)
        .get("/ws", HoldsAtSocket(ReadMessages), realtime::routes::open)
}

pub fn build(app: App) -> Router {
    table(&app)
        .into_router()
        .fallback(nowhere::unknown_address)
        .method_not_allowed_fallback(nowhere::wrong_method)
        .layer(middleware::from_fn(etag::spare))
        .layer(middleware::from_fn_with_state(app.clone(), cross_site::guard))
        .layer(middleware::from_fn_with_state(app.clone(), host::guard))
        .layer(middleware::from_fn_with_state(app.clone(), connections::guard))
        .layer(middleware::from_fn_with_state(app.clone(), door::enter))
        .with_state(app)
}
