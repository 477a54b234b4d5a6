//! The steps of the schema: numbered, forward only, each in a transaction.

use sea_orm_migration::{MigrationTrait, MigratorTrait};

#[path = "../../migrations/m0001_two_people_talk.rs"]
mod m0001_two_people_talk;

pub struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![Box::new(m0001_two_people_talk::Migration)]
    }
}
