use crate::{
    accounts::{self, Account},
    actor::Actor,
    audit::Act,
    error::{Code, Error, FieldError, Result},
    event::Publication,
    ids::UserId,
    platform::{http::etag::IfMatch, text},
    roles::{self, Definition, Permission, PermissionSet, Role},
    tx::Tx,
};
use sea_orm::ConnectionTrait;

pub(super) const NAME_CHARS_MIN: usize = 2;
pub(super) const NAME_CHARS_MAX: usize = 32;
/// Every process reads all roles twice a second.
const ROLES_MAX: u64 = 100;

/// Reads what a role is to hold; each name that nobody knows is refused.
pub(super) fn permissions(names: &[String]) -> Result<PermissionSet> {
    let is_unknown = |name: &str| name != "*" && Permission::from_name(name).is_none();
    let unknown = names.iter().enumerate().filter(|(_, name)| is_unknown(name));
    let broken: Vec<_> =
        unknown.map(|(at, _)| FieldError::new(format!("permissions[{at}]"), "not_available")).collect();
    if broken.is_empty() {
        Ok(PermissionSet::from_names(names.iter().map(String::as_str)))
    } else {
        Err(Error::invalid(broken))
    }
}

fn names(permissions: PermissionSet) -> Vec<&'static str> {
    permissions.iter().map(Permission::name).collect()
}

/// Two names that differ in capitals only would be one to everybody who reads them.
fn new_name(text: &str) -> Result<Role> {
    let name = text::line("name", text, NAME_CHARS_MIN, NAME_CHARS_MAX).map_err(|fault| Error::invalid(vec![fault]))?;
    let role = Role(name.to_ascii_lowercase());
    if role.is_well_formed() { Ok(role) } else { Err(Error::invalid(vec![FieldError::new("name", "not_a_name")])) }
}

pub(super) async fn find(db: &impl ConnectionTrait, role: &Role) -> Result<Definition> {
    let found = if role.is_well_formed() { roles::find(db, role).await? } else { None };
    found.ok_or(Error::refuse(Code::ROLE_NOT_FOUND))
}

fn require_held(actor: &Actor, permissions: PermissionSet) -> Result<()> {
    if actor.permissions.includes(permissions) { Ok(()) } else { Err(Error::refuse(Code::ROLE_BEYOND_YOURS)) }
}

pub(super) async fn define(tx: &Tx<'_>, actor: &Actor, name: &str, permissions: PermissionSet) -> Result<Definition> {
    let name = new_name(name)?;
    require_held(actor, permissions)?;
    if roles::count(&tx.db).await? >= ROLES_MAX {
        return Err(Error::refuse(Code::ROLE_TOO_MANY));
    }
    if !roles::insert(&tx.db, &name, permissions).await? {
        return Err(Error::refuse(Code::ROLE_NAME_TAKEN));
    }
    tx.record(Act::RoleCreated { role: name.0.clone(), permissions: names(permissions) }).await?;
    Ok(Definition { name, permissions, is_built_in: false })
}

/// Replaces what a role holds. Administrators hold everything, whatever is asked.
pub(super) async fn change(
    tx: &mut Tx<'_>,
    actor: &Actor,
    role: &Role,
    permissions: PermissionSet,
    if_match: &IfMatch,
) -> Result<Definition> {
    let before = locked(tx, role).await?;
    if role.0 == Role::ADMIN {
        return Err(Error::refuse(Code::ROLE_BUILT_IN));
    }
    require_held(actor, before.permissions)?;
    require_held(actor, permissions)?;
    if_match.require(&before)?;
    if before.permissions != permissions {
        roles::set_permissions(&tx.db, role, permissions).await?;
        let granted = names(permissions.without(before.permissions));
        let withdrawn = names(before.permissions.without(permissions));
        tx.record(Act::RoleChanged { role: role.0.clone(), granted, withdrawn }).await?;
        tx.publish(Publication::RoleChanged { role: role.clone() });
    }
    Ok(Definition { permissions, ..before })
}

pub(super) async fn delete(tx: &Tx<'_>, actor: &Actor, role: &Role, if_match: &IfMatch) -> Result<()> {
    let before = locked(tx, role).await?;
    if before.is_built_in {
        return Err(Error::refuse(Code::ROLE_BUILT_IN));
    }
    require_held(actor, before.permissions)?;
    if_match.require(&before)?;
    if !roles::delete_unused(&tx.db, role).await? {
        return Err(Error::refuse(Code::ROLE_IN_USE));
    }
    tx.record(Act::RoleDeleted { role: role.0.clone() }).await
}

/// The role, held until the transaction ends: two changes of it follow each other.
async fn locked(tx: &Tx<'_>, role: &Role) -> Result<Definition> {
    find(&tx.db, role).await?;
    roles::lock(&tx.db, role).await?;
    find(&tx.db, role).await
}

/// Gives somebody another role. The main administrator keeps theirs; where nobody administers yet, the first one becomes it.
pub async fn give(tx: &mut Tx<'_>, user: UserId, role: &Role) -> Result<Account> {
    locked(tx, role).await?;
    let account = accounts::lock(&tx.db, user).await?.ok_or(Error::refuse(Code::PERSON_NOT_FOUND))?;
    if account.role == role.0 {
        return Ok(account);
    }
    if !account.is_deletable {
        return Err(Error::refuse(Code::MAIN_ADMINISTRATOR));
    }
    let is_main = role.0 == Role::ADMIN && !accounts::an_administrator_exists(&tx.db).await?;
    let old_role = account.role.clone();
    let changed = accounts::set_role(&tx.db, account, role, is_main, tx.circumstances.now).await?;
    let admin = tx.circumstances.user;
    tx.record(Act::PermissionChanged { user, admin, old_role, new_role: role.0.clone() }).await?;
    tx.publish(Publication::PersonChanged { user });
    Ok(changed)
}
