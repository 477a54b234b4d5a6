//! Who may do what: the table of roles, and every route against every role.

use crate::house::{Engine, House, Person, Postgres, Sqlite};
use beffroi::{
    roles::{BUILT_IN_ROLES, Permission, PermissionSet},
    route::Access,
    router,
};
use http::{Method, StatusCode};
use rstest::rstest;
use serde_json::json;
use std::collections::HashMap;

// AZ-1, AZ-2: the table, column by column.
#[test]
fn roles_are_born_with_the_rights_of_the_table() {
    let everyone = "read_messages";
    let users = "send_messages edit_own_messages delete_own_messages react_messages \
                 create_rooms join_rooms send_dm block_users view_user_profiles upload_files";
    let moderators = "delete_all_messages pin_messages kick_users ban_users manage_rooms delete_files view_audit_logs";
    let administrators = "edit_all_messages delete_rooms manage_users manage_files manage_permissions manage_system \
                          view_monitoring";
    let set = |groups: &[&str]| PermissionSet::from_names(groups.iter().flat_map(|group| group.split_whitespace()));
    let expected = HashMap::from([
        ("guest", set(&[everyone])),
        ("user", set(&[everyone, users])),
        ("moderator", set(&[everyone, users, moderators])),
        ("admin", set(&[everyone, users, moderators, administrators])),
    ]);
    let known: HashMap<_, _> = BUILT_IN_ROLES.iter().map(|(name, _)| (*name, built_in(name))).collect();
    assert_eq!(known, expected);
    assert_eq!(expected["admin"], PermissionSet::all());
    assert_eq!(Permission::from_name("delete_messages"), Some(Permission::DeleteAllMessages));
}

#[test]
fn an_unknown_name_grants_nothing() {
    assert_eq!(PermissionSet::from_names(["everything", "Manage_System", ""]), PermissionSet::default());
}

/// What each route asks for, said a second time: a route that is not here fails, and so does one whose needs changed.
const EXPECTED: &[(&str, &str)] = &[
    ("GET /healthz", "anyone"),
    ("GET /readyz", "anyone"),
    ("GET /", "anyone"),
    ("GET /sign-in", "anyone"),
    ("GET /setup", "anyone"),
    ("GET /reset", "anyone"),
    ("GET /invite/{code}", "anyone"),
    ("GET /activity", "anyone"),
    ("GET /rooms/{room}", "anyone"),
    ("GET /assets/{*path}", "anyone"),
    ("GET /api/v1/server", "anyone"),
    ("GET /api/v1/openapi.json", "anyone"),
    ("GET /problems/{code}", "anyone"),
    ("POST /api/v1/setup", "anyone"),
    ("POST /api/v1/auth/register", "anyone"),
    ("POST /api/v1/auth/login", "anyone"),
    ("POST /api/v1/auth/logout", "signed in"),
    ("POST /api/v1/auth/refresh", "anyone"),
    ("POST /api/v1/auth/logout-all", "signed in"),
    ("GET /api/v1/auth/sessions", "signed in"),
    ("DELETE /api/v1/auth/sessions", "signed in"),
    ("DELETE /api/v1/auth/sessions/{session}", "signed in"),
    ("GET /api/v1/auth/events", "signed in"),
    ("GET /api/v1/auth/notices", "signed in"),
    ("DELETE /api/v1/auth/notices/{notice}", "signed in"),
    ("GET /api/v1/auth/csrf", "signed in"),
    ("GET /api/v1/auth/me", "signed in"),
    ("PATCH /api/v1/auth/me", "signed in"),
    ("PUT /api/v1/auth/password", "signed in"),
    ("POST /api/v1/auth/password/forgot", "anyone"),
    ("POST /api/v1/auth/password/reset", "anyone"),
    ("GET /api/v1/permissions", "manage_permissions"),
    ("GET /api/v1/roles", "manage_permissions"),
    ("POST /api/v1/roles", "manage_permissions"),
    ("GET /api/v1/roles/{role}", "manage_permissions"),
    ("PUT /api/v1/roles/{role}", "manage_permissions"),
    ("DELETE /api/v1/roles/{role}", "manage_permissions"),
    ("GET /api/v1/invites", "manage_rooms"),
    ("POST /api/v1/invites", "manage_rooms"),
    ("DELETE /api/v1/invites/{invite}", "manage_rooms"),
    ("GET /api/v1/invites/{invite}", "anyone"),
    ("POST /api/v1/invites/{invite}/accept", "join_rooms"),
    ("GET /api/v1/rooms", "read_messages"),
    ("POST /api/v1/rooms", "create_rooms"),
    ("GET /api/v1/rooms/{room}", "read_messages"),
    ("PATCH /api/v1/rooms/{room}", "create_rooms"),
    ("DELETE /api/v1/rooms/{room}", "create_rooms"),
    ("GET /api/v1/rooms/{room}/members", "read_messages"),
    ("PUT /api/v1/rooms/{room}/members/{user}", "join_rooms"),
    ("DELETE /api/v1/rooms/{room}/members/{user}", "join_rooms"),
    ("POST /api/v1/rooms/{room}/members/me", "join_rooms"),
    ("DELETE /api/v1/rooms/{room}/members/me", "signed in"),
    ("PUT /api/v1/rooms/{room}/read", "read_messages"),
    ("GET /api/v1/rooms/{room}/changes", "read_messages"),
    ("GET /api/v1/people", "view_user_profiles"),
    ("GET /api/v1/people/{user}", "view_user_profiles"),
    ("PUT /api/v1/people/{user}/block", "block_users"),
    ("DELETE /api/v1/people/{user}/block", "block_users"),
    ("POST /api/v1/dms", "send_dm"),
    ("GET /api/v1/rooms/{room}/messages", "read_messages"),
    ("GET /api/v1/rooms/{room}/messages/{message}", "read_messages"),
    ("GET /api/v1/rooms/{room}/messages/{message}/history", "read_messages"),
    ("GET /api/v1/rooms/{room}/messages/{message}/thread", "read_messages"),
    ("PATCH /api/v1/rooms/{room}/messages/{message}", "edit_own_messages or edit_all_messages"),
    ("DELETE /api/v1/rooms/{room}/messages/{message}", "delete_own_messages or delete_all_messages"),
    ("GET /api/v1/activity", "read_messages"),
    ("PUT /api/v1/activity/seen", "read_messages"),
    ("POST /api/v1/rooms/{room}/messages", "send_messages"),
    ("POST /api/v1/ws-ticket", "signed in"),
    ("GET /ws", "read_messages, or a ticket"),
];

fn words(access: Access) -> String {
    match access {
        Access::Anyone => "anyone".to_owned(),
        Access::SignedIn => "signed in".to_owned(),
        Access::Holds(permission) => permission.name().to_owned(),
        Access::HoldsEither(one, other) => format!("{} or {}", one.name(), other.name()),
        Access::HoldsAtSocket(permission) => format!("{}, or a ticket", permission.name()),
    }
}

// AZ-3: deny by default; every route declares its permission.
#[tokio::test]
async fn every_route_is_in_the_table_with_what_it_asks_for() {
    let house = House::on(Sqlite).await.expect("SQLite is always there");
    let table = router::table(&house.app);
    let routes: Vec<(String, String)> =
        table.routes().iter().map(|route| (format!("{} {}", route.method, route.path), words(route.access))).collect();
    let expected: Vec<(String, String)> =
        EXPECTED.iter().map(|(route, access)| ((*route).to_owned(), (*access).to_owned())).collect();
    assert_eq!(routes, expected);
}

// AZ-3: role × route, by asking.
#[rstest]
#[tokio::test]
async fn each_role_passes_exactly_where_it_holds_the_permission(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let mut people: Vec<(&str, Person)> = vec![("admin", alice.clone())];
    for role in ["moderator", "user", "guest"] {
        let person = house.member(&alice, &format!("{role}-person")).await;
        house.set_role(&person, role).await;
        people.push((role, person));
    }
    let visitor = house.visitor();
    for route in router::table(&house.app).routes() {
        let path = route
            .path
            .replace("{room}", NOBODYS)
            .replace("{message}", NOBODYS)
            .replace("{role}", NOBODYS)
            .replace("{invite}", NOBODYS)
            .replace("{user}", NOBODYS)
            .replace("{session}", NOBODYS)
            .replace("{notice}", NOBODYS);
        if route.access == Access::Anyone || route.path.starts_with("/api/v1/auth/logout") {
            continue;
        }
        ask(&visitor, &route.method, &path).await.refused(401, "auth.required");
        for (role, person) in &people {
            let answer = ask(person, &route.method, &path).await;
            let is_refused = answer.body["code"] == "auth.forbidden";
            let holds = match route.access {
                Access::Holds(permission) | Access::HoldsAtSocket(permission) => built_in(role).holds(permission),
                Access::HoldsEither(one, other) => built_in(role).holds(one) || built_in(role).holds(other),
                _ => true,
            };
            assert_eq!(is_refused, !holds, "{role}: {} {path}: {}", route.method, answer.text);
            assert_ne!(answer.status, StatusCode::UNAUTHORIZED);
            assert!(answer.status.as_u16() < 500, "{}", answer.text);
        }
    }
}

const NOBODYS: &str = "00000000-0000-4000-8000-000000000000";

async fn ask(person: &Person, method: &Method, path: &str) -> crate::house::Answer {
    person.send_json(method.clone(), path, json!({})).await
}

fn built_in(role: &str) -> PermissionSet {
    let (_, names) = BUILT_IN_ROLES.iter().find(|(name, _)| *name == role).expect("a role");
    PermissionSet::from_names(names.iter().copied().flatten().copied())
}

// AZ-3: a change of role takes effect with the next request.
#[rstest]
#[tokio::test]
async fn a_demoted_person_loses_their_rights_at_once(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let bob = house.member(&alice, "bob").await;
    house.set_role(&bob, "moderator").await;
    bob.post("/api/v1/invites", json!({})).await.expect(StatusCode::CREATED);
    house.set_role(&bob, "guest").await;
    bob.post("/api/v1/invites", json!({})).await.refused(403, "auth.forbidden");
    let square = bob.square().await;
    bob.say_as(&square, "hello", uuid::Uuid::from_u128(1)).await.refused(403, "auth.forbidden");
    bob.get(&format!("/api/v1/rooms/{square}/messages")).await.expect(StatusCode::OK);
}
