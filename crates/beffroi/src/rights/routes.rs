use super::actions::{self, NAME_CHARS_MAX, NAME_CHARS_MIN};
use crate::{
    actor::Actor,
    app::App,
    audit::Circumstances,
    error::Result,
    platform::http::{
        answer::{Created, NoContent, Page},
        etag::{Current, IfMatch},
        payload::{Ids, Payload},
    },
    roles::{self, Definition, Permission, Role},
    tx::Tx,
};
use axum::extract::State;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(JsonSchema, Serialize)]
pub struct PermissionView {
    name: Permission,
    /// Whether the caller holds it, and so may grant it.
    held: bool,
}

/// Lists every permission there is.
pub async fn permissions(actor: Actor) -> Page<PermissionView> {
    let view = |permission: &Permission| PermissionView { name: *permission, held: actor.holds(*permission) };
    Page::whole(Permission::ALL.iter().map(view).collect())
}

/// Lists the roles with what they may do.
pub async fn list(State(app): State<App>) -> Result<Page<Definition>> {
    Ok(Page::whole(roles::all(app.database.reader()).await?))
}

/// Shows one role.
///
/// Errors: role.not_found.
pub async fn show(State(app): State<App>, Ids(role): Ids<Role>) -> Result<Current<Definition>> {
    Ok(Current(actions::find(app.database.reader(), &role).await?))
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Define {
    #[schemars(length(min = NAME_CHARS_MIN, max = NAME_CHARS_MAX))]
    name: String,
    /// Names of permissions; `*` is all of them.
    permissions: Vec<String>,
}

/// Defines a role, with permissions that the caller holds.
///
/// Errors: role.name_taken, role.beyond_yours, role.too_many.
pub async fn define(
    actor: Actor,
    State(app): State<App>,
    circumstances: Circumstances,
    Payload(body): Payload<Define>,
) -> Result<Created<Definition>> {
    let permissions = actions::permissions(&body.permissions)?;
    let tx = Tx::begin(&app, circumstances).await?;
    let role = actions::define(&tx, &actor, &body.name, permissions).await?;
    tx.commit().await?;
    Ok(Created { location: format!("/api/v1/roles/{}", role.name.0), data: role })
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// Names of permissions; `*` is all of them.
    permissions: Vec<String>,
}

/// Replaces what a role may do; it counts from the next request of everybody who has it.
///
/// Errors: role.not_found, role.built_in, role.beyond_yours.
pub async fn change(
    actor: Actor,
    State(app): State<App>,
    circumstances: Circumstances,
    Ids(role): Ids<Role>,
    if_match: IfMatch,
    Payload(body): Payload<Change>,
) -> Result<Current<Definition>> {
    let permissions = actions::permissions(&body.permissions)?;
    let mut tx = Tx::begin(&app, circumstances).await?;
    let role = actions::change(&mut tx, &actor, &role, permissions, &if_match).await?;
    tx.commit().await?;
    Ok(Current(role))
}

/// Deletes a role that nobody has.
///
/// Errors: role.not_found, role.built_in, role.beyond_yours, role.in_use.
pub async fn delete(
    actor: Actor,
    State(app): State<App>,
    circumstances: Circumstances,
    Ids(role): Ids<Role>,
    if_match: IfMatch,
) -> Result<NoContent> {
    let tx = Tx::begin(&app, circumstances).await?;
    actions::delete(&tx, &actor, &role, &if_match).await?;
    tx.commit().await?;
    Ok(NoContent)
}
