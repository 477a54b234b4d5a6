//! Bringing a friend.

use crate::house::{Engine, House, PASSWORD, Postgres, Sqlite, registration};
use http::StatusCode;
use rstest::rstest;
use sea_orm::ConnectionTrait;
use serde_json::json;
use std::time::Duration;

const DAY: Duration = Duration::from_secs(24 * 3600);

// ID-1: by invitation.
#[rstest]
#[tokio::test]
async fn bob_registers_by_alices_link_and_lands_in_its_room(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let garden = alice.post("/api/v1/rooms", json!({"name": "Garden"})).await.expect(StatusCode::CREATED);
    let invite = alice.post("/api/v1/invites", json!({"room": garden["id"]})).await.expect(StatusCode::CREATED);
    let code = invite["code"].as_str().expect("a code");
    assert_eq!((invite["max_uses"].as_i64(), invite["uses"].as_i64()), (Some(25), Some(0)));
    assert!(invite["url"].as_str().expect("a URL").ends_with(&format!("/invite/{code}")));

    let mut bob = house.visitor();
    let seen = bob.get(&format!("/api/v1/invites/{code}")).await.expect(StatusCode::OK);
    assert_eq!((seen["invited_by"]["username"].as_str(), seen["state"].as_str()), (Some("alice"), Some("valid")));
    assert_eq!(seen["room"]["name"], "Garden");

    let user = bob.post("/api/v1/auth/register", registration("bob", code)).await.expect(StatusCode::CREATED);
    assert_eq!((user["role"].as_str(), user["is_deletable"].as_bool()), (Some("user"), Some(true)));
    bob.sign_in("bob", PASSWORD).await.expect(StatusCode::OK);
    let rooms = bob.get("/api/v1/rooms").await.expect(StatusCode::OK);
    let role = |name: &str| {
        rooms.as_array().expect("a list").iter().find(|room| room["name"] == name).expect("it")["role"].clone()
    };
    assert_eq!((role("Garden"), role("Square")), (json!("member"), json!(null)));
}

#[rstest]
#[tokio::test]
async fn nobody_registers_without_an_invitation(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    house.administrator("alice").await;
    let mallory = house.visitor();
    let mut body = registration("mallory", "no-such-code");
    mallory.post("/api/v1/auth/register", body.clone()).await.refused(404, "invite.not_found");
    body.as_object_mut().expect("an object").remove("invite");
    mallory.post("/api/v1/auth/register", body).await.refused(403, "account.invite_required");
    assert_eq!(house.count("users").await, 1);
}

#[rstest]
#[tokio::test]
async fn an_expired_used_up_or_revoked_invitation_opens_nothing(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let invite = async |body| alice.post("/api/v1/invites", body).await.expect(StatusCode::CREATED);
    let once = invite(json!({"max_uses": 1})).await;
    let revoked = invite(json!({})).await;
    let expired = invite(json!({"expires_at": "2026-11-21T13:00:00Z"})).await;
    let visitor = house.visitor();
    let code = |invite: &serde_json::Value| invite["code"].as_str().expect("a code").to_owned();
    visitor.post("/api/v1/auth/register", registration("bob", &code(&once))).await.expect(StatusCode::CREATED);
    let path = format!("/api/v1/invites/{}", revoked["id"].as_str().expect("an id"));
    assert_eq!(alice.delete(&path).await.status, StatusCode::NO_CONTENT);
    assert_eq!(alice.delete(&path).await.status, StatusCode::NO_CONTENT);
    house.advance(DAY / 24);

    for (invite, state) in [(&once, "used_up"), (&revoked, "revoked"), (&expired, "expired")] {
        let seen = visitor.get(&format!("/api/v1/invites/{}", code(invite))).await.expect(StatusCode::OK);
        assert_eq!(seen["state"], state);
        let body = registration("carol", &code(invite));
        visitor.post("/api/v1/auth/register", body).await.refused(409, "invite.unusable");
    }
    assert_eq!(house.count("users").await, 2);
}

// A refused registration takes no use and makes nobody.
#[rstest]
#[tokio::test]
async fn a_refused_registration_leaves_the_invitation_as_it_was(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let invite = alice.post("/api/v1/invites", json!({"max_uses": 1})).await.expect(StatusCode::CREATED);
    let code = invite["code"].as_str().expect("a code");
    let visitor = house.visitor();
    let refuse = async |change: serde_json::Value, status, code_name| {
        let mut body = registration("bob", code);
        body.as_object_mut().expect("an object").extend(change.as_object().expect("an object").clone());
        visitor.post("/api/v1/auth/register", body).await.refused(status, code_name);
    };
    refuse(json!({"username": "alice"}), 409, "account.username_taken").await;
    refuse(json!({"username": "ALICE"}), 409, "account.username_taken").await;
    // CH-9: a look-alike (Cyrillic а) is refused.
    refuse(json!({"username": "\u{430}lice"}), 409, "account.username_taken").await;
    // A taken address is never told: the same refusal would follow from another reason.
    refuse(json!({"email": "ALICE@example.org"}), 422, "account.not_created").await;
    refuse(json!({"password": "short"}), 422, "validation").await;
    refuse(json!({"username": "admin"}), 422, "validation").await;
    refuse(json!({"birth_date": "2031-01-01"}), 422, "validation").await;
    assert_eq!(house.count("users").await, 1);
    visitor.post("/api/v1/auth/register", registration("bob", code)).await.expect(StatusCode::CREATED);
}

#[rstest]
#[tokio::test]
async fn somebody_with_an_account_accepts_with_one_click(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let bob = house.member(&alice, "bob").await;
    let garden = alice.post("/api/v1/rooms", json!({"name": "Garden"})).await.expect(StatusCode::CREATED);
    let body = json!({"room": garden["id"], "max_uses": 1});
    let invite = alice.post("/api/v1/invites", body).await.expect(StatusCode::CREATED);
    let accept = format!("/api/v1/invites/{}/accept", invite["code"].as_str().expect("a code"));
    for _ in 0..2 {
        // Coming back by the same link costs no use.
        let accepted = bob.post(&accept, json!({})).await.expect(StatusCode::OK);
        assert_eq!(
            (accepted["room"]["name"].as_str(), accepted["room"]["role"].as_str()),
            (Some("Garden"), Some("member"))
        );
    }
    let list = alice.get("/api/v1/invites").await.expect(StatusCode::OK);
    assert_eq!(list[0]["uses"], 1);
}

#[rstest]
#[tokio::test]
async fn an_invitation_has_bounds(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    for (body, field, code) in [
        (json!({"max_uses": 0}), "max_uses", "out_of_range"),
        (json!({"max_uses": -1}), "max_uses", "out_of_range"),
        (json!({"max_uses": 9_007_199_254_740_993_i64}), "max_uses", "out_of_range"),
        (json!({"expires_at": "yesterday"}), "expires_at", "not_a_date"),
        (json!({"expires_at": "2020-01-01T00:00:00Z"}), "expires_at", "in_the_past"),
        (json!({"expires_at": "2126-01-01T00:00:00Z"}), "expires_at", "out_of_range"),
    ] {
        let refused = alice.post("/api/v1/invites", body).await.refused(422, "validation");
        assert_eq!(refused.fields(), [(field.into(), code.into())]);
    }
    let nowhere = json!({"room": "00000000-0000-4000-8000-000000000000"});
    alice.post("/api/v1/invites", nowhere).await.refused(404, "room.not_found");
    assert_eq!(house.count("invites").await, 0);
}

// A code is a credential: whoever reads the database cannot use it.
#[rstest]
#[tokio::test]
async fn the_database_holds_no_code(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let invite = alice.post("/api/v1/invites", json!({})).await.expect(StatusCode::CREATED);
    let code = invite["code"].as_str().expect("a code");
    let row = &house.rows("SELECT code_sealed, code_index FROM invites").await[0];
    for column in ["code_sealed", "code_index"] {
        let stored: Vec<u8> = row.try_get("", column).expect("bytes");
        assert!(!stored.windows(code.len()).any(|window| window == code.as_bytes()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_want_the_last_use_exactly_one_gets_it() {
    let Some(house) = House::on(Postgres).await else { return };
    let alice = house.administrator("alice").await;
    let invite = alice.post("/api/v1/invites", json!({"max_uses": 1})).await.expect(StatusCode::CREATED);
    let code = invite["code"].as_str().expect("a code").to_owned();
    let tries: Vec<_> = (0..20)
        .map(|number| {
            let (visitor, body) = (house.visitor(), registration(&format!("friend{number}"), &code));
            tokio::spawn(async move { visitor.post("/api/v1/auth/register", body).await.status })
        })
        .collect();
    let mut created = 0;
    for attempt in tries {
        created += usize::from(attempt.await.expect("no panic") == StatusCode::CREATED);
    }
    assert_eq!((created, house.count("users").await), (1, 2));
}

// Nobody waits for each other in a circle: the room is locked before its invitation, by whoever needs both.
#[tokio::test]
async fn an_invitation_that_meets_the_end_of_its_room_is_refused() {
    let Some(house) = House::on(Postgres).await else { return };
    let alice = house.administrator("alice").await;
    let bob = house.member(&alice, "bob").await;
    let garden = alice.post("/api/v1/rooms", json!({"name": "Garden"})).await.expect(StatusCode::CREATED);
    let id = garden["id"].as_str().expect("an id");
    let invite = alice.post("/api/v1/invites", json!({"room": id})).await.expect(StatusCode::CREATED);
    let accept = format!("/api/v1/invites/{}/accept", invite["code"].as_str().expect("a code"));

    let deleting = house.app.database.begin().await.expect("a transaction");
    let locked = format!("UPDATE rooms SET last_seq = last_seq WHERE id = '{id}'");
    deleting.execute_unprepared(&locked).await.expect("the room is locked");
    let deleted = async {
        house.until_somebody_waits().await;
        let statement = format!("DELETE FROM rooms WHERE id = '{id}'");
        deleting.execute_unprepared(&statement).await.expect("the room goes with its invitations");
        deleting.commit().await.expect("it commits");
    };
    let (accepted, ()) = tokio::join!(bob.post(&accept, json!({})), deleted);
    accepted.refused(404, "invite.not_found");
    alice.post("/api/v1/invites", json!({"room": id})).await.refused(404, "room.not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_want_one_name_exactly_one_gets_it_and_the_others_are_told() {
    let Some(house) = House::on(Postgres).await else { return };
    let alice = house.administrator("alice").await;
    // An invitation each: one that is shared would let them in one after the other.
    let mut codes = Vec::new();
    for _ in 0..12 {
        let invite = alice.post("/api/v1/invites", json!({})).await.expect(StatusCode::CREATED);
        codes.push(invite["code"].as_str().expect("a code").to_owned());
    }
    let tries: Vec<_> = codes
        .into_iter()
        .enumerate()
        .map(|(number, code)| {
            let (visitor, mut body) = (house.visitor(), registration("friend", &code));
            body["email"] = json!(format!("friend{number}@example.org"));
            tokio::spawn(async move { visitor.post("/api/v1/auth/register", body).await })
        })
        .collect();
    let mut created = 0;
    for attempt in tries {
        let answer = attempt.await.expect("no panic");
        if answer.status == StatusCode::CREATED {
            created += 1;
        } else {
            answer.refused(409, "account.username_taken");
        }
    }
    // Who did not get the name did not use their invitation up.
    let invites = alice.get("/api/v1/invites").await.expect(StatusCode::OK);
    let uses: i64 = invites.as_array().expect("a list").iter().filter_map(|invite| invite["uses"].as_i64()).sum();
    assert_eq!((created, uses), (1, 1));
}
