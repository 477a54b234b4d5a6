//! The steps of the schema: numbered, forward only, each in a transaction.

use sea_orm_migration::{MigrationTrait, MigratorTrait};

#[path = "../../migrations/m0001_two_people_talk.rs"]
mod m0001_two_people_talk;
#[path = "../../migrations/m0002_threads_and_conversations.rs"]
mod m0002_threads_and_conversations;
#[path = "../../migrations/m0003_known_networks.rs"]
mod m0003_known_networks;
#[path = "../../migrations/m0004_reset_links.rs"]
mod m0004_reset_links;
#[path = "../../migrations/m0005_answers_to_people.rs"]
mod m0005_answers_to_people;

pub struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_two_people_talk::Migration),
            Box::new(m0002_threads_and_conversations::Migration),
            Box::new(m0003_known_networks::Migration),
            Box::new(m0004_reset_links::Migration),
            Box::new(m0005_answers_to_people::Migration),
        ]
    }
}
