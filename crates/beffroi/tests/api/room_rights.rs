//! Every route of a room, for every policy, from every place: the table of rights said a second time.

use crate::house::{Answer, Engine, House, Person, Postgres, Sqlite};
use beffroi::router;
use http::{Method, StatusCode};
use rstest::rstest;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// What somebody does, and its route.
const ACTS: &[(&str, &str)] = &[
    ("see it", "GET /api/v1/rooms/{room}"),
    ("list its messages", "GET /api/v1/rooms/{room}/messages"),
    ("read a message", "GET /api/v1/rooms/{room}/messages/{message}"),
    ("read its thread", "GET /api/v1/rooms/{room}/messages/{message}/thread"),
    ("read its history", "GET /api/v1/rooms/{room}/messages/{message}/history"),
    ("list its members", "GET /api/v1/rooms/{room}/members"),
    ("hear what changed", "GET /api/v1/rooms/{room}/changes"),
    ("mark as read", "PUT /api/v1/rooms/{room}/read"),
    ("write", "POST /api/v1/rooms/{room}/messages"),
    ("edit another's words", "PATCH /api/v1/rooms/{room}/messages/{message}"),
    ("delete another's words", "DELETE /api/v1/rooms/{room}/messages/{message}"),
    ("change its topic", "PATCH /api/v1/rooms/{room}"),
    ("add somebody", "PUT /api/v1/rooms/{room}/members/{user}"),
    ("appoint an owner", "PUT /api/v1/rooms/{room}/members/{user}"),
    ("put somebody out", "DELETE /api/v1/rooms/{room}/members/{user}"),
    ("make an invitation", "POST /api/v1/invites"),
    ("join", "POST /api/v1/rooms/{room}/members/me"),
    ("leave", "DELETE /api/v1/rooms/{room}/members/me"),
    ("delete it", "DELETE /api/v1/rooms/{room}"),
];

/// Where somebody stands: in the room as, and in the house as.
const PLACES: &[(Option<&str>, &str)] = &[
    (Some("owner"), "user"),
    (Some("moderator"), "user"),
    (Some("member"), "user"),
    (Some("member"), "guest"),
    (None, "user"),
    (None, "guest"),
    (None, "moderator"),
    (None, "admin"),
    // After an explicit entry
    (Some("member"), "moderator"),
    (Some("member"), "admin"),
];

/// The refusals, by the sign that stands for each in the tables; `+` is done.
const REFUSALS: &[(char, u16, &str)] = &[
    ('?', 404, "room.not_found"),
    ('e', 403, "room.not_entered"),
    ('w', 403, "room.not_writable"),
    ('y', 403, "room.not_yours"),
    ('f', 403, "auth.forbidden"),
    ('d', 403, "room.direct"),
    ('n', 404, "room.not_member"),
    ('o', 409, "room.last_owner"),
];

/// One column for each of [`PLACES`], one line for each of [`ACTS`].
const PUBLIC: &str = "
++++++++++ see it
++++++++++ list its messages
++++++++++ read a message
++++++++++ read its thread
++++++++++ read its history
++++++++++ list its members
++++++++++ hear what changed
++++++++++ mark as read
+++fwf++++ write
ffffwff+f+ edit another's words
ffffff++++ delete another's words
+yyfyf++++ change its topic
++yfyfyyyy add somebody
+yyfyfyyyy appoint an owner
++yfyf++++ put somebody out
ffffff++++ make an invitation
+++f+f++++ join
o+++nnnn++ leave
+yyfyfy+y+ delete it
";

const PRIVATE: &str = "
++++??++++ see it
++++??ee++ list its messages
++++??ee++ read a message
++++??ee++ read its thread
++++??ee++ read its history
++++??ee++ list its members
++++??ee++ hear what changed
++++??ee++ mark as read
+++f?fee++ write
ffff?feef+ edit another's words
ffff?fee++ delete another's words
+yyf?fee++ change its topic
+++f?fee++ add somebody
+yyf?feeyy appoint an owner
++yf?fee++ put somebody out
ffffffee++ make an invitation
+++f?f++++ join
o+++??nn++ leave
+yyf?fy+y+ delete it
";

const RESTRICTED: &str = "
++++??++++ see it
++++??ee++ list its messages
++++??ee++ read a message
++++??ee++ read its thread
++++??ee++ read its history
++++??ee++ list its members
++++??ee++ hear what changed
++++??ee++ mark as read
+++f?fee++ write
ffff?feef+ edit another's words
ffff?fee++ delete another's words
+yyf?fee++ change its topic
++yf?feeyy add somebody
+yyf?feeyy appoint an owner
++yf?fee++ put somebody out
ffffffeeyy make an invitation
+++f?f++++ join
o+++??nn++ leave
+yyf?fy+y+ delete it
";

/// Where somebody stands towards a conversation.
const CONVERSATION_PLACES: &[(Option<&str>, &str)] = &[
    (Some("member"), "user"),
    (Some("member"), "guest"),
    (Some("member"), "moderator"),
    (Some("member"), "admin"),
    (None, "user"),
    (None, "guest"),
    (None, "moderator"),
    (None, "admin"),
];

const OF_TWO: &str = "
++++???? see it
++++???? list its messages
++++???? read a message
++++???? read its thread
++++???? read its history
++++???? list its members
++++???? hear what changed
++++???? mark as read
+f++?f?? write
ffff?f?? edit another's words
ffff?f?? delete another's words
dfdd?f?? change its topic
dfdd?f?? add somebody
dfdd?f?? appoint an owner
dfdd?f?? put somebody out
ffddff?? make an invitation
+f++?f?? join
dddd???? leave
dfdd?f?? delete it
";

const OF_THREE: &str = "
++++???? see it
++++???? list its messages
++++???? read a message
++++???? read its thread
++++???? read its history
++++???? list its members
++++???? hear what changed
++++???? mark as read
+f++?f?? write
ffff?f?? edit another's words
ffff?f?? delete another's words
+f++?f?? change its topic
dfdd?f?? add somebody
dfdd?f?? appoint an owner
dfdd?f?? put somebody out
ffddff?? make an invitation
+f++?f?? join
++++???? leave
dfdd?f?? delete it
";

/// After these somebody stands elsewhere: each has a room of its own.
const MOVES: [&str; 3] = ["join", "leave", "delete it"];

/// The people of the tables. Bob founds every room and says a word in it.
struct Cast<'a> {
    house: &'a House,
    bob: Person,
    /// Somebody to add, somebody to put out, somebody to appoint.
    newcomer: Person,
    sitter: Person,
    heir: Person,
    /// Who acts, by their role in the house.
    actors: BTreeMap<&'static str, Person>,
}

struct Scene {
    room: String,
    message: String,
}

impl<'a> Cast<'a> {
    async fn of(house: &'a House) -> Self {
        let alice = house.administrator("alice").await;
        let mut actors = BTreeMap::new();
        for role in ["user", "guest", "moderator"] {
            let actor = house.member(&alice, &format!("{role}-person")).await;
            house.set_role(&actor, role).await;
            actors.insert(role, actor);
        }
        let (bob, newcomer) = (house.member(&alice, "bob").await, house.member(&alice, "newcomer").await);
        let (sitter, heir) = (house.member(&alice, "sitter").await, house.member(&alice, "heir").await);
        actors.insert("admin", alice);
        Self { house, bob, newcomer, sitter, heir, actors }
    }

    async fn seat(&self, room: &str, person: &Person, role: &str) {
        let path = format!("/api/v1/rooms/{room}/members/{}", person.id);
        let answer = self.bob.put(&path, json!({"role": role})).await;
        assert_eq!(answer.status, StatusCode::NO_CONTENT, "{}", answer.text);
    }

    /// A room of its own, in which the actor has that place.
    async fn room(&self, policy: &str, place: Option<&str>, actor: &Person, enters: bool) -> Scene {
        let name = format!("Room {}", self.house.count("rooms").await + self.house.count("audit_events").await);
        let room = self.bob.post("/api/v1/rooms", json!({"name": name, "policy": policy})).await;
        let room = room.expect(StatusCode::CREATED)["id"].as_str().expect("an id").to_owned();
        self.seat(&room, &self.sitter, "member").await;
        self.seat(&room, &self.heir, "member").await;
        match place {
            Some("member") if enters => {
                actor.post(&format!("/api/v1/rooms/{room}/members/me"), json!({})).await.expect(StatusCode::OK);
            }
            Some(role) => self.seat(&room, actor, role).await,
            None => {}
        }
        if place == Some("owner") {
            self.seat(&room, &self.bob, "member").await;
        }
        self.with_a_word(room).await
    }

    async fn conversation(&self, size: usize, place: Option<&str>, actor: &Person) -> Scene {
        let other = if place.is_some() { actor } else { &self.heir };
        let people = [other.id, self.sitter.id];
        let opened = self.bob.post("/api/v1/dms", json!({"users": people[..size - 1]})).await;
        assert!(opened.status.is_success(), "{}", opened.text);
        self.with_a_word(opened.body["data"]["id"].as_str().expect("an id").to_owned()).await
    }

    async fn with_a_word(&self, room: String) -> Scene {
        let said = self.bob.say(&room, "hello").await;
        Scene { room, message: said["id"].as_str().expect("an id").to_owned() }
    }

    async fn act(&self, actor: &Person, what: &str, Scene { room, message }: &Scene) -> Answer {
        let (_, route) = ACTS.iter().find(|(act, _)| *act == what).expect("an act");
        let (method, path) = route.split_once(' ').expect("a method and a path");
        let (user, body) = match what {
            "mark as read" => (Uuid::nil(), json!({"message": message})),
            "write" => (Uuid::nil(), json!({"text": "hello", "client_id": crate::house::fresh_client_id()})),
            "edit another's words" => (Uuid::nil(), json!({"text": "goodbye"})),
            "change its topic" => (Uuid::nil(), json!({"topic": "roses"})),
            "add somebody" => (self.newcomer.id, json!({"role": "member"})),
            "appoint an owner" => (self.heir.id, json!({"role": "owner"})),
            "put somebody out" => (self.sitter.id, json!({})),
            "make an invitation" => (Uuid::nil(), json!({"room": room})),
            _ => (Uuid::nil(), json!({})),
        };
        let path = path.replace("{room}", room).replace("{message}", message).replace("{user}", &user.to_string());
        let method: Method = method.parse().expect("a method");
        if method == Method::GET { actor.get(&path).await } else { actor.send_json(method, &path, body).await }
    }

    async fn scene(&self, policy: &str, column: usize) -> (Scene, &Person) {
        let (place, role) = places(policy)[column];
        let actor = &self.actors[role];
        let scene = match policy {
            "of two" => self.conversation(2, place, actor).await,
            "of three" => self.conversation(3, place, actor).await,
            _ => self.room(policy, place, actor, matches!(role, "moderator" | "admin")).await,
        };
        (scene, actor)
    }

    /// One line for each act.
    async fn table(&self, policy: &str) -> String {
        let mut lines = vec![String::new(); ACTS.len()];
        for column in 0..places(policy).len() {
            let (staying, actor) = self.scene(policy, column).await;
            for (line, (what, _)) in lines.iter_mut().zip(ACTS) {
                let answer = if MOVES.contains(what) {
                    let (own, _) = self.scene(policy, column).await;
                    self.act(actor, what, &own).await
                } else {
                    self.act(actor, what, &staying).await
                };
                line.push(sign(&answer));
            }
        }
        let lines: Vec<_> = lines.iter().zip(ACTS).map(|(signs, (what, _))| format!("{signs} {what}\n")).collect();
        format!("\n{}", lines.concat())
    }
}

fn places(policy: &str) -> &'static [(Option<&'static str>, &'static str)] {
    if policy.starts_with("of ") { CONVERSATION_PLACES } else { PLACES }
}

fn sign(answer: &Answer) -> char {
    if answer.status.is_success() {
        return '+';
    }
    let code = answer.body["code"].as_str();
    let refusal = REFUSALS.iter().find(|(_, status, known)| answer.status == *status && code == Some(known));
    refusal.unwrap_or_else(|| panic!("a refusal that no table has: {} {}", answer.status, answer.text)).0
}

// AZ-3, AZ-4: every room route × every policy × every place and role.
#[rstest]
#[case::public("public", PUBLIC)]
#[case::private("private", PRIVATE)]
#[case::restricted("restricted", RESTRICTED)]
#[case::of_two("of two", OF_TWO)]
#[case::of_three("of three", OF_THREE)]
#[tokio::test]
async fn each_place_in_each_kind_of_room_has_the_rights_of_the_table(
    #[case] policy: &str,
    #[case] expected: &str,
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let Some(house) = House::on(engine).await else { return };
    let cast = Cast::of(&house).await;
    let found = cast.table(policy).await;
    assert!(found == expected, "{policy}: found{found}instead of{expected}");
}

// AZ-3: a new route of rooms has a line in the tables.
#[tokio::test]
async fn no_route_of_a_room_is_missing_from_the_tables() {
    let house = House::on(Sqlite).await.expect("SQLite is always there");
    let of_rooms = |route: &String| route.contains("/api/v1/rooms/{room}");
    let routes: BTreeSet<String> = router::table(&house.app)
        .routes()
        .iter()
        .map(|route| format!("{} {}", route.method, route.path))
        .filter(of_rooms)
        .collect();
    let acts: BTreeSet<String> = ACTS.iter().map(|(_, route)| (*route).to_owned()).filter(of_rooms).collect();
    assert_eq!(routes, acts);
}

type Racer = tokio::task::JoinHandle<Answer>;

fn start(person: &Person, method: Method, path: &str, body: Value) -> Racer {
    let (person, path) = (person.clone(), path.to_owned());
    tokio::spawn(async move { person.send_json(method, &path, body).await })
}

/// Whoever is taken out of a room by the first of two acts cannot do the second in it.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_said_in_a_room_after_leaving_it() {
    let Some(house) = House::on(Postgres).await else { return };
    let alice = house.administrator("alice").await;
    let bob = house.member(&alice, "bob").await;
    let square = bob.square().await;
    let path = format!("/api/v1/rooms/{square}");
    for _ in 0..10 {
        bob.post(&format!("{path}/members/me"), json!({})).await.expect(StatusCode::OK);
        let body = json!({"text": "wait", "client_id": crate::house::fresh_client_id()});
        let said = start(&bob, Method::POST, &format!("{path}/messages"), body);
        let left = start(&bob, Method::DELETE, &format!("{path}/members/me"), json!({}));
        assert_eq!(left.await.expect("no panic").status, StatusCode::NO_CONTENT);
        let said = said.await.expect("no panic");
        if said.status != StatusCode::CREATED {
            said.refused(403, "room.not_writable");
        }
        // Whichever came first: the numbers have no hole, and no word of his stands after his leaving.
        let changes = alice.get(&format!("{path}/changes?after=0")).await.expect(StatusCode::OK);
        let kinds: Vec<_> =
            changes["events"].as_array().expect("a list").iter().map(|event| event["kind"].clone()).collect();
        assert_eq!(kinds.last(), Some(&json!("member.changed")));
        assert_eq!(changes["last_seq"].as_u64(), u64::try_from(kinds.len()).ok());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_seat_and_a_leaving_at_once_leave_one_truth() {
    let Some(house) = House::on(Postgres).await else { return };
    let alice = house.administrator("alice").await;
    let bob = house.member(&alice, "bob").await;
    let room = alice.post("/api/v1/rooms", json!({"name": "Cellar", "policy": "private"})).await;
    let path = format!("/api/v1/rooms/{}", room.expect(StatusCode::CREATED)["id"].as_str().expect("an id"));
    let seat = format!("{path}/members/{}", bob.id);
    for _ in 0..10 {
        alice.put(&seat, json!({"role": "member"})).await;
        let raised = start(&alice, Method::PUT, &seat, json!({"role": "moderator"}));
        let left = start(&bob, Method::DELETE, &format!("{path}/members/me"), json!({}));
        let (raised, left) = (raised.await.expect("no panic"), left.await.expect("no panic"));
        assert_eq!((raised.status, left.status), (StatusCode::NO_CONTENT, StatusCode::NO_CONTENT));
        // Raised and then gone, or gone and then brought back as what he was to be.
        let members = alice.get(&format!("{path}/members")).await.expect(StatusCode::OK);
        let place = members.as_array().expect("a list").iter().find(|member| member["user"]["username"] == "bob");
        let changes = alice.get(&format!("{path}/changes?after=0")).await.expect(StatusCode::OK);
        let last = changes["events"].as_array().expect("a list").last().expect("an event").clone();
        assert_eq!(place.map_or(json!(null), |place| place["role"].clone()), last["data"]["role"]);
        bob.delete(&format!("{path}/members/me")).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_owners_who_leave_at_once_leave_one_behind() {
    let Some(house) = House::on(Postgres).await else { return };
    let alice = house.administrator("alice").await;
    let bob = house.member(&alice, "bob").await;
    let room = alice.post("/api/v1/rooms", json!({"name": "Cellar", "policy": "private"})).await;
    let path = format!("/api/v1/rooms/{}", room.expect(StatusCode::CREATED)["id"].as_str().expect("an id"));
    let me = format!("{path}/members/me");
    for _ in 0..10 {
        for (by, whom) in [(&alice, &bob), (&bob, &alice)] {
            by.put(&format!("{path}/members/{}", whom.id), json!({"role": "owner"})).await;
        }
        let racers = [&alice, &bob].map(|person| start(person, Method::DELETE, &me, json!({})));
        let mut stayed = 0;
        for racer in racers {
            let answer = racer.await.expect("no panic");
            if answer.status != StatusCode::NO_CONTENT {
                answer.refused(409, "room.last_owner");
                stayed += 1;
            }
        }
        assert_eq!((stayed, house.count("room_members WHERE role = 'owner' AND room_id IN (SELECT id FROM rooms WHERE policy = 'private')").await), (1, 1));
    }
}

/// A promotion and an act that needs it, at once: the act is done as one who may, or refused as one who may not yet.
#[tokio::test(flavor = "multi_thread")]
async fn an_act_races_the_role_that_it_needs() {
    let Some(house) = House::on(Postgres).await else { return };
    let alice = house.administrator("alice").await;
    let bob = house.member(&alice, "bob").await;
    let room = alice.post("/api/v1/rooms", json!({"name": "Cellar", "policy": "restricted"})).await;
    let path = format!("/api/v1/rooms/{}", room.expect(StatusCode::CREATED)["id"].as_str().expect("an id"));
    let carol = house.member(&alice, "carol").await;
    let (of_bob, of_carol) = (format!("{path}/members/{}", bob.id), format!("{path}/members/{}", carol.id));
    for _ in 0..10 {
        alice.put(&of_bob, json!({"role": "member"})).await;
        let promoted = start(&alice, Method::PUT, &of_bob, json!({"role": "moderator"}));
        let added = start(&bob, Method::PUT, &of_carol, json!({"role": "member"}));
        assert_eq!(promoted.await.expect("no panic").status, StatusCode::NO_CONTENT);
        let added = added.await.expect("no panic");
        let is_in = house.count(&format!("room_members WHERE user_id = '{}'", carol.id)).await == 2;
        assert_eq!(added.status == StatusCode::NO_CONTENT, is_in, "{}", added.text);
        if is_in {
            assert_eq!(bob.delete(&of_carol).await.status, StatusCode::NO_CONTENT);
        } else {
            added.refused(403, "room.not_yours");
        }
    }
}
