//! A route and who may take it. There is no way to register a handler without naming that: deny by default (AZ-3). The API
//! document (`openapi.rs`) is made from the same lines, and from the types of their handlers.

use crate::{
    actor::Actor,
    app::App,
    audit::Circumstances,
    error::{Code, Error, Result},
    platform::{
        http::describe::{Input, Operation, Output, Schemas},
        limits::Key,
    },
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
use http::{Method, request::Parts};

/// Who may take a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Nobody in particular: signing in, invitations, probes.
    Anyone,
    /// Any signed-in person, for what is their own.
    SignedIn,
    /// A signed-in person whose role holds the permission; the room or message may ask for more.
    Holds(Permission),
    /// Either will do: one's own, or everybody's. Which of them, the door to the thing decides.
    HoldsEither(Permission, Permission),
    /// As `Holds`; here a ticket says who somebody is, too (AU-11).
    HoldsAtSocket(Permission),
}

impl Access {
    fn is_met_by(self, actor: &Actor) -> bool {
        match self {
            Self::Anyone | Self::SignedIn => true,
            Self::Holds(permission) | Self::HoldsAtSocket(permission) => actor.holds(permission),
            Self::HoldsEither(one, other) => actor.holds(one) || actor.holds(other),
        }
    }
}

/// What a route counts against (RA-1). Signing in has a rule of its own besides, in its action: it needs the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// Files of the application and probes.
    Free,
    /// By address, and by person or, for strangers, all together.
    Standard,
    /// As `Standard`, and by person for messages.
    Messages,
}

#[derive(Clone, Copy)]
struct Rule {
    access: Access,
    limit: Limit,
}

/// One line of the table.
#[derive(Clone, Debug)]
pub struct Route {
    pub method: Method,
    pub path: &'static str,
    pub access: Access,
    pub limit: Limit,
    /// The path of its handler below the crate, such as `rooms::routes::list`.
    pub handler: &'static str,
    /// What the types of its handler tell.
    pub describe: fn(&mut Operation, &mut Schemas),
}

/// A handler whose types tell what it reads and answers.
pub trait Described<T>: Handler<T, App> {
    fn describe(operation: &mut Operation, schemas: &mut Schemas);
}

/// For functions of so many arguments; axum gives `T` a marker before their types.
macro_rules! described {
    ($($input:ident)*) => {
        impl<F, Answered, A: Output, Marker, $($input: Input),*> Described<(Marker, $($input,)*)> for F
        where
            F: Handler<(Marker, $($input,)*), App> + FnOnce($($input),*) -> Answered,
            Answered: Future<Output = A>,
        {
            fn describe(operation: &mut Operation, schemas: &mut Schemas) {
                $($input::describe(operation, schemas);)*
                A::describe(operation, schemas);
            }
        }
    };
}

described!();
described!(A1);
described!(A1 A2);
described!(A1 A2 A3);
described!(A1 A2 A3 A4);
described!(A1 A2 A3 A4 A5);
described!(A1 A2 A3 A4 A5 A6);
described!(A1 A2 A3 A4 A5 A6 A7);
described!(A1 A2 A3 A4 A5 A6 A7 A8);

/// Every route of the server, with its handler behind its access check.
pub struct RouteTable {
    app: App,
    limit: Limit,
    routes: Vec<Route>,
    router: Router<App>,
}

impl RouteTable {
    pub fn new(app: App) -> Self {
        Self { app, limit: Limit::Standard, routes: Vec::new(), router: Router::new() }
    }

    /// What the routes from here on count against.
    pub fn limited(mut self, limit: Limit) -> Self {
        self.limit = limit;
        self
    }

    pub fn get<H: Described<T>, T: 'static>(self, path: &'static str, access: Access, handler: H) -> Self {
        self.route(Method::GET, MethodFilter::GET, path, access, handler)
    }

    pub fn post<H: Described<T>, T: 'static>(self, path: &'static str, access: Access, handler: H) -> Self {
        self.route(Method::POST, MethodFilter::POST, path, access, handler)
    }

    pub fn put<H: Described<T>, T: 'static>(self, path: &'static str, access: Access, handler: H) -> Self {
        self.route(Method::PUT, MethodFilter::PUT, path, access, handler)
    }

    pub fn patch<H: Described<T>, T: 'static>(self, path: &'static str, access: Access, handler: H) -> Self {
        self.route(Method::PATCH, MethodFilter::PATCH, path, access, handler)
    }

    pub fn delete<H: Described<T>, T: 'static>(self, path: &'static str, access: Access, handler: H) -> Self {
        self.route(Method::DELETE, MethodFilter::DELETE, path, access, handler)
    }

    fn route<H: Described<T>, T: 'static>(
        mut self,
        method: Method,
        filter: MethodFilter,
        path: &'static str,
        access: Access,
        handler: H,
    ) -> Self {
        let limit = self.limit;
        let check = middleware::from_fn_with_state((self.app.clone(), Rule { access, limit }), check);
        let guarded: MethodRouter<App> = on(filter, handler.layer(check));
        self.router = self.router.route(path, guarded);
        let handler = std::any::type_name::<H>().split_once("::").map_or("", |(_, path)| path);
        self.routes.push(Route { method, path, access, limit, handler, describe: H::describe });
        self
    }

    pub fn routes(&self) -> &[Route] {
        &self.routes
    }

    pub fn into_router(self) -> Router<App> {
        self.router
    }
}

/// Counts, authenticates and authorises before anything of the request is read.
async fn check(State((app, rule)): State<(App, Rule)>, request: Request, next: Next) -> Response {
    let (mut head, body) = request.into_parts();
    match admit(&app, rule, &head).await {
        Err(error) => error.into_response(),
        Ok(None) => next.run(Request::from_parts(head, body)).await,
        Ok(Some(actor)) => {
            if let Some(circumstances) = head.extensions.get_mut::<Circumstances>() {
                circumstances.user = Some(actor.user);
            }
            head.extensions.insert(actor);
            next.run(Request::from_parts(head, body)).await
        }
    }
}

async fn admit(app: &App, rule: Rule, head: &Parts) -> Result<Option<Actor>> {
    let Parts { method, uri, headers, extensions, .. } = head;
    let circumstances = extensions.get::<Circumstances>().ok_or(Error::broken("a request without circumstances"))?;
    let address = circumstances.ip_address;
    if rule.limit == Limit::Free {
        return Ok(None);
    }
    let take = |key: Key, user| app.limits.admit(&key, address, user);
    if rule.access == Access::Anyone {
        app.limits.admit_stranger(address)?;
        return Ok(None);
    }
    if let Some(address) = address {
        take(Key::address(address), None)?;
    }
    let is_for_all = app.config.global_rate_is_for_all;
    if is_for_all {
        take(Key::Global, None)?;
    }
    let recognised = match rule.access {
        Access::HoldsAtSocket(_) => sessions::authenticate_socket(app, headers, uri).await,
        _ => sessions::authenticate(app, headers).await,
    };
    let actor = match recognised {
        Ok(actor) => actor,
        Err(error) => {
            if !is_for_all {
                take(Key::Global, None)?;
            }
            return Err(error);
        }
    };
    take(Key::Person(actor.user), Some(actor.user))?;
    sessions::refuse_forged(app, &actor, method, headers)?;
    sessions::meet(app, circumstances, &actor).await?;
    if !rule.access.is_met_by(&actor) {
        return Err(Error::refuse(Code::FORBIDDEN));
    }
    if rule.limit == Limit::Messages {
        take(Key::Messages(actor.user), Some(actor.user))?;
    }
    Ok(Some(actor))
}
