//! A route and who may take it. There is no way to register a handler without naming that: deny by default (AZ-3).

use crate::{
    app::App,
    audit::Circumstances,
    error::{Code, Error},
    roles::Permission,
    sessions,
};
use axum::{
    Router,
    extract::{Request, State},
    handler::Handler,
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{MethodFilter, MethodRouter, on},
};
use http::Method;

/// Who may take a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Nobody in particular: signing in, invitations, probes.
    Anyone,
    /// Any signed-in person, for what is their own.
    SignedIn,
    /// A signed-in person whose role holds the permission; the room or message may ask for more.
    Holds(Permission),
}

/// One line of the table.
#[derive(Clone, Debug)]
pub struct Route {
    pub method: Method,
    pub path: &'static str,
    pub access: Access,
}

/// Every route of the server, with its handler behind its access check.
pub struct RouteTable {
    app: App,
    routes: Vec<Route>,
    router: Router<App>,
}

impl RouteTable {
    pub fn new(app: App) -> Self {
        Self { app, routes: Vec::new(), router: Router::new() }
    }

    pub fn get<H: Handler<T, App>, T: 'static>(self, path: &'static str, access: Access, handler: H) -> Self {
        self.route(Method::GET, MethodFilter::GET, path, access, handler)
    }

    pub fn post<H: Handler<T, App>, T: 'static>(self, path: &'static str, access: Access, handler: H) -> Self {
        self.route(Method::POST, MethodFilter::POST, path, access, handler)
    }

    pub fn put<H: Handler<T, App>, T: 'static>(self, path: &'static str, access: Access, handler: H) -> Self {
        self.route(Method::PUT, MethodFilter::PUT, path, access, handler)
    }

    pub fn patch<H: Handler<T, App>, T: 'static>(self, path: &'static str, access: Access, handler: H) -> Self {
        self.route(Method::PATCH, MethodFilter::PATCH, path, access, handler)
    }

    pub fn delete<H: Handler<T, App>, T: 'static>(self, path: &'static str, access: Access, handler: H) -> Self {
        self.route(Method::DELETE, MethodFilter::DELETE, path, access, handler)
    }

    fn route<H: Handler<T, App>, T: 'static>(
        mut self,
        method: Method,
        filter: MethodFilter,
        path: &'static str,
        access: Access,
        handler: H,
    ) -> Self {
        let check = middleware::from_fn_with_state((self.app.clone(), access), check);
        let guarded: MethodRouter<App> = on(filter, handler.layer(check));
        self.router = self.router.route(path, guarded);
        self.routes.push(Route { method, path, access });
        self
    }

    pub fn routes(&self) -> &[Route] {
        &self.routes
    }

    pub fn into_router(self) -> Router<App> {
        self.router
    }
}

/// Authenticates and authorises before anything of the request is read.
async fn check(State((app, access)): State<(App, Access)>, mut request: Request, next: Next) -> Response {
    let permission = match access {
        Access::Anyone => return next.run(request).await,
        Access::SignedIn => None,
        Access::Holds(permission) => Some(permission),
    };
    let actor = match sessions::authenticate(&app, request.headers()).await {
        Ok(actor) => actor,
        Err(error) => return error.into_response(),
    };
    if permission.is_some_and(|permission| !actor.holds(permission)) {
        return Error::refuse(Code::FORBIDDEN).into_response();
    }
    if let Some(circumstances) = request.extensions_mut().get_mut::<Circumstances>() {
        circumstances.user = Some(actor.user);
    }
    request.extensions_mut().insert(actor);
    next.run(request).await
}
