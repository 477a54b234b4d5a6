//! What a failed statement says of the database: that it is away, that its disk is full, or that two transactions met.
//! Neither is a fault of ours nor of the request: the client is asked to come back.

use sea_orm::{DbErr, RuntimeErr};
use sqlx::Error as DriverError;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outage {
    /// It does not answer, has no connection free, or is stopping or starting.
    Away,
    /// Nothing more can be written; what is there can be read.
    Full,
    /// Two transactions met, and ours was the one to go.
    Collision,
}

impl Outage {
    pub fn of(error: &DbErr) -> Option<Self> {
        match error {
            DbErr::ConnectionAcquire(_) => Some(Self::Away),
            DbErr::Conn(source) | DbErr::Exec(source) | DbErr::Query(source) => match source {
                RuntimeErr::SqlxError(source) => of_driver(source),
                RuntimeErr::Internal(_) => None,
            }
            .or(matches!(error, DbErr::Conn(_)).then_some(Self::Away)),
            _ => None,
        }
    }
}

fn of_driver(error: &DriverError) -> Option<Outage> {
    match error {
        // A connection that broke under a statement: whether the statement took effect is not known.
        DriverError::Io(_)
        | DriverError::Tls(_)
        | DriverError::PoolTimedOut
        | DriverError::PoolClosed
        | DriverError::WorkerCrashed
        | DriverError::BeginFailed => Some(Outage::Away),
        DriverError::Database(error) => of_code(&error.code()?),
        _ => None,
    }
}

/// PostgreSQL's codes have five characters (its appendix A), SQLite's are numbers that have their family in the last byte
/// (<https://www.sqlite.org/rescode.html>).
fn of_code(code: &str) -> Option<Outage> {
    if code.len() == 5 {
        return match code {
            "53100" => Some(Outage::Full),
            "40001" | "40P01" => Some(Outage::Collision),
            // Stopping, crashed, starting; a standby that was promoted away from us.
            "57P01" | "57P02" | "57P03" | "25006" => Some(Outage::Away),
            // Lost connections; no memory, no connection free.
            _ if code.starts_with("08") || code.starts_with("53") => Some(Outage::Away),
            _ => None,
        };
    }
    match code.parse::<u32>().ok()? & 0xFF {
        // SQLITE_FULL
        13 => Some(Outage::Full),
        // SQLITE_BUSY, SQLITE_LOCKED: longer than we wait for another process.
        5 | 6 => Some(Outage::Collision),
        // SQLITE_IOERR, SQLITE_CANTOPEN: a disk that went away, or that is too full for the files beside the database.
        10 | 14 => Some(Outage::Away),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_both_engines_are_told_apart() {
        for (code, outage) in [
            ("53100", Some(Outage::Full)),
            ("57P01", Some(Outage::Away)),
            ("08006", Some(Outage::Away)),
            ("53300", Some(Outage::Away)),
            ("40P01", Some(Outage::Collision)),
            ("23505", None),
            ("42601", None),
            ("13", Some(Outage::Full)),
            ("5", Some(Outage::Collision)),
            // SQLITE_BUSY_SNAPSHOT, SQLITE_IOERR_SHMSIZE, SQLITE_CONSTRAINT_UNIQUE
            ("517", Some(Outage::Collision)),
            ("4874", Some(Outage::Away)),
            ("2067", None),
        ] {
            assert_eq!(of_code(code), outage, "{code}");
        }
    }

    #[test]
    fn what_is_a_fault_of_ours_is_no_outage() {
        assert_eq!(Outage::of(&DbErr::Custom("a bug".to_owned())), None);
        assert_eq!(Outage::of(&DbErr::RecordNotFound("nobody".to_owned())), None);
    }
}
