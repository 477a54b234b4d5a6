use super::actions::{self, NAME_CHARS_MAX, NAME_CHARS_MIN};
use crate::{
    actor::Actor,
    app::App,
    audit::Circumstances,
    error::Result,
    platform::http::{
        answer::{Created, NoContent, Page},
        etag::{Current, Editable, IfMatch, Tag},
        payload::{Ids, Payload},
    },
    roles::{self, Definition, Permission, PermissionSet, Role},
    tx::Tx,
};
use axum::extract::State;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

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

#[derive(JsonSchema, Serialize)]
pub struct RoleView {
    name: Role,
    permissions: PermissionSet,
    is_built_in: bool,
}

impl From<Definition> for RoleView {
    fn from(Definition { name, permissions, is_built_in }: Definition) -> Self {
        Self { name, permissions, is_built_in }
    }
}

impl Editable for RoleView {
    fn tag(&self) -> Tag {
        Tag::of(&json!(self.permissions))
    }
}

/// Lists the roles with what they may do.
pub async fn list(State(app): State<App>) -> Result<Page<RoleView>> {
    let all = roles::all(app.database.reader()).await?;
    Ok(Page::whole(all.into_iter().map(RoleView::from).collect()))
}

/// Shows one role.
///
/// Errors: role.not_found.
pub async fn show(State(app): State<App>, Ids(role): Ids<Role>) -> Result<Current<RoleView>> {
    Ok(Current(actions::find(app.database.reader(), &role).await?.into()))
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
) -> Result<Created<RoleView>> {
    let permissions = actions::permissions(&body.permissions)?;
    let tx = Tx::begin(&app, circumstances).await?;
    let role = actions::define(&tx, &actor, &body.name, permissions).await?;
    tx.commit().await?;
    Ok(Created { location: format!("/api/v1/roles/{}", role.name.0), data: role.into() })
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
) -> Result<Current<RoleView>> {
    let permissions = actions::permissions(&body.permissions)?;
    let mut tx = Tx::begin(&app, circumstances).await?;
    let role = actions::change(&mut tx, &actor, &role, permissions, &if_match).await?;
    tx.commit().await?;
    Ok(Current(role.into()))
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
