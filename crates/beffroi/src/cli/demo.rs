//! `beffroi demo`: a throw-away server with sample people and rooms. Nothing is left behind.

use super::{Settings, circumstances, language, serve};
use crate::{
    accounts::{
        Account, Person, actions,
        model::{NewAccount, Reserved},
    },
    app::App,
    config::{Config, DemoAccount, Secrets},
    error::{Error, Result},
    ids::{ClientId, RoomId},
    messages::{Post, model::Draft},
    platform::{
        clock::Clock,
        i18n::{self, Language},
        random::Random,
    },
    roles::{self, Role},
    rooms::{self, model::NewRoom},
    settings,
    tx::Tx,
};
use secrecy::SecretString;
use std::collections::HashMap;

/// Who lives in the demonstration: name, role.
const PEOPLE: &[(&str, &str)] =
    &[("amelie", Role::ADMIN), ("bruno", Role::MODERATOR), ("chloe", Role::USER), ("david", Role::USER)];
/// Rooms and what is said in them, by keys of the catalogue.
const ROOMS: &[(&str, &[(&str, &str)])] = &[
    (
        "demo.room.square",
        &[
            ("amelie", "demo.square.1"),
            ("chloe", "demo.square.2"),
            ("bruno", "demo.square.3"),
            ("david", "demo.square.4"),
            ("amelie", "demo.square.5"),
        ],
    ),
    (
        "demo.room.workshop",
        &[("david", "demo.workshop.1"), ("amelie", "demo.workshop.2"), ("chloe", "demo.workshop.3")],
    ),
];

pub(super) async fn run(settings: Settings) -> Result<()> {
    // Before the folder is made: interrupted while the house is furnished, it is still removed.
    let stop = serve::StopSignals::listen()?;
    let folder = tempfile::Builder::new().prefix("beffroi-demo-").tempdir().map_err(Error::internal)?;
    let password = passphrase(&Random::System);
    let listen = settings.layers.value("server.listen");
    let mut config = Config::new(folder.path().to_owned(), listen, Secrets::throw_away(&Random::System));
    config.refuse_clear_text(settings.may_serve_in_clear_text()).map_err(Error::internal)?;
    config.public_url = settings.layers.optional("server.public_url");
    config.demo_accounts = PEOPLE
        .iter()
        .map(|(name, _)| DemoAccount { username: (*name).to_owned(), password: password.clone() })
        .collect();
    let listener = serve::listen(&mut config).await?;
    let app = App::start(config, Clock::System, Random::System).await?;
    furnish(&app, &password).await?;
    println!("{}", i18n::text(language(), "cli.demo", &[("url", app.config.origin())]));
    for account in &app.config.demo_accounts {
        println!("{} / {}", account.username, account.password);
    }
    serve::serve(app, listener, stop).await
}

/// Long enough for the policy, different each time, easy to retype.
fn passphrase(random: &Random) -> String {
    const WORDS: [&str; 32] = [
        "ardoise",
        "bateau",
        "cerise",
        "dune",
        "ecluse",
        "falaise",
        "girouette",
        "horloge",
        "ile",
        "jardin",
        "kiosque",
        "lanterne",
        "moulin",
        "nuage",
        "olivier",
        "phare",
        "quai",
        "rivage",
        "sablier",
        "tuile",
        "verger",
        "wagon",
        "yole",
        "zinc",
        "abricot",
        "boussole",
        "cloche",
        "dentelle",
        "etoile",
        "fontaine",
        "granit",
        "hameau",
    ];
    let words = random.bytes::<4>().map(|byte| WORDS[usize::from(byte) % WORDS.len()]);
    format!("{}-{:02}", words.join("-"), random.bytes::<1>()[0] % 100)
}

async fn furnish(app: &App, password: &str) -> Result<()> {
    let language = language();
    let people = invite_everybody(app, password, language).await?;
    let owner = &people[PEOPLE[0].0];
    for (name, sayings) in ROOMS {
        let room = open_room(app, owner, &people, i18n::text(language, name, &[])).await?;
        for (speaker, text) in *sayings {
            say(app, &people[speaker], room, i18n::text(language, text, &[])).await?;
        }
    }
    Ok(())
}

async fn invite_everybody(app: &App, password: &str, language: Language) -> Result<HashMap<&'static str, Account>> {
    let mut people = HashMap::new();
    for (name, role) in PEOPLE {
        let new = NewAccount {
            username: (*name).to_owned(),
            email: format!("{name}@example.org"),
            password: SecretString::from(password),
            first_name: None,
            last_name: None,
            birth_date: None,
            language,
        };
        let ready = actions::prepare(app, new, Reserved::Allowed).await?;
        let tx = Tx::begin(app, circumstances(app)).await?;
        let account = actions::create(&tx, ready, Role((*role).to_owned()), None).await?;
        settings::set_server_name(&tx.db, &i18n::text(language, "demo.server", &[])).await?;
        tx.commit().await?;
        people.insert(*name, account);
    }
    Ok(people)
}

async fn open_room(
    app: &App,
    owner: &Account,
    people: &HashMap<&'static str, Account>,
    name: String,
) -> Result<RoomId> {
    let mut tx = Tx::begin(app, circumstances(app).by(owner.id)).await?;
    let room = rooms::actions::create(&mut tx, owner.id, NewRoom::public(name)).await?;
    for person in people.values() {
        rooms::actions::join_public(&mut tx, person.id, &room).await?;
    }
    tx.commit().await?;
    Ok(room.id)
}

async fn say(app: &App, who: &Account, room: RoomId, text: String) -> Result<()> {
    let post = Post {
        room,
        permissions: roles::permissions_of(app.database.reader(), &who.role).await?,
        author: Person { id: who.id, username: who.username.clone() },
        draft: Draft::new(ClientId(app.random.id()), text)?,
        circumstances: circumstances(app).by(who.id),
    };
    app.messages.post(post).await.map(drop)
}
